import Foundation
import JSON
import TestSupport
import Testing

@testable import AdrCLI

/// az's defaults: the line, then the environment, then the configuration file.
@Suite struct FrontConfigurationTests {
    // MARK: - The file's form

    private static let judge = """
        import configparser, json, sys
        def read(text, section, key):
            parser = configparser.ConfigParser()
            try:
                parser.read_string(text.replace('\\r\\n', '\\n').replace('\\r', '\\n'))
            except configparser.Error:
                return 'broken'
            try:
                return [parser.get(section, key)]
            except (configparser.NoSectionError, configparser.NoOptionError):
                return None
            except configparser.Error:
                return 'bad'
        for line in sys.stdin:
            print(json.dumps(read(*json.loads(line))))
        """

    private static let parts = [
        "[defaults]", "[core]", "[DEFAULT]", "  [core]", "[]", "[core", "[a]b]", "[defaults] # x", "group = factory",
        "group=plant", "GROUP : depot", "location = west europe", "location = 100%% %(group)s",
        "location = %(Location)s",
        "location = %(nothing)s", "location = 5%", "location = %(group", "location=%()s", "group =", "group", "= value",
        " : x", "# group = x", "; group = x", "  # indented", "  goes on", "\tgoes = on", "   and on", "", "", "   ",
        "output = table ; no comment", "output = a = b : c", "\u{a0}group = nbsp\u{2003}", "a.b/c-d = x",
        "\u{1c}group=1",
    ]

    @Test(.peer("python3")) func filesAreReadAsPythonReadsThem() throws {
        var random = Chance(seed: 20_261_124)
        var texts: [String] = []
        for _ in 0..<6_000 {
            let count = random.below(9) + 1
            var lines = (0..<count).map { _ in Self.parts[random.below(Self.parts.count)] }
            // Most files begin as they should.
            if random.below(4) > 0 { lines.insert("[defaults]", at: 0) }
            texts.append(lines.joined(separator: ["\n", "\n", "\n", "\r\n", "\r"][random.below(5)]))
        }
        let questions = texts.flatMap { text in
            [("defaults", "group"), ("defaults", "location"), ("core", "OUTPUT"), ("defaults", "goes")].map {
                (text: text, section: $0.0, key: $0.1)
            }
        }
        let input = try questions.map {
            try JSONSerialization.data(withJSONObject: [$0.text, $0.section, $0.key]) + Data("\n".utf8)
        }
        let outcome = try Run.command(["python3", "-c", Self.judge], input: input.flatMap { [UInt8]($0) })
        try #require(outcome.status == 0, "\(outcome)")
        let answers = outcome.output.split(separator: "\n").map(String.init)
        try #require(answers.count == questions.count)
        var seen: [String: Int] = [:]
        for (question, answer) in zip(questions, answers) {
            let found: JSONValue
            do throws(INIFile.Problem) {
                let file = try INIFile(parsing: question.text)
                do throws(INIFile.Problem) {
                    found = try file.value(question.key, in: question.section).map { .array([.string($0)]) } ?? .null
                } catch {
                    found = .string("bad")
                }
            } catch {
                found = .string("broken")
            }
            let expected = try JSONValue(parsing: Array(answer.utf8))
            #expect(found == expected, "\(question.text.debugDescription) [\(question.section)] \(question.key)")
            seen[expected.arrayValue == nil ? answer : "value", default: 0] += 1
        }
        for kind in ["value", "null", "\"broken\"", "\"bad\""] { #expect(seen[kind] ?? 0 > 100, "\(seen)") }
    }

    // MARK: - What counts

    private func configure(_ person: Operator, _ text: String, at path: String = ".azure/config") {
        person.scratch.write(path, text)
    }

    private func group(of person: Operator, _ more: String = "") throws -> String? {
        try person.expect("ns create --name factory \(more)")["resourceGroup"]?.stringValue
    }

    @Test func theLineComesBeforeTheEnvironmentAndThatBeforeTheFile() throws {
        var person = Operator()
        #expect(try group(of: person) == "default")
        configure(person, "[defaults]\ngroup = plant\nlocation = West Europe\n[core]\noutput = yaml\n")
        let yaml = try person.adr("ns create --name factory")
        #expect(yaml.output.contains("resourceGroup: plant\n") && yaml.output.contains("location: westeurope\n"))
        person.environment["AZURE_CORE_OUTPUT"] = "json"
        person.environment["AZURE_DEFAULTS_GROUP"] = "depot"
        person.environment["AZURE_DEFAULTS_LOCATION"] = "eastus2"
        #expect(try group(of: person) == "depot")
        #expect(try person.expect("ns show --name factory")["location"]?.stringValue == "eastus2")
        #expect(try group(of: person, "-g line") == "line")
        #expect(
            try person.expect("ns create --name factory -g x -l northeurope")["location"]?.stringValue == "northeurope"
        )
        // A variable that is set to nothing still stands before the file.
        person.environment["AZURE_DEFAULTS_GROUP"] = ""
        person.environment["AZURE_DEFAULTS_LOCATION"] = ""
        #expect(try group(of: person) == "default")
        // As in az, `list` is about the default group where there is one.
        person.environment["AZURE_DEFAULTS_GROUP"] = nil
        #expect(try person.expect("ns list").arrayValue?.count == 1)
    }

    @Test func theFolderCanBeElsewhere() throws {
        var person = Operator()
        configure(person, "[defaults]\ngroup = home\n")
        configure(person, "[defaults]\nGroup: elsewhere\n", at: "etc/config")
        person.environment["AZURE_CONFIG_DIR"] = person.scratch.file("etc")
        #expect(try group(of: person) == "elsewhere")
        person.environment["AZURE_CONFIG_DIR"] = person.scratch.file("nowhere")
        #expect(try group(of: person) == "default")
        person.environment["AZURE_CONFIG_DIR"] = ""
        #expect(try group(of: person) == "home")
    }

