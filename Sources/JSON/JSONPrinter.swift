extension JSONValue {
    /// The form `az -o json` prints, which is Python's `json.dumps(value, indent=2, sort_keys=True,
    /// ensure_ascii=False)`: keys in the order of their code points, UTF-8, no newline at the end.
    package func pretty() -> [UInt8] {
        var printer = JSONPrinter(indented: true)
        printer.print(self)
        return printer.bytes.array
    }

    /// One line without spaces, keys in the order of their code points: the canonical form that is hashed.
    ///
    /// - Parameter capacity: bytes that it will probably take.
    package func compact(capacity: Int = 1000) -> [UInt8] {
        var printer = JSONPrinter(indented: false, capacity: capacity)
        printer.print(self)
        return printer.bytes.array
    }
}

/// Prints an array an element at a time, in the form of ``JSONValue/pretty()``: for lists that nobody wants in memory.
package struct JSONArrayPrinter {
    private var bytes = [UInt8(ascii: "[")]
    private var isFirst = true

    package init() {}

    package mutating func append(_ element: JSONValue) {
        var printer = JSONPrinter(indented: true, depth: 1)
        printer.element(element, isFirst: isFirst)
        bytes += printer.bytes.array
        isFirst = false
    }

    /// Ends the array; nothing may be appended any more.
    package mutating func end() {
        var printer = JSONPrinter(indented: true, depth: 1)
        printer.close("]", isEmpty: isFirst)
        bytes += printer.bytes.array
    }

    /// How many octets wait to be taken.
    package var count: Int { bytes.count }

    /// What was printed since it was taken last.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }
}

private struct JSONPrinter: ~Copyable {
    private(set) var bytes: PrintedBytes
    private let indented: Bool
    private var depth: Int

    init(indented: Bool, depth: Int = 0, capacity: Int = 8192) {
        bytes = PrintedBytes(capacity: capacity)
        self.indented = indented
        self.depth = depth
    }

    mutating func print(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(integer: value)
        case .number(let value): append(number: value)
        case .string(let value): append(quoted: value)
        case .array(let elements): print(elements)
        case .object(let object): print(object)
        }
    }

    private mutating func print(_ elements: [JSONValue]) {
        open("[")
        var isFirst = true
        for value in elements {
            element(value, isFirst: isFirst)
            isFirst = false
        }
        close("]", isEmpty: isFirst)
    }

    mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        depth += 1
    }

    mutating func element(_ value: JSONValue, isFirst: Bool) {
        separate(isFirst)
        print(value)
    }

    mutating func close(_ bracket: Unicode.Scalar, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { newLine() }
        bytes.append(UInt8(ascii: bracket))
    }

    private mutating func print(_ object: JSONObject) {
        open("{")
        if object.isSortedByCodePoint {
            object.withMembers { print($0) }
        } else {
            object.sorted().withUnsafeBufferPointer { print($0) }
        }
        close("}", isEmpty: object.isEmpty)
    }

    private mutating func print(_ members: UnsafeBufferPointer<JSONObject.Member>) {
        for place in members.indices {
            separate(place == 0)
            append(quoted: members[place].key)
            bytes.append(UInt8(ascii: ":"))
            if indented { bytes.append(UInt8(ascii: " ")) }
            print(members[place].value)
        }
    }

    private mutating func separate(_ isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        newLine()
    }

    private mutating func newLine() {
        if indented { bytes.startLine(depth) }
    }

    private mutating func append(plain text: some Sequence<UInt8>) {
        for byte in text { bytes.append(byte) }
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func append(integer value: Int64) {
        if value >= 0 && value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            append(plain: value.description.utf8)
        }
    }

    /// As Python's `repr`: the fewest digits that read back as the same double, with an exponent when it is below -4
    /// or above 15. JSON has no infinities and no NaN; they become null.
    private mutating func append(number value: Double) {
        guard value.isFinite else {
            append("null")
            return
        }
        let (digits, exponent) = Self.shortestDigits(of: value.magnitude)
        if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
        switch exponent {
        case 0..<16:
            let integerDigits = exponent + 1
            for place in 0..<max(integerDigits, digits.count) {
                if place == integerDigits { bytes.append(UInt8(ascii: ".")) }
                bytes.append(place < digits.count ? digits[place] : UInt8(ascii: "0"))
            }
            if digits.count <= integerDigits { append(".0") }
        case -4..<0:
            append("0.")
            bytes.append(UInt8(ascii: "0"), times: -exponent - 1)
            append(plain: digits)
        default:
            bytes.append(digits[0])
            if digits.count > 1 {
                bytes.append(UInt8(ascii: "."))
                append(plain: digits[1...])
            }
            bytes.append(UInt8(ascii: "e"))
            bytes.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            if exponent.magnitude < 10 { bytes.append(UInt8(ascii: "0")) }
            append(plain: exponent.magnitude.description.utf8)
        }
    }

    /// The digits of `d.ddd × 10^exponent`, without zeros at the end. Swift's own description has the same digits as
    /// Python's but other rules for the exponent.
    private static func shortestDigits(of value: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(value.description.utf8)
        for (place, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(place + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        let leadingZeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        if leadingZeros == digits.count { return ([UInt8(ascii: "0")], 0) }
        exponent += (point ?? digits.count) - 1 - leadingZeros
        digits.removeFirst(leadingZeros)
        while digits.count > 1 && digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, exponent)
    }

    private mutating func append(quoted string: String) {
        bytes.append(UInt8(ascii: "\""))
        string.utf8.span.withUnsafeBufferPointer { append(escaped: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped utf8: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while true {
            let run = StringRun(in: utf8, from: start)
            bytes.append(UnsafeBufferPointer(rebasing: utf8[start..<run.end]))
            if run.end == utf8.count { return }
            append(escapeFor: utf8[run.end])
            start = run.end + 1
        }
    }

    private mutating func append(escapeFor byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        default:
            append("\\u00")
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(byte & 0xF < 10 ? UInt8(ascii: "0") + byte & 0xF : UInt8(ascii: "a") - 10 + byte & 0xF)
        }
    }
}

extension JSONObject {
    /// The members in the order of their keys' code points, which is that of the UTF-8 bytes.
    package func sortedByCodePoint() -> [(key: String, value: JSONValue)] {
        sorted().map { (key: $0.key, value: $0.value) }
    }

    fileprivate func sorted() -> [Member] {
        let members = withMembers { Array($0) }
        return isSortedByCodePoint ? members : members.sorted { $0.key.precedes($1.key) }
    }
}
