import JSON
import TestSupport

/// Results from a seed, with the strings that formats stumble over.
struct OutputFormatDocuments: RandomNumberGenerator {
    private var chance: Chance
    private let alphabet: [String]

    /// - Parameter alphabet: what strings are made of, besides words.
    init(seed: UInt64, alphabet: [String]) {
        chance = Chance(seed: seed)
        self.alphabet = alphabet
    }

    mutating func next() -> UInt64 { chance.next() }

    static let narrow =
        Array("abzAZ09 _-.:/=\"'\\{}[],#&*!|>%@`?~^$;()<+éßŉıДñ ").map(String.init) + ["  ", ": ", " #"]
    static let breaks = ["\n", "\r", "\r\n", "\n\n", " \n", "\n "]
    static let rareBreaks = ["\u{0B}", "\u{0C}", "\u{1C}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}"]
    static let controls = [
        "\t", "\u{02}", "\u{08}", "\u{7F}", "\u{80}", "\u{A0}", "\u{AD}", "\u{2003}", "\u{3000}", "\u{E000}",
        "\u{FFFD}",
    ]
    /// Without variation selectors and flags: wcwidth looks at what they stand beside from 0.2.9 on.
    static let wide = [
        "中", "文", "한", "か", "ｱ", "Ａ", "😀", "🚀", "⌚", "　", "e\u{301}", "\u{200B}",
    ]
    /// What YAML's numbers and times are made of.
    static let numeric =
        Array("0123456789:.-+eExob_TtZ ").map(String.init) + ["2026-01-02", ":00", ":59", "T1", "inf", "nan"]
    static let yaml =
        narrow + breaks + rareBreaks + controls + wide
        + ["\0", "\u{07}", "\u{1B}", "\u{FEFF}", "\u{FFFE}", "\u{10FFFE}", "\u{10FFFF}", "---", "...", "- ", "? "]

    private static let words = [
        "name", "location", "eastus", "id", "type", "etag", "Id", "provisioningState", "Succeeded", "properties", "yes",
        "No", "on", "OFF", "true", "False", "null", "~", "", "=", "<<", "0", "12", "0x1F", "0o7", "0777", "1_000",
        "1:30",
        "1.5", ".5", "1e5", "1.0e+5", ".inf", "-.INF", ".NaN", "2026-08-01", "2026-08-01T10:00:00+00:00", "2026-8-1",
        "2026-8-1 1:00:00 +1", "-.5", "12:75", "+12:30:59.5", "a b", "True",
        "CN=device-01", "None", "it's", "y", "n", "-", "--", "---", ":", "?", "x:", "a: b", "#c", "a #c", "%", "@",
    ]

    mutating func string() -> String {
        switch Int.random(in: 0..<8, using: &self) {
        case 0...3:
            return Self.words.randomElement(using: &self) ?? ""
        case 4:
            // Long enough to be folded.
            return (0..<Int.random(in: 5...60, using: &self)).map { _ in
                (Self.words + alphabet).randomElement(using: &self) ?? ""
            }.joined(separator: Bool.random(using: &self) ? " " : "")
        default:
            return (0..<Int.random(in: 0...8, using: &self)).map { _ in alphabet.randomElement(using: &self) ?? "" }
                .joined()
        }
    }

    mutating func scalar() -> JSONValue {
        switch Int.random(in: 0..<9, using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer([0, 7, -1, .max, .min, 1_700_000_000].randomElement(using: &self) ?? 0)
        case 3:
            return .number(
                [0.5, -0.0, 1e16, 1e-7, 123456.789, 1e300, 2.5e-10, 3, 12345678.9].randomElement(using: &self) ?? 0
            )
        default: return .string(string())
        }
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 3), using: &self) {
        case 0...2: scalar()
        case 3: .array((0..<Int.random(in: 0...4, using: &self)).map { _ in value(depth: depth - 1) })
        default: .object(object(depth: depth - 1))
        }
    }

    mutating func object(depth: Int) -> JSONObject {
        JSONObject((0..<Int.random(in: 0...6, using: &self)).map { _ in (string(), value(depth: depth)) })
    }

    /// What lists and shows return: mostly a list of objects with much the same members, sometimes anything.
    mutating func result() -> JSONValue {
        if Int.random(in: 0..<4, using: &self) == 0 { return value(depth: 3) }
        let keys = (0..<Int.random(in: 1...5, using: &self)).map { _ in string() }
        let rows = (0..<Int.random(in: 0...5, using: &self)).map { _ -> JSONValue in
            .object(
                JSONObject(
                    keys.filter { _ in Int.random(in: 0..<6, using: &self) > 0 }.map { ($0, value(depth: 1)) }
                )
            )
        }
        return .array(rows)
    }
}
