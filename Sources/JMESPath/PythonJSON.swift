import JSON

/// Reads JSON as Python's `json.loads` does, for what stands inside an expression: the last of equal keys counts, and
/// `NaN`, `Infinity`, `-Infinity` and numbers larger than a double can be are numbers.
struct PythonJSON {
    enum Failure: Error {
        /// The reason in Python's words.
        case invalid(String)
        case tooDeep

        var message: String {
            switch self {
            case .invalid(let reason): reason
            case .tooDeep: "Literal nested deeper than \(JSONValue.depthLimit) levels"
            }
        }
    }

    private let scalars: ArraySlice<Unicode.Scalar>
    private var position: Int
    private var depth = 0

    private init(_ scalars: ArraySlice<Unicode.Scalar>) {
        self.scalars = scalars
        position = scalars.startIndex
    }

    /// The one value that the text is, with white space around it.
    static func value(of text: [Unicode.Scalar]) throws(Failure) -> JSONValue {
        var reader = PythonJSON(text[...])
        let value = try reader.value()
        reader.skipWhiteSpace()
        try reader.requireEnd()
        return value
    }

    /// The string that the text is, quotation marks included.
    static func string(in text: ArraySlice<Unicode.Scalar>) throws(Failure) -> String {
        var reader = PythonJSON(text)
        guard reader.skip("\"") else { throw .invalid("Expecting value") }
        let string = try reader.string()
        try reader.requireEnd()
        return string
    }

    private var current: Unicode.Scalar? {
        position < scalars.endIndex ? scalars[position] : nil
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func skip(word: String) -> Bool {
        guard scalars[position...].starts(with: word.unicodeScalars) else { return false }
        position += word.unicodeScalars.count
        return true
    }

    private mutating func skipWhiteSpace() {
        while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
            position += 1
        }
    }

    private func requireEnd() throws(Failure) {
        if position != scalars.endIndex { throw .invalid("Extra data") }
    }

    private mutating func value() throws(Failure) -> JSONValue {
        skipWhiteSpace()
        switch current {
        case "\"":
            position += 1
            return .string(try string())
        case "{": return .object(try object())
        case "[": return .array(try array())
        case "n" where skip(word: "null"): return .null
        case "t" where skip(word: "true"): return .bool(true)
        case "f" where skip(word: "false"): return .bool(false)
        case "N" where skip(word: "NaN"): return .number(.nan)
        case "I" where skip(word: "Infinity"): return .number(.infinity)
        case "-" where skip(word: "-Infinity"): return .number(-.infinity)
        default: return try number()
        }
    }

    private mutating func enter() throws(Failure) {
        depth += 1
        if depth > JSONValue.depthLimit { throw .tooDeep }
        position += 1
        skipWhiteSpace()
    }

    private mutating func array() throws(Failure) -> [JSONValue] {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if skip("]") { return elements }
        while true {
            elements.append(try value())
            skipWhiteSpace()
            if skip("]") { return elements }
            guard skip(",") else { throw .invalid("Expecting ',' delimiter") }
        }
    }

    private mutating func object() throws(Failure) -> JSONObject {
        try enter()
        defer { depth -= 1 }
        var object = JSONObject()
        if skip("}") { return object }
        while true {
            guard skip("\"") else { throw .invalid("Expecting property name enclosed in double quotes") }
            let key = try string()
            skipWhiteSpace()
            guard skip(":") else { throw .invalid("Expecting ':' delimiter") }
            object[key] = try value()
            skipWhiteSpace()
            if skip("}") { return object }
            guard skip(",") else { throw .invalid("Expecting ',' delimiter") }
            skipWhiteSpace()
        }
    }

    private mutating func digits() -> Bool {
        let start = position
        while let scalar = current, ("0"..."9").contains(scalar) {
            position += 1
        }
        return position > start
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        _ = skip("-")
        if !skip("0") {
            guard digits() else { throw .invalid("Expecting value") }
        }
        var isInteger = true
        if skip(".") {
            isInteger = false
            guard digits() else { throw .invalid("Extra data") }
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { _ = skip("-") }
            guard digits() else { throw .invalid("Extra data") }
        }
        let text = String(String.UnicodeScalarView(scalars[start..<position]))
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text) else { throw .invalid("Expecting value") }
        return .number(number)
    }

    /// What follows the opening quotation mark, and the closing one.
    private mutating func string() throws(Failure) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = current {
            position += 1
            switch scalar {
            case "\"": return String(text)
            case "\\": text.append(try escaped())
            case _ where scalar.value < 0x20: throw .invalid("Invalid control character at")
            default: text.append(scalar)
            }
        }
        throw .invalid("Unterminated string starting at")
    }

    /// The scalar that an escape stands for; the backslash has been read.
    private mutating func escaped() throws(Failure) -> Unicode.Scalar {
        guard let scalar = current else { throw .invalid("Unterminated string starting at") }
        position += 1
        switch scalar {
        case "\"", "\\", "/": return scalar
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": break
        default: throw .invalid("Invalid \\escape")
        }
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip(word: "\\u") else { throw .invalid("Lone surrogate") }
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .invalid("Lone surrogate") }
        return scalar
    }

    private mutating func codeUnit() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let scalar = current, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw .invalid("Invalid \\uXXXX escape")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
