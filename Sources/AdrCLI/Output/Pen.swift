/// What text can be drawn with where it goes: line characters or ASCII, colours or none.
struct Pen {
    /// What a piece of text says at a glance.
    enum Tone {
        case plain, strong, good, warning, bad
    }

    private let hasUTF8: Bool
    private let hasColour: Bool

    init(hasUTF8: Bool, hasColour: Bool) {
        self.hasUTF8 = hasUTF8
        self.hasColour = hasColour
    }

    /// UTF-8 where the locale says so: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty.
    init(_ host: Host) {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(host.environment).first { !$0.isEmpty } ?? ""
        let encoding = locale.lowercased().utf8.filter { $0 != UInt8(ascii: "-") }
        let isUTF8 = String(decoding: encoding, as: UTF8.self).hasSuffix("utf8")
        self.init(hasUTF8: isUTF8, hasColour: host.outputHasColour)
    }

    func painted(_ text: String, _ tone: Tone) -> String {
        guard hasColour, tone != .plain, !text.isEmpty else { return text }
        let code =
            switch tone {
            case .plain: 0
            case .strong: 1
            case .good: 32
            case .warning: 33
            case .bad: 31
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// The branch to one of several things, and what stands below it in its place.
    func branch(isLast: Bool) -> (first: String, below: String) {
        switch (hasUTF8, isLast) {
        case (true, false): ("├─ ", "│  ")
        case (true, true): ("└─ ", "   ")
        case (false, false): ("|- ", "|  ")
        case (false, true): ("`- ", "   ")
        }
    }

    /// A bar of which that share is full, 0 to 1: something of it whenever something is left.
    func bar(_ share: Double, width: Int) -> (full: String, empty: String) {
        let cells = share > 0 ? max(1, Int((share * Double(width)).rounded())) : 0
        return (
            String(repeating: hasUTF8 ? "█" : "#", count: cells),
            String(repeating: hasUTF8 ? "░" : ".", count: width - cells)
        )
    }

    /// The text in so many columns, padded, or cut with a mark that says so.
    func fitted(_ text: String, _ width: Int) -> String {
        let found = DisplayWidth.of(text[...])
        if found <= width { return text + String(repeating: " ", count: width - found) }
        let mark = hasUTF8 ? "…" : "~"
        var kept = ""
        var columns = 0
        for scalar in text.unicodeScalars {
            columns += DisplayWidth.of(scalar)
            if columns >= width { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept + mark + String(repeating: " ", count: max(0, width - 1 - DisplayWidth.of(kept[...])))
    }
}
