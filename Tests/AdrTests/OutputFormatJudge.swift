import Foundation
import JSON
import TestSupport

@testable import AdrCLI

/// knack, which prints az's results: what it makes of a document is what we have to make of it.
struct OutputFormatJudge {
    var format: String
    /// Whether the tables count wide characters, as az's do, whose packages bring wcwidth; it has no width for control
    /// characters.
    var countsWide = false
    var queried = false
    /// A JMESPath expression that makes a table's rows.
    var transformer: String?

    private static let script = """
        import collections, json, sys
        import tabulate
        from knack.output import OutputProducer
        from knack.util import CommandResultItem
        order = json.loads(sys.argv[1])
        tabulate.WIDE_CHARS_MODE = order["countsWide"]
        format = OutputProducer._FORMAT_DICT[order["format"]]
        def queried(value):
            return collections.OrderedDict(value) if isinstance(value, dict) else value
        for line in sys.stdin:
            value = json.loads(line)
            if order["queried"]:
                value = [queried(item) for item in value] if isinstance(value, list) else queried(value)
            result = CommandResultItem(value, table_transformer=order["transformer"], is_query_active=order["queried"])
            print(json.dumps(format(result)))
        """

    func print(_ documents: [JSONValue]) throws -> [String] {
        let order: JSONValue = [
            "format": .string(format), "countsWide": .bool(countsWide), "queried": .bool(queried),
            "transformer": transformer.map(JSONValue.string) ?? .null,
        ]
        guard let python = Peer.python(importing: countsWide ? "knack, wcwidth" : "knack") else {
            throw Trouble(text: "no Python can import knack")
        }
        let outcome = try Run.command(
            [python, "-c", Self.script, String(decoding: order.compact(), as: UTF8.self)],
            input: Array(documents.map { Self.unsorted($0) + "\n" }.joined().utf8)
        )
        guard outcome.status == 0 else { throw Trouble(text: outcome.errors) }
        return try outcome.stdout.split(separator: 0x0A).map { line in
            try JSONValue(parsing: Array(line)).stringValue ?? ""
        }
    }

    /// One line of JSON with its members in the order they have.
    private static func unsorted(_ value: JSONValue) -> String {
        switch value {
        case .array(let elements):
            "[\(elements.map(unsorted).joined(separator: ","))]"
        case .object(let object):
            "{\(object.map { "\(unsorted(.string($0.key))):\(unsorted($0.value))" }.joined(separator: ","))}"
        default: String(decoding: value.compact(), as: UTF8.self)
        }
    }

    struct Trouble: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
