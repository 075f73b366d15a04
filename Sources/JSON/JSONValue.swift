import Glibc

/// One JSON value (RFC 8259).
///
/// Strings are equal when their bytes are: two spellings of one character (NFC, NFD) are different strings,
/// as they are for every other JSON program.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue: Equatable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

extension JSONValue {
    /// The member of that name, `nil` when there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    /// The string, `nil` when this is another kind of value.
    package var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The integer, `nil` when this is another kind of value (a `number` is none, not even `1.0`).
    package var integerValue: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The truth value, `nil` when this is another kind of value.
    package var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements, `nil` when this is another kind of value.
    package var arrayValue: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The object, `nil` when this is another kind of value.
    package var objectValue: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

extension JSONValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .number(value) }
}

extension JSONValue: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension String {
    /// Whether both are the same sequence of UTF-8 bytes (`==` of strings compares characters instead).
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && order(to: other) == 0
    }

    /// Whether this comes before the other in the order of UTF-8 bytes, which is that of code points.
    func precedes(_ other: String) -> Bool {
        let order = order(to: other)
        return order == 0 ? utf8.count < other.utf8.count : order < 0
    }

    /// The order of the bytes as far as the shorter one goes.
    private func order(to other: String) -> Int32 {
        let order = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right -> Int32 in
                guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
                return memcmp(left, right, min(utf8.count, other.utf8.count))
            }
        }
        guard let order, let order else {
            // No native string comes here.
            var (left, right) = (self, other)
            left.makeContiguousUTF8()
            right.makeContiguousUTF8()
            return left.order(to: right)
        }
        return order
    }
}
