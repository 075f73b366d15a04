import CommandTable
import Testing

@testable import AdrCLI

/// The command table as it stands: what parser, help, completion and manual pages rely on.
struct TableTests {
    static let table = CommandTable.adr
    static let commands = table.allCommands

    static func name(_ command: Command<Invocation>) -> String { command.words.joined(separator: " ") }

    @Test func theTableAgreesWithItself() {
        #expect(Self.table.inconsistencies() == [])
    }

    @Test func everySummaryIsOneSentence() {
        let summaries =
            [("adr", Self.table.summary)] + Self.table.allGroups.map { ($0.words.joined(separator: " "), $0.summary) }
            + Self.commands.map { (Self.name($0), $0.summary) }
        for (name, summary) in summaries {
            #expect(summary.count <= 80, "\(name): \(summary)")
            #expect(summary.hasSuffix(".") && !summary.hasSuffix(".."), "\(name): \(summary)")
            #expect(summary.first?.isUppercase == true, "\(name): \(summary)")
            #expect(summary.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(name): \(summary)")
        }
    }

    @Test func everyDescriptionIsPlainText() {
        for command in Self.commands {
            let isPlain = command.description.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
            #expect(isPlain, "\(Self.name(command))")
            #expect(command.description.isEmpty || command.description.hasSuffix("."), "\(Self.name(command))")
        }
    }

    @Test func everyCommandHasAnExample() {
        for command in Self.commands {
            #expect(!command.examples.isEmpty, "\(Self.name(command))")
            let summaries = command.examples.map(\.summary)
            #expect(Set(summaries).count == summaries.count, "\(Self.name(command)): two examples show the same")
        }
    }

    /// Examples of one page stand under one another, so "List" alone would not say which of the lists.
    @Test func everyExampleOfAGroupSaysWhatItShows() {
        for (group, commands) in Dictionary(grouping: Self.commands, by: { $0.words[0] }) {
            let summaries = commands.flatMap(\.examples).map(\.summary)
            for (summary, same) in Dictionary(grouping: summaries, by: { $0 }) {
                #expect(same.count == 1, "\(group): \(summary)")
            }
        }
    }

    /// One thing has one word in the whole program, so an option means the same wherever it is spelled the same.
    /// These are the exceptions: az names what the command is about `--name`, whatever that is.
    @Test func anOptionMeansTheSameEverywhere() {
        let exceptions: [String: Set<String>] = [
            "--name": [
                "Name of the ADR namespace.", "Name of the policy.", "Name of the device, or its registration ID.",
                "Name of the IoT hub.", "Name of the certificate.",
            ],
            "--namespace": [
                "Name of the ADR namespace.", "The namespace that issued the certificate.",
                "The namespace the hub belongs to, instead of --ns-resource-id; in the same resource group.",
            ],
            "--policy-name": [
                "Name of the policy.",
                "Name of the policy; 'default' if left out. Implies certificate management.",
            ],
            "--device-name": [
                "Name of the device, or its registration ID.",
                "Name of the device, or its registration ID: its newest certificate.",
            ],
            "--hub-name": ["Name of the IoT hub.", "Name or host name of the IoT hub."],
            "--out": ["File to write the result to.", "File for the chain, PEM: leaf, issuing CA, root."],
            "--certificate": [
                "Give the root certificate, PEM, instead of the resource.",
                "Give the issuing CA's certificate, PEM, instead of the resource.",
            ],
        ]
        var texts: [String: Set<String>] = [:]
        for use in Self.commands.flatMap(\.arguments) where use.shape.names.first?.hasPrefix("--") == true {
            for name in use.shape.names where name.hasPrefix("--") { texts[name, default: []].insert(use.shape.help) }
        }
        for (name, found) in texts where found.count > 1 {
            // An alias goes with the name it stands beside.
            let canonical =
                Self.commands.flatMap(\.arguments).first { $0.shape.names.contains(name) }?.shape.key ?? name
            let allowed = (exceptions[name] ?? []).union(exceptions[canonical] ?? [])
            #expect(found.subtracting(allowed).isEmpty, "\(name): \(found.sorted())")
        }
        for (name, allowed) in exceptions {
            #expect(allowed.isSubset(of: texts[name] ?? []), "\(name) has no such help any more")
        }
    }

    @Test func noCommandTakesALetterTwice() {
        for command in Self.commands {
            let uses = [.optional(Standard.help)] + Self.table.globals + command.arguments
            let letters = uses.flatMap(\.shape.names).filter { $0.count == 2 }
            #expect(Set(letters).count == letters.count, "\(Self.name(command)): \(letters)")
        }
    }

    @Test func valuesAreInCapitals() {
        for command in Self.commands {
            for use in Self.table.globals + command.arguments {
                let shape = use.shape
                switch shape.arity {
                case .flag, .threeState: break
                case .one, .zeroOrMore, .oneOrMore:
                    let value = shape.isPositional ? shape.key : shape.value
                    #expect(
                        !value.isEmpty && value == value.uppercased(),
                        "\(Self.name(command)): \(shape.key) \(value)"
                    )
                }
            }
        }
    }
}
