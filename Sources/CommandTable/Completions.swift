/// What a shell can offer for the word at the cursor.
package struct Completions: Sendable {
    package struct Candidate: Sendable {
        /// The whole word, with what was typed of it.
        package let word: String
        /// One line for a person; empty if the word says everything.
        package let description: String
    }

    /// The likeliest first.
    package internal(set) var candidates: [Candidate] = []
    /// Set where the word may be a path, which the shell completes: the part of the word before it, as `--out=`.
    package internal(set) var pathsAfter: String?

    package init() {}

    /// What `__complete` prints: a line for each candidate, with its description after a tab; then a line that begins
    /// with a colon: `:` alone, or `:files ` and what of the word comes before the path.
    ///
    /// Candidates that would break the lines, or the terminal they are shown on, are left out.
    package var lines: [UInt8] {
        var bytes: [UInt8] = []
        for candidate in candidates where candidate.word.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            bytes += candidate.word.utf8
            if !candidate.description.isEmpty {
                bytes.append(UInt8(ascii: "\t"))
                bytes += candidate.description.utf8
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(UInt8(ascii: ":"))
        if let pathsAfter { bytes += "files \(pathsAfter)".utf8 }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    mutating func offer(_ word: String, _ description: String = "") {
        candidates.append(Candidate(word: word, description: description))
    }
}

/// Whether a word begins with what was typed, as the program compares it: letters without case where `folding`.
func begins(_ word: String, with typed: String, folding: Bool) -> Bool {
    var letters = word.utf8.makeIterator()
    for wanted in typed.utf8 {
        guard let letter = letters.next() else { return false }
        if letter == wanted { continue }
        guard folding, lowered(letter) == lowered(wanted) else { return false }
    }
    return true
}

private func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
