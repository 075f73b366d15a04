extension CommandTable {
    /// What may stand at the cursor: commands and groups, options that are not given yet, values.
    ///
    /// The line is read by the parser's own rules, but nothing is refused: what is wrong with it is passed over, and
    /// for the parser to say once the line is run.
    ///
    /// - Parameters:
    ///   - words: the words after the program's name and before the cursor's.
    ///   - current: the cursor's word, up to the cursor.
    ///   - environment: looks a variable up.
    ///   - names: looks names up that only the program knows (``CompletionSource/names(_:)``): of this kind, with what
    ///     the line, the environment and defaults have said so far. It may return names that do not begin as typed.
    package func complete(
        _ words: [String],
        current: String,
        environment: (String) -> String?,
        names: (_ kind: String, _ soFar: Arguments, _ typed: String) -> [String]
    ) -> Completions {
        let home = environment("HOME")
        var early = LineReader(earlyOptions, home: home)
        var path: [String] = []
        var place: Place<Context> = .program
        var index = 0
        while index < words.count, !early.wantsHelp {
            let isAlias = path.isEmpty && aliases.contains { $0.from == [words[index]] }
            if !isAlias {
                do throws(UsageError) {
                    if let next = try takeEarlyOption(of: words, at: index, with: &early) {
                        index = next
                        continue
                    }
                } catch {
                    index = early.known.passOver(index, of: words[...])
                    continue
                }
            }
            let reached = step(from: place, path, to: words[index])
            guard let further = reached.place else { return Completions() }
            (path, place) = (reached.path, further)
            index += 1
            if case .command(let command) = further {
                var line = OpenLine(command.arguments, continuing: early)
                line.take(words[index...])
                return line.completions(of: current, environment: environment, names: names)
            }
        }
        let line = OpenLine(early)
        var found = line.completions(of: current, environment: environment, names: names)
        if line.takesWord(current) {
            for next in nextWords(after: path, at: place) where begins(next.word, with: current, folding: false) {
                found.offer(next.word, sentence(next.summary))
            }
        }
        return found
    }

    /// The words that lead on from a place, those of the aliases included, with what they lead to.
    private func nextWords(after path: [String], at place: Place<Context>) -> [(word: String, summary: String)] {
        var words: [(word: String, summary: String)] = []
        func add(_ groups: [Group<Context>], _ commands: [Command<Context>]) {
            words += groups.map { ($0.words.last ?? "", $0.summary) }
            words += commands.map { ($0.words.last ?? "", $0.summary) }
        }
        switch place {
        case .program: add(groups(), commands())
        case .group(let group): add(group.groups(), group.commands())
        case .command, .beginning: break
        }
        for alias in aliases where alias.from.count > path.count && alias.from.starts(with: path) {
            let word = alias.from[path.count]
            guard !words.contains(where: { $0.word == word }) else { continue }
            let summary =
                switch step(from: place, path, to: word).place {
                case .group(let group): group.summary
                case .command(let command): command.summary
                case .program, .beginning, nil: "Words of az"
                }
            words.append((word, summary))
        }
        return words
    }
}
