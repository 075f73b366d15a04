/// How one word of a line reads, before anything is taken.
enum Reading {
    /// A value, or a positional argument.
    case value
    case option(OptionMatch)
    /// It looks like an option, and there is none of that name.
    case unknown
    /// `--`: everything after it is a value.
    case dashes
}

struct OptionMatch {
    /// The place in ``KnownOptions/uses``.
    let use: Int
    /// The option's spelling, completed if a prefix was typed.
    let name: String
    /// What was attached to it: after `=`, or after the letter of a short option.
    let attached: String?
}

/// The options that a line may have, and argparse's rules for telling them from values.
struct KnownOptions {
    let uses: [ArgumentUse]

    /// Reads one word. Throws ``UsageError`` if it begins several options.
    func read(_ word: String) throws(UsageError) -> Reading {
        let dash = UInt8(ascii: "-")
        let bytes = word.utf8
        guard bytes.first == dash else { return .value }
        if word == "--" { return .dashes }
        if let use = place(of: word) { return .option(OptionMatch(use: use, name: word, attached: nil)) }
        guard bytes.count > 1 else { return .value }

        var name = word
        var attached: String?
        if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
            name = String(word[..<equals])
            attached = String(word[bytes.index(after: equals)...])
            if let use = place(of: name) { return .option(OptionMatch(use: use, name: name, attached: attached)) }
        }

        let isLong = bytes.dropFirst().first == dash
        let candidates = isLong ? completions(of: name, attached: attached) : shortOption(beginning: word)
        if candidates.count > 1 { throw .ambiguous(word, candidates: candidates.map(\.name)) }
        if let only = candidates.first { return .option(only) }
        if looksLikeNegativeNumber(word) || bytes.contains(UInt8(ascii: " ")) { return .value }
        return .unknown
    }

    /// Reads every word of a line, as argparse does before it takes the first.
    func read(all words: ArraySlice<String>) throws(UsageError) -> [Reading] {
        var readings: [Reading] = []
        readings.reserveCapacity(words.count)
        var isOpen = true
        for word in words {
            let reading = isOpen ? try read(word) : .value
            if case .dashes = reading { isOpen = false }
            readings.append(reading)
        }
        return readings
    }

    func place(of name: String) -> Int? {
        uses.firstIndex { $0.shape.names.contains(name) && !$0.shape.isPositional }
    }

    private func completions(of prefix: String, attached: String?) -> [OptionMatch] {
        var found: [OptionMatch] = []
        for (use, candidate) in uses.enumerated() where !candidate.shape.isPositional {
            for name in candidate.shape.names where name.utf8.starts(with: prefix.utf8) {
                found.append(OptionMatch(use: use, name: name, attached: attached))
            }
        }
        return found
    }

    private func shortOption(beginning word: String) -> [OptionMatch] {
        let scalars = word.unicodeScalars
        let split = scalars.index(scalars.startIndex, offsetBy: 2)
        let name = String(word[..<split])
        return place(of: name).map { [OptionMatch(use: $0, name: name, attached: String(word[split...]))] } ?? []
    }
}
