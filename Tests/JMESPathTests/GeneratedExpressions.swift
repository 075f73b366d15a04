import TestSupport

/// Expressions of all kinds, most of them valid and about what stands in ``GeneratedDocuments``.
enum GeneratedExpressions {
    static func expression(_ chance: inout Chance) -> String {
        switch chance.below(10) {
        case 0: return tokens(&chance)
        case 1, 2: return damaged(any(&chance, 3), &chance)
        default: return any(&chance, 3)
        }
    }

    // MARK: Valid expressions

    private static func any(_ chance: inout Chance, _ depth: Int) -> String {
        if depth == 0 { return leaf(&chance) }
        let inner = depth - 1
        switch chance.below(22) {
        case 0...2: return leaf(&chance)
        case 3...5: return path(&chance, inner)
        case 6: return "\(any(&chance, inner)) | \(any(&chance, inner))"
        case 7: return "\(any(&chance, inner)) || \(any(&chance, inner))"
        case 8: return "\(any(&chance, inner)) && \(any(&chance, inner))"
        case 9: return "!\(any(&chance, inner))"
        case 10, 11: return "\(any(&chance, inner)) \(comparator(&chance)) \(any(&chance, inner))"
        case 12: return "(\(any(&chance, inner)))"
        case 13: return "[\(chance.list(1...3, separator: ", ") { any(&$0, inner) })]"
        case 14: return hash(&chance, inner)
        case 15: return "\(any(&chance, inner))\(suffix(&chance, inner))"
        case 16: return number(&chance, inner) + " " + comparator(&chance) + " " + number(&chance, inner)
        default: return call(&chance, inner)
        }
    }

    private static func leaf(_ chance: inout Chance) -> String {
        switch chance.below(10) {
        case 0: "@"
        case 1, 2: literal(&chance)
        case 3: rawString(&chance)
        case 4: chance.pick(["*", "[]", "[*]", "[0]", "[-1]", "[?@]", "[::2]", "[::-1]"])
        default: name(&chance)
        }
    }

    private static func name(_ chance: inout Chance) -> String {
        if chance.happens(5) {
            return chance.pick([
                "\"\\u00e9\"", "\"a\\tb\"", "\"\\x\"", "\"\\u12\"", "\"\"", "missing", "_x9", "\"\\ud83d\\ude00\"",
                "\"a\\/b\"", "\"\n\"",
            ])
        }
        let name = chance.pick(chance.happens(70) ? GeneratedDocuments.names : GeneratedDocuments.innerNames)
        let isPlain = name.utf8.allSatisfy { ("a"..."z").contains(Character(Unicode.Scalar($0))) }
        return isPlain && chance.happens(85) ? name : "\"\(name)\""
    }

    private static func literal(_ chance: inout Chance) -> String {
        switch chance.below(4) {
        case 0:
            let lenient = [
                "`foo`", "` foo`", "`foo bar `", "``", "` `", "`1e999`", "`-1e999`", "`NaN`", "`[Infinity, -Infinity]`",
                "`01`",
                "`1.`", "`foo\\`bar`", "`\"foo\\`bar\"`", "`{\"a\": 1, \"b\": 2, \"a\": 3}`",
                "`\"\\u00e9\\ud83d\\ude00\"`", "`{a: 1}`",
                "`a\"b`", "`a\\\"b`", "`[1,]`", "`tru`", "`true false`", "`\u{A0}x`", "`\t[1 ,2 ]\n`", "`\\u00e9`",
                "`\\\\`",
                "`-`", "`[[1], [true], {}]`", "`1E+2`", "`-0`", "`-0.0`", "`{\"k\":[null]}`",
            ]
            return chance.pick(lenient)
        default:
            return "`\(GeneratedDocuments.value(&chance, depth: 2))`"
        }
    }

    private static func rawString(_ chance: inout Chance) -> String {
        let pieces = ["a", "b", "z", "é", "\\'", "\\\\", "\\n", "\"", "`", " ", "1", "😀", "\n"]
        return "'\(chance.list(0...3, separator: "") { $0.pick(pieces) })'"
    }

    private static func comparator(_ chance: inout Chance) -> String {
        chance.pick(["==", "==", "!=", "<", "<=", ">", ">="])
    }

    private static func path(_ chance: inout Chance, _ depth: Int) -> String {
        name(&chance) + chance.list(1...3, separator: "") { suffix(&$0, depth) }
    }

