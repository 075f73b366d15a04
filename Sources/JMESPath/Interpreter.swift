import JSON

extension Node {
    /// What the expression selects from the input.
    func evaluate(_ input: Operand) throws(JMESPathError) -> Operand {
        switch self {
        case .current: return input
        case .field(let name): return Self.member(name, of: input)
        case .index(let index): return Self.element(index, of: input)
        case .literal(let value): return .value(value)
        case .reference(let node): return .reference(node)
        case .chain(let links), .indexed(let links):
            var result = input
            for link in links {
                result = try link.evaluate(result)
            }
            return result
        case .or(let operands): return try Self.first(of: operands, input, whereFalse: false)
        case .and(let operands): return try Self.first(of: operands, input, whereFalse: true)
        case .not(let operand): return .value(.bool(try operand.evaluate(input).isFalse))
        case .comparison(let left, let comparison, let right):
            let left = try left.evaluate(input)
            return .value(try comparison.result(left, try right.evaluate(input)))
        case .slice(let slice):
            guard case .value(.array(let elements)) = input else { return .null }
            return .value(.array(try slice.selection(of: elements)))
        case .flatten(let node):
            guard case .value(.array(let elements)) = try node.evaluate(input) else { return .null }
            return .value(.array(Self.flattened(elements)))
        case .projection(let base, let each):
            guard case .value(.array(let elements)) = try base.evaluate(input) else { return .null }
            return try Self.projected(elements, each)
        case .valueProjection(let base, let each):
            guard case .value(.object(let object)) = try base.evaluate(input) else { return .null }
            return try Self.projected(object.map { $0.value }, each)
        case .filterProjection(let base, let condition, let each):
            guard case .value(.array(let elements)) = try base.evaluate(input) else { return .null }
            return try Self.projected(elements, each, where: condition)
        case .multiSelectList(let nodes): return try Self.list(of: nodes, input)
        case .multiSelectHash(let members): return try Self.hash(of: members, input)
        case .call(let call): return try call.evaluate(input)
        }
    }

    private static func member(_ name: String, of input: Operand) -> Operand {
        guard case .value(.object(let object)) = input, let value = object[name] else { return .null }
        return .value(value)
    }

    private static func element(_ index: Int, of input: Operand) -> Operand {
        guard case .value(.array(let elements)) = input else { return .null }
        let place = index < 0 ? index + elements.count : index
        return elements.indices.contains(place) ? .value(elements[place]) : .null
    }

    /// The first operand that is as false as asked for, else the last. Those after it are not evaluated.
    private static func first(
        of operands: [Node],
        _ input: Operand,
        whereFalse wanted: Bool
    ) throws(JMESPathError) -> Operand {
        var result = Operand.null
        for operand in operands {
            result = try operand.evaluate(input)
            if result.isFalse == wanted { break }
        }
        return result
    }

    private static func flattened(_ elements: [JSONValue]) -> [JSONValue] {
        var flat: [JSONValue] = []
        flat.reserveCapacity(elements.count)
        for element in elements {
            if case .array(let inner) = element {
                flat.append(contentsOf: inner)
            } else {
                flat.append(element)
            }
        }
        return flat
    }

    /// What `each` makes of the elements that meet the condition, without nulls.
    private static func projected(
        _ elements: [JSONValue],
        _ each: Node,
        where condition: Node? = nil
    ) throws(JMESPathError) -> Operand {
        var results: [JSONValue] = []
        for element in elements {
            if let condition, try condition.evaluate(.value(element)).isFalse { continue }
            let result = try each.evaluate(.value(element)).stored()
            if case .null = result { continue }
            results.append(result)
        }
        return .value(.array(results))
    }

    private static func list(of nodes: [Node], _ input: Operand) throws(JMESPathError) -> Operand {
        if case .value(.null) = input { return .null }
        var elements: [JSONValue] = []
        elements.reserveCapacity(nodes.count)
        for node in nodes {
            elements.append(try node.evaluate(input).stored())
        }
        return .value(.array(elements))
    }

    private static func hash(
        of members: [(key: String, value: Node)],
        _ input: Operand
    ) throws(JMESPathError) -> Operand {
        if case .value(.null) = input { return .null }
        var object = JSONObject()
        for (key, node) in members {
            object[key] = try node.evaluate(input).stored()
        }
        return .value(.object(object))
    }
}

extension Call {
    /// The arguments are evaluated first, even those of a function that does not exist.
    func evaluate(_ input: Operand) throws(JMESPathError) -> Operand {
        var operands: [Operand] = []
        operands.reserveCapacity(arguments.count)
        for argument in arguments {
            operands.append(try argument.evaluate(input))
        }
        guard let function else { throw .unknownFunction(name) }
        let arity = function.arity
        guard arity.isVariadic ? operands.count >= arity.count : operands.count == arity.count else {
            throw .wrongCount(of: operands.count, for: name, takes: arity)
        }
        return try function.apply(to: Arguments(function: name, operands: operands))
    }
}
