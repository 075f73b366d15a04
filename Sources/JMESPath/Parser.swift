import JSON

/// Builds the tree by top-down operator precedence, rule by rule as the library's parser does, so that both take and
/// refuse the same expressions and give them the same meaning.
struct Parser {
    /// A node and what bounds the depth of its evaluation and of its result.
    private struct Tree {
        var node: Node
        /// The most levels that the evaluation can nest, or add to the depth of its input.
        var height: Int
        /// Whether it only leads downwards: fields, elements and slices build nothing.
        var descends: Bool

        init(_ node: Node, height: Int = 1, descends: Bool = false) {
            self.node = node
            self.height = height
            self.descends = descends
        }
    }

    private let expression: String
    private let tokens: [Token]
    private var place = 0
    private var depth = 0

    /// - Throws: If the expression is empty or cannot be cut into tokens.
    init(_ expression: String) throws(JMESPathSyntaxError) {
        if expression.isEmpty { throw .emptyExpression }
        self.expression = expression
        tokens = try Lexer.tokens(of: expression)
    }

    mutating func parse() throws(JMESPathSyntaxError) -> Node {
        let tree = try parseExpression()
        guard current.kind == .end else { throw failure("Unexpected token: \(current.shown)") }
        return tree.node
    }

    // MARK: Tokens

    /// The last token is `end`; it stays the current one.
    private var current: Token { token(ahead: 0) }

    private func token(ahead distance: Int) -> Token {
        tokens[min(place + distance, tokens.count - 1)]
    }

    private mutating func advance() {
        place += 1
    }