    private static func suffix(_ chance: inout Chance, _ depth: Int) -> String {
        switch chance.below(12) {
        case 0...3: ".\(name(&chance))"
        case 4: chance.pick(["[0]", "[1]", "[-1]", "[-2]", "[99]", "[-0]", "[007]", "[99999999999999999999]", "[ 2 ]"])
        case 5: "[\(slice(&chance))]"
        case 6: chance.pick(["[*]", "[*]", "[ * ]"])
        case 7: "[]"
        case 8: ".*"
        case 9: "[?\(any(&chance, depth))]"
        case 10: ".[\(chance.list(1...2, separator: ", ") { any(&$0, depth) })]"
        default: ".\(hash(&chance, depth))"
        }
    }

    private static func slice(_ chance: inout Chance) -> String {
        let bounds = ["", "", "0", "1", "2", "-1", "-2", "5", "-9", "99999999999999999999", "-99999999999999999999"]
        let first = "\(chance.pick(bounds)):\(chance.pick(bounds))"
        return chance.happens(50)
            ? first : "\(first):\(chance.pick(["", "1", "2", "-1", "-2", "0", "-99999999999999999999"]))"
    }

    private static func hash(_ chance: inout Chance, _ depth: Int) -> String {
        "{\(chance.list(1...3, separator: ", ") { "\(name(&$0)): \(any(&$0, depth))" })}"
    }

    // MARK: Functions

    private static func call(_ chance: inout Chance, _ depth: Int) -> String {
        if chance.happens(12) { return wrongCall(&chance, depth) }
        switch chance.below(26) {
        case 0: return "abs(\(number(&chance, depth)))"
        case 1: return "avg(\(numbers(&chance, depth)))"
        case 2: return "ceil(\(number(&chance, depth)))"
        case 3: return "floor(\(number(&chance, depth)))"
        case 4: return "contains(\(array(&chance, depth)), \(any(&chance, depth)))"
        case 5: return "contains(\(string(&chance, depth)), \(string(&chance, depth)))"
        case 6: return "ends_with(\(string(&chance, depth)), \(string(&chance, depth)))"
        case 7: return "starts_with(\(string(&chance, depth)), \(string(&chance, depth)))"
        case 8: return "join(\(string(&chance, depth)), \(strings(&chance, depth)))"
        case 9: return "keys(\(object(&chance)))"
        case 10: return "values(\(object(&chance)))"
        case 11: return "length(\(any(&chance, depth)))"
        case 12: return "map(&\(any(&chance, depth)), \(array(&chance, depth)))"
        case 13: return "\(chance.pick(["max", "min"]))(\(numbers(&chance, depth)))"
        case 14: return "\(chance.pick(["max", "min", "sort"]))(\(strings(&chance, depth)))"
        case 15, 16:
            return
                "\(chance.pick(["max_by", "min_by", "sort_by"]))(\(objects(&chance, depth)), &\(key(&chance, depth)))"
        case 17: return "merge(\(chance.list(1...3, separator: ", ") { object(&$0) }))"
        case 18: return "not_null(\(chance.list(1...3, separator: ", ") { any(&$0, depth) }))"
        case 19: return "reverse(\(chance.happens(50) ? string(&chance, depth) : array(&chance, depth)))"
        case 20: return "sort(\(numbers(&chance, depth)))"
        case 21: return "sum(\(numbers(&chance, depth)))"
        case 22: return "to_array(\(any(&chance, depth)))"
        case 23: return "to_string(\(any(&chance, depth)))"
        case 24: return "to_number(\(chance.happens(70) ? string(&chance, depth) : any(&chance, depth)))"
        default: return "type(\(any(&chance, depth)))"
        }
    }

    /// Names and arguments that mostly do not fit. An expression reference never comes where it would be stored.
    private static func wrongCall(_ chance: inout Chance, _ depth: Int) -> String {
        let names = [
            "abs", "avg", "ceil", "contains", "ends_with", "floor", "join", "keys", "length", "map", "max", "max_by",
            "min",
            "min_by", "reverse", "sort", "sort_by", "starts_with", "sum", "to_number", "to_string", "type", "values",
            "unknown", "Abs",
        ]
        let name = chance.pick(names)
        let separator = chance.pick([", ", ",", " , ", " "])
        let takesReference = name != "to_string"
        let arguments = chance.list(0...3, separator: separator) { chance in
            takesReference && chance.happens(20) ? "&\(any(&chance, depth))" : any(&chance, depth)
        }
        return "\(name)\(chance.happens(10) ? " " : "")(\(arguments)\(chance.happens(10) ? "," : ""))"
    }

