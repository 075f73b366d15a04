import CommandTable
import OpenSSL

/// Values that are read from files, as az reads them: the word `@FILE`, or what follows the first `=` of a word, stands
/// for the text of the file, `@-` for standard input, without the newlines at its end.
///
/// What cannot be opened is no file: the word stays as it is, for a value may begin with `@`.
struct ValueFiles {
    let host: Host

    func expand(_ words: [String]) throws -> [String] {
        guard words.contains(where: { $0.utf8.contains(UInt8(ascii: "@")) }) else { return words }
        return try words.map(expanded)
    }

    private func expanded(_ word: String) throws -> String {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return try text(word) ?? word }
        let value = String(word[word.utf8.index(after: equals)...])
        return try text(value).map { word[...equals] + $0 } ?? word
    }

    /// The text that `@FILE` stands for; nil for any other value, and where there is no such file.
    private func text(_ value: String) throws -> String? {
        guard value.utf8.first == UInt8(ascii: "@"), value.utf8.count > 1 else { return nil }
        let path = atHome(String(value.dropFirst()))
        let bytes: [UInt8]
        do {
            bytes = try UserFiles(host: host).read(path, limit: UserFiles.readLimit)
        } catch  where path != "-" {
            return nil
        }
        guard bytes.count <= UserFiles.readLimit else {
            throw FileProblem(
                "\(path) is larger than \(UserFiles.readLimit >> 20) MiB, too large for a value",
                hint: "Name a file that holds the value and nothing else."
            )
        }
        var text = Self.decoded(bytes)
        while text.utf8.last == UInt8(ascii: "\n") { text.unicodeScalars.removeLast() }
        return text
    }

    private func atHome(_ path: String) -> String {
        guard path == "~" || path.utf8.starts(with: "~/".utf8), let home = host.environment("HOME") else { return path }
        return home + path.dropFirst()
    }

    /// The text in bytes: UTF-8, else UTF-16 in either order; what is neither is given in base64. A byte order mark is
    /// taken off, line ends become newlines.
    static func decoded(_ bytes: [UInt8]) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
        if let text = String(validating: content, as: UTF8.self) { return withNewlines(text) }
        for isBigEndian in bytes.starts(with: [0xFE, 0xFF]) ? [true, false] : [false, true] {
            if let text = utf16(bytes, isBigEndian: isBigEndian) { return withNewlines(text) }
        }
        return Base64.encode(bytes)
    }

    private static func utf16(_ bytes: [UInt8], isBigEndian: Bool) -> String? {
        guard bytes.count % 2 == 0 else { return nil }
        var units = stride(from: 0, to: bytes.count, by: 2).map { place in
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        if units.first == 0xFEFF { units.removeFirst() }
        return String(validating: units, as: UTF16.self)
    }

    private static func withNewlines(_ text: String) -> String {
        guard text.utf8.contains(0x0D) else { return text }
        var bytes: [UInt8] = []
        var followsReturn = false
        for byte in text.utf8 {
            if byte == 0x0D {
                bytes.append(0x0A)
            } else if !(byte == 0x0A && followsReturn) {
                bytes.append(byte)
            }
            followsReturn = byte == 0x0D
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
