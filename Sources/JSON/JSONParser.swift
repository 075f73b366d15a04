/// Why bytes are no JSON document, and where.
package struct JSONParseError: Error, Sendable {
    /// What is wrong, lower-case, no full stop.
    package let message: String
    /// Position of the offending byte, from 0.
    package let offset: Int
    /// Line of that byte, from 1.
    package let line: Int
    /// Column of that byte in its line, counted in bytes from 1.
    package let column: Int
}

extension JSONValue {
    /// How deep arrays and objects may be nested.
    package static let depthLimit = 512

    /// Reads one JSON text (RFC 8259), strictly: UTF-8 without a byte order mark, no lone surrogates, no key twice in
    /// an object, at most ``depthLimit`` levels, nothing but white space around it.
    ///
    /// Numbers without fraction and exponent become `integer` where `Int64` holds them, all others `number`.
    package init(parsing bytes: [UInt8]) throws(JSONParseError) {
        let result: Result<JSONValue, JSONParseError> = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer)
            do throws(JSONParser.Failure) {
                return .success(try parser.document())
            } catch {
                return .failure(parser.located(error))
            }
        }
        self = try result.get()
    }
}

extension JSONObject {
    /// Reads those members alone of the object that a JSON text holds; what lies between is skipped without being judged,
    /// so that the text must be known to be good. `nil` when it is no object, or ends too early.
    package init?(readingOnly keys: [String], of bytes: [UInt8]) {
        let object = bytes.withUnsafeBufferPointer { buffer -> JSONObject? in
            var parser = JSONParser(bytes: buffer)
            return try? parser.members(keys)
        }
        guard let object else { return nil }
        self = object
    }
}

/// One pass over the bytes; lines are counted only when something is wrong.
private struct JSONParser {
    struct Failure: Error {
        let message: String
        let offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    func located(_ failure: Failure) -> JSONParseError {
        let before = bytes[..<min(failure.offset, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONParseError(
            message: failure.message,
            offset: failure.offset,
            line: line,
            column: failure.offset - lineStart + 1
        )
    }

    mutating func document() throws(Failure) -> JSONValue {
        let value = try value()
        skipWhiteSpace()
        guard position == bytes.count else { throw failure("something follows the end of the document") }
        return value
    }

    private func failure(_ message: String, at offset: Int? = nil) -> Failure {
        Failure(message: message, offset: offset ?? position)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(Failure) -> JSONValue {
        skipWhiteSpace()
        switch current {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw failure("the document ends where a value was needed")
        default: throw failure("no value can begin like this")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw failure("no value can begin like this") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw failure("no value can begin like this")
        }
        position += length
        return value
    }

    private mutating func enter() throws(Failure) {
        depth += 1
        if depth > JSONValue.depthLimit {
            throw failure("nested deeper than \(JSONValue.depthLimit) levels")
        }
        position += 1
    }

    private mutating func object() throws(Failure) -> JSONObject {
        try enter()
        var object = JSONObject()
        skipWhiteSpace()
        if skip("}") {
            depth -= 1
            return object
        }
        while true {
            skipWhiteSpace()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw failure("a key in double quotes was needed") }
            let key = try string()
            skipWhiteSpace()
            guard skip(":") else { throw failure("a colon was needed after the key") }
            guard object.insert(key, try value()) else { throw failure("this key stands here twice", at: start) }
            skipWhiteSpace()
            if skip(",") { continue }
            guard skip("}") else { throw failure("a comma or the object's closing brace was needed") }
            depth -= 1
            return object
        }
    }

    mutating func members(_ keys: [String]) throws(Failure) -> JSONObject {
        var members = JSONObject()
        skipWhiteSpace()
        guard skip("{") else { throw failure("an object was needed") }
        while true {
            skipWhiteSpace()
            guard current == UInt8(ascii: "\"") else { throw failure("a key in double quotes was needed") }
            let key = try string()
            skipWhiteSpace()
            guard skip(":") else { throw failure("a colon was needed after the key") }
            if keys.contains(where: { $0.hasSameBytes(as: key) }) {
                members[key] = try value()
                skipWhiteSpace()
            } else {
                try skipValue()
            }
            if members.count == keys.count { return members }
            if skip(",") { continue }
            guard skip("}") else { throw failure("a comma or the object's closing brace was needed") }
            return members
        }
    }

    /// Goes on to the comma or the bracket behind a value.
    private mutating func skipValue() throws(Failure) {
        var open = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if open == 0 { return }
                open -= 1
            case UInt8(ascii: ","):
                if open == 0 { return }
            default: break
            }
            position += 1
        }
        throw failure("the document ends within a value")
    }

