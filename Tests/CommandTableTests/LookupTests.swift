import Testing

@testable import CommandTable

@Suite struct LookupTests {
    @Test func wordsLeadToPlaces() {
        guard case .group(let group) = Sample.table.place(of: ["iot", "adr", "ns", "policy"]) else {
            Issue.record("no group")
            return
        }
        #expect(group.words == ["policy"])
        guard case .beginning = Sample.table.place(of: ["iot"]) else {
            Issue.record("no beginning")
            return
        }
        #expect(Sample.table.place(of: ["iot", "hub"]) == nil)
        #expect(Sample.table.place(of: ["status", "more"]) == nil)
        #expect(Sample.table.words(after: [], at: .program) == ["ns", "policy", "file", "status", "iot"])
    }

    @Test func everyCommandIsListed() {
        #expect(
            Sample.table.allCommands.map { $0.words.joined(separator: " ") } == [
                "status", "ns create", "ns list", "ns delete", "policy show", "policy sync", "policy issuer rotate",
                "file show", "file check",
            ]
        )
        #expect(
            Sample.table.allGroups.map { $0.words.joined(separator: " ") } == ["ns", "policy", "policy issuer", "file"]
        )
    }

    /// Start-up must not grow with the table.
    @Test func onlyThePathTypedIsMade() {
        let table = CommandTable<Int>(
            program: "tool",
            summary: "",
            groups: {
                [
                    Group(
                        "a",
                        summary: "A",
                        commands: {
                            [Command("a b", summary: "B", arguments: [], examples: [], effect: .reads) { _, _ in }]
                        }
                    ),
                    Group(
                        "c",
                        summary: "C",
                        commands: {
                            Issue.record("commands of another group are made")
                            return []
                        },
                        groups: {
                            Issue.record("groups of another group are made")
                            return []
                        }
                    ),
                ]
            },
            commands: {
                Issue.record("commands without a group are made")
                return []
            },
            globals: [],
            aliases: []
        )
        guard case .run(let command, _) = table.parse(["a", "b"], environment: { _ in nil }) else {
            Issue.record("it is refused")
            return
        }
        #expect(command.words == ["a", "b"])
    }
}
