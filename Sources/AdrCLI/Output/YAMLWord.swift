/// Plain words that YAML 1.1 does not read as strings: the implicit resolvers of PyYAML.
enum YAMLWord {
    /// Whether this text, written plainly, is null, a truth value, a number, a time, or one of the marks `=` and `<<`.
    static func isOther(thanString text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return isInteger(text) || isFloat(text) || isTimestamp(text)
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return isInteger(text) || isFloat(text)
        case UInt8(ascii: "<"), UInt8(ascii: "="), UInt8(ascii: "~"):
            return text.elementsEqual("<<".utf8) || text.count == 1 && first != UInt8(ascii: "<")
        default:
            return text.count <= 5 && words.contains { text.elementsEqual($0.utf8) }
        }
    }

    private static let words = [
        "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
        "on", "On", "ON", "off", "Off", "OFF", "null", "Null", "NULL",
    ]

    /// `[-+]?0b[0-1_]+ | [-+]?0[0-7_]+ | [-+]?(?:0|[1-9][0-9_]*) | [-+]?0x[0-9a-fA-F_]+ |
    /// [-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+`
    private static func isInteger(_ text: [UInt8]) -> Bool {
        var scanner = Scanner(text)
        _ = scanner.skip("-") || scanner.skip("+")
        if scanner.skip("0") {
            if scanner.isAtEnd { return true }
            if scanner.skip("b") { return scanner.skipSome { $0 == "0" || $0 == "1" || $0 == "_" } && scanner.isAtEnd }
            if scanner.skip("x") {
                return scanner.skipSome { $0.properties.isASCIIHexDigit || $0 == "_" } && scanner.isAtEnd
            }
            return scanner.skipSome { "0"..."7" ~= $0 || $0 == "_" } && scanner.isAtEnd
        }
        guard scanner.skipDigitsAndUnderscores() else { return false }
        while scanner.skipSexagesimal() {}
        return scanner.isAtEnd
    }

    /// `[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)? | \.[0-9][0-9_]*(?:[eE][-+][0-9]+)? |
    /// [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]* | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)`
    private static func isFloat(_ text: [UInt8]) -> Bool {
        var scanner = Scanner(text)
        let isSigned = scanner.skip("-") || scanner.skip("+")
        if scanner.skip(".") {
            if scanner.rest(isOneOf: ["inf", "Inf", "INF"]) { return true }
            if isSigned { return false }
            if scanner.rest(isOneOf: ["nan", "NaN", "NAN"]) { return true }
            return scanner.skipDigitsAndUnderscores() && scanner.skipExponent() && scanner.isAtEnd
        }
        guard scanner.skipDigitsAndUnderscores() else { return false }
        var isSexagesimal = false
        while scanner.skipSexagesimal() { isSexagesimal = true }
        guard scanner.skip(".") else { return false }
        _ = scanner.skipSome { Scanner.isDigit($0) || $0 == "_" }
        return (isSexagesimal || scanner.skipExponent()) && scanner.isAtEnd
    }

    /// `[0-9]{4}-[0-9]{2}-[0-9]{2}`, or with a time: `[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}
    /// :[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?`
    private static func isTimestamp(_ text: [UInt8]) -> Bool {
        var scanner = Scanner(text)
        guard scanner.skipDigits(4...4), scanner.skip("-"), scanner.skipDigits(1...2), scanner.skip("-"),
            scanner.skipDigits(1...2)
        else { return false }
        if scanner.isAtEnd { return text.count == 10 }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skipSome(Scanner.isBlank),
            scanner.skipDigits(1...2), scanner.skip(":"), scanner.skipDigits(2...2), scanner.skip(":"),
            scanner.skipDigits(2...2)
        else { return false }
        if scanner.skip(".") { _ = scanner.skipSome(Scanner.isDigit) }
        if scanner.isAtEnd { return true }
        _ = scanner.skipSome(Scanner.isBlank)
        if scanner.skip("Z") { return scanner.isAtEnd }
        guard scanner.skip("-") || scanner.skip("+"), scanner.skipDigits(1...2) else { return false }
        return scanner.isAtEnd || scanner.skip(":") && scanner.skipDigits(2...2) && scanner.isAtEnd
    }
}

/// Reads forward through text; none of the patterns above ever has to go back.
private struct Scanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: [UInt8]) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest.removeFirst()
        return true
    }

    /// Skips all that are such; false if there is none.
    mutating func skipSome(_ isSuch: (Unicode.Scalar) -> Bool) -> Bool {
        let tail = rest.drop { isSuch(Unicode.Scalar($0)) }
        defer { rest = tail }
        return tail.count < rest.count
    }

    /// Skips so many digits; false if there are fewer.
    mutating func skipDigits(_ count: ClosedRange<Int>) -> Bool {
        let digits = rest.prefix(count.upperBound).prefix { Self.isDigit(Unicode.Scalar($0)) }.count
        guard digits >= count.lowerBound else { return false }
        rest.removeFirst(digits)
        return true
    }

    /// `[0-9][0-9_]*`
    mutating func skipDigitsAndUnderscores() -> Bool {
        guard skipDigits(1...1) else { return false }
        _ = skipSome { Self.isDigit($0) || $0 == "_" }
        return true
    }

    /// `:[0-5]?[0-9]`, which is two digits only if the first is 5 at most.
    mutating func skipSexagesimal() -> Bool {
        let start = rest
        guard skip(":"), let first = rest.first, skipDigits(1...1) else {
            rest = start
            return false
        }
        if first <= UInt8(ascii: "5") { _ = skipDigits(1...1) }
        return true
    }

    /// `(?:[eE][-+][0-9]+)?`; false if it begins and does not end.
    mutating func skipExponent() -> Bool {
        guard skip("e") || skip("E") else { return true }
        return (skip("-") || skip("+")) && skipSome(Self.isDigit)
    }

    func rest(isOneOf words: [String]) -> Bool {
        words.contains { rest.elementsEqual($0.utf8) }
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
