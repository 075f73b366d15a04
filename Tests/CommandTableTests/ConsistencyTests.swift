import Testing

@testable import CommandTable

@Suite struct ConsistencyTests {
    @Test func theSampleIsSound() {
        #expect(Sample.table.inconsistencies() == [])
    }

    @Test func faultsAreFound() {
        let text = Argument<String>.text("--text", "-t", help: "Text")
        let twin = Argument<String>.text("--twin", "-t", help: "")
        let wrong = Argument<String>.choice("--wrong", "-wr", help: "Wr\u{f6}ng", choices: ["a"], default: "b")
        @Sendable func command(_ words: String, _ example: String...) -> Command<Int> {
            Command(
                words,
                summary: "Do",
                arguments: [.optional(text), .optional(twin), .optional(wrong)],
                examples: example.map { Example(summary: "Do", command: $0) },
                effect: .reads
            ) { _, _ in }
        }
        let table = CommandTable<Int>(
            program: "tool",
            summary: "Tool",
            groups: {
                [
                    Group(
                        "a",
                        summary: "",
                        also: ["b", "c"],
                        commands: {
                            [
                                command(
                                    "a do",
                                    "tool a do --text x",
                                    "other",
                                    "tool a do --nothing",
                                    "tool b do",
                                    "tool a do -h"
                                )
                            ]
                        }
                    ),
                    Group("b", summary: "B", commands: { [command("x do"), command("b do"), command("b do")] }),
                ]
            },
            commands: { [] },
            globals: [],
            aliases: [(from: ["z"], to: ["y"]), (from: ["b"], to: ["b"])]
        )
        let found = table.inconsistencies()
        for fault in [
            "group 'a' has no summary", "group 'a' lists 'b', but no alias leads there",
            "group 'a' lists 'c', which is no group", "command 'x do' is not found by its words",
            "command 'b do' stands in the table twice", "command 'a do': -t stands for two arguments",
            "command 'a do': -wr is no name of an argument", "command 'a do': --wrong has a default that it refuses",
            "command 'a do': --twin has no help", "command 'a do': --wrong has a help that is not ASCII",
            "command 'a do': example 'other' does not call tool",
            "command 'a do': example 'tool a do --nothing' is refused: unrecognized arguments: --nothing",
            "command 'a do': example 'tool b do' shows another command",
            "command 'a do': example 'tool a do -h' asks for help", "alias 'z' leads nowhere",
            "alias 'b' stands for itself",
        ] {
            #expect(found.contains(fault), "\(fault)")
        }
        #expect(!found.contains { $0.contains("--text x") })
    }

    @Test func linesOfShell() {
        #expect(shellCommands("a b  c") == [["a", "b", "c"]])
        #expect(shellCommands("a 'b c' \"d 'e'\" f\\ g ''") == [["a", "b c", "d 'e'", "f g", ""]])
        #expect(shellCommands("a | b && c > d; e \\\n f\ng") == [["a"], ["b"], ["c"], ["d"], ["e", "f"], ["g"]])
        #expect(shellCommands("a $(b c) \"$(d e)\"") == [["a", "$(b c)", "$(d e)"]])
    }
}
