package enum Run {
    package static func command(
        _ argv: [String],
        input: [UInt8] = [],
        environment: [String: String]? = nil,
        directory: String? = nil,
        timeout: Double = 60
    ) throws -> Outcome {
        fatalError()
    }
}
