import TestSupport

/// JSON texts whose members the generated expressions know: arrays of numbers, strings and objects, nested arrays,
/// and members of no fixed kind.
enum GeneratedDocuments {
    static let names = [
        "nums", "strs", "objs", "nested", "mixed", "s", "n", "t", "f", "z", "none", "empty", "deep", "é", "a b",
    ]
    static let innerNames = ["name", "size", "tags", "list", "on", "nums"]

    static func document(_ chance: inout Chance) -> String {
        var members = [
            "\"nums\":\(array(&chance, number))",
            "\"strs\":\(array(&chance, string))",
            "\"objs\":\(array(&chance, object))",
            "\"nested\":\(array(&chance) { $0.happens(70) ? array(&$0, number) : value(&$0, depth: 2) })",
            "\"mixed\":\(array(&chance) { value(&$0, depth: 2) })",
            "\"s\":\(string(&chance))",
            "\"n\":\(number(&chance))",
            "\"t\":true",
            "\"f\":false",
            "\"z\":null",
            "\"none\":{}",
            "\"empty\":[]",
            "\"deep\":{\"deep\":{\"objs\":\(array(&chance, object)),\"n\":\(number(&chance))},\"s\":\(string(&chance))}",
            "\"é\":\(value(&chance, depth: 1))",
            "\"a b\":\(value(&chance, depth: 3))",
        ]
        members.shuffle(using: &chance)
        return "{\(members.joined(separator: ","))}"
    }

    static func number(_ chance: inout Chance) -> String {
        switch chance.below(12) {
        case 0: chance.pick(["0", "1", "-1", "0.0", "1.0", "-0.0", "2"])
        case 1:
            chance.pick([
                "9223372036854775807", "-9223372036854775808", "9007199254740993", "9007199254740992.0", "1e16",
                "-1e-7",
                "4611686018427387905",
            ])
        case 2...4: "\(Double(chance.below(400) - 200) / 4)"
        default: "\(chance.below(20) - 5)"
        }
    }

    static func string(_ chance: inout Chance) -> String {
        let pieces = [
            "a", "b", "ab", "z", "Z", "é", "e\u{301}", "中", "😀", "\\n", "\\\"", "'", "\\\\", " ", "1", "\\u007f", "ﬀ",
        ]
        return switch chance.below(10) {
        case 0: "\"\(number(&chance))\""
        case 1:
            chance.pick([
                "\"x\"", "\" 1 \"", "\"1_0\"", "\"-.5e1\"", "\"١٢\"", "\"1_\"", "\"+7\"", "\"inf\"", "\"0x1\"",
            ])
        default: "\"\(chance.list(0...3, separator: "") { $0.pick(pieces) })\""
        }
    }

    static func object(_ chance: inout Chance) -> String {
        var members = ["\"name\":\(string(&chance))", "\"size\":\(number(&chance))"]
        if chance.happens(60) {
            members.append("\"tags\":{\"name\":\(string(&chance)),\"on\":\(chance.pick(["true", "false"]))}")
        }
        if chance.happens(60) { members.append("\"list\":\(array(&chance) { value(&$0, depth: 1) })") }
        if chance.happens(40) { members.append("\"on\":\(value(&chance, depth: 0))") }
        if chance.happens(40) { members.append("\"nums\":\(array(&chance, number))") }
        members.shuffle(using: &chance)
        return "{\(members.joined(separator: ","))}"
    }

    private static func array(_ chance: inout Chance, _ element: (inout Chance) -> String) -> String {
        "[\(chance.list(chance.happens(10) ? 0...0 : 1...5, element))]"
    }

    static func value(_ chance: inout Chance, depth: Int) -> String {
        switch chance.below(depth > 0 ? 9 : 6) {
        case 0: "null"
        case 1: chance.pick(["true", "false"])
        case 2, 3: number(&chance)
        case 4, 5: string(&chance)
        case 6: object(&chance)
        default: array(&chance) { value(&$0, depth: depth - 1) }
        }
    }
}

extension Chance {
    /// As many elements as `counts` says, joined.
    mutating func list(
        _ counts: ClosedRange<Int>,
        separator: String = ",",
        _ element: (inout Chance) -> String
    ) -> String {
        var elements: [String] = []
        for _ in 0..<Int.random(in: counts, using: &self) {
            elements.append(element(&self))
        }
        return elements.joined(separator: separator)
    }
}
