import CommandTable
import Foundation
import JSON
import Registry
import TestSupport
import Testing

@testable import AdrCLI

@Suite struct OutputFormatTests {
    // MARK: Against knack

    /// Compares what both print for many documents, and shows the first that differ.
    private func compare(
        _ format: Output.Format,
        alphabet: [String],
        seed: UInt64,
        count: Int = 1000,
        countsWide: Bool = false,
        queried: Bool = false,
        hasColour: Bool = false,
        make: (inout OutputFormatDocuments) -> JSONValue = { $0.result() },
        normalize: (String) -> String = { $0 }
    ) throws {
        var generator = OutputFormatDocuments(seed: seed, alphabet: alphabet)
        // Null is printed by no format: az does not even ask for one.
        let documents = (0..<count).map { _ in make(&generator) }.filter { $0 != .null }
        let judge = OutputFormatJudge(format: format.rawValue, countsWide: countsWide, queried: queried)
        let expected = try judge.print(documents)
        try #require(expected.count == documents.count)
        var differing = 0
        for (document, expected) in zip(documents, expected) {
            let output = Output(format, hasColour: hasColour)
            let printed = String(decoding: try output.render(document, queried: queried), as: UTF8.self)
            if !printed.utf8.elementsEqual(normalize(expected).utf8) {
                differing += 1
                if differing <= 3 {
                    Issue.record(
                        "\(document)\nexpected \(expected.debugDescription)\nprinted  \(printed.debugDescription)"
                    )
                }
            }
        }
        #expect(differing == 0)
    }

    @Test(.peer("knack"), arguments: [false, true])
    func jsonIsKnacks(queried: Bool) throws {
        try compare(.json, alphabet: OutputFormatDocuments.yaml, seed: 1, queried: queried)
    }

    @Test(.peer("knack"), arguments: [false, true])
    func tablesAreKnacks(queried: Bool) throws {
        try compare(.table, alphabet: OutputFormatDocuments.narrow, seed: 2, queried: queried)
    }

    @Test(.peer("knack"))
    func tablesWithSeveralLinesAreKnacks() throws {
        let alphabet = OutputFormatDocuments.narrow + OutputFormatDocuments.breaks
        try compare(.table, alphabet: alphabet, seed: 3)
    }

    @Test(.peer("knack"))
    func tablesWithControlCharactersAreKnacks() throws {
        let alphabet =
            OutputFormatDocuments.narrow + OutputFormatDocuments.breaks
            + OutputFormatDocuments.rareBreaks.filter { $0 < "\u{2000}" } + OutputFormatDocuments.controls
        try compare(.table, alphabet: alphabet.filter { $0 != "\u{3000}" }, seed: 4)
    }

    @Test(.peer("wcwidth"))
    func tablesWithWideCharactersAreKnacks() throws {
        // Without the carriage return: in front of a newline knack takes it for a break of its own when it measures, and
        // not when it pads.
        let alphabet = OutputFormatDocuments.narrow + OutputFormatDocuments.wide + ["\n", "\n\n"]
        try compare(.table, alphabet: alphabet, seed: 5, countsWide: true)
    }

    @Test(.peer("knack"), arguments: [false, true])
    func tabSeparatedLinesAreKnacks(queried: Bool) throws {
        try compare(.tsv, alphabet: OutputFormatDocuments.yaml, seed: 6, queried: queried)
    }

    @Test(.peer("knack"), arguments: [false, true])
    func yamlIsKnacks(queried: Bool) throws {
        try compare(.yaml, alphabet: OutputFormatDocuments.yaml, seed: 7, queried: queried)
    }

    @Test(.peer("knack"))
    func nestedYAMLIsKnacks() throws {
        try compare(.yaml, alphabet: OutputFormatDocuments.yaml, seed: 8) { $0.value(depth: 6) }
    }

    @Test(.peer("knack"))
    func yamlNumbersAndTimesAreKnacks() throws {
        try compare(.yaml, alphabet: OutputFormatDocuments.numeric, seed: 9, count: 500) { generator in
            .array((0..<40).map { _ in .string(generator.string()) })
        }
    }

    @Test(.peer("knack"))
    func yamlOfEveryCharacterIsKnacks() throws {
        let scalars = (0...0x3000).compactMap(Unicode.Scalar.init) + (0xD700...0x10100).compactMap(Unicode.Scalar.init)
        var rest = scalars[...]
        try compare(.yaml, alphabet: [], seed: 10, count: scalars.count / 64 + 1) { _ in
            let chunk = rest.prefix(64)
            rest = rest.dropFirst(64)
            return .array(chunk.flatMap { [.string(String($0)), .string("a\($0) b"), .string("\($0)a")] })
        }
    }

