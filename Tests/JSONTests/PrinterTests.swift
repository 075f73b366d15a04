import Testing

@testable import JSON

@Suite struct PrinterTests {
    private func pretty(_ value: JSONValue) -> String { String(decoding: value.pretty(), as: UTF8.self) }
    private func compact(_ value: JSONValue) -> String { String(decoding: value.compact(), as: UTF8.self) }

    @Test func prettyIsTwoSpacesSortedKeysAndNoFinalNewline() {
        let value: JSONValue = ["b": [1, "x", [], [:]], "a": ["é": nil, "B": true], "aa": 0.5]
        #expect(
            pretty(value) == """
                {
                  "a": {
                    "B": true,
                    "é": null
                  },
                  "aa": 0.5,
                  "b": [
                    1,
                    "x",
                    [],
                    {}
                  ]
                }
                """
        )
        #expect(compact(value) == #"{"a":{"B":true,"é":null},"aa":0.5,"b":[1,"x",[],{}]}"#)
    }

    @Test(arguments: [
        (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (0.1, "0.1"), (1e16, "1e+16"), (1e15, "1000000000000000.0"),
        (9_999_999_999_999_998, "9999999999999998.0"), (1.5e16, "1.5e+16"), (1e-4, "0.0001"), (1e-5, "1e-05"),
        (1e-7, "1e-07"), (1.25e-10, "1.25e-10"), (.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (123.456, "123.456"), (1e100, "1e+100"), (.infinity, "null"), (.nan, "null"),
    ])
    func doublesAsPythonRepr(_ number: Double, _ text: String) {
        #expect(compact(.number(number)) == text)
    }

    @Test func keysAreSortedByCodePointNotByCollation() {
        let value: JSONValue = ["\u{FFFF}": 1, "\u{10000}": 2, "a": 3, "Z": 4, "é": 5, "e\u{301}": 6]
        #expect(compact(value) == "{\"Z\":4,\"a\":3,\"e\u{301}\":6,\"é\":5,\"\u{FFFF}\":1,\"\u{10000}\":2}")
    }

    @Test func escapesAsPython() {
        #expect(compact("\"\\/\n\r\t\u{08}\u{0C}\u{00}\u{1F}\u{7F}é") == #""\"\\/\n\r\t\b\f\u0000\u001f"# + "\u{7F}é\"")
    }

    /// Python reads what we print, prints it its own way, and the bytes are the same.
    @Test(.enabled(if: PythonOracle.isAvailable), arguments: [UInt64](1...4))
    func thousandsOfDocumentsPrintAsPythonPrintsThem(_ seed: UInt64) throws {
        var generator = GeneratedDocuments(seed: seed)
        let documents = (0..<1500).map { _ in generator.value(depth: 4) }
        let lines = documents.flatMap { document -> [UInt8] in document.compact() + [0x0A] }
        let expected = try PythonOracle.run(
            """
            import json, sys
            out = sys.stdout.buffer
            for line in sys.stdin.buffer.read().split(b"\\n")[:-1]:
                v = json.loads(line.decode("utf-8"))
                out.write(json.dumps(v, indent=2, sort_keys=True, ensure_ascii=False).encode("utf-8") + b"\\n")
                out.write(json.dumps(v, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\\n")
            """,
            input: lines
        )
        let printed = documents.flatMap { document -> [UInt8] in
            document.pretty() + [0x0A] + document.compact() + [0x0A]
        }
        #expect(printed == expected, "\(documents.count) documents of seed \(seed)")
    }
}
