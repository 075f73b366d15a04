import JSON

extension Arguments {
    func startsWith() throws(JMESPathError) -> JSONValue {
        let text = try string(0)
        return .bool(text.utf8.starts(with: try string(1).utf8))
    }

    func endsWith() throws(JMESPathError) -> JSONValue {
        let text = try string(0).utf8
        let end = try string(1).utf8
        return .bool(text.count >= end.count && text.suffix(end.count).elementsEqual(end))
    }

    /// Whether an array has an element equal to the value, or a string a part that is the value.
    func contains() throws(JMESPathError) -> JSONValue {
        switch (operands[0], operands[1]) {
        case (.value(.array(let elements)), .value(let wanted)):
            return .bool(elements.contains { $0.isPythonEqual(to: wanted) })
        case (.value(.array), .reference):
            return false
        case (.value(.string(let text)), .value(.string(let part))):
            return .bool(Array(text.utf8).contains(run: Array(part.utf8)))
        case (.value(.string), let wanted):
            throw JMESPathError(
                message: "'in <string>' requires string as left operand, not \(wanted.pythonTypeName)"
            )
        default:
            throw mismatch(0, ["array", "string"])
        }
    }

    func join() throws(JMESPathError) -> JSONValue {
        let separator = try string(0)
        return .string(try strings(1).joined(separator: separator))
    }

    /// Of a string the code points are counted.
    func length() throws(JMESPathError) -> JSONValue {
        switch operands[0] {
        case .value(.string(let text)): .integer(Int64(text.unicodeScalars.count))
        case .value(.array(let elements)): .integer(Int64(elements.count))
        case .value(.object(let object)): .integer(Int64(object.count))
        default: throw mismatch(0, ["string", "array", "object"])
        }
    }

    /// Of a string the code points are reversed.
    func reverse() throws(JMESPathError) -> JSONValue {
        switch operands[0] {
        case .value(.string(let text)): .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
        case .value(.array(let elements)): .array(elements.reversed())
        default: throw mismatch(0, ["array", "string"])
        }
    }

    func toString() throws(JMESPathError) -> JSONValue {
        let value = try operands[0].stored()
        if case .string = value { return value }
        return .string(value.pythonJSON)
    }
}

extension [UInt8] {
    /// Whether the bytes of `run` stand in these one after the other (the search of Knuth, Morris and Pratt: each byte is
    /// read once).
    fileprivate func contains(run: [UInt8]) -> Bool {
        if run.isEmpty { return true }
        // How much of the run's beginning is still matched when the byte after so much of it does not match.
        var fallback: [Int] = []
        fallback.reserveCapacity(run.count)
        fallback.append(0)
        var matched = 0
        for byte in run.dropFirst() {
            while matched > 0 && run[matched] != byte { matched = fallback[matched - 1] }
            if run[matched] == byte { matched += 1 }
            fallback.append(matched)
        }
        matched = 0
        for byte in self {
            while matched > 0 && run[matched] != byte { matched = fallback[matched - 1] }
            if run[matched] == byte { matched += 1 }
            if matched == run.count { return true }
        }
        return false
    }
}
