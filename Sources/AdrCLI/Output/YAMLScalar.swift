/// A string that is to become YAML, and how it can be written so that it is read back as the same string.
///
/// PyYAML's `Emitter.analyze_scalar` and `choose_scalar_style`, for block context and with Unicode allowed.
struct YAMLScalar {
    enum Style {
        case plain, singleQuoted, doubleQuoted
    }

    let scalars: [Unicode.Scalar]
    private(set) var isMultiline = false
    private var allowsPlain = true
    private var allowsSingleQuotes = true

    var isEmpty: Bool { scalars.isEmpty }

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        // What would be read as a number, a date or a word of YAML's is quoted.
        allowsPlain = !YAMLWord.isOther(thanString: Array(text.utf8))
        if !isEmpty { analyze() }
    }

    func style(isSimpleKey: Bool) -> Style {
        if allowsPlain && !(isSimpleKey && (isEmpty || isMultiline)) { return .plain }
        if allowsSingleQuotes && !(isSimpleKey && isMultiline) { return .singleQuoted }
        return .doubleQuoted
    }

    private mutating func analyze() {
        var hasIndicator = startsWithDocumentMark
        var isSpecial = false
        var spaceThenBreak = false
        var breakThenSpace = false
        var followsSpace = false
        var followsBreak = false
        for (place, scalar) in scalars.enumerated() {
            let next = place + 1 < scalars.count ? scalars[place + 1] : nil
            hasIndicator = hasIndicator || isIndicator(scalar, at: place, before: next)
            let isBreak = Self.isBreak(scalar)
            isMultiline = isMultiline || isBreak
            isSpecial = isSpecial || !Self.isVerbatim(scalar)
            if scalar == " " && followsBreak { breakThenSpace = true }
            if isBreak && followsSpace { spaceThenBreak = true }
            followsSpace = scalar == " "
            followsBreak = isBreak
        }
        let isLoose = [scalars.first, scalars.last].contains { $0.map { $0 == " " || Self.isBreak($0) } ?? false }
        allowsSingleQuotes = !breakThenSpace && !spaceThenBreak && !isSpecial
        allowsPlain = allowsPlain && allowsSingleQuotes && !isLoose && !isMultiline && !hasIndicator
    }

    private var startsWithDocumentMark: Bool {
        scalars.starts(with: ["-", "-", "-"]) || scalars.starts(with: [".", ".", "."])
    }

    /// Whether the character means something in a plain scalar of block context. Of what may stand beside it only the
    /// blank matters: white space of other kinds rules out a plain scalar by itself.
    private func isIndicator(_ scalar: Unicode.Scalar, at place: Int, before next: Unicode.Scalar?) -> Bool {
        let endsWord = next == nil || next == " "
        if place == 0 {
            switch scalar {
            case "#", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": return true
            case "?", ":", "-": return endsWord
            default: return false
            }
        }
        return scalar == ":" && endsWord || scalar == "#" && scalars[place - 1] == " "
    }

    // MARK: Characters

    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    /// Whether the character may stand in a plain or single-quoted scalar.
    private static func isVerbatim(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000..<0x10FFFF: true
        default: false
        }
    }

    static func isVerbatimInDoubleQuotes(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x22, 0x5C, 0x2028, 0x2029, 0xFEFF: false
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD: true
        default: false
        }
    }

    static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\0": return "\\0"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\t": return "\\t"
        case "\n": return "\\n"
        case "\u{0B}": return "\\v"
        case "\u{0C}": return "\\f"
        case "\r": return "\\r"
        case "\u{1B}": return "\\e"
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\u{85}": return "\\N"
        case "\u{A0}": return "\\_"
        case "\u{2028}": return "\\L"
        case "\u{2029}": return "\\P"
        default: break
        }
        let (letter, digits) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        let hex = String(scalar.value, radix: 16, uppercase: true)
        return "\\" + letter + String(repeating: "0", count: digits - hex.utf8.count) + hex
    }
}
