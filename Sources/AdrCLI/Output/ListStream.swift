import JSON

/// A list that is written while its items come. Together the octets are those of ``Output/render(_:layout:queried:)``.
struct ListStream {
    /// So much is written at a time, in octets.
    private static let chunk = 1 << 16

    private let output: Output
    /// For tab-separated values, and for none at all, nil.
    private var array: JSONArrayPrinter?
    private var bytes: [UInt8] = []

    /// Nil for a format that needs the whole list before its first line.
    init?(_ output: Output) {
        switch output.format {
        case .json, .jsonc: array = JSONArrayPrinter()
        case .tsv, .none: break
        case .table, .yaml, .yamlc: return nil
        }
        self.output = output
    }

    /// What is to be written now, if it is enough already.
    mutating func append(_ item: JSONValue) throws -> [UInt8]? {
        if array != nil {
            array?.append(item)
        } else {
            bytes += try output.render(.array([item]))
        }
        return (array?.count ?? bytes.count) < Self.chunk ? nil : take()
    }

    /// The rest; nothing may be appended any more.
    mutating func end() -> [UInt8] {
        if array == nil { return take() }
        array?.end()
        return take() + [0x0A]
    }

    private mutating func take() -> [UInt8] {
        guard let printed = array?.take() else {
            defer { bytes.removeAll(keepingCapacity: true) }
            return bytes
        }
        // Items are printed whole, and no token of JSON reaches from one into the next.
        return output.format == .jsonc && output.hasColour ? Colour.painted(json: printed) : printed
    }
}
