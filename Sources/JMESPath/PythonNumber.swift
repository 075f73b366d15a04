import JSON

extension JSONValue {
    /// The number that Python's `int`, else its `float` reads in a text: blanks around it, underscores between digits and
    /// the digits of all scripts are allowed; `inf` and `nan` are numbers.
    init?(pythonNumber text: String) {
        var bytes = Self.asciiDigitsAndBlanks(text)[...]
        while let first = bytes.first, first.isBlank { bytes.removeFirst() }
        while let last = bytes.last, last.isBlank { bytes.removeLast() }
        var isSigned = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { isSigned = true }
        let unsigned = bytes.dropFirst(isSigned ? 1 : 0)

        guard let digits = Self.withoutUnderscores(unsigned) else { return nil }
        let sign = isSigned ? String(decoding: bytes.prefix(1), as: UTF8.self) : ""
        let number = sign + String(decoding: digits, as: UTF8.self)
        if !digits.isEmpty && digits.allSatisfy({ $0.isDigit }) {
            if let integer = Int64(number) {
                self = .integer(integer)
                return
            }
        } else if Self.isNamed(digits) {
            let isNumber = digits[0] | 0x20 == UInt8(ascii: "i")
            self = .number(isNumber ? (sign == "-" ? -.infinity : .infinity) : .nan)
            return
        } else if !Self.isDecimal(digits) {
            return nil
        }
        guard let value = Double(number) else { return nil }
        self = .number(value)
    }

    /// Decimal digits and white space in their ASCII form; everything else outside of ASCII as `?`.
    private static func asciiDigitsAndBlanks(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { scalar in
            if scalar.isASCII { return UInt8(truncatingIfNeeded: scalar.value) }
            if scalar.isPythonSpace { return UInt8(ascii: " ") }
            let properties = scalar.properties
            guard properties.generalCategory == .decimalNumber, let value = properties.numericValue else {
                return UInt8(ascii: "?")
            }
            return UInt8(ascii: "0") + UInt8(value)
        }
    }

    /// `nil` if an underscore does not stand between two digits.
    private static func withoutUnderscores(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == UInt8(ascii: "_") {
                guard previous.isDigit else { return nil }
            } else {
                guard previous != UInt8(ascii: "_") || byte.isDigit else { return nil }
                kept.append(byte)
            }
            previous = byte
        }
        return previous == UInt8(ascii: "_") ? nil : kept
    }

    private static func isNamed(_ bytes: [UInt8]) -> Bool {
        let name = String(decoding: bytes.map { $0 | 0x20 }, as: UTF8.self)
        return name == "inf" || name == "infinity" || name == "nan"
    }

    /// Digits with a point before, in or after them, and an exponent.
    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        func skipDigits() -> Int {
            let digits = rest.prefix { $0.isDigit }.count
            rest.removeFirst(digits)
            return digits
        }
        var count = skipDigits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            count += skipDigits()
        }
        if count == 0 { return false }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            if skipDigits() == 0 { return false }
        }
        return rest.isEmpty
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
