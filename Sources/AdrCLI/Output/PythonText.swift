import JSON

// az's tables and tab-separated lines show values as Python's `str()` does.

extension JSONValue {
    /// Python's `str()` of the value: a string as it is, `True`, `False`, `None`; what holds other values as `repr()`.
    var pythonText: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): value.description
        case .number: String(decoding: compact(), as: UTF8.self)
        case .string(let value): value
        case .array, .object: pythonRepresentation
        }
    }

    /// Python's `repr()` of the value; of an object, that of a `dict`.
    private var pythonRepresentation: String {
        switch self {
        case .null, .bool, .integer, .number: pythonText
        case .string(let value): Python.representation(of: value)
        case .array(let elements):
            "[\(elements.map(\.pythonRepresentation).joined(separator: ", "))]"
        case .object(let object):
            "{\(object.map { "\(Python.representation(of: $0.key)): \($0.value.pythonRepresentation)" }.joined(separator: ", "))}"
        }
    }
}

/// What Python's `str` does with text.
enum Python {
    /// `repr()` of a string: in single quotes, or in double quotes if it has single ones alone.
    static func representation(of text: String) -> String {
        let quote: Unicode.Scalar = text.utf8.contains(0x27) && !text.utf8.contains(0x22) ? "\"" : "'"
        var quoted = String.UnicodeScalarView()
        quoted.append(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", quote:
                quoted.append("\\")
                quoted.append(scalar)
            case "\n": quoted.append(contentsOf: "\\n".unicodeScalars)
            case "\r": quoted.append(contentsOf: "\\r".unicodeScalars)
            case "\t": quoted.append(contentsOf: "\\t".unicodeScalars)
            case " "..."~": quoted.append(scalar)
            case _ where isPrintable(scalar): quoted.append(scalar)
            case _ where scalar.value < 0x100: quoted.append(contentsOf: escape("\\x", scalar, digits: 2))
            case _ where scalar.value < 0x10000: quoted.append(contentsOf: escape("\\u", scalar, digits: 4))
            default: quoted.append(contentsOf: escape("\\U", scalar, digits: 8))
            }
        }
        quoted.append(quote)
        return String(quoted)
    }

    private static func escape(_ prefix: String, _ scalar: Unicode.Scalar, digits: Int) -> String.UnicodeScalarView {
        let hex = String(scalar.value, radix: 16)
        return (prefix + String(repeating: "0", count: digits - hex.utf8.count) + hex).unicodeScalars
    }

    /// `str.isprintable()` of one character.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    /// `str.isspace()` of one character.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// `str.strip()`.
    static func stripped(_ text: String) -> String {
        // Nearly every text begins and ends with a visible ASCII character.
        if let first = text.utf8.first, let last = text.utf8.last, (0x21...0x7E).contains(first),
            (0x21...0x7E).contains(last)
        {
            return text
        }
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return String(scalars)
    }

    /// `str.splitlines()`: what is between line breaks of every kind; nothing after one at the end.
    static func lines(_ text: Substring) -> [Substring] {
        var lines: [Substring] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var place = start
        while place < scalars.endIndex {
            let scalar = scalars[place]
            var next = scalars.index(after: place)
            switch scalar.value {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
                lines.append(Substring(scalars[start..<place]))
                if scalar == "\r", next < scalars.endIndex, scalars[next] == "\n" { next = scalars.index(after: next) }
                start = next
            default: break
            }
            place = next
        }
        if start < scalars.endIndex { lines.append(Substring(scalars[start...])) }
        return lines
    }
}
