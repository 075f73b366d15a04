import Testing

@testable import JSON

@Suite struct ParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func everyKindOfValue() throws {
        let text = #" { "a" : [ 1 , -2.5 , true , false , null , "x\u00e9\ud83d\ude00\/" , { } , [ ] ] } "#
        #expect(try parse(text) == ["a": [1, -2.5, true, false, nil, "xé😀/", [:], []]])
        #expect(try parse("-0") == 0)
        #expect(try parse("-0.0").compact() == Array("-0.0".utf8))
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try parse("1E2") == .number(100))
    }

    @Test(arguments: [
        "", " ", "{", "[", "]", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\":}", "01", "-",
        "+1",
        "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "-Infinity", "nul", "truE", "tru", "\"", "\"\\", "\"\\x\"",
        "\"\\u12\"", "\"\\u12G4\"", "\"\n\"", "\"\u{01}\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "\"\\ud800x\"", "1 2", "[] x", "\u{FEFF}1", "1e999", "{\"a\":1,\"a\":2}", "{\"\\u0061\":1,\"a\":2}", "[1 2]",
        "\u{0B}1",
        "/*c*/1", "[1]]",
    ])
    func strictlyRefused(_ text: String) {
        #expect(throws: JSONParseError.self) { try parse(text) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22], [0xFF],
            [0x7B, 0x22, 0x80, 0x22, 0x3A, 0x31, 0x7D],
        ] as [[UInt8]]
    )
    func bytesThatAreNotUTF8(_ bytes: [UInt8]) {
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
    }

    @Test func theErrorSaysWhere() throws {
        do {
            _ = try parse("{\n  \"a\": 1,\n  \"é\": tru\n}")
            Issue.record("parsed")
        } catch let error as JSONParseError {
            #expect(error.line == 3)
            #expect(error.column == 9)
            #expect(error.offset == 20)
            #expect(error.message == "no value can begin like this")
        }
        do {
            _ = try parse("[\n{\"k\":1,\n\"k\":2}]")
            Issue.record("parsed")
        } catch let error as JSONParseError {
            #expect(error.line == 3)
            #expect(error.column == 1)
        }
    }

    @Test func nestingEndsAtTheLimit() throws {
        let limit = JSONValue.depthLimit
        let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(try parse(deepest).compact() == Array(deepest.utf8))
        #expect(throws: JSONParseError.self) { try parse("[" + deepest + "]") }
        #expect(throws: JSONParseError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func keysThatLookAlikeAreTwoKeys() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(try parse("\"\u{E9}\"") != parse("\"e\u{301}\""))
    }

    @Test func whatIsPrintedReadsBack() throws {
        var generator = GeneratedDocuments(seed: 99)
        for _ in 0..<3000 {
            let document = generator.value(depth: 5)
            #expect(try JSONValue(parsing: document.pretty()) == document)
            #expect(try JSONValue(parsing: document.compact()) == document)
        }
    }

    /// Python writes documents in its own ways (escaped, spaced, unsorted); we read them as Python does.
    @Test(.enabled(if: PythonOracle.isAvailable))
    func readsWhatPythonWrites() throws {
        var generator = GeneratedDocuments(seed: 7)
        let documents = (0..<2000).map { _ in generator.value(depth: 4) }
        let written = try PythonOracle.run(
            """
            import json, sys
            out = sys.stdout.buffer
            for i, line in enumerate(sys.stdin.buffer.read().split(b"\\n")[:-1]):
                v = json.loads(line.decode("utf-8"))
                kind = [dict(), dict(ensure_ascii=False), dict(separators=(" ,\\t", " :\\r"))][i % 3]
                out.write(json.dumps(v, **kind).encode("utf-8") + b"\\n")
            """,
            input: documents.flatMap { document -> [UInt8] in document.compact() + [0x0A] }
        )
        let lines = written.split(separator: 0x0A)
        try #require(lines.count == documents.count)
        for (line, document) in zip(lines, documents) {
            #expect(try JSONValue(parsing: Array(line)) == document)
        }
    }

    /// Changed bytes: whatever we accept Python accepts too, with the same value; what Python refuses we refuse.
    @Test(.enabled(if: PythonOracle.isAvailable))
    func judgesDamagedDocumentsAsPythonDoes() throws {
        var generator = GeneratedDocuments(seed: 11)
        var texts: [[UInt8]] = []
        while texts.count < 4000 {
            var bytes = generator.value(depth: 3).compact()
            guard !bytes.isEmpty else { continue }
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = Array("{}[]\",:0129-.eE\\ un".utf8).randomElement(using: &generator) ?? 0
            default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
            }
            if !bytes.contains(0x0A) { texts.append(bytes) }
        }
        let answer = try PythonOracle.run(
            """
            import json, sys
            class Refused(Exception): pass
            def refuse(x): raise Refused()
            def pairs(p):
                if len(set(k for k, _ in p)) != len(p): raise Refused()
                return dict(p)
            def integer(s):
                i = int(s)
                return i if -2**63 <= i < 2**63 else real(s)
            def real(s):
                f = float(s)
                if f in (float("inf"), float("-inf")): raise Refused()
                return f
            out = sys.stdout.buffer
            for line in sys.stdin.buffer.read().split(b"\\n")[:-1]:
                try:
                    v = json.loads(line.decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse, parse_int=integer, parse_float=real)
                    t = json.dumps(v, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
                except (ValueError, Refused):
                    t = b"refused"
                out.write(t + b"\\n")
            """,
            input: texts.flatMap { text -> [UInt8] in text + [0x0A] }
        )
        let ours = texts.flatMap { text -> [UInt8] in
            ((try? JSONValue(parsing: text))?.compact() ?? Array("refused".utf8)) + [0x0A]
        }
        #expect(ours == answer)
    }
}
