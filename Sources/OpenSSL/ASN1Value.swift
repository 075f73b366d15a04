import COpenSSL
import CTemplates
import Glibc

/// A value of libcrypto that one of its templates describes, owned.
struct ASN1Value<Value>: ~Copyable {
    let pointer: UnsafeMutablePointer<Value>
    private let item: ADR_ITEM_REF

    /// A new, empty value.
    init(_ item: ADR_ITEM_REF) throws(OpenSSLError) {
        RandomGenerator.choose()
        guard let value = ASN1_item_new(item) else { throw OpenSSLError("allocating an ASN.1 value") }
        pointer = UnsafeMutablePointer(value)
        self.item = item
    }

    /// Reads one value from the beginning of `bytes`; `length` becomes the number of bytes it took.
    init(_ item: ADR_ITEM_REF, reading bytes: [UInt8], _ what: String, length: inout Int) throws(OpenSSLError) {
        pointer = UnsafeMutablePointer(try ASN1.decode(bytes, item, what, length: &length))
        self.item = item
    }

    /// Reads one value that is all of `bytes`.
    init(_ item: ADR_ITEM_REF, readingAll bytes: [UInt8], _ what: String) throws(OpenSSLError) {
        var length = 0
        let value = try ASN1.decode(bytes, item, what, length: &length)
        guard length == bytes.count else {
            ASN1_item_free(value, item)
            throw OpenSSLError(operation: "reading \(what)", reasons: ["\(bytes.count - length) bytes too many"])
        }
        pointer = UnsafeMutablePointer(value)
        self.item = item
    }

    deinit { ASN1_item_free(OpaquePointer(pointer), item) }

    /// The value in DER.
    func encode() throws(OpenSSLError) -> [UInt8] { try ASN1.encode(OpaquePointer(pointer), item) }
}

