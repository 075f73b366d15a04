import JSON

/// The evaluated arguments of a call, in the right number. Each function takes its own in their order, so that the first
/// of a wrong type is the one that is reported.
struct Arguments {
    /// The name of the function.
    let function: String
    let operands: [Operand]

    func mismatch(_ place: Int, _ expected: [String]) -> JMESPathError {
        let operand = operands[place]
        return .invalidType(in: function, operand, expected: expected, received: operand.typeName)
    }

    func object(_ place: Int) throws(JMESPathError) -> JSONObject {
        guard case .value(.object(let object)) = operands[place] else { throw mismatch(place, ["object"]) }
        return object
    }

    func array(_ place: Int) throws(JMESPathError) -> [JSONValue] {
        guard case .value(.array(let elements)) = operands[place] else { throw mismatch(place, ["array"]) }
        return elements
    }

    func string(_ place: Int) throws(JMESPathError) -> String {
        guard case .value(.string(let string)) = operands[place] else { throw mismatch(place, ["string"]) }
        return string
    }

    func reference(_ place: Int) throws(JMESPathError) -> Node {
        guard case .reference(let node) = operands[place] else { throw mismatch(place, ["expref"]) }
        return node
    }

    /// An integer or a number.
    func number(_ place: Int) throws(JMESPathError) -> JSONValue {
        guard case .value(let value) = operands[place], value.isNumber else { throw mismatch(place, ["number"]) }
        return value
    }

    /// An array of numbers.
    func numbers(_ place: Int) throws(JMESPathError) -> [JSONValue] {
        let expected = ["array-number"]
        guard case .value(.array(let elements)) = operands[place] else { throw mismatch(place, expected) }
        for element in elements where !element.isNumber { throw wrongElement(element, expected) }
        return elements
    }

    /// An array of strings.
    func strings(_ place: Int) throws(JMESPathError) -> [String] {
        let expected = ["array-string"]
        guard case .value(.array(let elements)) = operands[place] else { throw mismatch(place, expected) }
        var strings: [String] = []
        strings.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let string) = element else { throw wrongElement(element, expected) }
            strings.append(string)
        }
        return strings
    }

    /// An array of nothing but numbers or nothing but strings.
    func numbersOrStrings(_ place: Int, _ expected: [String]) throws(JMESPathError) -> [JSONValue] {
        guard case .value(.array(let elements)) = operands[place] else { throw mismatch(place, expected) }
        let areNumbers = elements.first?.isNumber ?? false
        for element in elements where areNumbers ? !element.isNumber : element.stringValue == nil {
            throw wrongElement(element, expected)
        }
        return elements
    }

    /// The library shows the type of an element by its name in Python.
    private func wrongElement(_ element: JSONValue, _ expected: [String]) -> JMESPathError {
        .invalidType(in: function, .value(element), expected: expected, received: element.pythonTypeName)
    }
}

extension Operand {
    /// The name of the type in the language.
    var typeName: String {
        switch self {
        case .value(.null): "null"
        case .value(.bool): "boolean"
        case .value(.integer), .value(.number): "number"
        case .value(.string): "string"
        case .value(.array): "array"
        case .value(.object): "object"
        case .reference: "expref"
        }
    }
}

extension JSONValue {
    var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}