    private static func number(_ chance: inout Chance, _ depth: Int) -> String {
        switch chance.below(6) {
        case 0: "n"
        case 1: "`\(GeneratedDocuments.number(&chance))`"
        case 2: "nums[\(chance.below(4) - 2)]"
        case 3: "length(\(array(&chance, depth)))"
        case 4: "deep.deep.n"
        default: any(&chance, depth)
        }
    }

    private static func string(_ chance: inout Chance, _ depth: Int) -> String {
        switch chance.below(6) {
        case 0, 1: "s"
        case 2: rawString(&chance)
        case 3: "strs[\(chance.below(4) - 2)]"
        case 4: "`\(GeneratedDocuments.string(&chance))`"
        default: any(&chance, depth)
        }
    }

    private static func numbers(_ chance: inout Chance, _ depth: Int) -> String {
        switch chance.below(7) {
        case 0...2: "nums"
        case 3: "objs[].size"
        case 4: "nested[]"
        case 5: "[\(chance.list(1...3, separator: ", ") { number(&$0, depth) })]"
        default: array(&chance, depth)
        }
    }

    private static func strings(_ chance: inout Chance, _ depth: Int) -> String {
        switch chance.below(6) {
        case 0...2: "strs"
        case 3: "objs[*].name"
        case 4: "[\(chance.list(1...3, separator: ", ") { string(&$0, depth) })]"
        default: array(&chance, depth)
        }
    }

    private static func objects(_ chance: inout Chance, _ depth: Int) -> String {
        chance.happens(70)
            ? chance.pick(["objs", "deep.deep.objs", "objs[?size > `1`]", "objs[1:]"]) : array(&chance, depth)
    }

    private static func key(_ chance: inout Chance, _ depth: Int) -> String {
        chance.happens(70)
            ? chance.pick(["name", "size", "tags.name", "length(name)", "to_number(name) || size"])
            : any(&chance, depth)
    }

    private static func object(_ chance: inout Chance) -> String {
        chance.pick([
            "@", "deep", "deep.deep", "objs[0]", "objs[0].tags || `{}`", "none", "`{\"z\":1,\"a\":2}`", "{s: s, n: n}",
        ])
    }

    private static func array(_ chance: inout Chance, _ depth: Int) -> String {
        chance.happens(80)
            ? chance.pick(["nums", "strs", "objs", "nested", "mixed", "empty", "nested[]", "objs[*].list[]"])
            : any(&chance, depth)
    }

    // MARK: Invalid expressions

    private static let allTokens = [
        ".", "*", "]", ",", ":", "@", "(", ")", "{", "}", "[", "[]", "[?", "[*]", "|", "||", "&", "&&", "!", "!=", "<",
        "<=", ">",
        ">=", "==", "=", "-", "-1", "0", "12", "a", "nums", "objs", "\"s\"", "'x'", "`1`", "`\"y\"`",
        "`{\"a\": [1, null]}`", " ", "length",
        "#", "é", "\"", "'", "`", "$", "%", "\\", "\t", "\r\n", "\u{A0}", "`'`", "type(",
    ]

    /// Tokens in no order.
    private static func tokens(_ chance: inout Chance) -> String {
        chance.list(0...6, separator: chance.pick(["", " "])) { $0.pick(allTokens) }
    }

    /// A character or two lost, doubled or replaced by a token.
    private static func damaged(_ expression: String, _ chance: inout Chance) -> String {
        var scalars = Array(expression.unicodeScalars)
        for _ in 0...chance.below(2) {
            let place = chance.below(scalars.count + 1)
            switch chance.below(4) {
            case 0: scalars.insert(contentsOf: chance.pick(allTokens).unicodeScalars, at: place)
            case 1: scalars.removeSubrange(place...)
            case 2 where place < scalars.count: scalars.remove(at: place)
            default:
                scalars.replaceSubrange(
                    min(place, scalars.count)..<min(place + 1, scalars.count),
                    with: chance.pick(allTokens).unicodeScalars
                )
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
