import JSON

// How Python writes values: `str` and `repr` in the messages of the library, `json.dumps` in `to_string`.

extension Operand {
    /// As `str` shows it.
    var pythonText: String {
        guard case .value(let value) = self else { return "<expression>" }
        return value.pythonText
    }

    var pythonTypeName: String {
        guard case .value(let value) = self else { return "_Expression" }
        return value.pythonTypeName
    }
}

extension JSONValue {
    var pythonTypeName: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .integer: "int"
        case .number: "float"
        case .string: "str"
        case .array: "list"
        case .object: "dict"
        }
    }

    /// As `str` shows it: a string as it is, everything else as `repr`.
    var pythonText: String {
        if case .string(let string) = self { return string }
        var writer = PythonWriter()
        writer.represent(self)
        return writer.text
    }

    /// As `json.dumps` writes it with the separators `,` and `:`, in ASCII alone.
    var pythonJSON: String {
        var writer = PythonWriter()
        writer.dump(self)
        return writer.text
    }
}

extension Unicode.Scalar {
    /// Python's `str.isspace`.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Python's `str.isprintable`.
    fileprivate var isPythonPrintable: Bool {
        if self == " " { return true }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }
}

private struct PythonWriter {
    private(set) var text = ""

    // MARK: json.dumps

    mutating func dump(_ value: JSONValue) {
        switch value {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .integer(let integer): text += integer.description
        case .number(let number):
            if number.isNaN {
                text += "NaN"
            } else if number.isInfinite {
                text += number < 0 ? "-Infinity" : "Infinity"
            } else {
                text += Self.digits(of: value)
            }
        case .string(let string): dump(string)
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { text += "," }
                dump(element)
            }
            text += "]"
        case .object(let object):
            text += "{"
            for (place, member) in object.enumerated() {
                if place > 0 { text += "," }
                dump(member.key)
                text += ":"
                dump(member.value)
            }
            text += "}"
        }
    }

    private mutating func dump(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{08}": text += "\\b"
            case "\u{0C}": text += "\\f"
            case " "..."~": text.unicodeScalars.append(scalar)
            default:
                for unit in UTF16.encode(scalar) ?? UTF16.encode("\u{FFFD}") ?? .init() {
                    text += "\\u" + Self.hex(UInt32(unit), digits: 4)
                }
            }
        }
        text += "\""
    }

    // MARK: repr

    mutating func represent(_ value: JSONValue) {
        switch value {
        case .null: text += "None"
        case .bool(let bool): text += bool ? "True" : "False"
        case .integer(let integer): text += integer.description
        case .number(let number):
            if number.isNaN {
                text += "nan"
            } else if number.isInfinite {
                text += number < 0 ? "-inf" : "inf"
            } else {
                text += Self.digits(of: value)
            }
        case .string(let string): represent(string)
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { text += ", " }
                represent(element)
            }
            text += "]"
        case .object(let object):
            text += "{"
            for (place, member) in object.enumerated() {
                if place > 0 { text += ", " }
                represent(member.key)
                text += ": "
                represent(member.value)
            }
            text += "}"
        }
    }

    /// In single quotes, or in double quotes if there are single ones in it and no double ones.
    private mutating func represent(_ string: String) {
        let scalars = string.unicodeScalars
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        text.unicodeScalars.append(quote)
        for scalar in scalars {
            switch scalar {
            case "\\", quote:
                text += "\\"
                text.unicodeScalars.append(scalar)
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.isPythonPrintable: text.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x100: text += "\\x" + Self.hex(scalar.value, digits: 2)
            case _ where scalar.value < 0x10000: text += "\\u" + Self.hex(scalar.value, digits: 4)
            default: text += "\\U" + Self.hex(scalar.value, digits: 8)
            }
        }
        text.unicodeScalars.append(quote)
    }

    // MARK: Digits

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// The printed form of a finite number, which is that of Python's `repr`.
    private static func digits(of number: JSONValue) -> String {
        String(decoding: number.compact(), as: UTF8.self)
    }
}
