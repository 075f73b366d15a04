import JSON

/// A compiled JMESPath expression (jmespath.org), with the grammar and the behaviour of Python's `jmespath` 1.1.0, the
/// library that `az --query` uses.
///
/// Where library and specification differ, the library counts: strings can be ordered, a text in backticks that is no
/// JSON is a string, commas between arguments can be missing, unknown functions and wrong arguments are found only
/// when they are evaluated. Three things are stricter here: an expression reference can be handed on but not stored
/// in an array or object, `merge` takes objects alone, and half a surrogate pair is no text.
package struct JMESPath: Sendable {
    /// How deep an expression may be nested, and at the same time by how many levels its result can be deeper than
    /// the value it was made from.
    package static let depthLimit = 300

    private let root: Node

    /// Compiles the expression.
    package init(_ expression: String) throws(JMESPathSyntaxError) {
        var parser = try Parser(expression)
        root = try parser.parse()
    }

    /// What the expression selects from the value; JSON null where it selects nothing.
    ///
    /// Objects that the expression builds have their keys in the order of the expression, those that it picks keep
    /// theirs.
    package func search(_ value: JSONValue) throws(JMESPathError) -> JSONValue {
        try root.evaluate(.value(value)).stored()
    }
}
