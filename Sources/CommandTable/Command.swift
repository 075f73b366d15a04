/// Whether running a command may change what is kept.
package enum Effect: Sendable { case reads, writes }

/// A line that works, with a sentence on what it does.
package struct Example: Sendable {
    package let summary: String
    package let command: String

    package init(summary: String, command: String) {
        self.summary = summary
        self.command = command
    }
}

/// How one command takes an argument.
package struct ArgumentUse: Sendable {
    package enum Role: Sendable {
        case required, optional
        /// Taken, but shown neither in help nor in completion.
        case hidden
        /// Taken and without effect; the note says why.
        case accepted(note: String)
    }

    package let shape: ArgumentShape
    package let role: Role

    package static func required<Value>(_ argument: Argument<Value>) -> ArgumentUse {
        ArgumentUse(shape: argument.shape, role: .required)
    }

    package static func optional<Value>(_ argument: Argument<Value>) -> ArgumentUse {
        ArgumentUse(shape: argument.shape, role: .optional)
    }

    package static func hidden<Value>(_ argument: Argument<Value>) -> ArgumentUse {
        ArgumentUse(shape: argument.shape, role: .hidden)
    }

    /// Taken and ignored: `note` says, under `--verbose`, why it has no effect here.
    package static func accepted<Value>(_ argument: Argument<Value>, _ note: String) -> ArgumentUse {
        ArgumentUse(shape: argument.shape, role: .accepted(note: note))
    }

    package var isRequired: Bool {
        if case .required = role { true } else { false }
    }

    package var isHidden: Bool {
        if case .hidden = role { true } else { false }
    }
}

/// Arguments that the table itself brings.
package enum Standard {
    /// Added to every command that asks for confirmation; three-state, as az's is.
    package static let yes = Argument<Bool>.threeState("--yes", "-y", help: "Do not prompt for confirmation.")
    /// Understood by every command and group.
    package static let help = Argument<Bool>.flag("--help", "-h", help: "Show this help message and exit.")
}

/// One verb of the program: what it takes and what it does.
package struct Command<Context>: Sendable {
    /// The full words, as `["ns", "create"]`.
    package let words: [String]
    package let summary: String
    package let description: String
    /// The command's own arguments, `--yes` included where it asks; the globals are the table's.
    package let arguments: [ArgumentUse]
    package let examples: [Example]
    package let effect: Effect
    /// The subject of the question asked unless `--yes` is given.
    package let confirmation: String?
    package let run: @Sendable (Arguments, Context) throws -> Void

    /// - Parameters:
    ///   - words: the full words, separated by blanks: `"ns create"`.
    ///   - run: receives the parsed line and what the program chose to hand to its commands.
    package init(
        _ words: String,
        summary: String,
        description: String = "",
        arguments: [ArgumentUse],
        examples: [Example],
        effect: Effect,
        confirmation: String? = nil,
        run: @escaping @Sendable (Arguments, Context) throws -> Void
    ) {
        self.words = splitWords(words)
        self.summary = summary
        self.description = description
        self.arguments = confirmation == nil ? arguments : arguments + [.optional(Standard.yes)]
        self.examples = examples
        self.effect = effect
        self.confirmation = confirmation
        self.run = run
    }
}

/// Commands and groups under common words. Its contents are made only when the words were typed.
package struct Group<Context>: Sendable {
    /// The full words, as `["dps", "enrollment"]`.
    package let words: [String]
    package let summary: String
    /// Full words of groups elsewhere in the table that the help lists as subgroups of this one.
    package let also: [String]
    package let commands: @Sendable () -> [Command<Context>]
    package let groups: @Sendable () -> [Group<Context>]

    package init(
        _ words: String,
        summary: String,
        also: [String] = [],
        commands: @escaping @Sendable () -> [Command<Context>],
        groups: @escaping @Sendable () -> [Group<Context>] = { [] }
    ) {
        self.words = splitWords(words)
        self.summary = summary
        self.also = also
        self.commands = commands
        self.groups = groups
    }
}

func splitWords(_ words: String) -> [String] {
    words.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
}
