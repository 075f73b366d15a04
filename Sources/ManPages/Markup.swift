/// Turns the sentences of the command table into mdoc: a line for each sentence, options, variables, paths and what
/// stands between single quotes in the macros for them.
struct Markup {
    private(set) var lines: [String] = []
    private var words: [String] = []
    private var width = 0

    /// Source lines are no longer than that where a word allows it.
    private static let longest = 78

    static func lines(of text: String) -> [String] {
        var markup = Markup()
        for paragraph in text.split(separator: "\n") {
            if !markup.lines.isEmpty { markup.lines.append(".Pp") }
            markup.add(paragraph)
            markup.endLine()
        }
        return markup.lines
    }

    private mutating func add(_ text: Substring) {
        var rest = text
        while true {
            rest = rest.drop { $0 == " " }
            guard let first = rest.first else { return }
            if first == "'", let quoted = Self.quoted(rest) {
                add(macro: "Ql", quoted.inside, closing: quoted.closing)
                rest = quoted.rest
            } else {
                let word = rest.prefix { $0 != " " }
                add(word: word)
                rest = rest[word.endIndex...]
            }
        }
    }

    /// What stands between the quote that begins `text` and the one that closes it, and the punctuation behind that.
    private static func quoted(_ text: Substring) -> (inside: Substring, closing: Substring, rest: Substring)? {
        let body = text.dropFirst()
        var end = body.startIndex
        while let quote = body[end...].firstIndex(of: "'") {
            let behind = body[body.index(after: quote)...]
            let closing = behind.prefix { $0 != " " }
            if closing.allSatisfy(isClosing) {
                return (body[..<quote], closing, behind[closing.endIndex...])
            }
            end = body.index(after: quote)
        }
        return nil
    }

    private static func isClosing(_ character: Character) -> Bool { ".,:;)".contains(character) }

    private mutating func add(word: Substring) {
        let tail = word.reversed().prefix(while: Self.isClosing).count
        let (body, closing) = (word.dropLast(tail), word.suffix(tail))
        if body.hasPrefix("--"), body.count > 2 {
            add(macro: "Fl", body.dropFirst(), closing: closing)
        } else if body.hasPrefix("$"), body.contains("/") {
            add(macro: "Pa", body, closing: closing)
        } else if body.hasPrefix("$"), body.count > 1 {
            add(macro: "Ev", body.dropFirst(), closing: closing)
        } else if body.hasPrefix("~/") {
            add(macro: "Pa", body, closing: closing)
        } else {
            add(text: Roff.text(String(word)))
            if Self.endsSentence(closing) { endLine() }
        }
    }

    private mutating func add(text word: String) {
        if !words.isEmpty, width + 1 + word.count > Self.longest { endLine() }
        width += (words.isEmpty ? 0 : 1) + word.count
        words.append(word)
    }

    private mutating func add(macro: String, _ arguments: Substring, closing: Substring) {
        endLine()
        let punctuation = closing.map { " \($0)" }.joined()
        lines.append(".\(macro) \(Roff.arguments(String(arguments)))\(punctuation)")
    }

    private mutating func endLine() {
        guard !words.isEmpty else { return }
        lines.append(words.joined(separator: " "))
        words = []
        width = 0
    }

    private static func endsSentence(_ closing: Substring) -> Bool { closing.contains(".") }
}
