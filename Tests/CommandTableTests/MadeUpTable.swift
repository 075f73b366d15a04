import TestSupport

@testable import CommandTable

/// A command with arguments of every kind under names that begin alike, and lines for it.
struct MadeUpTable: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case flag, threeState, text, integer, choice, zeroOrMore, oneOrMore, tags, list
    }

    private struct Entry: Sendable {
        let use: ArgumentUse
        let kind: Kind
        let show: @Sendable (Arguments) throws -> [String]
    }

    private let globals: [Entry]
    private let own: [Entry]
    private let table: CommandTable<Int>

    private static let longNames = [
        "--name", "--namespace", "--ns", "--name-space", "--out", "--out-file", "--only", "--policy", "--policy-name",
        "--pn", "--days", "--day", "--enable", "--enable-all", "--hub", "--hubs", "--force", "--tag", "--tags",
        "--verb", "--queue", "--key", "--key-type", "--x", "--x-y", "--yes",
    ]
    private static let shortNames = ["-n", "-g", "-d", "-y", "-k", "-x", "-f", "-t"]
    private static let choices = ["ECC", "Rsa", "ed25519", "x"]

    init(_ random: inout Chance) {
        globals = [
            Self.entry(
                .choice,
                ["--output", "-o"],
                required: false,
                default: "json",
                choices: ["json", "table", "tsv"]
            ),
            Self.entry(.text, ["--query"], required: false),
            Self.entry(.flag, ["--verbose"], required: false),
            Self.entry(.flag, ["--only-show-errors"], required: false),
        ]
        var long = Self.longNames.shuffled(using: &random)
        var short = Self.shortNames.shuffled(using: &random)
        var entries: [Entry] = []
        for number in 0..<(3 + random.below(8)) {
            let kind = number < 2 ? random.pick(Kind.allCases) : random.pick(Kind.allCases + [.text, .text])
            var names = (0...random.below(3)).compactMap { _ in long.popLast() }
            if random.happens(50), let name = short.popLast() { names.append(name) }
            guard !names.isEmpty else { continue }
            let takesValue = kind == .text || kind == .choice || kind == .integer
            let standing = takesValue && random.happens(30) ? (kind == .integer ? "7" : "ECC") : nil
            let isRequired = kind != .flag && standing == nil && random.happens(25)
            entries.append(
                Self.entry(kind, names, required: isRequired, default: standing, choices: Self.choices)
            )
        }
        if random.happens(60) { entries.append(Self.entry(.text, ["FILE"], required: random.happens(50))) }
        own = entries
        let (uses, shared) = (entries.map(\.use), globals.map(\.use))
        table = CommandTable(
            program: "tool",
            summary: "",
            groups: {
                [
                    Group(
                        "group",
                        summary: "Group",
                        commands: {
                            [
                                Command("group do", summary: "Do", arguments: uses, examples: [], effect: .reads) {
                                    _,
                                    _ in
                                }
                            ]
                        }
                    )
                ]
            },
            commands: { [] },
            globals: shared,
            aliases: []
        )
    }

    private static func entry(
        _ kind: Kind,
        _ names: [String],
        required: Bool,
        default standing: String? = nil,
        choices: [String] = []
    ) -> Entry {
        func entry<Value: Sendable>(
            _ arity: Arity,
            _ choices: [String]?,
            _ valueKind: ValueKind,
            extends: Bool,
            absent: [String],
            _ convert: @escaping @Sendable ([String]) throws -> Value,
            _ show: @escaping @Sendable (Value) -> [String]
        ) -> Entry {
            let argument = Argument(
                shape: ArgumentShape(
                    names: names,
                    value: "V",
                    help: "Help",
                    section: nil,
                    arity: arity,
                    choices: choices,
                    default: standing,
                    environment: [],
                    completion: .none,
                    kind: valueKind,
                    extends: extends
                ),
                convert: convert
            )
            return Entry(use: required ? .required(argument) : .optional(argument), kind: kind) { arguments in
                try arguments.value(argument).map(show) ?? absent
            }
        }
        let none = ["none"]
        switch kind {
        case .flag:
            let model = Argument<Bool>.flag("--model", help: "")
            return entry(.flag, nil, .text, extends: false, absent: ["bool", "false"], model.convert) {
                ["bool", "\($0)"]
            }
        case .threeState:
            let model = Argument<Bool>.threeState("--model", help: "")
            return entry(
                .threeState,
                model.shape.choices,
                .text,
                extends: false,
                absent: none,
                model.convert
            ) { ["bool", "\($0)"] }
        case .text:
            return entry(.one, nil, .text, extends: false, absent: none, { $0[0] }, { ["text", $0] })
        case .integer:
            let model = Argument<Int>.integer("--model", help: "")
            return entry(.one, nil, .integer, extends: false, absent: none, model.convert) { ["int", "\($0)"] }
        case .choice:
            return entry(.one, choices, .text, extends: false, absent: none, { $0[0] }, { ["text", $0] })
        case .zeroOrMore:
            return entry(.zeroOrMore, nil, .text, extends: false, absent: none, { $0 }, { ["list"] + $0 })
        case .oneOrMore:
            return entry(.oneOrMore, nil, .text, extends: false, absent: none, { $0 }, { ["list"] + $0 })
        case .list:
            return entry(.zeroOrMore, choices, .text, extends: false, absent: none, { $0 }, { ["list"] + $0 })
        case .tags:
            let model = Argument<[(String, String)]>.tags("--model", help: "")
            return entry(.zeroOrMore, nil, .text, extends: true, absent: none, model.convert) { tags in
                ["list"] + tags.map { "\($0.0)>\($0.1)" }
            }
        }
    }

    var uses: [ArgumentUse] { (globals + own).map(\.use) }

    /// What the judge builds its parser from.
    var description: [[String: Any]] {
        (globals + own).map { entry in
            let shape = entry.use.shape
            var fields: [String: Any] = ["names": shape.names, "required": entry.use.isRequired]
            // The judge knows a list with choices as any other list.
            fields["kind"] = entry.kind == .list ? Kind.zeroOrMore.rawValue : entry.kind.rawValue
            if entry.kind == .choice || entry.kind == .list { fields["choices"] = shape.choices }
            if let standing = shape.default { fields["default"] = standing }
            return fields
        }
    }

    /// How our parser ends, in the judge's words. Words may stand before, within, or right after the command's.
    func read(
        _ line: [String],
        before: [String] = [],
        within: [String] = [],
        between: [String] = []
    ) -> (values: [String: [String]]?, message: String?) {
        switch table.parse(before + ["group"] + within + ["do"] + between + line, environment: { _ in nil }) {
        case .run(_, let arguments):
            var values: [String: [String]] = [:]
            for entry in globals + own {
                values[entry.use.shape.key] = (try? entry.show(arguments)) ?? ["broken"]
            }
            return (values, nil)
        case .help: return (nil, "help")
        case .failure(let error, _): return (nil, error.message)
        }
    }

    // MARK: - Lines

    func line(_ random: inout Chance) -> [String] {
        var parts: [[String]] = []
        // Half of the lines are meant to be right, so that values are compared, not only refusals.
        let isMeant = random.happens(55)
        for entry in own where entry.use.isRequired && (isMeant || random.happens(80)) {
            parts.append(words(for: entry, &random, isMeant: isMeant))
        }
        for _ in 0..<random.below(5) {
            let entry = random.pick(random.happens(20) ? globals : own)
            if !isMeant || !entry.use.shape.isPositional { parts.append(words(for: entry, &random, isMeant: isMeant)) }
        }
        if !isMeant { for _ in 0..<random.below(3) { parts.append([noise(&random)]) } }
        parts.shuffle(using: &random)
        if isMeant, random.happens(90) {
            // A word that stands alone goes first: behind a list it would be taken for one of its values.
            parts.sort { !$0[0].hasPrefix("-") && $1[0].hasPrefix("-") }
        }
        return parts.flatMap { $0 }
    }

    private func words(for entry: Entry, _ random: inout Chance, isMeant: Bool) -> [String] {
        let shape = entry.use.shape
        let values = values(for: entry, &random, isMeant: isMeant)
        if shape.isPositional { return random.happens(10) ? ["--"] + values : values }
        var name = random.pick(shape.names)
        if name.hasPrefix("--"), random.happens(isMeant ? 15 : 30) {
            let shortened = String(name.prefix(3 + random.below(max(1, name.count - 3))))
            if !isMeant || unique(shortened) { name = shortened }
        }
        if values.count == 1, random.happens(25) { return ["\(name)=\(values[0])"] }
        if values.count == 1, !name.hasPrefix("--"), random.happens(40) { return [name + values[0]] }
        if entry.kind == .flag, !name.hasPrefix("--"), random.happens(40) {
            let others = own.flatMap(\.use.shape.names).filter { $0.hasPrefix("-") && !$0.hasPrefix("--") }
            return [name + random.pick(others).dropFirst()] + (random.happens(50) ? ["v"] : [])
        }
        return [name] + values
    }

    private func unique(_ prefix: String) -> Bool {
        (["--help"] + uses.flatMap(\.shape.names)).count { $0.hasPrefix(prefix) } == 1
    }

    private func values(for entry: Entry, _ random: inout Chance, isMeant: Bool) -> [String] {
        func value(_ random: inout Chance) -> String {
            if !isMeant, random.happens(15) { return noise(&random) }
            switch entry.kind {
            case .flag: return ""
            case .threeState: return random.pick(["true", "false", "TRUE", "False"] + (isMeant ? [] : ["yes", ""]))
            case .integer:
                return random.pick(["1", "-5", "+7", " 8 ", "1_0", "007"] + (isMeant ? [] : ["1__0", "x", "1.5"]))
            case .choice, .list:
                let listed = entry.use.shape.choices ?? []
                let choice = random.pick(listed)
                return isMeant || random.happens(80)
                    ? random.pick([choice, choice.uppercased()]) : random.pick(["", "zz"])
            case .tags: return random.pick(["a=1", "b=2=3", "c", "=d", "", "a=é"])
            case .text, .zeroOrMore, .oneOrMore:
                return random.pick(["v", "a b", "", "x=y", "-", "-1", "-.5", "- x", "é=", "it's", "\"q\"", "@f"])
            }
        }
        let amount =
            switch entry.kind {
            case .flag: !isMeant && random.happens(15) ? 1 : 0
            case .threeState: random.below(2)
            case .text, .integer, .choice: !isMeant && random.happens(10) ? random.below(3) : 1
            case .oneOrMore: isMeant ? 1 + random.below(3) : random.below(3)
            case .zeroOrMore, .tags, .list: random.below(4)
            }
        return (0..<amount).map { _ in value(&random) }
    }

    private func noise(_ random: inout Chance) -> String {
        random.pick([
            "stray", "--unknown", "--unknown=1", "-z", "-zv", "--", "-", "", "-5", "-5x", "-1.5", "-.", "--=", "-=",
            "---",
            "--n", "--o", "--h", "--help", "-h", "--out x", "-n x", "-q", "--p=1", "--na", "-d-1", "-y=true", "-yn",
            "-é",
            "--é", "-n=", "-o", "-ojson", "-ohtml", "--verbose=1", "--help=", "true",
        ])
    }

    static func isReadByVersion(_ word: String) -> Bool {
        word == "--" || (word.hasPrefix("-") && !word.hasPrefix("--") && word.count > 2)
    }

    static let messageKinds = [
        "help", "required", "unrecognized", "ambiguous", "expected one", "at least one", "ignored", "invalid int",
        "Allowed",
    ]

    static func kind(ofMessage message: String) -> String {
        messageKinds.first { message.contains($0) && ($0 != "help" || message == "help") } ?? message
    }
}
