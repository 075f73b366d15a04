/// What words lead to.
package enum Place<Context>: Sendable {
    case program
    case group(Group<Context>)
    case command(Command<Context>)
    /// The words begin longer ones that are rewritten, and lead nowhere by themselves.
    case beginning([String])
}

extension CommandTable {
    /// Where words lead, aliases rewritten; nil if nowhere. Only the groups on the way are made.
    package func place(of words: [String]) -> Place<Context>? {
        var path: [String] = []
        var place: Place<Context>? = .program
        for word in words {
            guard let from = place else { return nil }
            (path, place) = step(from: from, path, to: word)
        }
        return place
    }

    /// One word further: the words so far, rewritten, and where they lead. Case is no matter, as to az.
    func step(
        from place: Place<Context>,
        _ path: [String],
        to word: String
    ) -> (path: [String], place: Place<Context>?) {
        let word = word.lowercased()
        let longer = path + [word]
        if let alias = aliases.first(where: { $0.from == longer }), isOpen(alias.from, after: path) {
            return (alias.to, descend(alias.to))
        }
        if !(takesOnlyAliases && path.isEmpty), let child = child(of: place, word) { return (longer, child) }
        if aliases.contains(where: { $0.from.starts(with: longer) && isOpen($0.from, after: path) }) {
            return (longer, .beginning(longer))
        }
        return (longer, nil)
    }

    /// Whether an alias may go on after these words: a table that takes only aliases has no words of its own to begin
    /// with.
    private func isOpen(_ from: [String], after path: [String]) -> Bool {
        !takesOnlyAliases || !path.isEmpty || entries.contains { from.starts(with: $0) }
    }

    /// The words a line may begin with where it begins with those of an alias.
    package var entries: [[String]] {
        let groups = groups()
        let longer = aliases.map(\.from).filter { from in !groups.contains { $0.words.last == from.first } }
        return longer.filter { from in !longer.contains { $0.count < from.count && from.starts(with: $0) } }
    }

    /// Where words lead that are the table's own, without any alias.
    func descend(_ path: [String]) -> Place<Context>? {
        var place: Place<Context> = .program
        for word in path {
            guard let next = child(of: place, word) else { return nil }
            place = next
        }
        return place
    }

    /// Groups are looked at before commands: they are a few words each, while a command brings all its arguments.
    private func child(of place: Place<Context>, _ word: String) -> Place<Context>? {
        let groups: [Group<Context>]
        let commands: () -> [Command<Context>]
        switch place {
        case .program: (groups, commands) = (self.groups(), self.commands)
        case .group(let group): (groups, commands) = (group.groups(), group.commands)
        case .command, .beginning: return nil
        }
        if let group = groups.first(where: { $0.words.last == word }) { return .group(group) }
        if let command = commands().first(where: { $0.words.last == word }) { return .command(command) }
        return nil
    }

    /// The words that may follow, for suggestions.
    package func words(after path: [String], at place: Place<Context>) -> [String] {
        var words: [String] = []
        switch place {
        case .program where takesOnlyAliases: break
        case .program: words = groups().compactMap(\.words.last) + commands().compactMap(\.words.last)
        case .group(let group):
            words = group.groups().compactMap(\.words.last) + group.commands().compactMap(\.words.last)
        case .command, .beginning: break
        }
        for alias in aliases where alias.from.count > path.count && alias.from.starts(with: path) {
            guard isOpen(alias.from, after: path) else { continue }
            let word = alias.from[path.count]
            if word.utf8.first != UInt8(ascii: "-"), !words.contains(word) { words.append(word) }
        }
        return words
    }
}
