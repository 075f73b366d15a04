import Testing

@testable import CommandTable

@Suite struct HelpTests {
    @Test func helpOfTheProgram() {
        let expected = """

            Group
                tool : Keeps things.

            Subgroups:
                file   : Look at files.
                ns     : Manage namespaces.
                policy : Manage policies.

            Commands:
                status : Show the state.

            Global Arguments
                --help -h   : Show this help message and exit.
                --output -o : Output format.  Allowed values: json, table, tsv.  Default:
                              json.  Environment: TOOL_OUTPUT.
                --verbose   : Say more.

            """
        #expect(help() == expected)
        #expect(help("--help") == expected)
        #expect(help("-h", "ns", "create") == expected)
        #expect(help("--verbose") == expected)
    }

    @Test func helpOfAGroup() {
        let expected = """

            Group
                tool ns : Manage namespaces.

            Subgroups:
                policy : Manage policies.

            Commands:
                create : Create a namespace.
                delete : Delete a namespace.
                list   : List namespaces.

            """
        #expect(help("ns") == expected)
        #expect(help("ns", "--help") == expected)
        #expect(help("iot", "adr", "ns", "-o", "tsv") == expected)
        #expect(help("ns", "policy") == help("policy"))
    }

    @Test func helpOfACommand() {
        let expected = """

            Command
                tool ns create : Create a namespace.
                    A namespace holds what belongs together. It is there once the command
                    has ended.

            Arguments
                --namespace --ns -n [Required] : The namespace.
                --em --enable-management       : Manage certificates.  Allowed values:
                                                 false, true.
                --force                        : Replace what is there.
                --hubs                         : Hubs.
                --out                          : Where it goes.
                --quick -q                     : Skip checks.
                --resource-group -g            : Resource group.  Default: default.
                                                 Environment: TOOL_GROUP,
                                                 TOOL_DEFAULT_GROUP.
                --sizes                        : Sizes.  Allowed values: Large, Small.
                --tags                         : Tags.

            Policy Arguments
                --days -d                      : Days.  Default: 30.
                --key-type -k                  : Key type.  Allowed values: ECC, RSA.
                                                 Default: ECC.
                --pn --policy --policy-name    : Policy.

            Accepted And Ignored Arguments
                --sku                          : There are no tiers here.

            Global Arguments
                --help -h                      : Show this help message and exit.
                --output -o                    : Output format.  Allowed values: json,
                                                 table, tsv.  Default: json.  Environment:
                                                 TOOL_OUTPUT.
                --verbose                      : Say more.

            Examples
                Create a namespace
                    tool ns create -n factory

                Create one with a policy, whose certificates are valid for a week
                    tool ns create -n factory --policy-name week --days 7 \\
                        --tags site=north 'floor=ground floor' --enable-management

            """
        #expect(help("ns", "create", "--help") == expected)
        #expect(help("ns", "create", "--bogus", "stray", "--he", "--days") == expected)
        #expect(help("ns", "create", "-qh") == expected)
    }

    @Test func requiredFilesComeFirst() {
        let expected = """

            Command
                tool file show : Show a file.

            Arguments
                FILE [Required] : What is read.
                --out           : Where it goes.
                --tags          : Tags.

            Global Arguments
                --help -h       : Show this help message and exit.
                --output -o     : Output format.  Allowed values: json, table, tsv.
                                  Default: json.  Environment: TOOL_OUTPUT.
                --verbose       : Say more.

            """
        #expect(help("file", "show", "-h") == expected)
    }

    @Test func theTagsOfRequiredArgumentsLineUp() {
        let lines = help("ns", "delete", "-h").split(separator: "\n")
        #expect(lines.contains("    --namespace --ns -n [Required] : The namespace."))
        #expect(lines.contains("    --out               [Required] : Where it goes."))
        #expect(lines.contains("    --yes -y                       : Do not prompt for confirmation.  Allowed"))
    }

    @Test func helpOfWordsThatOnlyBeginLongerOnes() {
        #expect(
            help("iot", "-h") == """

                Group
                    tool iot : Words of az, and what they stand for.

                Subgroups:
                    adr ns : The same as 'tool ns'.

                """
        )
    }

    /// An error before `--help` counts, as argparse judges from left to right.
    @Test func errorsBeforeHelpCount() {
        #expect(refusal("ns", "create", "-d", "x", "--help").message.contains("invalid int value"))
        #expect(help("ns", "create", "--help", "-d", "x").contains("Command\n"))
        #expect(help("ns", "create", "-hd", "x").contains("Command\n"))
        #expect(refusal("ns", "craete", "--help").message.hasPrefix("'craete' is misspelled"))
    }

    @Test(arguments: [60, 80, 100, 132])
    func nothingIsWiderThanTheWidth(width: Int) {
        for command in Sample.table.allCommands {
            for line in Sample.table.help(of: command, width: width).split(separator: "\n") {
                #expect(line.count <= width, "\(line)")
                #expect(line.last != " ", "\(line)")
            }
        }
    }

    @Test func aLongNameDoesNotPushAllSummariesAway() {
        let items = [
            Listing.Item(name: "--a", summary: "One."),
            Listing.Item(name: "--" + String(repeating: "b", count: 50), tag: "[Required]", summary: "Two words."),
        ]
        var layout = TextLayout(width: 80)
        Listing.write(items, column: Listing.column(for: items, width: 80), into: &layout)
        #expect(
            layout.text == """
                    --a : One.
                    --bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb [Required]
                          Two words.

                """
        )
    }

    @Test func argumentsAreSentences() {
        #expect(sentence("a name") == "A name.")
        #expect(sentence("A name!") == "A name!")
        #expect(sentence("") == "")
    }

    @Test func examplesThatAreTooLongStillRun() {
        var layout = TextLayout(width: 42)
        layout.command("tool a --text 'one --two three' -x yzzz\ntool b", indent: 4)
        #expect(
            layout.text == """
                    tool a --text 'one --two three' \\
                        -x yzzz
                    tool b

                """
        )
    }
}

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
