/// How many columns text takes on a terminal.
enum DisplayWidth {
    /// East Asian wide and fullwidth characters and emoji take two columns, combining marks and what joins or directs
    /// text none, all others one: Unicode Standard Annex 11 and the rules of wcwidth, which az's tables follow.
    ///
    /// Control characters count as one, which keeps the columns of a table together on most terminals; wcwidth has no
    /// width for them, and az's columns come apart. Escape sequences, which az passes over, count as any other text.
    static func of(_ text: Substring) -> Int {
        var count = 0
        var isASCII = true
        for byte in text.utf8 {
            if byte >= 0x80 {
                isASCII = false
                break
            }
            count += 1
        }
        if isASCII { return count }
        return text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        // Nothing before the combining marks is wide or has no width, nothing before Hangul Jamo is wide.
        if value < 0x300 { return 1 }
        if isZeroWidth(scalar) { return 0 }
        return value >= 0x1100 && isWide(scalar) ? 2 : 1
    }

    private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2063: return true
        default: break
        }
        let category = scalar.properties.generalCategory
        return category == .nonspacingMark || category == .enclosingMark
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F,  // Hangul Jamo that begin a syllable
            0x2329, 0x232A,
            0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF,  // CJK symbols, kana, bopomofo, extension A
            0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,  // ideographs, Yi, Hangul
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18CFF, 0x18D00...0x18D1E, 0x1AFF0...0x1B2FF,  // Tangut, Khitan, Kana, Nushu
            0x1F200...0x1F2FF,
            0x20000...0x2FFFD, 0x30000...0x3FFFD:
            true
        case 0x1F1E6...0x1F1FF: false  // Regional indicators are narrow: only a pair of them is a flag.
        default: scalar.properties.isEmojiPresentation
        }
    }
}
