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
        var typed: [String] = []
        var path: [String] = []
        var place: Place<Context> = .program
        var index = 0
        do throws(UsageError) {
            while index < line.count {
                let word = line[index]
                let isAlias = path.isEmpty && aliases.contains { $0.from == [word] }
                if !isAlias, let next = try takeEarlyOption(of: line, at: index, with: &early) {
                    if early.wantsHelp { return .help(help(of: place, as: typed, width: width)) }
                    index = next
                    continue
                }
                let reached = step(from: place, path, to: word)
                guard let further = reached.place else {
                    let error = unknown(word, after: path, at: place, typed: typed, early.extras)
                    return .failure(error, command: nil)
                }
                (path, place) = (reached.path, further)
                typed.append(word.lowercased())
                index += 1
                if case .command(let command) = further {
                    return run(command, typed, line[index...], early, environment: environment, width: width)
                }
            }
            if !early.extras.isEmpty { try early.finish(environment: { _ in nil }) }
            return .help(help(of: place, as: typed, width: width))
        } catch {
            return .failure(error.adding(["Help: \(spelled(typed)) --help"]), command: nil)
        }
    }

    /// The words with which a line begins, global options passed over; what is no word and no global option ends them.
    package func leadingWords(of line: [String]) -> [String] {
        var early = LineReader(earlyOptions, home: nil)
        var words: [String] = []
        var index = 0
        while index < line.count, !early.wantsHelp {
            guard let next = try? takeEarlyOption(of: line, at: index, with: &early) else {
                guard line[index].utf8.first != UInt8(ascii: "-") else { break }
                words.append(line[index])
                index += 1
                continue
            }
            if !early.extras.isEmpty { break }
            index = next
        }
        return words
    }

    /// How many of the words lead somewhere, and where; and all of them, aliases rewritten.
    package func reach(of words: [String]) -> (count: Int, place: Place<Context>, path: [String]) {
        var path: [String] = []
        var place: Place<Context> = .program
        for (count, word) in words.enumerated() {
            let reached = step(from: place, path, to: word)
            guard let further = reached.place else { return (count, place, reached.path + words.dropFirst(count + 1)) }
            (path, place) = (reached.path, further)
        }
        return (words.count, place, path)
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
        _ typed: [String],
        _ rest: ArraySlice<String>,
        _ early: LineReader,
        environment: (String) -> String?,
        width: Int
    ) -> ParseResult<Context> {
        var reader = LineReader(earlyOptions + command.arguments, continuing: early)
        do throws(UsageError) {
            try reader.take(all: rest)
            if reader.wantsHelp { return .help(help(of: command, as: typed, width: width)) }
            try reader.finish(environment: environment)
            return .run(command, reader.arguments)
        } catch {
            return .failure(error.adding(wayOn(from: command, typed, line: rest)), command: command)
        }
    }

    /// The example that shares most options with the line, and where the help is.
    private func wayOn(
        from command: Command<Context>,
        _ typed: [String],
        line: ArraySlice<String>
    ) -> [String] {
        let known = KnownOptions(uses: earlyOptions + command.arguments)
        func options(_ words: some Sequence<String>) -> [String] {
            words.compactMap { word in
                guard case .option(let match) = try? known.read(word) else { return nil }
                return known.uses[match.use].shape.key
            }
        }
        let given = options(line)
        var best: (example: Example, shared: Int)?
        for example in command.examples {
            let shared = options(splitWords(example.command)).count { given.contains($0) }
            if let found = best, found.shared >= shared { continue }
            best = (example, shared)
        }
        let example = best.map { ["Example: \(told($0.example.command, to: typed))"] } ?? []
        return example + ["Help: \(spelled(typed)) --help"]
    }

    private func unknown(
        _ word: String,
        after path: [String],
        at place: Place<Context>,
        typed: [String],
        _ options: [String]
    ) -> UsageError {
        var lines = didYouMean(nearest(to: word, among: words(after: path, at: place)))
        if lines.isEmpty {
            // The verb may be right and its noun left out or wrong.
            let elsewhere = allCommands.filter { $0.words.last == word }.prefix(3)
            lines = elsewhere.map { "Did you mean '\(respelled($0.words, like: typed))' ?" }
        }
        if let option = options.first {
            lines.append("The options of a command stand after its words: \(option)")
        }
        return UsageError.unknownWord(word).adding(lines + ["Help: \(spelled(typed)) --help"])
    }

    private func help(of place: Place<Context>, as typed: [String], width: Int) -> String {
        switch place {
        case .program: help(width: width)
        case .group(let group): help(of: group, as: typed, width: width)
        case .command(let command): help(of: command, as: typed, width: width)
        case .beginning(let words): help(ofBeginning: words, width: width)
        }
    }

    /// Words as they are typed, the program's name before them.
    func spelled(_ words: [String]) -> String {
        ([name] + words).joined(separator: " ")
    }
}
