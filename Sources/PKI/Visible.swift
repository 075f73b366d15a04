/// Octets in hexadecimal.
package enum Hexadecimal {
    /// Two upper-case digits for each octet.
    package static func encode(_ octets: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(unsafeUninitializedCapacity: octets.count * 2) { buffer in
            var index = 0
            for octet in octets {
                buffer[index] = digits[Int(octet >> 4)]
                buffer[index + 1] = digits[Int(octet & 15)]
                index += 2
            }
            return index
        }
    }
}

/// Text from strangers, made fit for a terminal and a log.
enum Visible {
    /// Whether a character shows as itself and does nothing else.
    static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// The text in quotation marks, what does not show escaped as in Swift, cut after 80 characters.
    static func quoted(_ text: String) -> String {
        var shown = "\""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == 80 { return shown + "…\"" }
            switch scalar {
            case "\"", "\\": shown += "\\\(scalar)"
            case "\0": shown += "\\0"
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            default:
                if isSafe(scalar) {
                    shown.unicodeScalars.append(scalar)
                } else {
                    shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
                }
            }
        }
        return shown + "\""
    }

    /// A text of several words on one line, what does not show escaped.
    static func line(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(isSafe) { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isSafe(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return shown
    }

    /// What to call a character in a sentence.
    static func name(_ scalar: Unicode.Scalar) -> String {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let point = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        return switch scalar {
        case "\0": "NUL (\(point))"
        case "\n": "a newline (\(point))"
        case "\r": "a carriage return (\(point))"
        case "\t": "a tab (\(point))"
        case " ": "a space"
        default:
            !isSafe(scalar)
                ? "a control character (\(point))" : scalar.isASCII ? "'\(scalar)'" : "'\(scalar)' (\(point))"
        }
    }

    /// The text as one word of a shell.
    static func shellWord(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "+"):
                    true
                default: false
                }
            }
        if isPlain { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
