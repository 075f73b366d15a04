import JSON

/// A compiled JMESPath expression (jmespath.org), with the grammar and the behaviour of Python's `jmespath` 1.1.0.
package struct JMESPath: Sendable {
    /// Compiles the expression.
    package init(_ expression: String) throws(JMESPathSyntaxError) {
        fatalError("not there yet")
    }

    /// What the expression selects from the value.
    package func search(_ value: JSONValue) throws(JMESPathError) -> JSONValue {
        fatalError("not there yet")
    }
}

/// Why a text is no JMESPath expression.
package struct JMESPathSyntaxError: Error, Sendable, Equatable {
    /// Several lines, worded as Python's library words it: the reason, the expression, a caret below the place.
    package let message: String
    /// The place in the expression, counted in code points from 0.
    package let position: Int
}

/// Why an expression could not be evaluated.
package struct JMESPathError: Error, Sendable, Equatable {
    /// Worded as Python's library words it.
    package let message: String
}
