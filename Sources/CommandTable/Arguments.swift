/// What a line gave, by argument. Values are found by an argument's canonical name.
package struct Arguments: Sendable {
    enum Origin: Sendable { case line, environment, standing }

    struct Given: Sendable {
        let key: String
        var values: [String]
        var origin: Origin
    }

    // A line gives a dozen arguments at most: looking through them is cheaper than hashing.
    private(set) var given: [Given] = []

    /// Options of the line that are taken without effect, and why; in the order of the line.
    package private(set) var ignored: [(option: String, note: String)] = []

    package init() {}

    /// The value from the line, else from the environment, else the default, else nil.
    ///
    /// Throws what the argument's conversion throws.
    package func value<Value>(_ argument: Argument<Value>) throws -> Value? {
        guard let found = find(argument.shape.key) else { return nil }
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
        find(argument.shape.key)?.origin == .line
    }

    /// The names of those among `uses` that the line itself gave, in the order of `uses`.
    package func given(of uses: [ArgumentUse]) -> [String] {
        uses.map(\.shape.key).filter { find($0)?.origin == .line }
    }

    /// Whether a flag is on, be it by line, environment or default.
    ///
    /// Throws what the argument's conversion throws; that of a flag made by ``Argument`` itself never does.
    package func isOn(_ argument: Argument<Bool>) throws -> Bool {
        try value(argument) ?? false
    }

    func find(_ key: String) -> Given? {
        given.first { $0.key == key }
    }

    mutating func set(_ shape: ArgumentShape, _ values: [String], from origin: Origin) {
        guard let place = given.firstIndex(where: { $0.key == shape.key }) else {
            given.append(Given(key: shape.key, values: values, origin: origin))
            return
        }
        given[place].values = shape.extends ? given[place].values + values : values
        given[place].origin = origin
    }

    mutating func ignore(_ option: String, note: String) {
        if !ignored.contains(where: { $0.option == option }) { ignored.append((option, note)) }
    }
}
