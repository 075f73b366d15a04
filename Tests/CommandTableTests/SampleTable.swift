import CommandTable

/// A small program with one argument of every kind, shared by the tests of parser and help.
enum Sample {
    struct Refused: Error, Equatable { let name: String }

    static let name = Argument<String>(
        "--namespace",
        "--ns",
        "-n",
        value: "NAME",
        help: "the namespace",
        completion: .names("namespace")
    ) { values in
        guard let name = values.last, name != "forbidden" else { throw Refused(name: values.last ?? "") }
        return name.uppercased()
    }
    static let group = Argument<String>.text(
        "--resource-group",
        "-g",
        value: "GROUP",
        help: "Resource group",
        default: "default",
        environment: ["TOOL_GROUP", "TOOL_DEFAULT_GROUP"]
    )
    static let policy = Argument<String>.text("--policy-name", "--pn", "--policy", help: "Policy", section: "Policy")
    static let days = Argument<Int>.integer("--days", "-d", help: "Days", section: "Policy", default: "30")
    static let manage = Argument<Bool>.threeState("--enable-management", "--em", help: "Manage certificates")
    static let force = Argument<Bool>.flag("--force", help: "Replace what is there")
    static let quick = Argument<Bool>.flag("-q", "--quick", help: "Skip checks")
    static let key = Argument<String>.choice(
        "--key-type",
        "-k",
        help: "Key type",
        section: "Policy",
        choices: ["ECC", "RSA"],
        default: "ECC"
    )
    static let tags = Argument<[(String, String)]>.tags("--tags", help: "Tags")
    static let hubs = Argument<[String]>.list("--hubs", help: "Hubs", arity: .oneOrMore)
    static let sizes = Argument<[String]>.list("--sizes", help: "Sizes", choices: ["Small", "Large"])
    static let file = Argument<String>.file("FILE", help: "What is read")
    static let out = Argument<String>.file("--out", help: "Where it goes")
    static let sku = Argument<String>.text("--sku", help: "Tier")
    static let secret = Argument<String>.text("--secret", help: "Not shown")

    static let output = Argument<String>.choice(
        "--output",
        "-o",
        help: "Output format",
        choices: ["json", "table", "tsv"],
        default: "json",
        environment: ["TOOL_OUTPUT"]
    )
    static let verbose = Argument<Bool>.flag("--verbose", help: "Say more")

    static let table = CommandTable<Int>(
        program: "tool",
        summary: "Keeps things",
        groups: { [spaces, policies, files] },
        commands: {
            [Command("status", summary: "Show the state", arguments: [], examples: [], effect: .reads) { _, _ in }]
        },
        globals: [.optional(output), .optional(verbose)],
        aliases: [
            (from: ["ns", "policy"], to: ["policy"]),
            (from: ["iot", "adr", "ns"], to: ["ns"]),
            (from: ["--version"], to: ["status"]),
        ]
    )

    private static let spaces = Group<Int>(
        "ns",
        summary: "Manage namespaces",
        also: ["policy"],
        commands: {
            [
                Command(
                    "ns create",
                    summary: "Create a namespace",
                    description: "A namespace holds what belongs together. It is there once the command has ended.",
                    arguments: [
                        .required(name), .optional(group), .optional(policy), .optional(days), .optional(manage),
                        .optional(force), .optional(quick), .optional(key), .optional(tags), .optional(hubs),
                        .optional(sizes), .optional(out), .accepted(sku, "there are no tiers here"), .hidden(secret),
                    ],
                    examples: [
                        Example(summary: "Create a namespace", command: "tool ns create -n factory"),
                        Example(
                            summary: "Create one with a policy, whose certificates are valid for a week",
                            command: "tool ns create -n factory --policy-name week --days 7 --tags site=north "
                                + "'floor=ground floor' --enable-management"
                        ),
                    ],
                    effect: .writes
                ) { _, _ in },
                Command(
                    "ns list",
                    summary: "List namespaces",
                    arguments: [.optional(group)],
                    examples: [],
                    effect: .reads
                ) { _, _ in },
                Command(
                    "ns delete",
                    summary: "Delete a namespace",
                    arguments: [.required(name), .required(out)],
                    examples: [],
                    effect: .writes,
                    confirmation: "the namespace and all that is in it"
                ) { _, _ in },
            ]
        }
    )

    private static let policies = Group<Int>(
        "policy",
        summary: "Manage policies",
        commands: {
            [
                Command("policy show", summary: "Show a policy", arguments: [], examples: [], effect: .reads) { _, _ in
                },
                Command("policy sync", summary: "Sync", arguments: [], examples: [], effect: .writes) { _, _ in },
            ]
        },
        groups: {
            [
                Group(
                    "policy issuer",
                    summary: "Issuers of a policy",
                    commands: {
                        [
                            Command(
                                "policy issuer rotate",
                                summary: "Rotate",
                                arguments: [],
                                examples: [],
                                effect: .writes
                            ) { _, _ in }
                        ]
                    }
                )
            ]
        }
    )

    private static let files = Group<Int>(
        "file",
        summary: "Look at files",
        commands: {
            [
                Command(
                    "file show",
                    summary: "Show a file",
                    arguments: [.required(file), .optional(tags), .optional(out)],
                    examples: [],
                    effect: .reads
                ) { _, _ in },
                Command("file check", summary: "Check", arguments: [.optional(file)], examples: [], effect: .reads) {
                    _,
                    _ in
                },
            ]
        }
    )
}

/// The arguments of a line that must parse.
func run(_ line: String..., environment: [String: String] = [:]) throws -> (command: [String], arguments: Arguments) {
    switch Sample.table.parse(line, environment: { environment[$0] }) {
    case .run(let command, let arguments): return (command.words, arguments)
    case .help: throw NotRun(message: "help")
    case .failure(let error, _): throw NotRun(message: error.message)
    }
}

struct NotRun: Error { let message: String }

/// What a line that must not parse is refused with.
func refusal(_ line: String..., environment: [String: String] = [:]) -> UsageError {
    guard case .failure(let error, _) = Sample.table.parse(line, environment: { environment[$0] }) else {
        return UsageError("it was not refused")
    }
    return error
}

func help(_ line: String...) -> String {
    guard case .help(let text) = Sample.table.parse(line, environment: { _ in nil }) else { return "it was not help" }
    return text
}
