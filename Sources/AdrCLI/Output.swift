import CommandTable
import JSON

/// How results are printed: the one place that turns a value into bytes for standard output.
struct Output {
    enum Format: String {
        case json, jsonc, none
    }

    let format: Format

    init(_ arguments: Arguments) throws {
        let name = try arguments.value(Options.output) ?? "json"
        guard let format = Format(rawValue: name) else {
            throw UsageError("the output format '\(name)' is not there yet", recommendations: ["Use -o json."])
        }
        self.format = format
    }

    func render(_ value: JSONValue) throws -> [UInt8] {
        switch format {
        case .none: []
        case .json, .jsonc: value == .null ? [] : value.pretty() + [0x0A]
        }
    }
}
