/// A file of sections and values as Python's `configparser` reads it, which is how az reads its configuration.
///
/// Sections are told apart by case, keys are not; values may go on in indented lines, and take other values in with
/// `%(key)s`. What stands in `[DEFAULT]` holds for every section.
struct INIFile {
    /// Why a text is no such file, or a value none.
    struct Problem: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    private struct Section {
        let name: String
        var values: [(key: String, value: String)] = []

        func value(_ key: String) -> String? { values.last { $0.key == key }?.value }
    }

    private static let defaults = "DEFAULT"
    private var sections: [Section] = []

    /// Reads a text. Throws ``Problem`` naming the first line that cannot be.
    init(parsing text: String) throws(Problem) {
        var reader = Reader()
        for (number, line) in zip(1..., Self.lines(of: text)) { try reader.take(line, number) }
        reader.endValue()
        if let problem = reader.problem { throw problem }
        sections = reader.sections
    }

    /// The value of a key, `%(…)s` filled in; nil if there is none.
    func value(_ key: String, in section: String) throws(Problem) -> String? {
        guard let found = sections.first(where: { $0.name == section }) else { return nil }
        guard let raw = raw(key.lowercased(), found) else { return nil }
        return try filled(raw, found, depth: 1)
    }

    private func raw(_ key: String, _ section: Section) -> String? {
        section.value(key) ?? sections.first { $0.name == Self.defaults }?.value(key)
    }

    private func filled(_ value: String, _ section: Section, depth: Int) throws(Problem) -> String {
        guard value.utf8.contains(UInt8(ascii: "%")) else { return value }
        guard depth <= 10 else { throw Problem("the values in [\(section.name)] refer to each other without end") }
        var text = String.UnicodeScalarView()
        var rest = Substring(value).unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                text.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "%": text.append("%")
            case "(":
                guard let end = rest.firstIndex(of: ")"), rest.index(after: end) < rest.endIndex,
                    rest[rest.index(after: end)] == "s"
                else { throw Problem("'%(' without ')s' in '\(value)'") }
                let key = String(rest[..<end]).lowercased()
                guard let other = raw(key, section) else { throw Problem("'%(\(key))s' names no value") }
                text.append(contentsOf: try filled(other, section, depth: depth + 1).unicodeScalars)
                rest = rest[rest.index(end, offsetBy: 2)...]
            default: throw Problem("'%' without '%' or '(' behind it in '\(value)'")
            }
        }
        return String(text)
    }

    /// Lines as Python's universal newlines give them: cut at `\n`, `\r\n` and `\r`.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line: [UInt8] = []
        var followsReturn = false
        for byte in text.utf8 {
            switch byte {
            case 0x0A where followsReturn: followsReturn = false
            case 0x0A, 0x0D:
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
                followsReturn = byte == 0x0D
            default:
                line.append(byte)
                followsReturn = false
            }
        }
        return line.isEmpty ? lines : lines + [String(decoding: line, as: UTF8.self)]
    }

    /// What `configparser` keeps while it goes through the lines.
    private struct Reader {
        private(set) var sections: [Section] = []
        /// The first line that is neither section, value nor comment; the lines after it are read all the same, since
        /// what is wrong with them may be worse.
        private(set) var problem: Problem?
        private var current: Int?
        /// The key whose value may go on, and its lines so far.
        private var open: (key: String, lines: [String])?
        private var indent = 0

        mutating func take(_ line: String, _ number: Int) throws(Problem) {
            let text = stripped(line)
            let isComment = text.utf8.first == UInt8(ascii: "#") || text.utf8.first == UInt8(ascii: ";")
            if text.isEmpty || isComment {
                if !isComment { open?.lines.append("") }
                return
            }
            let margin = line.unicodeScalars.prefix(while: isSpace).count
            if open != nil, margin > indent {
                open?.lines.append(text)
                return
            }
            indent = margin
            if text.utf8.first == UInt8(ascii: "["), let name = sectionName(text) {
                try begin(name, number)
            } else if current == nil {
                throw Problem("line \(number) stands before any [section]")
            } else if let cut = text.utf8.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) {
                let key = stripped(String(text[..<cut])).lowercased()
                if key.isEmpty { note("line \(number) has no key") }
                try begin(key, stripped(String(text[text.utf8.index(after: cut)...])), number)
            } else {
                note("line \(number) is neither '[section]' nor 'key = value'")
            }
        }

        /// The value that was open is complete.
        mutating func endValue() {
            guard let (key, lines) = open, let current else { return }
            var text = lines.joined(separator: "\n").unicodeScalars
            while let last = text.last, isSpace(last) { text.removeLast() }
            sections[current].values.append((key, String(text)))
            open = nil
        }

        private mutating func begin(_ section: String, _ number: Int) throws(Problem) {
            endValue()
            if let place = sections.firstIndex(where: { $0.name == section }) {
                guard section == INIFile.defaults else {
                    throw Problem("line \(number) begins [\(section)] a second time")
                }
                current = place
            } else {
                sections.append(Section(name: section))
                current = sections.count - 1
            }
        }

        private mutating func begin(_ key: String, _ value: String, _ number: Int) throws(Problem) {
            endValue()
            guard let current else { return }
            guard sections[current].value(key) == nil else {
                throw Problem("line \(number) gives '\(key)' a second time")
            }
            open = (key, [value])
        }

        private mutating func note(_ message: String) {
            if problem == nil { problem = Problem(message) }
        }

        /// What stands between the first bracket and the last; whatever is behind that is of no matter.
        private func sectionName(_ text: String) -> String? {
            let inner = text.unicodeScalars.dropFirst()
            guard let end = inner.lastIndex(of: "]"), end > inner.startIndex else { return nil }
            return String(inner[..<end])
        }
    }
}

/// What Python's `str.strip()` takes off.
private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
}

private func stripped(_ text: String) -> String {
    var scalars = Substring(text).unicodeScalars
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(scalars)
}
