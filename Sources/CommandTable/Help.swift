extension CommandTable {
    /// The help of the program itself, with its last newline.
    package func help(width: Int = 80) -> String {
        var layout = TextLayout(width: width)
        heading("Group", name, summary: summary, description: "", into: &layout)
        if takesOnlyAliases {
            longerWords(after: [], into: &layout)
        } else {
            children(groups: groups().map(item), commands: commands().map(item), into: &layout)
        }
        let items = argumentItems([.optional(Standard.help)] + globals, heading: "")
        layout.line()
        layout.line("Global Arguments")
        Listing.write(items, column: Listing.column(for: items, width: width), into: &layout)
        return layout.text
    }

    /// The help of a group, with its last newline; `typed` are the words it was reached by, if they are not its own.
    package func help(of group: Group<Context>, as typed: [String]? = nil, width: Int = 80) -> String {
        var layout = TextLayout(width: width)
        heading("Group", spelled(typed ?? group.words), summary: group.summary, description: "", into: &layout)
        var groups = group.groups()
        if !group.also.isEmpty {
            groups += group.also.compactMap { words in
                guard case .group(let other) = descend(splitWords(words)) else { return nil }
                return other
            }
        }
        children(groups: groups.map(item), commands: group.commands().map(item), into: &layout)
        return layout.text
    }

    /// The help of a command, with its last newline; `typed` are the words it was reached by, if they are not its own.
    package func help(of command: Command<Context>, as typed: [String]? = nil, width: Int = 80) -> String {
        var layout = TextLayout(width: width)
        let typed = typed ?? command.words
        heading("Command", spelled(typed), summary: command.summary, description: command.description, into: &layout)
        layout.line("Arguments")
        let items =
            argumentItems(command.arguments, heading: "")
            + argumentItems([.optional(Standard.help)] + globals, heading: "Global Arguments")
        Listing.write(items, column: Listing.column(for: items, width: width), into: &layout)
        if !command.examples.isEmpty {
            layout.line()
            layout.line("Examples")
        }
        for (place, example) in command.examples.enumerated() {
            if place > 0 { layout.line() }
            layout.fill(example.summary, indent: 4)
            layout.command(told(example.command, to: typed), indent: 8)
        }
        return layout.text
    }

    /// The help of words that only begin longer ones.
    func help(ofBeginning path: [String], width: Int) -> String {
        var layout = TextLayout(width: width)
        heading(
            "Group",
            spelled(path),
            summary: takesOnlyAliases ? "" : "Words of az, and what they stand for",
            description: "",
            into: &layout
        )
        longerWords(after: path, into: &layout)
        return layout.text
    }

    /// The aliases that go on from these words.
    private func longerWords(after path: [String], into layout: inout TextLayout) {
        let entries = entries
        let longer = aliases.filter {
            $0.from.count > path.count && $0.from.starts(with: path) && entries.contains($0.from)
        }
        let items = longer.map { alias in
            var summary = "The same as '\(spelled(alias.to))'."
            if takesOnlyAliases, case .group(let group) = place(of: alias.from) { summary = sentence(group.summary) }
            return Listing.Item(name: alias.from.dropFirst(path.count).joined(separator: " "), summary: summary)
        }
        listing("Subgroups:", items, column: Listing.column(for: items, width: layout.width), into: &layout)
    }

    private func heading(
        _ kind: String,
        _ name: String,
        summary: String,
        description: String,
        into layout: inout TextLayout
    ) {
        layout.line()
        layout.line(kind)
        layout.fill(name + (summary.isEmpty ? "" : " :"), sentence(summary), indent: 4, hanging: 4)
        if !description.isEmpty { layout.fill(description, indent: 8) }
        layout.line()
    }

    private func children(groups: [Listing.Item], commands: [Listing.Item], into layout: inout TextLayout) {
        let column = Listing.column(for: groups + commands, width: layout.width)
        listing("Subgroups:", groups, column: column, into: &layout)
        if !groups.isEmpty, !commands.isEmpty { layout.line() }
        listing("Commands:", commands, column: column, into: &layout)
    }

    private func listing(_ title: String, _ items: [Listing.Item], column: Int, into layout: inout TextLayout) {
        guard !items.isEmpty else { return }
        layout.line(title)
        Listing.write(items.sorted { $0.name < $1.name }, column: column, into: &layout)
    }

    private func item(_ group: Group<Context>) -> Listing.Item {
        Listing.Item(name: group.words.last ?? "", summary: sentence(group.summary))
    }

    private func item(_ command: Command<Context>) -> Listing.Item {
        Listing.Item(name: command.words.last ?? "", summary: sentence(command.summary))
    }
}

/// The arguments in the order of the help: without section first, sections by name; in each the required first, then
/// by name. What is given as `heading` is the heading of all.
private func argumentItems(_ uses: [ArgumentUse], heading: String) -> [Listing.Item] {
    let items = uses.filter { !$0.isHidden }.map { use in
        let isRequired = use.isRequired
        let item = Listing.Item(
            name: use.shape.names.sorted().joined(separator: " "),
            tag: isRequired ? "[Required]" : "",
            summary: use.helpText,
            heading: heading.isEmpty ? use.sectionHeading : heading
        )
        let rank = use.shape.isPositional ? 0 : 1
        return (item: item, key: (sectionRank(item.heading), item.heading, rank, isRequired ? 0 : 1, item.name))
    }
    return items.sorted { $0.key < $1.key }.map(\.item)
}

private let ignoredHeading = "Accepted And Ignored Arguments"

/// az's order of sections that do not go by name.
private func sectionRank(_ heading: String) -> Int {
    switch heading {
    case "": 0
    case "Resource Id Arguments": 1
    case "Generic Update Arguments": 3
    case ignoredHeading: 4
    default: 2
    }
}

extension ArgumentUse {
    /// The heading above the argument in the help; empty for the first, unnamed section.
    package var sectionHeading: String {
        if case .accepted = role { return ignoredHeading }
        guard let section = shape.section, section != "Arguments" else { return "" }
        return section.hasSuffix("Arguments") ? section : section + " Arguments"
    }

    /// What the help says of the argument: its text, the values allowed, the default and where else it may come from,
    /// two blanks between them.
    package var helpText: String {
        if case .accepted(let note) = role, !note.isEmpty { return sentence(note) }
        var text = sentence(shape.help)
        if let choices = shape.choices {
            text += "  Allowed values: \(choices.sorted().joined(separator: ", "))."
        }
        if let standing = shape.default, !standing.isEmpty { text += "  Default: \(standing)." }
        if !shape.environment.isEmpty {
            text += "  Environment: \(shape.environment.joined(separator: ", "))."
        }
        return shape.help.isEmpty ? String(text.drop { $0 == " " }) : text
    }
}
