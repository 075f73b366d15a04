import Testing

@testable import CommandTable

@Suite struct SuggestionTests {
    @Test func misspelledWords() {
        let group = refusal("polciy", "show")
        #expect(group.message == "'polciy' is misspelled or not recognized by the system.")
        #expect(group.recommendations == ["Did you mean 'policy' ?", "Help: tool --help"])
        #expect(refusal("ns", "CREATE").recommendations == ["Did you mean 'create' ?", "Help: tool ns --help"])
        #expect(refusal("ns", "polyci").recommendations.first == "Did you mean 'policy' ?")
        #expect(refusal("iot", "ard").recommendations.first == "Did you mean 'adr' ?")
        #expect(refusal("pol").recommendations.first == "Did you mean 'policy' ?")
        #expect(refusal("frobnicate").recommendations == ["Help: tool --help"])
    }

    @Test func verbsUnderAnotherNoun() {
        #expect(refusal("ns", "sync").recommendations == ["Did you mean 'tool policy sync' ?", "Help: tool ns --help"])
        #expect(
            refusal("show").recommendations
                == ["Did you mean 'tool policy show' ?", "Did you mean 'tool file show' ?", "Help: tool --help"]
        )
    }

    @Test func misspelledOptions() {
        let error = refusal("ns", "create", "-n", "x", "--fource", "--poliy-name=p", "--zzzzzz", "stray")
        #expect(error.message == "unrecognized arguments: --fource --poliy-name=p --zzzzzz stray")
        #expect(
            error.recommendations.prefix(2) == ["Did you mean '--force' ?", "Did you mean '--policy-name' ?"]
        )
        #expect(error.recommendations.last == "Help: tool ns create --help")
        #expect(refusal("ns", "create", "-n=x", "--secrte").recommendations.first?.contains("Did you") == false)
    }

    @Test func theExampleThatFitsIsShown() {
        #expect(refusal("ns", "create").recommendations.first == "Example: tool ns create -n factory")
        let fitting = refusal("ns", "create", "--days", "7", "--pn", "week")
        #expect(
            fitting.recommendations.first?.hasPrefix("Example: tool ns create -n factory --policy-name week") == true
        )
    }

    @Test func unknownOptionsOfAGroup() {
        let error = refusal("ns", "--fource")
        #expect(error.message == "unrecognized arguments: --fource")
        #expect(error.recommendations.last == "Help: tool ns --help")
        #expect(refusal("ns", "-o").message == "argument --output/-o: expected one argument")
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("kitten", "sitting", 3),
        ("ab", "ba", 1), ("craete", "create", 1), ("ca", "abc", 3),
    ])
    func distances(left: String, right: String, distance: Int) {
        #expect(editDistance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(editDistance(Array(right.utf8), Array(left.utf8)) == distance)
    }

    @Test func shortNamesAreNotGuessed() {
        #expect(nearest(to: "--dn", among: ["--ns", "--pn"]) == nil)
        #expect(nearest(to: "--NS", among: ["--pn", "--ns"]) == "--ns")
        #expect(nearest(to: "--", among: ["--ns"]) == nil)
    }
}

@Suite struct PythonTextTests {
    @Test(
        arguments: [
            ("5", 5), ("+5", 5), ("-5", -5), (" 5\n", 5), ("007", 7), ("1_000", 1000), ("", nil), ("-", nil),
            ("1__0", nil),
            ("_1", nil), ("1_", nil), ("+-5", nil), ("- 5", nil), ("5.0", nil), ("0x5", nil), ("٥", nil),
            ("\u{1c}5", 5),
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
