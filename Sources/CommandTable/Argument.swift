/// How many values an argument takes.
package enum Arity: Sendable {
    /// No value: given or not.
    case flag
    /// No value, or one of `true` and `false` in any case.
    case threeState
    /// Exactly one value.
    case one
    /// Every value up to the next option, also none.
    case zeroOrMore
    /// Every value up to the next option, at least one.
    case oneOrMore
}

/// Where a shell finds the values it can offer for an argument.
package enum CompletionSource: Sendable {
    case none, files, choices
    /// Names that only the program knows, as `"namespace"`.
    case names(String)
}

/// What is checked of a value while the line is parsed; everything finer is left to the argument's conversion.
package enum ValueKind: Sendable {
    case text
    /// An integer as Python's `int()` reads it, and no larger than `Int`.
    case integer
    /// A path; a leading `~` or `~/` is replaced by the environment's `HOME`.
    case file
    /// An expression in some language, which messages call `type`; `problem` says why a text is none, in lines, or nil.
    case expression(type: String, problem: @Sendable (String) -> [String]?)
}

/// Everything about an argument except the type of its value: what parser, help, completion and manual pages read.
package struct ArgumentShape: Sendable {
    /// Accepted spellings, the canonical one first. A positional argument has one name, without dashes.
    package let names: [String]
    /// What stands for the value in the help, in capitals.
    package let value: String
    package let help: String
    /// The heading under which the help lists the argument; nil is `Arguments`.
    package let section: String?
    package let arity: Arity
    /// The values allowed, compared without case; what is stored is the spelling listed here.
    package let choices: [String]?
    /// The value used if neither the line nor the environment gives one.
    package let `default`: String?
    /// Environment variables read, the first that is not empty wins, if the line does not give the argument.
    package let environment: [String]
    package let completion: CompletionSource
    package let kind: ValueKind
    /// Whether giving the option again adds values; otherwise the last one wins.
    package let extends: Bool

    init(
        names: [String],
        value: String = "",
        help: String,
        section: String? = nil,
        arity: Arity = .one,
        choices: [String]? = nil,
        default: String? = nil,
        environment: [String] = [],
        completion: CompletionSource = .none,
        kind: ValueKind = .text,
        extends: Bool = false
    ) {
        self.names = names
        self.value = value
        self.help = help
        self.section = section
        self.arity = arity
        self.choices = choices
        self.default = `default`
        self.environment = environment
        self.completion = completion
        self.kind = kind
        self.extends = extends
    }

    /// The name by which values are kept and found.
    package var key: String { names[0] }

    package var isPositional: Bool { names[0].utf8.first != UInt8(ascii: "-") }

    /// The names as the parser's messages have them: `--namespace/--ns`.
    var slashedNames: String { names.joined(separator: "/") }
}

/// A typed argument, defined once and shared by all the commands that take it.
///
/// Type and choices are judged while the line is parsed (``UsageError``); `convert` runs when the value is asked
/// for and may throw whatever fits the domain.
package struct Argument<Value: Sendable>: Sendable {
    package let shape: ArgumentShape
    let convert: @Sendable ([String]) throws -> Value

    /// - Parameters:
    ///   - names: an option's spellings, the canonical one first (`"--namespace", "--ns", "-n"`), or the one name of
    ///     a positional argument (`"FILE"`).
    ///   - value: what stands for the value in the help.
    ///   - kind: what is checked while parsing.
    ///   - extends: whether giving the option again adds values instead of replacing them.
    ///   - convert: makes the typed value of the values given: none for a flag, none or one for a three-state flag.
    package init(
        _ names: String...,
        value: String = "VALUE",
        help: String,
        section: String? = nil,
        arity: Arity = .one,
        choices: [String]? = nil,
        default: String? = nil,
        environment: [String] = [],
        completion: CompletionSource = .none,
        kind: ValueKind = .text,
        extends: Bool = false,
        convert: @escaping @Sendable ([String]) throws -> Value
    ) {
        self.init(
            shape: ArgumentShape(
                names: names,
                value: value,
                help: help,
                section: section,
                arity: arity,
                choices: choices,
                default: `default`,
                environment: environment,
                completion: completion,
                kind: kind,
                extends: extends
            ),
            convert: convert
        )
    }

    init(shape: ArgumentShape, convert: @escaping @Sendable ([String]) throws -> Value) {
        self.shape = shape
        self.convert = convert
    }
}