    @Test(.peer("knack"))
    func yamlLinesOfEveryLengthAreFoldedLikeKnacks() throws {
        try compare(.yaml, alphabet: ["a", " ", "bb", "'", "\"", "\\", "é", "\t", "\n", ": "], seed: 11, count: 300) {
            generator in
            func text() -> String {
                (0..<Int.random(in: 60...200, using: &generator)).map { _ in
                    ["a", "bcd", " ", "  ", "'", ": ", "é", "x"].randomElement(using: &generator) ?? ""
                }.joined() + (["", "\t", "\n", "😀"].randomElement(using: &generator) ?? "")
            }
            return [text(): .string(text()), "list": [.string(text()), [text(): [.string(text())]]]]
        }
    }

    @Test(.peer("knack"))
    func colouredJSONIsKnacks() throws {
        // pygments also colours blanks, which nobody sees.
        let blank = try Regex("\u{1B}\\[37m([ \n]*)\u{1B}\\[39;49;00m").matchingSemantics(.unicodeScalar)
        try compare(
            .jsonc,
            alphabet: ["a", "\"", "\\", ":", "{", ",", " ", "é"],
            seed: 12,
            count: 500,
            hasColour: true
        ) {
            $0.result()
        } normalize: {
            $0.replacing(blank) { $0.output[1].substring ?? "" }
        }
    }

    @Test(.peer("knack"))
    func layoutsAreKnacksTransformers() throws {
        let layout = TableLayout(
            rows: "value",
            columns: [
                ("name", "name"), ("Type", "type"), ("Deep", "properties.expiry"), ("Nested", "properties"),
                ("id", "id"),
            ]
        )
        let judge = OutputFormatJudge(
            format: "table",
            transformer: "value[].{name: name, Type: type, Deep: properties.expiry, Nested: properties, id: id}"
        )
        let documents: [JSONValue] = [
            ["value": []],
            ["value": [["id": "/a", "name": "x", "type": "T", "properties": ["expiry": "2026", "etag": 1]]]],
            ["value": [["name": "x"], ["name": "y", "properties": ["expiry": true]], ["type": .null]]],
        ]
        let expected = try judge.print(documents)
        for (document, expected) in zip(documents, expected) {
            let printed = try Output(.table).render(document, layout: layout)
            #expect(String(decoding: printed, as: UTF8.self) == expected)
        }
    }

    @Test(.peer("knack"))
    func widthsAreThoseOfUnicode() throws {
        let python = try #require(Peer.python(importing: "unicodedata"))
        let script = """
            import unicodedata as u
            for c in range(0xA0, 0x110000):
                if u.category(chr(c)) not in ('Cn', 'Cs', 'Co', 'Cc', 'Cf', 'Zl', 'Zp'):
                    zero = u.category(chr(c)) in ('Mn', 'Me')
                    print(c, 0 if zero else 2 if u.east_asian_width(chr(c)) in 'WF' else 1)
            """
        let outcome = try Run.command([python, "-c", script])
        var differing: [String] = []
        for line in outcome.output.split(separator: "\n") {
            let fields = line.split(separator: " ").compactMap { UInt32($0) }
            let scalar = try #require(Unicode.Scalar(fields[0]))
            let width = DisplayWidth.of(scalar)
            // Unicode 15 made this mark a spacing one.
            if width != fields[1], scalar != "\u{1171E}" {
                differing.append("U+\(String(fields[0], radix: 16)): \(width), not \(fields[1])")
            }
        }
        #expect(differing == [])
    }
}

@Suite struct OutputFormatExamples {
    private func text(_ format: Output.Format, _ value: JSONValue, hasColour: Bool = false, queried: Bool = false)
        throws -> String
    {
        String(decoding: try Output(format, hasColour: hasColour).render(value, queried: queried), as: UTF8.self)
    }

    private static let hubs: JSONValue = [
        [
            "name": "hub-1", "location": "eastus", "id": "/subscriptions/1", "tags": [:], "capacity": 2, "free": false,
            "etag": "AAA=", "type": "Microsoft.Devices/IotHubs", "note": .null,
        ],
        ["name": "工場", "location": "westeurope", "capacity": 10, "rate": 0.5],
    ]

    @Test func aTable() throws {
        let expected = """
            Capacity    Free    Location    Name    Rate
            ----------  ------  ----------  ------  ------
            2           False   eastus      hub-1
            10                  westeurope  工場    0.5

            """
        #expect(try text(.table, Self.hubs) == expected)
    }

    @Test func aQueryKeepsItsOrder() throws {
        let value: JSONValue = [["Where": "eastus", "Name": "hub-1"]]
        #expect(try text(.table, value, queried: true) == "Where    Name\n-------  ------\neastus   hub-1\n")
        #expect(try text(.tsv, value, queried: true) == "eastus\thub-1\n")
        #expect(try text(.tsv, value) == "hub-1\teastus\n")
    }

