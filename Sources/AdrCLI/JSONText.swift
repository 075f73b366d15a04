import JSON
import Registry

/// JSON that stands on the line as the value of an option.
enum JSONText {
    /// Any JSON. Throws ``ServiceError`` that says where it ceases to be any.
    static func value(_ text: String, of option: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw ServiceError.invalid(
                "\(option) is no JSON: \(error.message) (line \(error.line), column \(error.column))",
                hint: hint(option)
            )
        }
    }

    /// A JSON object. Throws ``ServiceError`` that says what it is instead.
    static func object(_ text: String, of option: String) throws -> JSONObject {
        let value = try value(text, of: option)
        if let object = value.objectValue { return object }
        let found =
            switch value {
            case .array: "a list"
            case .string: "a string"
            case .null: "null"
            case .bool: "true or false"
            default: "a number"
            }
        throw ServiceError.invalid("\(option) is \(found), not a JSON object", hint: hint(option))
    }

    private static func hint(_ option: String) -> String {
        #"\#(option) takes JSON, e.g. \#(option) '{"line": 4}'."#
    }
}