    @Test func aWorkingDirectoryHasDefaultsOfItsOwn() throws {
        let person = Operator()
        configure(person, "[defaults]\ngroup = home\nlocation = eastus2\n[core]\noutput = none\n")
        configure(person, "[defaults]\ngroup = outer\n[core]\noutput = table\n", at: "a/.azure/config")
        configure(person, "[defaults]\nlocation = westus\n", at: "a/b/.azure/config")
        person.scratch.write("a/b/c/file", "")
        func run(_ words: String..., folder: String) throws -> Outcome {
            try Run.command(
                [person.binary] + words,
                environment: person.environment,
                directory: person.scratch.file(folder)
            )
        }
        // Only defaults are looked for there: the output format is still the configuration's own.
        #expect(try run("ns", "create", "--name", "factory", folder: "a/b/c").output == "")
        let shown = try run("ns", "show", "--name", "factory", "-g", "outer", "-o", "json", folder: "a/b/c")
        let made = try JSONValue(parsing: shown.stdout)
        #expect(made["resourceGroup"]?.stringValue == "outer" && made["location"]?.stringValue == "westus")
    }

    @Test(
        arguments: [
            ("group = x\n", "line 1 stands before any [section]"),
            ("[defaults]\nnonsense\n", "line 2 is neither '[section]' nor 'key = value'"),
            ("[defaults]\ngroup = a\ngroup = b\n", "line 3 gives 'group' a second time"),
            ("[defaults]\ngroup = %(nobody)s\n", "'%(nobody)s' names no value"),
        ]
    )
    func aBrokenFileIsAWarning(text: String, reason: String) throws {
        var person = Operator()
        configure(person, text)
        let outcome = try person.adr("ns create --name factory")
        #expect(outcome.status == 0 && outcome.output.contains("\"resourceGroup\": \"default\""), "\(outcome)")
        let warnings = outcome.errors.split(separator: "\n").filter {
            $0.contains(person.scratch.file(".azure/config"))
        }
        #expect(warnings.count == 1 && warnings[0].hasPrefix("WARNING: ") && warnings[0].contains(reason), "\(outcome)")
        #expect(try person.adr("ns show --name factory --only-show-errors").errors == "")
        // Where nothing is asked of it, nothing is said of it.
        person.environment["AZURE_DEFAULTS_GROUP"] = "default"
        person.environment["AZURE_CORE_OUTPUT"] = "json"
        person.environment["AZURE_CORE_ONLY_SHOW_ERRORS"] = "false"
        #expect(try person.adr("ns show --name factory").errors == "")
    }

    @Test func bytesThatAreNoTextAreABrokenFile() throws {
        let person = Operator()
        person.scratch.write(".azure/config", [0x5B, 0x61, 0x5D, 0x0A, 0xFF])
        let outcome = try person.adr("ns list")
        #expect(outcome.status == 0 && outcome.errors.contains("it is not UTF-8"), "\(outcome)")
    }

    @Test func aValueThatIsNoneSaysWhereItComesFrom() throws {
        var person = Operator()
        configure(person, "[core]\noutput = csv\n")
        let filed = try person.adr("ns list")
        #expect(filed.status == 2 && filed.errors.contains("'csv' is not a valid value for '--output'"), "\(filed)")
        #expect(filed.errors.contains("'output' of [core] in \(person.scratch.file(".azure/config"))"), "\(filed)")
        #expect(try person.adr("ns list -o json").status == 0)
        person.environment["AZURE_CORE_OUTPUT"] = "csv"
        let set = try person.adr("ns list")
        #expect(set.status == 2 && !set.errors.contains("[core]"), "\(set)")
    }

    @Test func confirmationAndWarningsCanBeTurnedOff() throws {
        var person = Operator()
        try person.expect("ns create --name factory")
        #expect(try person.adr("ns delete --name factory").status == 1)
        configure(person, "[core]\ndisable_confirm_prompt = Yes\nonly_show_errors = on\n")
        let missing = try person.adr("ns delete --name nowhere")
        #expect(missing.status == 0 && missing.errors == "", "\(missing)")
        // What the line asks for is said all the same.
        #expect(try person.adr("ns delete --name nowhere --verbose").errors != "")
        person.environment["AZURE_CORE_DISABLE_CONFIRM_PROMPT"] = "0"
        #expect(try person.adr("ns delete --name factory").status == 1)
        person.environment["AZURE_CORE_DISABLE_CONFIRM_PROMPT"] = nil
        #expect(try person.adr("ns delete --name factory").status == 0)
    }

    @Test func quickstartIsNotLedAstray() throws {
        let person = Operator()
        configure(person, "[defaults]\ngroup = plant\n[core]\noutput = table\n")
        var words = person
        words.environment["TMPDIR"] = person.scratch.path
        #expect(try words.adr("quickstart").status == 0)
    }

    // MARK: - Less and more on standard error

    @Test(arguments: ["--verbose", "--debug", "--verbose --debug"])
    func onlyErrorsAndMoreDoNotGoTogether(more: String) throws {
        let person = Operator()
        let outcome = try person.adr("ns create --name factory --only-show-errors \(more)")
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(
            outcome.errors.hasPrefix("ERROR: --only-show-errors can't be used together with --debug or --verbose\n")
        )
        #expect(!FileManager.default.fileExists(atPath: person.store))
    }
}
