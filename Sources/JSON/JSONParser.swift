/// Why bytes are no JSON document, and where.
package struct JSONParseError: Error, Sendable {
    /// What is wrong, lower-case, no full stop.
    package let message: String
    /// Position of the offending byte, from 0.
    package let offset: Int
    /// Line of that byte, from 1.
    package let line: Int
    /// Column of that byte in its line, counted in bytes from 1.
    package let column: Int
}

extension JSONValue {
    /// Reads one JSON text.
    package init(parsing bytes: [UInt8]) throws(JSONParseError) {
        fatalError("not yet")
    }
}