/// Reading and writing of values that somebody else owns.
package enum ASN1 {
    /// Reads one value that `item` describes; `length` becomes the number of bytes it took. The caller owns it.
    static func decode(
        _ bytes: [UInt8],
        _ item: ADR_ITEM_REF,
        _ what: String,
        length: inout Int
    ) throws(OpenSSLError) -> OpaquePointer {
        RandomGenerator.choose()
        var end = 0
        let value = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = start
            let value = ASN1_item_d2i(nil, &cursor, buffer.count, item)
            if let cursor { end = cursor - start }
            return value
        }
        guard let value else { throw OpenSSLError("reading \(what)") }
        length = end
        return value
    }

    /// The DER of a value that `item` describes.
    static func encode(_ value: OpaquePointer?, _ item: ADR_ITEM_REF) throws(OpenSSLError) -> [UInt8] {
        let length = ASN1_item_i2d(value, nil, item)
        guard length > 0 else { throw OpenSSLError("encoding an ASN.1 value") }
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            var cursor = buffer.baseAddress
            count = max(0, Int(ASN1_item_i2d(value, &cursor, item)))
        }
    }

    /// The content octets of a string.
    static func content(_ string: ADR_STRING_REF?) -> [UInt8] {
        guard let string, let data = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
    }

    /// A new string of the type with the universal tag `tag`.
    static func makeString(_ content: [UInt8], tag: Int32) throws(OpenSSLError) -> ADR_STRING_REF {
        guard let string = ASN1_STRING_type_new(tag) else { throw OpenSSLError("allocating a string") }
        guard ASN1_STRING_set(string, content, Int32(content.count)) == 1 else {
            ASN1_STRING_free(string)
            throw OpenSSLError("allocating a string")
        }
        return string
    }

    /// Sets the content octets of a string; those of a sequence are all of its DER.
    static func set(_ string: ADR_STRING_REF?, _ content: [UInt8]) throws(OpenSSLError) {
        guard ASN1_STRING_set(string, content, Int32(content.count)) == 1 else {
            throw OpenSSLError("allocating a string")
        }
    }

    /// Whether those are its content octets.
    static func holds(_ string: ADR_STRING_REF?, _ content: [UInt8]) -> Bool {
        guard let string, let data = ASN1_STRING_get0_data(string) else { return false }
        return Int(ASN1_STRING_length(string)) == content.count && memcmp(data, content, content.count) == 0
    }

    /// An element of the universal type `tag` whose content octets are `content`.
    static func element(_ tag: Int32, _ content: [UInt8]...) -> [UInt8] {
        element(tag, isConstructed: false, V_ASN1_UNIVERSAL, content)
    }

    /// A sequence of elements that are in DER.
    static func sequence(of elements: [[UInt8]]) -> [UInt8] {
        element(V_ASN1_SEQUENCE, isConstructed: true, V_ASN1_UNIVERSAL, elements)
    }

    /// An element in DER under the explicit tag `number` of its context.
    static func explicit(_ number: Int32, _ element: [UInt8]) -> [UInt8] {
        Self.element(number, isConstructed: true, V_ASN1_CONTEXT_SPECIFIC, [element])
    }

    /// A bit string of which no bit is unused.
    static func bitString(_ octets: [UInt8]) -> [UInt8] { element(V_ASN1_BIT_STRING, [0], octets) }

    /// An INTEGER from the octets of a positive number.
    static func integer(_ octets: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let number = try makeString(octets, tag: V_ASN1_INTEGER)
        defer { ASN1_STRING_free(number) }
        return try encode(OpaquePointer(number), ASN1_INTEGER_it())
    }

    private static func element(
        _ tag: Int32,
        isConstructed: Bool,
        _ tagClass: Int32,
        _ parts: [[UInt8]]
    ) -> [UInt8] {
        let length = Int32(parts.reduce(0) { $0 + $1.count })
        let size = Int(ASN1_object_size(isConstructed ? 1 : 0, length, tag))
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var cursor = buffer.baseAddress
            ASN1_put_object(&cursor, isConstructed ? 1 : 0, length, tag, tagClass)
            for part in parts {
                cursor?.update(from: part, count: part.count)
                cursor? += part.count
            }
            count = size
        }
    }

    /// How many bits at the end of a bit string are unused.
    static func unusedBits(_ string: ADR_STRING_REF?) -> Int { Int(adr_unused_bits(string)) }

    /// The first element inside the one that `bytes` begin with: what is signed of a request or a certificate.
    ///
    /// Nil if the lengths are indefinite or lead beyond the end.
    package static func firstInside(_ bytes: [UInt8]) -> [UInt8]? {
        elements(of: bytes, atMost: 1).first.map { Array(bytes[$0]) }
    }

    /// Where the elements of the one that `bytes` begin with lie: the first `limit` of them, as far as their lengths make
    /// sense.
    static func elements(of bytes: [UInt8], atMost limit: Int) -> [Range<Int>] {
        guard let outer = header(bytes) else { return [] }
        var elements: [Range<Int>] = []
        var place = outer.start
        while elements.count < limit, let inner = header(bytes, at: place), inner.start + inner.length <= bytes.count {
            elements.append(place..<inner.start + inner.length)
            place = inner.start + inner.length
        }
        return elements
    }

    /// Where the content of the value at `offset` in `bytes` begins and how long it says it is.
    ///
    /// Nil for what is no header, and for the indefinite length. The content may reach beyond the end.
    package static func header(_ bytes: [UInt8], at offset: Int = 0) -> (tag: Int32, start: Int, length: Int)? {
        bytes.withUnsafeBufferPointer { buffer -> (tag: Int32, start: Int, length: Int)? in
            guard let base = buffer.baseAddress, offset < buffer.count else { return nil }
            var cursor: UnsafePointer<UInt8>? = base + offset
            var length = 0
            var tag: Int32 = 0
            var tagClass: Int32 = 0
            let result = ASN1_get_object(&cursor, &length, &tag, &tagClass, buffer.count - offset)
            // 0x80 alone says that the content is longer than what follows.
            if result & 0x80 != 0 { ErrorQueue.clear() }
            guard let cursor, cursor > base + offset, result & 0x01 == 0 else { return nil }
            return (tag, cursor - base, length)
        }
    }
}

/// The elements of one of libcrypto's stacks, borrowed.
struct StackView<Element>: Sequence, IteratorProtocol {
    private let stack: OpaquePointer?
    private let count: Int32
    private var place: Int32 = 0

    init(_ stack: OpaquePointer?, of _: Element.Type = Element.self) {
        self.stack = stack
        count = OPENSSL_sk_num(stack)
    }

    mutating func next() -> UnsafeMutablePointer<Element>? {
        guard place < count else { return nil }
        defer { place += 1 }
        return OPENSSL_sk_value(stack, place)?.assumingMemoryBound(to: Element.self)
    }
}
