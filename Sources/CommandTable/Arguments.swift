/// What a line gave, by argument. Values are found by an argument's canonical name.
package struct Arguments: Sendable {
    struct Given: Sendable {
        enum Origin { case line, environment, fallback }
        var values: [String]
        var origin: Origin
    }

    var given: [String: Given] = [:]

    /// Options of the line that are taken without effect, and why; in the order of the line.
    package internal(set) var ignored: [(option: String, note: String)] = []

    package init() {}

    /// The value from the line, else from the environment, else the default, else nil.
    ///
    /// Throws what the argument's conversion throws.
    package func value<Value>(_ argument: Argument<Value>) throws -> Value? {
        guard let found = given[argument.shape.key] else { return nil }
        return try argument.convert(found.values)
    }

    /// The value of an argument that must be there. Throws ``UsageError`` if it is not, and what the argument's
    /// conversion throws.
    package func required<Value>(_ argument: Argument<Value>) throws -> Value {
        guard let value = try value(argument) else { throw UsageError.missing([argument.shape]) }
        return value
    }

    /// Whether the line itself gave the argument.
    package func has<Value>(_ argument: Argument<Value>) -> Bool {
        given[argument.shape.key]?.origin == .line
    }

    /// Whether a flag is on, be it by line, environment or default.
    package func isOn(_ argument: Argument<Bool>) -> Bool {
        ((try? value(argument)) ?? nil) ?? false
    }
}
