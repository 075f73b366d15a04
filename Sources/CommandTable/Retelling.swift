// A line may have been typed in an alias's longer words, or under another name. What answers it is told in the same
// words, so that it can be typed after the line it answers.

extension CommandTable {
    /// A text with the table's own words, told to somebody who typed `typed`: commands in it get the words of the
    /// aliases if the typed ones are an alias's. Commands that no alias leads to stay as they are.
    package func told(_ text: String, to typed: [String]) -> String {
        guard usesLongWords(typed) else { return text }
        let bytes = Array(text.utf8)
        let program = Array((self.program + " ").utf8)
        // Where the long words are already, the program's name may be one of them.
        let entries = entries.map { Array($0.joined(separator: " ").utf8) }
        var told: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let isWordStart = index == 0 || !isOfWord(bytes[index - 1])
            guard isWordStart, bytes[index...].starts(with: program) else {
                let long = isWordStart ? entries.first { bytes[index...].starts(with: $0) } : nil
                let kept = long?.count ?? 1
                told += bytes[index..<(index + kept)]
                index += kept
                continue
            }
            let rest = bytes[(index + program.count)...]
            if let long = entries.first(where: { rest.starts(with: $0) }) {
                told += program + long
                index += program.count + long.count
                continue
            }
            let words = commandWords(of: rest)
            let short = splitWords(String(decoding: words, as: UTF8.self))
            let long = lengthened(short)
            told += long == short ? program + words : Array(spelled(long).utf8)
            index += program.count + words.count
        }
        return String(decoding: told, as: UTF8.self)
    }

    /// The table's own words as somebody would type them who typed `typed` before.
    func respelled(_ words: [String], like typed: [String]) -> String {
        let long = usesLongWords(typed) ? lengthened(words) : words
        // What no alias leads to can be typed under the program's own name alone.
        return takesOnlyAliases && long == words ? ([program] + words).joined(separator: " ") : spelled(long)
    }

    /// The longest words that lead where these lead.
    private func lengthened(_ words: [String]) -> [String] {
        var words = words
        for _ in aliases {
            guard let alias = aliases.first(where: { words.starts(with: $0.to) && $0.from.count > $0.to.count }) else {
                break
            }
            words = alias.from + words.dropFirst(alias.to.count)
        }
        return words
    }

    private func usesLongWords(_ typed: [String]) -> Bool {
        if takesOnlyAliases { return true }
        guard let first = typed.first else { return false }
        return aliases.contains { $0.from.first == first } && descend([first]) == nil
    }
}

/// The words at the beginning of a text, single blanks between them, up to the first that is no command's name.
private func commandWords(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = text.startIndex
    var next = end
    while next < text.endIndex, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[next]) {
        let word = text[next...].prefix(while: isOfWord)
        end = word.endIndex
        guard end < text.endIndex, text[end] == UInt8(ascii: " ") else { break }
        next = end + 1
    }
    return text[..<end]
}

private func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"):
        true
    default: false
    }
}
