import JSON

/// Lines for `cut` and `read`: one for each item, values with tabs between them, no headers.
///
/// An object's values come in the order of its keys, or as the query put them. Of what holds other values, an object is
/// an empty field and a list its length. Nothing is escaped: a tab or newline in a value is printed as it is.
enum TabSeparated {
    static func print(_ items: [JSONValue], sortsKeys: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for item in items {
            switch item {
            case .object(let object):
                append((sortsKeys ? object.sortedByCodePoint() : Array(object)).map(\.value), to: &bytes)
            case .array(let elements): append(elements, to: &bytes)
            // A truth value is spelt JSON's way alone, and Python's way among others.
            case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
            default: append(item, to: &bytes)
            }
            bytes.append(0x0A)
        }
        return bytes
    }

    private static func append(_ values: [JSONValue], to bytes: inout [UInt8]) {
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(0x09) }
            isFirst = false
            append(value, to: &bytes)
        }
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .array(let elements): bytes.append(contentsOf: elements.count.description.utf8)
        case .object: break
        default: bytes.append(contentsOf: value.pythonText.utf8)
        }
    }
}
