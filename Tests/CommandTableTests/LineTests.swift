import Testing

@testable import CommandTable

@Suite struct LineTests {
    @Test func optionsAndFilesInAnyOrder() throws {
        for line in [
            ["f", "--out", "o"], ["--out", "o", "f"], ["--out=o", "f"], ["--out", "o", "--", "f"],
            ["--out", "o", "f", "--"],
        ] {
            guard case .run(_, let arguments) = Sample.table.parse(["file", "show"] + line, environment: { _ in nil })
            else {
                Issue.record("\(line) is refused")
                continue
            }
            #expect(try arguments.value(Sample.file) == "f", "\(line)")
            #expect(try arguments.value(Sample.out) == "o", "\(line)")
        }
    }

    @Test func dashesEndTheOptions() throws {
        #expect(try run("file", "show", "--", "--out").arguments.value(Sample.file) == "--out")
        #expect(try run("file", "show", "--tags", "a", "--", "f").arguments.value(Sample.file) == "f")
        #expect(refusal("file", "show", "--out", "--", "f").message == "argument --out: expected one argument")
        #expect(refusal("file", "show", "--tags", "f").message == "the following arguments are required: FILE")
        #expect(try run("file", "check").arguments.value(Sample.file) == nil)
        #expect(try run("file", "check", "--").arguments.value(Sample.file) == nil)
        #expect(refusal("ns", "list", "--").message == "unrecognized arguments: --")
    }

    @Test func globalsStandAnywhere() throws {
        for line in [
            ["-o", "tsv", "ns", "list"], ["ns", "-otsv", "list"], ["ns", "list", "--outp=tsv"],
            ["--verbose", "--output", "tsv", "ns", "list"], ["-o", "json", "ns", "-o", "table", "list", "-o", "tsv"],
        ] {
            guard case .run(let command, let arguments) = Sample.table.parse(line, environment: { _ in nil }) else {
                Issue.record("\(line) is refused")
                continue
            }
            #expect(command.words == ["ns", "list"])
            #expect(try arguments.value(Sample.output) == "tsv", "\(line)")
            #expect(try arguments.isOn(Sample.verbose) == line.contains("--verbose"))
        }
    }

    /// `--out` before the command would be a prefix of `--output`; after it, it is the command's own.
    @Test func globalsBeforeTheCommandDoNotSeeItsOptions() throws {
        #expect(try run("ns", "create", "-n=x", "--out", "json").arguments.value(Sample.out) == "json")
        #expect(try run("--out", "tsv", "ns", "create", "-n=x").arguments.value(Sample.output) == "tsv")
    }

    @Test func optionsOfACommandStandAfterItsWords() {
        let error = refusal("--ns", "x", "ns", "list")
        #expect(error.message == "'x' is misspelled or not recognized by the system.")
        #expect(error.recommendations.first == "The options of a command stand after its words: --ns")
        #expect(refusal("--force", "ns", "list").message == "unrecognized arguments: --force")
    }

    @Test func severalFiles() throws {
        for extends in [true, false] {
            let files = Argument<[String]>.list("FILE", help: "Files", arity: .oneOrMore, extends: extends)
            let uses: [ArgumentUse] = [.required(files), .optional(Sample.out)]
            let reader = try LineReader(uses, taking: ["a", "b", "--out", "o", "c", "--", "-d"])
            #expect(try reader.arguments.value(files) == ["a", "b", "c", "-d"])
            #expect(throws: UsageError.self) {
                var empty = try LineReader(uses, taking: ["--out", "o"])
                try empty.finish(environment: { _ in nil })
            }
        }
        let uses: [ArgumentUse] = [.required(Sample.file), .optional(Argument<String>.file("TARGET", help: "To"))]
        let reader = try LineReader(uses, taking: ["a", "b", "c"])
        #expect(try reader.arguments.value(Sample.file) == "a")
        #expect(reader.extras == ["c"])
    }

    /// `--` begins every long option, and is one of none.
    @Test func dashesAreNoOptionEvenIfThereIsOnlyOne() throws {
        let only = Argument<String>.text("--only", help: "Only")
        let file = Argument<String>.file("FILE", help: "File")
        let uses: [ArgumentUse] = [.optional(only), .optional(file)]
        #expect(throws: UsageError.self) { try LineReader(uses, taking: ["--only", "--", "x"]) }
        let reader = try LineReader([.optional(only), .optional(file)], taking: ["--", "x"])
        #expect(try reader.arguments.value(file) == "x")
        #expect(refusal("--", "ns", "list").message == "'--' is misspelled or not recognized by the system.")
    }

    @Test func aliasesAreRewritten() throws {
        #expect(try run("iot", "adr", "ns", "list").command == ["ns", "list"])
        #expect(try run("ns", "policy", "show").command == ["policy", "show"])
        #expect(try run("iot", "adr", "ns", "policy", "issuer", "rotate").command == ["policy", "issuer", "rotate"])
        #expect(try run("iot", "-o", "tsv", "adr", "ns", "list").arguments.value(Sample.output) == "tsv")
        #expect(try run("--version").command == ["status"])
        #expect(refusal("iot", "hub", "list").message == "'hub' is misspelled or not recognized by the system.")
        #expect(refusal("list", "--version").message == "'list' is misspelled or not recognized by the system.")
        #expect(refusal("status", "--version").message == "unrecognized arguments: --version")
    }

    @Test func ambiguousPrefixes() {
        #expect(
            refusal("ns", "create", "--na", "x", "--o", "y").message
                == "ambiguous option: --o could match --output, --out"
        )
        #expect(refusal("ns", "create", "--n", "x").message == "ambiguous option: --n could match --namespace, --ns")
    }

    @Test func missingArgumentsAreNamedWithAllTheirNames() {
        let error = refusal("ns", "delete")
        #expect(error.message == "the following arguments are required: --namespace/--ns/-n, --out")
        #expect(error.recommendations == ["Help: tool ns delete --help"])
    }

    @Test func refusalsNameTheCommand() {
        guard case .failure(_, let command) = Sample.table.parse(["ns", "create"], environment: { _ in nil }) else {
            Issue.record("it is not refused")
            return
        }
        #expect(command?.words == ["ns", "create"])
    }
}

extension LineReader {
    fileprivate init(_ uses: [ArgumentUse], taking words: [String]) throws {
        self.init(uses, home: nil)
        try take(all: words[...])
    }
}
