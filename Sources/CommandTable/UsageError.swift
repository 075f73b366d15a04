/// A line that the parser refuses: unknown words or options, missing arguments, a value of the wrong type or outside
/// its list. The program ends with exit status 2.
package struct UsageError: Error, Sendable {
    /// One sentence, worded as az's own parser words it, without a leading `ERROR:` or program name.
    package let message: String
    /// What to do next, one line each: a near spelling, an example, where the help is.
    package let recommendations: [String]

    package init(_ message: String, recommendations: [String] = []) {
        self.message = message
        self.recommendations = recommendations
    }

    package func adding(_ more: [String]) -> UsageError {
        UsageError(message, recommendations: recommendations + more)
    }
}

extension UsageError {
    static func unknownWord(_ word: String) -> UsageError {
        UsageError("'\(word)' is misspelled or not recognized by the system.")
    }

    static func unrecognized(_ words: [String]) -> UsageError {
        UsageError("unrecognized arguments: \(words.joined(separator: " "))")
    }

    static func ambiguous(_ word: String, candidates: [String]) -> UsageError {
        UsageError("ambiguous option: \(word) could match \(candidates.joined(separator: ", "))")
    }

    static func missing(_ shapes: [ArgumentShape]) -> UsageError {
        UsageError(
            "the following arguments are required: \(shapes.map(\.slashedNames).joined(separator: ", "))",
            recommendations: shapes.compactMap { shape in
                shape.environment.first.map { "\(shape.key) may also come from the environment variable \($0)." }
            }
        )
    }

    static func expectedValue(of shape: ArgumentShape) -> UsageError {
        let amount = shape.arity == .oneOrMore ? "at least one argument" : "one argument"
        return UsageError("argument \(shape.slashedNames): expected \(amount)")
    }

    static func unexpectedValue(_ value: String, of shape: ArgumentShape) -> UsageError {
        UsageError("argument \(shape.slashedNames): ignored explicit argument \(pythonQuoted(value))")
    }

    static func invalidInteger(_ value: String, of shape: ArgumentShape) -> UsageError {
        invalidValue(value, ofType: "int", of: shape)
    }

    static func invalidValue(_ value: String, ofType type: String, of shape: ArgumentShape) -> UsageError {
        UsageError("argument \(shape.slashedNames): invalid \(type) value: \(pythonQuoted(value))")
    }

    static func invalidChoice(_ value: String, of shape: ArgumentShape, among choices: [String]) -> UsageError {
        UsageError(
            "'\(value)' is not a valid value for '\(shape.key)'. Allowed values: \(choices.joined(separator: ", ")).",
            recommendations: didYouMean(nearest(to: value, among: choices))
        )
    }
}
