import CommandTable
import Foundation
import JSON
import TestSupport
import Testing

@testable import AdrCLI
@testable import CommandTable

/// az's own paths, under the program's name and under az's.
@Suite struct FrontWordsTests {
    /// Where az has the groups of this program.
    private static let paths = [
        "ns": ["iot", "adr", "ns"], "credential": ["iot", "adr", "ns", "credential"],
        "policy": ["iot", "adr", "ns", "policy"], "device": ["iot", "adr", "ns", "device"], "hub": ["iot", "hub"],
        "dps": ["iot", "dps"], "registration": ["iot", "dps", "registration"],
    ]
    /// Groups and commands that az has nowhere.
    private static let own: Set = ["csr", "cert", "ledger", "store", "status", "quickstart", "query"]

    private static func longWords(of command: Command<Invocation>) -> [String]? {
        // The device's side of a registration stands elsewhere than the service's.
        if command.words == ["registration", "create"] { return ["iot", "device", "registration", "create"] }
        return paths[command.words[0]].map { $0 + command.words.dropFirst() }
    }

    @Test func everyCommandStandsUnderAzsPath() throws {
        for command in CommandTable.adr.allCommands {
            guard let long = Self.longWords(of: command) else {
                #expect(Self.own.contains(command.words[0]), "no path of az leads to \(command.words)")
                continue
            }
            for table in [CommandTable.adr, .az] {
                guard case .command(let reached) = table.place(of: long) else {
                    Issue.record("\(table.name) \(long) leads nowhere")
                    continue
                }
                #expect(reached.words == command.words)
            }
        }
    }

    @Test func azTakesNothingElse() {
        let table = CommandTable<Invocation>.az
        let entries = [["iot", "adr", "ns"], ["iot", "hub"], ["iot", "dps"], ["iot", "device", "registration"]]
        #expect(table.entries == entries)
        for words in [["ns"], ["ns", "credential"], ["credential"], ["cert", "issue"], ["query"], ["login"]] {
            #expect(table.place(of: words) == nil, "\(words)")
        }
        #expect(table.words(after: [], at: .program) == ["iot"])
    }

    /// What the help shows under az's name can be typed.
    @Test func examplesAreToldInAzsWords() throws {
        let table = CommandTable<Invocation>.az
        for command in CommandTable.adr.allCommands {
            guard let long = Self.longWords(of: command) else { continue }
            for example in command.examples {
                let told = table.told(example.command, to: long)
                let lines = shellCommands(told).filter { $0.first == "az" }
                #expect(!lines.isEmpty, "\(told)")
                for line in lines {
                    guard case .run = table.parse(Array(line.dropFirst()), environment: { _ in nil }) else {
                        Issue.record("\(told) is refused")
                        continue
                    }
                }
                #expect(table.told(told, to: long) == told)
                #expect(table.help(of: command, as: long, width: 500).contains(told))
            }
        }
    }

    @Test(
        arguments: [
            ("adr ns list", "iot", "adr iot adr ns list"),
            ("'adr ns list' shows those there are.", "iot", "'adr iot adr ns list' shows those there are."),
            ("x=$(adr policy show)", "iot", "x=$(adr iot adr ns policy show)"),
            ("adr hub list; adr cert show a.pem", "iot", "adr iot hub list; adr cert show a.pem"),
            ("adr iot adr ns list", "iot", "adr iot adr ns list"),
            ("adr registration create --rid x", "iot", "adr iot device registration create --rid x"),
            ("adr registration show --rid x", "iot", "adr iot dps registration show --rid x"),
            ("the group is 'iot adr ns'", "iot", "the group is 'iot adr ns'"),
            ("/usr/bin/adr ns, my-adr ns, adr", "iot", "/usr/bin/adr ns, my-adr ns, adr"),
            ("adr ns list", "ns", "adr ns list"), ("adr ns list", "", "adr ns list"),
        ]
    )
    func textsAreTold(text: String, typed: String, expected: String) {
        #expect(CommandTable.adr.told(text, to: typed.isEmpty ? [] : [typed, "adr", "ns"]) == expected)
    }

    @Test func longPathsDoTheSame() throws {
        let person = Operator()
        let created = try person.expect("iot adr ns create -n factory -g plant --policy-name line-1")
        #expect(try person.expect("ns show --name factory -g plant") == created)
        #expect(try person.expect("IOT Adr NS Show --name factory -g plant") == created)
        try person.expect("iot hub create -n factory-hub -g plant --namespace factory")
        try person.expect("iot adr ns credential sync --ns factory -g plant")
        let policies = try person.expect("iot adr ns policy list --ns factory -g plant")
        #expect(policies == (try person.expect("policy list --ns factory -g plant")))
        #expect(policies.arrayValue?.count == 1)
        #expect(try person.expect("iot adr ns device list --ns factory -g plant") == .array([]))
        #expect(try person.expect("iot hub certificate list --hub-name factory-hub")["value"]?.arrayValue?.count == 1)
    }

