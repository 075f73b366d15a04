import JSON

extension Arguments {
    func map() throws(JMESPathError) -> JSONValue {
        let each = try reference(0)
        let elements = try array(1)
        var results: [JSONValue] = []
        results.reserveCapacity(elements.count)
        for element in elements {
            results.append(try each.evaluate(.value(element)).stored())
        }
        return .array(results)
    }

    /// Of a key in several objects the last value counts, at the place of the first.
    func merge() throws(JMESPathError) -> JSONValue {
        var merged = try object(0)
        for place in operands.indices.dropFirst() {
            for (key, value) in try object(place) {
                merged[key] = value
            }
        }
        return .object(merged)
    }

    /// The first argument that is not null.
    func notNull() -> Operand {
        for operand in operands {
            if case .value(.null) = operand { continue }
            return operand
        }
        return .null
    }

    func toArray() throws(JMESPathError) -> JSONValue {
        let value = try operands[0].stored()
        if case .array = value { return value }
        return .array([value])
    }

    /// Null for an expression reference.
    func type() -> JSONValue {
        guard case .value = operands[0] else { return .null }
        return .string(operands[0].typeName)
    }

    /// `max` and `min`: the first of the elements than which none is further in that direction; null for none.
    func extreme(_ direction: Comparison) throws(JMESPathError) -> JSONValue {
        var best: JSONValue?
        for element in try numbersOrStrings(0, ["array-number", "array-string"]) {
            if let current = best, !(try direction.holds(element, current)) { continue }
            best = element
        }
        return best ?? .null
    }

    /// `max_by` and `min_by`.
    func extremeByKey(_ direction: Comparison) throws(JMESPathError) -> JSONValue {
        let elements = try array(0)
        let expression = try reference(1)
        var best: (element: JSONValue, key: JSONValue)?
        for element in elements {
            let key = try key(of: element, by: expression, ["number", "string"])
            if let current = best, !(try direction.holds(key, current.key)) { continue }
            best = (element, key)
        }
        return best?.element ?? .null
    }

    func sort() throws(JMESPathError) -> JSONValue {
        let elements = try numbersOrStrings(0, ["array-string", "array-number"])
        return .array(Self.sorted(elements, by: elements))
    }

    /// All keys are numbers or all are strings.
    func sortByKey() throws(JMESPathError) -> JSONValue {
        let elements = try array(0)
        let expression = try reference(1)
        guard let first = elements.first else { return .array(elements) }
        let type = try expression.evaluate(.value(first)).typeName
        guard type == "number" || type == "string" else {
            throw .invalidType(in: function, .value(first), expected: ["string", "number"], received: type)
        }
        var keys: [JSONValue] = []
        keys.reserveCapacity(elements.count)
        for element in elements {
            keys.append(try key(of: element, by: expression, [type]))
        }
        return .array(Self.sorted(elements, by: keys))
    }

    /// What the expression makes of the element.
    ///
    /// - Throws: If it is none of the expected types.
    private func key(
        of element: JSONValue,
        by expression: Node,
        _ expected: [String]
    ) throws(JMESPathError) -> JSONValue {
        let key = try expression.evaluate(.value(element))
        guard case .value(let value) = key, expected.contains(key.typeName) else {
            throw .invalidType(in: function, key, expected: expected, received: key.typeName)
        }
        return value
    }

    /// The elements in the order of their keys, those of equal keys as they stood.
    private static func sorted(_ elements: [JSONValue], by keys: [JSONValue]) -> [JSONValue] {
        keys.indices.sorted { a, b in
            switch keys[a].order(to: keys[b]) {
            case .before: true
            case .after: false
            case .same, nil: a < b
            }
        }.map { elements[$0] }
    }
}
