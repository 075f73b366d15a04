import JSON

@testable import JMESPath

/// What an expression selects from a JSON text, as `json.dumps` writes it: types of numbers and order of keys count.
func selected(_ expression: String, from text: String = "null") throws -> String {
    try JMESPath(expression).search(try JSONValue(parsing: Array(text.utf8))).pythonJSON
}

/// The message of the error that evaluating ends in; `nil` if there is none.
func complaint(_ expression: String, over text: String = "null") throws -> String? {
    let value = try JSONValue(parsing: Array(text.utf8))
    let compiled = try JMESPath(expression)
    do {
        _ = try compiled.search(value)
        return nil
    } catch {
        return error.message
    }
}

/// Why an expression is none; `nil` if it is one.
func refusal(_ expression: String) -> JMESPathSyntaxError? {
    do {
        _ = try JMESPath(expression)
        return nil
    } catch {
        return error
    }
}
