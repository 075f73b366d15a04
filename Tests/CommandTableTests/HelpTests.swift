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
        // Words that stand for others are shown as they were typed.
        let retold = expected.replacing("tool ns :", with: "tool iot adr ns :")
        #expect(help("iot", "adr", "ns", "-o", "tsv") == retold)
        #expect(help("Iot", "ADR", "ns") == retold)
        #expect(help("ns", "policy") == help("policy").replacing("tool policy :", with: "tool ns policy :"))
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
