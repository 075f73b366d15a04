import JSON

/// Why a text is no JMESPath expression.
package struct JMESPathSyntaxError: Error, Sendable, Equatable {
    /// Worded as Python's library words it: the reason, in most cases the expression on a line of its own, and below it
    /// a caret that points at the place. No newline at the end.
    package let message: String
    /// The place in the expression, counted in code points from 0.
    package let position: Int
}

extension JMESPathSyntaxError {
    static let emptyExpression = JMESPathSyntaxError(
        message: "Invalid JMESPath expression: cannot be empty.",
        position: 0
    )

    /// The text cannot be cut into tokens.
    static func lexical(_ reason: String, at position: Int, in expression: String) -> JMESPathSyntaxError {
        JMESPathSyntaxError(
            message: "Bad jmespath expression: \(reason):\n\(expression)\n\(caret(position))",
            position: position
        )
    }

    /// The token cannot stand where it stands. The caret is the quotation mark further to the right.
    static func unexpected(
        _ token: Token,
        _ reason: String,
        at position: Int? = nil,
        in expression: String
    ) -> JMESPathSyntaxError {
        let position = position ?? token.position
        let kind = token.kind.rawValue.uppercased()
        return JMESPathSyntaxError(
            message: """
                \(reason): Parse error at column \(position), token "\(token.shown)" (\(kind)), for expression:
                "\(expression)"
                \(caret(position + 1))
                """,
            position: position
        )
    }

    /// The expression ends too early.
    static func incomplete(_ expression: String) -> JMESPathSyntaxError {
        let length = expression.unicodeScalars.count
        return JMESPathSyntaxError(
            message: "Invalid jmespath expression: Incomplete expression:\n\"\(expression)\"\n\(caret(length + 1))",
            position: length
        )
    }

    private static func caret(_ column: Int) -> String {
        String(repeating: " ", count: column) + "^"
    }
}

/// Why an expression could not be evaluated.
package struct JMESPathError: Error, Sendable, Equatable {
    /// One line, worded as Python words it.
    package let message: String
}

extension JMESPathError {
    static func unknownFunction(_ name: String) -> JMESPathError {
        JMESPathError(message: "Unknown function: \(name)()")
    }

    static func wrongCount(of arguments: Int, for name: String, takes arity: Arity) -> JMESPathError {
        let expected = (arity.isVariadic ? "at least " : "") + "\(arity.count) argument" + (arity.count == 1 ? "" : "s")
        return JMESPathError(message: "Expected \(expected) for function \(name)(), received \(arguments)")
    }

    /// - Parameters:
    ///   - value: What was found.
    ///   - expected: Names of the types that the function takes.
    ///   - received: Name of the type that was found.
    static func invalidType(
        in name: String,
        _ value: Operand,
        expected: [String],
        received: String
    ) -> JMESPathError {
        let types = expected.map { "'\($0)'" }.joined(separator: ", ")
        return JMESPathError(
            message: "In function \(name)(), invalid type for value: \(value.pythonText), "
                + "expected one of: [\(types)], received: \"\(received)\""
        )
    }

    /// Numbers and strings have no order among each other.
    static func unordered(_ left: JSONValue, _ sign: String, _ right: JSONValue) -> JMESPathError {
        JMESPathError(
            message: "'\(sign)' not supported between instances of "
                + "'\(left.pythonTypeName)' and '\(right.pythonTypeName)'"
        )
    }
}