    @Test func tabSeparatedLines() throws {
        #expect(
            try text(.tsv, Self.hubs)
                == "2\tAAA=\tFalse\t/subscriptions/1\teastus\thub-1\tNone\t\tMicrosoft.Devices/IotHubs\n10\twesteurope\t工場\t0.5\n"
        )
        #expect(try text(.tsv, "plain") == "plain\n")
        #expect(try text(.tsv, true) == "true\n")
        #expect(try text(.tsv, [["a", .null, [1, 2], [:]]]) == "a\tNone\t2\t\n")
    }

    @Test func widths() {
        for (text, width) in [
            ("", 0), ("hub-1", 5), ("é", 1), ("e\u{301}", 1), ("工場", 4), ("ｱ", 1), ("😀", 2), ("⌚\u{FE0F}", 2), ("🇩🇪", 2),
            ("a\tb", 3),
        ] {
            #expect(DisplayWidth.of(text[...]) == width, "\(text)")
        }
    }

    @Test func yaml() throws {
        let value: JSONValue = [
            "createdAt": "2026-08-01T10:00:00+00:00", "empty": [], "none": .null, "list": ["a", ["b": 1, "c": ["x"]]],
            "no": "no",
        ]
        let expected = """
            createdAt: '2026-08-01T10:00:00+00:00'
            empty: []
            list:
            - a
            - b: 1
              c:
              - x
            'no': 'no'
            none: null

            """
        #expect(try text(.yaml, value) == expected)
        #expect(try text(.yaml, "text") == "text\n...\n")
    }

    @Test(arguments: ["json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"])
    func nullIsPrintedByNoFormat(name: String) throws {
        let format = try #require(Output.Format(rawValue: name))
        #expect(try text(format, .null, hasColour: true) == "")
    }

    @Test func nothingToShow() throws {
        #expect(try text(.json, []) == "[]\n")
        #expect(try text(.yaml, []) == "[]\n")
        #expect(try text(.table, []) == "\n")
        #expect(try text(.tsv, []) == "")
        #expect(try text(.none, ["a": 1]) == "")
        // What has no plain member has no columns.
        #expect(try text(.table, ["properties": ["a": 1]]) == "\n")
    }

    /// Colours change nothing but colours, and none goes on beyond the end of a line, where pagers lose it.
    @Test func colouredYAML() throws {
        var generator = OutputFormatDocuments(seed: 20, alphabet: OutputFormatDocuments.yaml.filter { $0 != "\u{1B}" })
        let escape = try Regex("\u{1B}\\[[0-9;]*m").matchingSemantics(.unicodeScalar)
        for _ in 0..<500 {
            let document = generator.value(depth: 4)
            let coloured = try text(.yamlc, document, hasColour: true)
            #expect(coloured.replacing(escape, with: "") == (try text(.yaml, document)))
            #expect(try text(.yamlc, document) == (try text(.yaml, document)))
            for line in coloured.split(separator: "\n") {
                #expect(line.matches(of: escape).last.map { $0.output[0].substring == "\u{1B}[39;49;00m" } ?? true)
            }
        }
        #expect(
            try text(.yamlc, ["a": "yes", "b": "x"], hasColour: true)
                == "\u{1B}[94ma\u{1B}[39;49;00m:\u{1B}[33m 'yes'\u{1B}[39;49;00m\n\u{1B}[94mb\u{1B}[39;49;00m: x\n"
        )
    }

    @Test func aLayoutIsNotForWhatWasQueried() throws {
        let layout = TableLayout(columns: [("Name", "name"), ("Expiry", "properties.expiry")])
        let value: JSONValue = [["name": "a", "location": "b", "properties": ["expiry": "2026"]]]
        let laidOut = try Output(.table).render(value, layout: layout)
        #expect(String(decoding: laidOut, as: UTF8.self) == "Name    Expiry\n------  --------\na       2026\n")
        let queried = try Output(.table).render(value, layout: layout, queried: true)
        #expect(String(decoding: queried, as: UTF8.self) == "Name    Location\n------  ----------\na       b\n")
    }

    @Test func everyChoiceIsAFormat() throws {
        for word in ["json", "JSONC", "yaml", "yamlc", "Table", "tsv", "none"] {
            let parsed = CommandTable<Invocation>.adr.parse(["ns", "list", "-o", word], environment: { _ in nil })
            guard case .run(_, let arguments) = parsed else {
                Issue.record("-o \(word) was refused")
                continue
            }
            #expect(try Output(arguments).format.rawValue == word.lowercased())
        }
    }

    @Test func coloursAreForTerminalsAlone() {
        func hasColour(_ variables: [String: String], isTerminal: Bool = true) -> Bool {
            var host = Host.system()
            host.environment = { variables[$0] }
            host.outputIsTerminal = isTerminal
            return host.outputHasColour
        }
        #expect(hasColour([:]))
        #expect(hasColour(["NO_COLOR": "", "AZURE_CORE_NO_COLOR": "false", "TERM": "xterm"]))
        #expect(!hasColour([:], isTerminal: false))
        #expect(!hasColour(["NO_COLOR": "1"]))
        #expect(!hasColour(["TERM": "dumb"]))
        #expect(!hasColour(["AZURE_CORE_NO_COLOR": "True"]))
    }
}
