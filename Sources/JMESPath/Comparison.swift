import JSON

/// The comparators of the grammar.
enum Comparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// True, false, or null where values without an order are to be ordered.
    ///
    /// - Throws: If a number and a string are to be ordered.
    func result(_ left: Operand, _ right: Operand) throws(JMESPathError) -> JSONValue {
        guard case .value(let left) = left, case .value(let right) = right else {
            // An expression reference equals nothing, itself included, since each evaluation makes a new one.
            switch self {
            case .equal: return false
            case .notEqual: return true
            default: return .null
            }
        }
        switch self {
        case .equal: return .bool(left.isEqual(to: right))
        case .notEqual: return .bool(!left.isEqual(to: right))
        default:
            guard left.isOrdered && right.isOrdered else { return .null }
            return .bool(try holds(left, right))
        }
    }

    /// Whether the order of two numbers or two strings is this one. NaN has none.
    ///
    /// - Throws: If one is a number and the other a string.
    func holds(_ left: JSONValue, _ right: JSONValue) throws(JMESPathError) -> Bool {
        guard left.isNumber == right.isNumber else {
            throw .unordered(left, rawValue, right)
        }
        guard let order = left.order(to: right) else { return self == .notEqual }
        return switch self {
        case .equal: order == .same
        case .notEqual: order != .same
        case .less: order == .before
        case .lessOrEqual: order != .after
        case .greater: order == .after
        case .greaterOrEqual: order != .before
        }
    }
}

/// How one value lies relative to another.
enum Order: Sendable {
    case before, same, after

    init<Value: Comparable>(of left: Value, to right: Value) {
        self = left < right ? .before : left > right ? .after : .same
    }

    var reversed: Order {
        switch self {
        case .before: .after
        case .same: .same
        case .after: .before
        }
    }
}

extension JSONValue {
    fileprivate var isOrdered: Bool {
        isNumber || stringValue != nil
    }

    /// The order of two numbers or two strings; `nil` for all else and where one is NaN.
    func order(to other: JSONValue) -> Order? {
        if case .string(let text) = self, case .string(let otherText) = other {
            return text.codePointOrder(to: otherText)
        }
        return numericOrder(to: other)
    }

    /// Equality as the comparators have it: a number never equals a truth value. Only inside of arrays and objects
    /// Python's own `1 == True` comes through.
    fileprivate func isEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.bool, .integer), (.bool, .number), (.integer, .bool), (.number, .bool): false
        default: isPythonEqual(to: other)
        }
    }

    /// Python's `==`: 1 and 1.0 are equal, and so are 1 and true.
    func isPythonEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isPythonEqual(to: $1) }
        case (.object(let a), .object(let b)):
            guard a.count == b.count else { return false }
            return a.allSatisfy { key, value in b[key]?.isPythonEqual(to: value) ?? false }
        case (.bool(let bool), .integer), (.bool(let bool), .number):
            return JSONValue.integer(bool ? 1 : 0).numericOrder(to: other) == .same
        case (.integer, .bool(let bool)), (.number, .bool(let bool)):
            return numericOrder(to: .integer(bool ? 1 : 0)) == .same
        default:
            return numericOrder(to: other) == .same
        }
    }

    /// The exact order of two numbers; `nil` if one is NaN or none.
    fileprivate func numericOrder(to other: JSONValue) -> Order? {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): return Order(of: a, to: b)
        case (.number(let a), .number(let b)): return a.isNaN || b.isNaN ? nil : Order(of: a, to: b)
        case (.integer(let a), .number(let b)): return Self.order(of: a, to: b)
        case (.number(let a), .integer(let b)): return Self.order(of: b, to: a)?.reversed
        default: return nil
        }
    }

    /// Without converting the integer to a double, which would round it.
    private static func order(of integer: Int64, to number: Double) -> Order? {
        if number.isNaN { return nil }
        let whole = number.rounded(.towardZero)
        guard let truncated = Int64(exactly: whole) else { return number < 0 ? .after : .before }
        return integer == truncated ? Order(of: whole, to: number) : Order(of: integer, to: truncated)
    }
}

extension String {
    /// The order of the code points, which is that of the UTF-8 bytes.
    fileprivate func codePointOrder(to other: String) -> Order {
        if utf8.lexicographicallyPrecedes(other.utf8) { return .before }
        return utf8.elementsEqual(other.utf8) ? .same : .after
    }
}
