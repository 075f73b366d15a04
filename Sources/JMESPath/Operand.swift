import JSON

/// What evaluation hands on: a value, or an expression reference (`&a`), which functions take and nothing can hold.
enum Operand: Sendable {
    case value(JSONValue)
    case reference(Node)

    static let null = Operand.value(.null)

    /// The value, to be put into an array or object or to be the result.
    ///
    /// - Throws: If this is an expression reference.
    func stored() throws(JMESPathError) -> JSONValue {
        guard case .value(let value) = self else {
            throw JMESPathError(message: "An expression reference (&) can only be an argument of a function")
        }
        return value
    }

    /// Null, false and everything empty are false; 0 is true.
    var isFalse: Bool {
        guard case .value(let value) = self else { return false }
        switch value {
        case .null: return true
        case .bool(let bool): return !bool
        case .integer, .number: return false
        case .string(let string): return string.isEmpty
        case .array(let elements): return elements.isEmpty
        case .object(let object): return object.isEmpty
        }
    }
}
