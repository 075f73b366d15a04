import JSON

/// A result as rows and columns of text, by knack's rules: `id`, `type` and `etag`, nulls and whatever holds other
/// values are left out; what is no object stands under `Result`, the elements of a list under `Column1`, `Column2`, …
struct Table {
    private(set) var headers: [String] = []
    /// A cell for each column that was known when the row was read; nil is an empty cell.
    private(set) var rows: [[String?]] = []

    init(_ items: [JSONValue], sortsKeys: Bool) {
        rows.reserveCapacity(items.count)
        for item in items {
            var cells = [String?](repeating: nil, count: headers.count)
            var next = 0
            switch item {
            case .object(let object):
                for (key, value) in sortsKeys ? object.sortedByCodePoint() : Array(object) where Self.shows(key, value)
                {
                    set(Self.header(key), value, in: &cells, next: &next)
                }
            case .array(let elements):
                for (place, element) in elements.enumerated() {
                    set("Column\(place + 1)", element, in: &cells, next: &next)
                }
            default:
                set("Result", item, in: &cells, next: &next)
            }
            rows.append(cells)
        }
    }

    /// The table as text; an empty line where there is nothing to show.
    func rendered() -> [UInt8] {
        headers.isEmpty ? [0x0A] : TextGrid(headers: headers, rows: rows).rendered()
    }

    private static func shows(_ key: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null, .array, .object: false
        default: key != "id" && key != "type" && key != "etag"
        }
    }

    /// The key with its first character in upper case.
    private static func header(_ key: String) -> String {
        guard let first = key.unicodeScalars.first else { return key }
        return first.properties.uppercaseMapping + String(key.unicodeScalars.dropFirst())
    }

    /// Puts a value under its header. Rows mostly have the same columns in the same order: `next` is where this header
    /// is looked for first.
    private mutating func set(_ header: String, _ value: JSONValue, in cells: inout [String?], next: inout Int) {
        var place = next
        if place >= headers.count || !Self.areSame(headers[place], header) {
            place = headers.firstIndex { Self.areSame($0, header) } ?? headers.count
        }
        if place == headers.count {
            headers.append(header)
            cells.append(nil)
        }
        cells[place] = value == .null ? nil : value.pythonText
        next = place + 1
    }

    private static func areSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