    @Test func answersComeInTheWordsTyped() throws {
        let person = Operator()
        let help = try person.adr("iot adr ns policy create --help")
        #expect(help.status == 0)
        #expect(help.output.contains("\n    adr iot adr ns policy create : "))
        #expect(help.output.contains("        adr iot adr ns policy create --namespace factory"))
        let missing = try person.adr("iot adr ns show")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("Example: adr iot adr ns show --name factory"))
        #expect(missing.errors.contains("Help: adr iot adr ns show --help"))
        let absent = try person.adr("iot adr ns show --name nowhere")
        #expect(absent.status == 3)
        #expect(absent.errors.contains("'adr iot adr ns list' shows those there are"))
        #expect(try person.adr("ns show --name nowhere").errors.contains("'adr ns list' shows those there are"))
        let group = try person.adr("iot --help")
        #expect(group.status == 0)
        #expect(group.output.contains("    adr ns              : The same as 'adr ns'."), "\(group)")
    }

    @Test func helpIsAWordToo() throws {
        let person = Operator()
        #expect(try person.adr("help").stdout == person.adr("--help").stdout)
        #expect(try person.adr("Help").status == 0)
    }

    // MARK: - Called az

    /// An operator in whose folder the program is called `az`.
    private func operatorOfAz(_ name: String = #function) throws -> Operator {
        let person = Operator(name)
        try FileManager.default.createSymbolicLink(
            atPath: person.scratch.file("az"),
            withDestinationPath: person.binary
        )
        return person
    }

    private func az(_ person: Operator, _ line: String) throws -> Outcome {
        let words = [person.scratch.file("az")] + line.split(separator: " ").map(String.init)
        return try Run.command(words, environment: person.environment, directory: person.scratch.path)
    }

    @Test func scriptsForAzRunAsTheyAre() throws {
        let person = try operatorOfAz()
        #expect(try az(person, "--version").output == "adr \(Program.version)\n")
        let created = try az(person, "iot adr ns create -n factory -g plant --enable-certificate-management -o json")
        #expect(created.status == 0)
        #expect(try person.adr("ns show --name factory -g plant").stdout == created.stdout)
        let name = try az(person, "iot adr ns policy list --ns factory -g plant --query [].name -o tsv")
        #expect(name.output == "default\n")
        #expect(try az(person, "iot hub create -n factory-hub -g plant --sku GEN2 --namespace factory").status == 0)
        #expect(try az(person, "iot adr ns credential sync --ns factory -g plant").status == 0)
        let help = try az(person, "--help")
        #expect(help.output.contains("\n    az : "), "\(help)")
        let entry = "    iot adr ns              : Manage Device Registry namespaces.\n"
        #expect(help.output.contains(entry), "\(help)")
        #expect(!help.output.contains("quickstart"))
        let hint = try az(person, "iot adr ns policy create --ns bare -n line-1")
        #expect(hint.status == 3 && hint.errors.contains("az iot adr ns "), "\(hint)")
    }

    @Test(
        arguments: [
            ("login", "'az login'"), ("group create -n x", "'az group'"), ("vm list", "'az vm'"),
            ("ns list", "'az ns'"),
            ("cert issue", "'az cert'"), ("iot central app list", "'az iot central'"), ("iot hbu list", "'az iot hbu'"),
            ("iot device twin show", "'az iot device twin'"), ("iot adr schema", "'az iot adr schema'"),
            ("--debug vm list", "'az vm'"), ("quickstart", "'az quickstart'"),
        ]
    )
    func otherCommandsOfAzAreNotHere(line: String, named: String) throws {
        let person = try operatorOfAz()
        let outcome = try az(person, line)
        #expect(outcome.status == 2 && outcome.output == "", "\(outcome)")
        let error = outcome.errors.split(separator: "\n").first ?? ""
        #expect(error.hasPrefix("ERROR: \(named) is not here: "), "\(outcome)")
        #expect(
            error.contains("'az iot adr ns', 'az iot hub', 'az iot dps' and 'az iot device registration'"),
            "\(outcome)"
        )
    }

    @Test func whatIsMisspelledBelowAzsPathsIsNotElsewhere() throws {
        let person = try operatorOfAz()
        let outcome = try az(person, "iot adr ns crate")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("ERROR: 'crate' is misspelled or not recognized by the system.\n"))
        #expect(outcome.errors.contains("Did you mean 'create' ?"))
        #expect(outcome.errors.contains("Help: az iot adr ns --help"))
    }
}
