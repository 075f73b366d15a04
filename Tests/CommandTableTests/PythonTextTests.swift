import Testing

@testable import CommandTable

@Suite struct PythonTextTests {
    @Test(
        arguments: [
            ("5", 5), ("+5", 5), ("-5", -5), (" 5\n", 5), ("007", 7), ("1_000", 1000), ("", nil), ("-", nil),
            ("1__0", nil),
            ("_1", nil), ("1_", nil), ("+-5", nil), ("- 5", nil), ("5.0", nil), ("0x5", nil), ("٥", 5),
            ("\u{1c}5", nil), ("5\u{1f}", nil), ("\u{a0}٣_４\u{2003}", 34), ("²", nil), ("\u{2212}5", nil),
            ("\u{85}5", 5), ("\u{200b}5", nil),
            ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("-9223372036854775808", Int.min),
            ("-9223372036854775809", nil), ("99999999999999999999", nil), ("-0", 0),
        ] as [(String, Int?)]
    )
    func integers(text: String, number: Int?) {
        #expect(pythonInteger(text) == number)
    }

    @Test func negativeNumbers() {
        for word in ["-5", "-.5", "-1.5", "-12.25"] { #expect(looksLikeNegativeNumber(word), "\(word)") }
        for word in ["-", "-.", "-5.", "--5", "-1.2.3", "-5a", "-1e5"] {
            #expect(!looksLikeNegativeNumber(word), "\(word)")
        }
    }

    @Test func quoting() {
        #expect(pythonQuoted("a") == "'a'")
        #expect(pythonQuoted("it's") == "\"it's\"")
        #expect(pythonQuoted("'\"") == "'\\'\"'")
        #expect(pythonQuoted("\\\n\t\r\u{1}\u{7f}é\u{a0}") == "'\\\\\\n\\t\\r\\x01\\x7fé\\xa0'")
    }
}