    /// Goes on to the closing quote of the string that begins here.
    private mutating func skipString() throws(Failure) {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        if position >= bytes.count { throw failure("the document ends within a string") }
    }

    private mutating func array() throws(Failure) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipWhiteSpace()
        if skip("]") {
            depth -= 1
            return elements
        }
        while true {
            elements.append(try value())
            skipWhiteSpace()
            if skip(",") { continue }
            guard skip("]") else { throw failure("a comma or the array's closing bracket was needed") }
            depth -= 1
            return elements
        }
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        _ = skip("-")
        if !skip("0") {
            try digits()
        }
        var isInteger = true
        if skip(".") {
            isInteger = false
            try digits()
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { _ = skip("-") }
            try digits()
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if isInteger, let integer = Int64(text) {
            return .integer(integer)
        }
        guard let number = Double(text), number.isFinite else {
            throw failure("this number is larger than a double can be", at: start)
        }
        return .number(number)
    }

    /// At least one digit.
    private mutating func digits() throws(Failure) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
            position += 1
        }
        if position == start { throw failure("a digit was needed") }
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        let run = StringRun(in: bytes, from: start)
        position = run.end
        if current == UInt8(ascii: "\"") {
            let utf8 = UnsafeBufferPointer(rebasing: bytes[start..<position])
            // What is ASCII needs no validation.
            let string = run.isASCII ? String(decoding: utf8, as: UTF8.self) : try text(utf8, at: start)
            position += 1
            return string
        }
        return try stringWithEscapes(from: start)
    }

    /// The string that began at `start`, the first byte that is not itself being the current one.
    private mutating func stringWithEscapes(from start: Int) throws(Failure) -> String {
        var unescaped = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let result: Result<String, Failure> = unescaped.withUnsafeBufferPointer { buffer in
                    do throws(Failure) {
                        return .success(try text(buffer, at: start))
                    } catch {
                        return .failure(error)
                    }
                }
                position += 1
                return try result.get()
            case UInt8(ascii: "\\"):
                position += 1
                unescaped.append(contentsOf: UTF8.encode(try escaped()) ?? UTF8.encodedReplacementCharacter)
            case ..<0x20:
                throw failure("a control character must be escaped in a string")
            default:
                unescaped.append(byte)
                position += 1
            }
        }
        throw failure("the document ends within a string")
    }

    private func text(_ utf8: UnsafeBufferPointer<UInt8>, at start: Int) throws(Failure) -> String {
        guard let string = String(validating: utf8, as: UTF8.self) else {
            throw failure("this string is not UTF-8", at: start)
        }
        return string
    }

    /// The scalar that an escape stands for; the backslash has been read.
    private mutating func escaped() throws(Failure) -> Unicode.Scalar {
        let start = position - 1
        guard let byte = current else { throw failure("the document ends within a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw failure("there is no such escape", at: start)
        }
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip("\\"), skip("u") else {
            throw failure("half of a surrogate pair stands alone", at: start)
        }
        let second = try fourHexDigits()
        guard second >= 0xDC00 && second < 0xE000,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            throw failure("half of a surrogate pair stands alone", at: start)
        }
        return scalar
    }

    private mutating func fourHexDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("four hex digits were needed")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
