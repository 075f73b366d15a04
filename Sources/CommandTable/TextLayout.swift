/// Text in lines of a given width.
struct TextLayout {
    let width: Int
    private(set) var text = ""

    /// - Parameter width: the columns of a line; fewer than forty are taken as forty.
    init(width: Int) {
        self.width = max(width, 40)
    }

    /// One line as it is, without an indent if it is empty.
    mutating func line(_ line: String = "", indent: Int = 0) {
        if !line.isEmpty {
            text += String(repeating: " ", count: indent)
            text += line
        }
        text += "\n"
    }

    /// Words filled into lines, each paragraph (separated by a newline) for itself; a word longer than a line is not
    /// broken.
    mutating func fill(_ words: String, indent: Int) {
        for paragraph in words.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            fill("", String(Substring(paragraph)), indent: indent, hanging: indent)
        }
    }

    /// A line that begins with `head`, goes on with words, and is continued at column `hanging`. Blanks between
    /// words are kept, except where the line is broken.
    mutating func fill(_ head: String, _ words: String, indent: Int, hanging: Int) {
        var current = String(repeating: " ", count: indent) + head
        var column = indent + head.unicodeScalars.count
        var isFresh = head.isEmpty
        var gap = 0
        for word in words.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            gap += 1
            if word.isEmpty { continue }
            let length = String(Substring(word)).unicodeScalars.count
            if isFresh { gap = 0 }
            if !isFresh, column + gap + length > width {
                line(current)
                current = String(repeating: " ", count: hanging)
                column = hanging
                gap = 0
            }
            current += String(repeating: " ", count: gap)
            current += Substring(word)
            column += gap + length
            gap = 0
            isFresh = false
        }
        line(isFresh ? "" : current)
    }

    /// A command line; if it is too long, options go onto lines of their own, so that what is copied still runs.
    mutating func command(_ command: String, indent: Int) {
        for part in command.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            commandLine(String(Substring(part)), indent: indent)
        }
    }

    private mutating func commandLine(_ command: String, indent: Int) {
        guard indent + command.unicodeScalars.count > width else { return line(command, indent: indent) }
        var current = ""
        var margin = indent
        for chunk in optionChunks(command) {
            // Two columns are kept for the backslash that continues the line.
            let length = margin + current.unicodeScalars.count + 1 + chunk.unicodeScalars.count + 2
            if !current.isEmpty, length > width {
                line(current + " \\", indent: margin)
                current = chunk
                margin = indent + 4
            } else {
                current += current.isEmpty ? chunk : " " + chunk
            }
        }
        line(current, indent: margin)
    }

    /// A command line cut before every option outside quotes.
    private func optionChunks(_ command: String) -> [String] {
        var chunks: [String] = []
        var current: [UInt8] = []
        var quote: UInt8?
        for byte in command.utf8 {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "-"), current.last == UInt8(ascii: " ") {
                current.removeLast()
                chunks.append(String(decoding: current, as: UTF8.self))
                current = []
            }
            current.append(byte)
        }
        return chunks + [String(decoding: current, as: UTF8.self)]
    }
}

/// The text as a sentence: a capital first, a full stop last.
func sentence(_ text: String) -> String {
    guard let first = text.first, let last = text.last else { return "" }
    return first.uppercased() + text.dropFirst() + (".!?".contains(last) ? "" : ".")
}
