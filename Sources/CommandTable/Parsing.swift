extension CommandTable {
    /// Reads a line as az reads its own: words first, then options and positional arguments by argparse's rules;
    /// global options may also stand before and between the words.
    ///
    /// - Parameters:
    ///   - line: the words after the program's name.
    ///   - environment: looks a variable up.
    ///   - width: the columns that help may take.
    package func parse(
        _ line: [String],
        environment: (String) -> String?,
        width: Int = 80
    ) -> ParseResult<Context> {
        let home = environment("HOME")
        var early = LineReader(earlyOptions, home: home)
        var path: [String] = []
        var place: Place<Context> = .program
        var index = 0
        do throws(UsageError) {
            while index < line.count {
                let word = line[index]
                let isAlias = path.isEmpty && aliases.contains { $0.from == [word] }
                if !isAlias, let next = try takeEarlyOption(of: line, at: index, with: &early) {
                    if early.wantsHelp { return .help(help(of: place, width: width)) }
                    index = next
                    continue
                }
                let reached = step(from: place, path, to: word)
                guard let further = reached.place else {
                    return .failure(unknown(word, after: path, at: place, early.extras), command: nil)
                }
                (path, place) = (reached.path, further)
                index += 1
                if case .command(let command) = further {
                    return run(command, line[index...], early, environment: environment, width: width)
                }
            }
            if !early.extras.isEmpty { try early.finish(environment: { _ in nil }) }
            return .help(help(of: place, width: width))
        } catch {
            return .failure(error.adding(["Help: \(spelled(path)) --help"]), command: nil)
        }
    }

    /// The globals as they are read before the command is known: then nothing is required yet.
    var earlyOptions: [ArgumentUse] { [.optional(Standard.help)] + globals }

    /// Takes a global option that stands before the command; nil if the word is no option.
    func takeEarlyOption(
        of line: [String],
        at index: Int,
        with reader: inout LineReader
    ) throws(UsageError) -> Int? {
        switch try reader.known.read(line[index]) {
        case .value, .dashes: return nil
        case .unknown:
            reader.refuse(line[index])
            return index + 1
        case .option(let match):
            // What follows may belong to the command: then it is no error if it is unclear by the globals alone.
            let following = line[index...]
            let readings = following.map { (try? reader.known.read($0)) ?? .unknown }
            return try reader.take(match, at: index, of: following, readings)
        }
    }

    private func run(
        _ command: Command<Context>,
        _ rest: ArraySlice<String>,
        _ early: LineReader,
        environment: (String) -> String?,
        width: Int
    ) -> ParseResult<Context> {
        var reader = LineReader(earlyOptions + command.arguments, continuing: early)
        do throws(UsageError) {
            try reader.take(all: rest)
            if reader.wantsHelp { return .help(help(of: command, width: width)) }
            try reader.finish(environment: environment)
            return .run(command, reader.arguments)
        } catch {
            return .failure(error.adding(wayOn(from: command, line: rest)), command: command)
        }
    }

    /// The example that shares most options with the line, and where the help is.
    private func wayOn(from command: Command<Context>, line: ArraySlice<String>) -> [String] {
        let known = KnownOptions(uses: earlyOptions + command.arguments)
        func options(_ words: some Sequence<String>) -> [String] {
            words.compactMap { word in
                guard case .option(let match) = try? known.read(word) else { return nil }
                return known.uses[match.use].shape.key
            }
        }
        let typed = options(line)
        var best: (example: Example, shared: Int)?
        for example in command.examples {
            let shared = options(splitWords(example.command)).count { typed.contains($0) }
            if let found = best, found.shared >= shared { continue }
            best = (example, shared)
        }
        let example = best.map { ["Example: \($0.example.command)"] } ?? []
        return example + ["Help: \(spelled(command.words)) --help"]
    }

    private func unknown(
        _ word: String,
        after path: [String],
        at place: Place<Context>,
        _ options: [String]
    ) -> UsageError {
        var lines = didYouMean(nearest(to: word, among: words(after: path, at: place)))
        if lines.isEmpty {
            // The verb may be right and its noun left out or wrong.
            let elsewhere = allCommands.filter { $0.words.last == word }.prefix(3)
            lines = elsewhere.map { "Did you mean '\(spelled($0.words))' ?" }
        }
        if let option = options.first {
            lines.append("The options of a command stand after its words: \(option)")
        }
        return UsageError.unknownWord(word).adding(lines + ["Help: \(spelled(path)) --help"])
    }

    private func help(of place: Place<Context>, width: Int) -> String {
        switch place {
        case .program: help(width: width)
        case .group(let group): help(of: group, width: width)
        case .command(let command): help(of: command, width: width)
        case .beginning(let words): help(ofBeginning: words, width: width)
        }
    }

    /// Words as they are typed, the program's name before them.
    func spelled(_ words: [String]) -> String {
        ([program] + words).joined(separator: " ")
    }
}
