/// What a line means.
package enum ParseResult<Context>: Sendable {
    case run(Command<Context>, Arguments)
    /// Text for stdout, with its last newline; exit status 0.
    case help(String)
    /// The command is there if the words named one.
    case failure(UsageError, command: Command<Context>?)
}

/// The whole command line of a program as data: parser, help, suggestions, completion and manual pages read it.
package struct CommandTable<Context>: Sendable {
    package let program: String
    package let summary: String
    package let groups: @Sendable () -> [Group<Context>]
    package let commands: @Sendable () -> [Command<Context>]
    /// Arguments of every command; `--help` is understood everywhere and not among them.
    package let globals: [ArgumentUse]
    package let aliases: [(from: [String], to: [String])]
    /// The name the program goes by: help and errors show it, and examples are told with it.
    package private(set) var name: String
    /// Whether a line begins with the words of an alias and with no others.
    package private(set) var takesOnlyAliases = false

    /// - Parameters:
    ///   - program: the name that the examples use.
    ///   - groups: the groups of the first level.
    ///   - commands: verbs that stand under no group.
    ///   - globals: arguments of every command, understood anywhere on the line.
    ///   - aliases: words rewritten before look-up.
    package init(
        program: String,
        summary: String,
        groups: @escaping @Sendable () -> [Group<Context>],
        commands: @escaping @Sendable () -> [Command<Context>],
        globals: [ArgumentUse],
        aliases: [(from: [String], to: [String])]
    ) {
        self.program = program
        self.name = program
        self.summary = summary
        self.groups = groups
        self.commands = commands
        self.globals = globals
        self.aliases = aliases
    }

    /// The same table under the name of another program, whose words are those of the aliases alone.
    package func called(_ name: String) -> CommandTable {
        var table = self
        table.name = name
        table.takesOnlyAliases = true
        return table
    }

    /// Every group, outer before inner, in the order of the table.
    package var allGroups: [Group<Context>] {
        func within(_ groups: [Group<Context>]) -> [Group<Context>] {
            groups.flatMap { [$0] + within($0.groups()) }
        }
        return within(groups())
    }

    /// Every command with its full words, in the order of the table.
    package var allCommands: [Command<Context>] {
        commands() + allGroups.flatMap { $0.commands() }
    }
}
