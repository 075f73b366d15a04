import CommandTable
import JSON

/// How results are printed: the one place that turns a value into bytes for standard output.
///
/// Every format is az's, byte for byte: what knack 0.14 prints with PyYAML 6 and the tabulate 0.8.9 and wcwidth that
/// az's packages ship.
struct Output {
    enum Format: String {
        case json, jsonc, yaml, yamlc, table, tsv, none
    }

    let format: Format
    /// Whether `jsonc` and `yamlc` are coloured; otherwise they are `json` and `yaml`.
    let hasColour: Bool

    init(_ arguments: Arguments, hasColour: Bool = false) throws {
        let name = try arguments.value(Options.output) ?? "json"
        guard let format = Format(rawValue: name) else {
            throw UsageError("'\(name)' is not a valid value for '--output'.", recommendations: ["Use -o json."])
        }
        self.init(format, hasColour: hasColour)
    }

    init(_ format: Format, hasColour: Bool = false) {
        self.format = format
        self.hasColour = hasColour
    }

    /// The value in this format, with the newline at its end. Of null nothing is printed, whatever the format.
    ///
    /// - Parameters:
    ///   - layout: the columns of the table, where the command has its own.
    ///   - queried: whether the value is what a query made of a result: then the query gave the members their order,
    ///     which table and tsv keep, and the layout no longer fits.
    func render(_ value: JSONValue, layout: TableLayout? = nil, queried: Bool = false) throws -> [UInt8] {
        if value == .null { return [] }
        switch format {
        case .none:
            return []
        case .json:
            return value.pretty() + [0x0A]
        case .jsonc:
            let printed = value.pretty() + [0x0A]
            return hasColour ? Colour.painted(json: printed) : printed
        case .yaml:
            return YAMLPrinter.print(value)
        case .yamlc:
            return YAMLPrinter.print(value, hasColour: hasColour)
        case .table:
            if let layout, !queried { return Table(layout.rows(of: value), sortsKeys: false).rendered() }
            return Table(value.arrayValue ?? [value], sortsKeys: !queried).rendered()
        case .tsv:
            return TabSeparated.print(value.arrayValue ?? [value], sortsKeys: !queried)
        }
    }
}
