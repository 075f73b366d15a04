import JSON

extension Arguments {
    func absoluteValue() throws(JMESPathError) -> JSONValue {
        switch try number(0) {
        case .integer(.min): .number(Double(Int64.min).magnitude)
        case .integer(let value): .integer(Swift.abs(value))
        case .number(let value): .number(value.magnitude)
        case let other: other
        }
    }

    /// `ceil` and `floor`: an integer wherever `Int64` holds it.
    func rounded(_ rule: FloatingPointRoundingRule) throws(JMESPathError) -> JSONValue {
        let value = try number(0)
        guard case .number(let number) = value else { return value }
        if number.isNaN { throw JMESPathError(message: "cannot convert float NaN to integer") }
        if number.isInfinite { throw JMESPathError(message: "cannot convert float infinity to integer") }
        let rounded = number.rounded(rule)
        return Int64(exactly: rounded).map { .integer($0) } ?? .number(rounded)
    }

    func sum() throws(JMESPathError) -> JSONValue {
        switch Sum(of: try numbers(0)) {
        case .exact(let sum): Int64(exactly: sum).map { .integer($0) } ?? .number(Double(sum))
        case .rounded(let sum): .number(sum)
        }
    }

    /// Null for an empty array.
    func average() throws(JMESPathError) -> JSONValue {
        let elements = try numbers(0)
        if elements.isEmpty { return .null }
        return switch Sum(of: elements) {
        case .exact(let sum): .number(Sum.quotient(sum, elements.count))
        case .rounded(let sum): .number(sum / Double(elements.count))
        }
    }

    /// Null for what is neither a number nor a string that Python's `int` or `float` reads.
    func toNumber() throws(JMESPathError) -> JSONValue {
        switch operands[0] {
        case .value(.string(let text)): return JSONValue(pythonNumber: text) ?? .null
        case .value(let value): return value.isNumber ? value : .null
        case .reference:
            let expected = "a string, a bytes-like object or a real number"
            throw JMESPathError(message: "int() argument must be \(expected), not '\(operands[0].pythonTypeName)'")
        }
    }
}

/// A sum as Python makes it: exact as long as there are integers alone, then double after double.
private enum Sum {
    case exact(Int128)
    case rounded(Double)

    init(of elements: [JSONValue]) {
        self = .exact(0)
        for element in elements {
            switch (self, element) {
            case (.exact(let sum), .integer(let value)): self = .exact(sum + Int128(value))
            case (.exact(let sum), .number(let value)): self = .rounded(Double(sum) + value)
            case (.rounded(let sum), .integer(let value)): self = .rounded(sum + Double(value))
            case (.rounded(let sum), .number(let value)): self = .rounded(sum + value)
            default: break
            }
        }
    }

    /// The double next to the exact quotient: dividing rounded doubles would round twice.
    static func quotient(_ sum: Int128, _ count: Int) -> Double {
        let divisor = UInt128(count)
        let magnitude = sum.magnitude
        if magnitude >> 53 == 0 { return Double(sum) / Double(count) }
        // 55 bits of quotient and, as their last, whether anything was left over, are enough to round rightly.
        let bits = 128 - magnitude.leadingZeroBitCount
        let shift = Swift.max(0, 55 + (128 - divisor.leadingZeroBitCount) - bits)
        let (quotient, remainder) = (magnitude << UInt128(shift)).quotientAndRemainder(dividingBy: divisor)
        let significand = Double(UInt64(quotient) | (remainder == 0 ? 0 : 1))
        return Double(sign: sum < 0 ? .minus : .plus, exponent: -shift, significand: significand)
    }
}
