import TestSupport

@testable import JSON

/// Documents from a seed: every kind of value, awkward strings and numbers, keys in no order.
struct GeneratedDocuments: RandomNumberGenerator {
    private var chance: Chance

    init(seed: UInt64) {
        chance = Chance(seed: seed)
    }

    mutating func next() -> UInt64 { chance.next() }

    private static let fragments = [
        "", "a", "name", "\"", "\\", "/", "\n", "\r\n", "\t", "\u{08}", "\u{0C}", "\u{00}", "\u{1F}", "\u{7F}", "é",
        "e\u{301}", "ß", "中文", "😀", "\u{2028}", "\u{FFFF}", "\u{10FFFF}", "\u{E000}", "z", "Z", "_", "0",
        "schemaVersion",
    ]

    mutating func string() -> String {
        (0..<Int.random(in: 0...4, using: &self)).map { _ in Self.fragments.randomElement(using: &self) ?? "" }.joined()
    }

    private static let borders: [Double] = [
        0.0, -0.0, 1e16, 1e15, 9_999_999_999_999_998, 1e-4, 1e-5, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        1e22,
        1e23,
    ]

    mutating func number() -> Double {
        switch Int.random(in: 0..<5, using: &self) {
        case 0: return Double(Int64.random(in: -1_000_000...1_000_000, using: &self)) / 1000
        case 1: return Double(Int64.random(in: .min...(.max), using: &self))
        case 2: return Self.borders.randomElement(using: &self) ?? 0
        case 3: return Double.random(in: -1...1, using: &self)
        default:
            let any = Double(bitPattern: next())
            return any.isFinite ? any : 0.5
        }
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer([0, 1, -1, 9, 10, .max, .min, 4_294_967_296].randomElement(using: &self) ?? 0)
        case 3: return .number(number())
        case 4, 5: return .string(string())
        case 6: return .array((0..<Int.random(in: 0...5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            let count = Int.random(in: 0...(Int.random(in: 0..<10, using: &self) == 0 ? 30 : 6), using: &self)
            return .object(JSONObject((0..<count).map { _ in (string(), value(depth: depth - 1)) }))
        }
    }
}