    private mutating func skip(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    private mutating func require(_ kind: Token.Kind) throws(JMESPathSyntaxError) {
        guard skip(kind) else { throw missing(kind.rawValue) }
    }

    private func failure(_ reason: String, _ token: Token? = nil) -> JMESPathSyntaxError {
        .unexpected(token ?? current, reason, in: expression)
    }

    private func missing(_ expected: String) -> JMESPathSyntaxError {
        current.kind == .end
            ? .incomplete(expression)
            : failure("Expecting: \(expected), got: \(current.kind.rawValue)")
    }

    // MARK: Depth

    private func tree(_ node: Node, over height: Int) throws(JMESPathSyntaxError) -> Tree {
        guard height < JMESPath.depthLimit else { throw tooDeep }
        return Tree(node, height: height + 1)
    }

    private func tree(_ node: Node, over parts: [Tree]) throws(JMESPathSyntaxError) -> Tree {
        try tree(node, over: parts.reduce(0) { max($0, $1.height) })
    }

    private var tooDeep: JMESPathSyntaxError {
        failure("Nested deeper than \(JMESPath.depthLimit) levels")
    }

    /// Prepares `left` for a further link: what the links of a chain build adds up.
    private func prolong(_ left: inout Tree, by link: Tree) throws(JMESPathSyntaxError) {
        left.height = link.descends ? max(left.height, link.height) : left.height + link.height
        left.descends = left.descends && link.descends
        if left.height > JMESPath.depthLimit { throw tooDeep }
    }

    /// Prolongs the chain that `left` is, or begins one with it.
    private func chain(_ left: inout Tree, _ link: Tree) throws(JMESPathSyntaxError) {
        try prolong(&left, by: link)
        if case .chain(var links) = left.node {
            // Nothing else may hold the links when they are appended to, or they would be copied each time.
            left.node = .current
            links.append(link.node)
            left.node = .chain(links)
        } else {
            left.node = .chain([left.node, link.node])
        }
    }

    // MARK: Expressions

    private mutating func parseExpression(_ bindingPower: Int = 0) throws(JMESPathSyntaxError) -> Tree {
        depth += 1
        defer { depth -= 1 }
        if depth > JMESPath.depthLimit { throw tooDeep }
        var left = try parsePrefix()
        while bindingPower < current.kind.bindingPower {
            try parseInfix(&left)
        }
        return left
    }

    /// What the current token begins.
    private mutating func parsePrefix() throws(JMESPathSyntaxError) -> Tree {
        let token = current
        advance()
        switch token.kind {
        case .literal: return Tree(.literal(token.literal))
        case .current: return Tree(.current, descends: true)
        case .unquotedIdentifier: return Tree(.field(token.text), descends: true)
        case .quotedIdentifier:
            if current.kind == .leftParenthesis {
                let reason = "Quoted identifier not allowed for function names."
                throw .unexpected(current, reason, at: 0, in: expression)
            }
            return Tree(.field(token.text), descends: true)
        case .star:
            let each =
                current.kind == .rightBracket
                ? Tree(.current, descends: true) : try parseProjected(Token.Kind.star.bindingPower)
            return try tree(.valueProjection(.current, each: each.node), over: each.height)
        case .filter: return try parseFilter(Tree(.current, descends: true))
        case .flatten: return try parseFlatten(Tree(.current, descends: true))
        case .leftBrace: return try parseMultiSelectHash()
        case .leftBracket: return try parseBracket()
        case .leftParenthesis:
            let inner = try parseExpression()
            try require(.rightParenthesis)
            return inner
        case .not:
            let operand = try parseExpression(Token.Kind.not.bindingPower)
            return try tree(.not(operand.node), over: operand.height)
        case .expressionReference:
            let inner = try parseExpression(Token.Kind.expressionReference.bindingPower)
            return try tree(.reference(inner.node), over: inner.height)
        case .end: throw .incomplete(expression)
        default: throw failure("invalid token", token)
        }
    }

    /// What the current token makes of the expression left of it.
    private mutating func parseInfix(_ left: inout Tree) throws(JMESPathSyntaxError) {
        let token = current
        let comparison: Comparison
        switch token.kind {
        case .dot:
            advance()
            try parseDot(&left)
            return
        case .pipe:
            advance()
            try chain(&left, try parseExpression(token.kind.bindingPower))
            return
        case .or, .and:
            advance()
            try parseLogical(&left, token.kind)
            return
        case .leftParenthesis:
            advance()
            left = try parseCall(left)
            return
        case .leftBracket:
            advance()
            try parseBracket(&left)
            return
        case .filter:
            advance()
            left = try parseFilter(left)
            return
        case .flatten:
            advance()
            left = try parseFlatten(left)
            return
        case .equal: comparison = .equal
        case .notEqual: comparison = .notEqual
        case .less: comparison = .less
        case .lessOrEqual: comparison = .lessOrEqual
        case .greater: comparison = .greater
        case .greaterOrEqual: comparison = .greaterOrEqual
        default: throw failure("invalid token")
        }
        advance()
        let right = try parseExpression(token.kind.bindingPower)
        left = try tree(.comparison(left.node, comparison, right.node), over: [left, right])
    }

    private mutating func parseLogical(_ left: inout Tree, _ kind: Token.Kind) throws(JMESPathSyntaxError) {
        let right = try parseExpression(kind.bindingPower)
        var operands: [Node]
        switch left.node {
        case .or(let earlier) where kind == .or: operands = earlier
        case .and(let earlier) where kind == .and: operands = earlier
        default:
            let operands = [left.node, right.node]
            left = try tree(kind == .or ? .or(operands) : .and(operands), over: [left, right])
            return
        }
        guard right.height < JMESPath.depthLimit else { throw tooDeep }
        left.height = max(left.height, right.height + 1)
        left.node = .current
        operands.append(right.node)
        left.node = kind == .or ? .or(operands) : .and(operands)
    }

    private mutating func parseCall(_ left: Tree) throws(JMESPathSyntaxError) -> Tree {
        guard case .field(let name) = left.node else {
            let token = token(ahead: -2)
            throw failure("Invalid function name '\(token.shown)'", token)
        }
        var arguments: [Tree] = []
        while current.kind != .rightParenthesis {
            arguments.append(try parseExpression())
            _ = skip(.comma)
        }
        advance()
        return try tree(.call(Call(name: name, arguments: arguments.map { $0.node })), over: arguments)
    }

    // MARK: Projections

    private mutating func parseFilter(_ left: Tree) throws(JMESPathSyntaxError) -> Tree {
        let condition = try parseExpression()
        try require(.rightBracket)
        let each =
            current.kind == .flatten
            ? Tree(.current, descends: true) : try parseProjected(Token.Kind.filter.bindingPower)
        return try tree(
            .filterProjection(left.node, condition: condition.node, each: each.node),
            over: [left, condition, each]
        )
    }

    private mutating func parseFlatten(_ left: Tree) throws(JMESPathSyntaxError) -> Tree {
        let each = try parseProjected(Token.Kind.flatten.bindingPower)
        return try tree(.projection(.flatten(left.node), each: each.node), over: [left, each])
    }

    /// What a projection applies to each element.
    private mutating func parseProjected(_ bindingPower: Int) throws(JMESPathSyntaxError) -> Tree {
        switch current.kind {
        case let kind where kind.bindingPower < Token.Kind.projectionStop:
            return Tree(.current, descends: true)
        case .leftBracket, .filter:
            return try parseExpression(bindingPower)
        case .dot:
            advance()
            return try parseDotted(bindingPower)
        default:
            throw failure("syntax error")
        }
    }

    // MARK: Dots

    private mutating func parseDot(_ left: inout Tree) throws(JMESPathSyntaxError) {
        let bindingPower = Token.Kind.dot.bindingPower
        if skip(.star) {
            let each = try parseProjected(bindingPower)
            left = try tree(.valueProjection(left.node, each: each.node), over: [left, each])
        } else {
            try chain(&left, try parseDotted(bindingPower))
        }
    }

    /// What may follow a dot.
    private mutating func parseDotted(_ bindingPower: Int) throws(JMESPathSyntaxError) -> Tree {
        switch current.kind {
        case .quotedIdentifier, .unquotedIdentifier, .star:
            return try parseExpression(bindingPower)
        case .leftBracket:
            advance()
            return try parseMultiSelectList()
        case .leftBrace:
            advance()
            return try parseMultiSelectHash()
        default:
            let expected = "['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace']"
            throw failure("Expecting: \(expected), got: \(current.kind.rawValue)")
        }
    }

    // MARK: Brackets

    /// After a bracket that begins an expression.
    private mutating func parseBracket() throws(JMESPathSyntaxError) -> Tree {
        switch current.kind {
        case .number, .colon:
            return try indexed(Tree(.current, descends: true), by: try parseIndex())
        case .star where token(ahead: 1).kind == .rightBracket:
            advance()
            advance()
            let each = try parseProjected(Token.Kind.star.bindingPower)
            return try tree(.projection(.current, each: each.node), over: each.height)
        default:
            return try parseMultiSelectList()
        }
    }

    /// After a bracket that follows an expression.
    private mutating func parseBracket(_ left: inout Tree) throws(JMESPathSyntaxError) {
        guard current.kind == .number || current.kind == .colon else {
            try require(.star)
            try require(.rightBracket)
            let each = try parseProjected(Token.Kind.star.bindingPower)
            left = try tree(.projection(left.node, each: each.node), over: [left, each])
            return
        }
        let link = try parseIndex()
        if case .indexed(var links) = left.node {
            // A slice here does not project: the library's parser has it so.
            try prolong(&left, by: link)
            left.node = .current
            links.append(link.node)
            left.node = .indexed(links)
        } else {
            left = try indexed(left, by: link)
        }
    }

    private mutating func indexed(_ left: Tree, by link: Tree) throws(JMESPathSyntaxError) -> Tree {
        var indexed = left
        try prolong(&indexed, by: link)
        indexed.node = .indexed([left.node, link.node])
        guard case .slice = link.node else { return indexed }
        let each = try parseProjected(Token.Kind.star.bindingPower)
        return try tree(.projection(indexed.node, each: each.node), over: [indexed, each])
    }

    private mutating func parseIndex() throws(JMESPathSyntaxError) -> Tree {
        if current.kind == .colon || token(ahead: 1).kind == .colon {
            return try parseSlice()
        }
        let index = current.integer
        advance()
        try require(.rightBracket)
        return Tree(.index(index), descends: true)
    }

    private mutating func parseSlice() throws(JMESPathSyntaxError) -> Tree {
        var parts: [Int?] = [nil, nil, nil]
        var part = 0
        while current.kind != .rightBracket {
            switch current.kind {
            case .colon where part < 2:
                part += 1
            case .number:
                parts[part] = current.integer
            default:
                throw failure("syntax error")
            }
            advance()
        }
        advance()
        return Tree(.slice(Slice(start: parts[0], stop: parts[1], step: parts[2])), descends: true)
    }

    // MARK: Multi-selects

    private mutating func parseMultiSelectList() throws(JMESPathSyntaxError) -> Tree {
        var elements: [Tree] = []
        while true {
            elements.append(try parseExpression())
            if skip(.rightBracket) { break }
            try require(.comma)
        }
        return try tree(.multiSelectList(elements.map { $0.node }), over: elements)
    }

    private mutating func parseMultiSelectHash() throws(JMESPathSyntaxError) -> Tree {
        var members: [(key: String, value: Node)] = []
        var height = 0
        while true {
            let key = current
            guard key.kind == .quotedIdentifier || key.kind == .unquotedIdentifier else {
                throw missing("['quoted_identifier', 'unquoted_identifier']")
            }
            advance()
            try require(.colon)
            let value = try parseExpression()
            members.append((key.text, value.node))
            height = max(height, value.height)
            if skip(.comma) { continue }
            if skip(.rightBrace) { break }
        }
        return try tree(.multiSelectHash(members), over: height)
    }
}
