import CommandTable
import JMESPath
import JSON

/// A list of results that is printed while it is read, so that it may be longer than memory is large. It comes out byte
/// for byte as ``Output`` prints the whole list.
///
/// What cannot be printed before everything is known is gathered: a table, whose columns are as wide as their widest
/// cell, but only the cells it shows; colours; and the input of a query.
struct ListStream {
    private let output: Output
    private let layout: TableLayout
    private let query: JMESPath?
    private let write: ([UInt8]) throws -> Void
    private var gathered: [JSONValue] = []
    private var isEmpty = true
    private var buffer: [UInt8] = []

    init(_ arguments: Arguments, _ invocation: Invocation, layout: TableLayout) throws {
        output = try Output(arguments, hasColour: invocation.host.outputHasColour)
        query = try arguments.value(Options.query)
        self.layout = layout
        write = invocation.host.writeOutput
    }

    private enum Manner {
        case json, pieces, rows, nothing, whole
    }

    private var manner: Manner {
        if query != nil { return .whole }
        switch output.format {
        case .none: return .nothing
        case .table: return .rows
        case .tsv, .yaml: return .pieces
        case .json: return .json
        case .jsonc, .yamlc: return output.hasColour ? .whole : output.format == .jsonc ? .json : .pieces
        }
    }

    mutating func add(_ value: JSONValue) throws {
        switch manner {
        case .json: buffer += (isEmpty ? [] : [0x2C, 0x0A]) + Self.inside(value)
        case .pieces: buffer += try output.render([value])
        case .rows: gathered += layout.rows(of: [value])
        case .nothing: break
        case .whole: gathered.append(value)
        }
        if isEmpty, manner == .json { buffer.insert(contentsOf: [0x5B, 0x0A], at: 0) }
        isEmpty = false
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// The end of the list; to be called once.
    mutating func finish() throws {
        switch manner {
        case .json: buffer += isEmpty ? try output.render([]) : [0x0A, 0x5D, 0x0A]
        case .pieces: if isEmpty { buffer += try output.render([]) }
        case .rows: buffer += output.render(rows: gathered)
        case .nothing: break
        case .whole:
            let list = JSONValue.array(gathered)
            buffer += try output.render(try query?.search(list) ?? list, layout: layout, queried: query != nil)
        }
        try flush()
    }

    private mutating func flush() throws {
        if !buffer.isEmpty { try write(buffer) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// What stands between the brackets of a list of this one value.
    private static func inside(_ value: JSONValue) -> ArraySlice<UInt8> {
        JSONValue.array([value]).pretty().dropFirst(2).dropLast(2)
    }
}
