import CommandTable

/// Words that guides teach, older and newer releases of az's extension have, or somebody invented, and what they are
/// here. Looked at only after a line was refused.
struct Lesson: Sendable {
    /// What a line must give for a lesson to fit: one of these options, with this value if there is one.
    struct Given: Sendable {
        let names: [String]
        var value: String?
    }

    /// The words a line begins with, the table's aliases rewritten; none fit every line.
    let words: [String]
    let given: [Given]
    /// A sentence that says what is different here.
    let says: String
    /// The words that stand here in place of the lesson's.
    let to: [String]
    /// Options that have another name here; empty is one that there is none for, and that goes with its value.
    let renaming: [String: String]
    /// What the line needs besides.
    let adding: [String]
    /// A line that works, without the program's name: shown where the typed one does not, translated.
    let example: String
    /// The words of a command in whose stead this is taught: once it is there, the lesson is out of date.
    let until: String?

    init(
        _ words: String,
        given: [Given] = [],
        says: String,
        to: String,
        renaming: [String: String] = [:],
        adding: [String] = [],
        example: String,
        until: String? = nil
    ) {
        self.words = Self.split(words)
        self.given = given
        self.says = says
        self.to = Self.split(to)
        self.renaming = renaming
        self.adding = adding
        self.example = example
        self.until = until
    }

    static func split(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }

    /// Whether the lesson is for a line of these words, the aliases rewritten, and these options.
    func fits(_ words: [String], _ options: [TypedOption]) -> Bool {
        guard words.map({ $0.lowercased() }).starts(with: self.words) else { return false }
        return given.allSatisfy { given in
            options.contains { option in
                given.names.contains(option.name)
                    && (given.value == nil || option.values.first?.lowercased() == given.value?.lowercased())
            }
        }
    }

    /// The line in the words of this program: translated if that makes one which parses, else the example.
    func line(for words: [String], _ options: [TypedOption], in table: CommandTable<Invocation>) -> String {
        var translated = to + words.dropFirst(self.words.count)
        for option in options {
            let name = renaming[option.name] ?? option.name
            if !name.isEmpty { translated += option.spelled(name) }
        }
        translated += adding
        let isShowable = translated.allSatisfy { word in
            word.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        }
        guard isShowable, case .run = table.parse(translated, environment: { _ in nil }) else { return example }
        return translated.map(shellQuoted).joined(separator: " ")
    }
}

/// An option as it stands in a line, with the values that follow it.
struct TypedOption: Sendable {
    let name: String
    var values: [String]
    /// Whether the value was attached with `=`.
    let isAttached: Bool

    func spelled(_ name: String) -> [String] {
        isAttached ? ["\(name)=\(values.first ?? "")"] + values.dropFirst() : [name] + values
    }

    /// The options of a line with what follows each of them.
    static func all(in line: some Sequence<String>) -> [TypedOption] {
        var options: [TypedOption] = []
        for word in line {
            guard word.utf8.first == UInt8(ascii: "-"), word.utf8.count > 1 else {
                if !options.isEmpty { options[options.count - 1].values.append(word) }
                continue
            }
            if let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let value = String(word[word.utf8.index(after: equals)...])
                options.append(TypedOption(name: String(word[..<equals]), values: [value], isAttached: true))
            } else {
                options.append(TypedOption(name: word, values: [], isAttached: false))
            }
        }
        return options
    }
}

/// A word as a shell takes it for itself.
private func shellQuoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:=,@%+".utf8.contains(byte)
        }
    }
    if isPlain, !word.isEmpty { return word }
    var quoted = "'"
    for scalar in word.unicodeScalars {
        if scalar == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "'"
}

extension UsageError {
    /// The same error with the lesson that fits the line, if one does: then what was guessed from spelling is left out.
    func taught(_ line: [String], in table: CommandTable<Invocation>) -> UsageError {
        let typed = table.leadingWords(of: line)
        let words = table.reach(of: typed).path
        let options = TypedOption.all(in: line)
        guard let lesson = Lesson.all.first(where: { $0.fits(words, options) }) else { return self }
        let works = "\(table.program) \(lesson.line(for: words, options, in: CommandTable.adr))"
        let help = recommendations.last { $0.utf8.starts(with: "Help: ".utf8) }
        return UsageError(
            message,
            recommendations: [lesson.says, table.told(works, to: typed)] + (help.map { [$0] } ?? [])
        )
    }
}
