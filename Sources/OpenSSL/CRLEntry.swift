import COpenSSL
import CTemplates
import Glibc

/// One element of revokedCertificates (RFC 5280 §5.1.2.6).
package struct CRLEntry: Sendable {
    /// The magnitude, without leading zeros; one of them for zero.
    package let serialNumber: [UInt8]
    package let isSerialNumberNegative: Bool
    /// Unix seconds UTC.
    package let revokedAt: Int64
    /// The number under reasonCode (RFC 5280 §5.3.1); nil if there is none.
    package let reason: Int64?
    /// Whether there is an extension that is critical (RFC 5280 §5.3), which the reason must not be.
    package let hasCriticalExtension: Bool

    // MARK: Reading

    /// Reads the elements of a list in its encoding, which is empty for no list; whether it was DER in a strict form.
    static func readList(_ list: [UInt8]) throws(OpenSSLError) -> (entries: [CRLEntry], isStrict: Bool) {
        guard !list.isEmpty else { return ([], true) }
        guard let header = ASN1.header(list), header.start + header.length == list.count else {
            throw OpenSSLError(operation: "reading revoked certificates", reasons: ["the list's length is wrong"])
        }
        var isStrict = try Array(list[..<header.start]) == sequenceHeader(header.length)
        var entries: [CRLEntry] = []
        let item: ADR_ITEM_REF = ADR_REVOKED_it()
        // One buffer for all: what an element is encoded to again.
        var again: [UInt8] = []
        try list.withUnsafeBufferPointer { (buffer) throws(OpenSSLError) in
            guard let base = buffer.baseAddress else { return }
            var offset = header.start
            while offset < buffer.count {
                var cursor: UnsafePointer<UInt8>? = base + offset
                guard let value = ASN1_item_d2i(nil, &cursor, buffer.count - offset, item), let cursor else {
                    throw OpenSSLError("reading a revoked certificate")
                }
                defer { ASN1_item_free(value, item) }
                let length = cursor - base - offset
                let (entry, isEntryStrict) = try read(UnsafeMutablePointer(value))
                entries.append(entry)
                isStrict =
                    isStrict && isEntryStrict && encode(value, item, into: &again) == length
                    && memcmp(base + offset, again, length) == 0
                offset += length
            }
        }
        return (entries, isStrict)
    }

    private static func read(
        _ value: UnsafeMutablePointer<ADR_REVOKED>
    ) throws(OpenSSLError) -> (entry: CRLEntry, isStrict: Bool) {
        guard let time = CertificateTime(value.pointee.revocationDate) else {
            throw OpenSSLError(operation: "reading a revoked certificate", reasons: ["its date is no time"])
        }
        var isStrict = time.isStrict
        var reason: Int64?
        var hasCriticalExtension = false
        for item in StackView(value.pointee.extensions, of: ADR_EXTENSION.self) {
            if item.pointee.critical != 0 { hasCriticalExtension = true }
            if OBJ_obj2nid(item.pointee.type) == NID_crl_reason {
                // Once, in DER.
                let octets = ASN1.content(item.pointee.value)
                let code = try ExtensionValues.readCRLReason(octets)
                let again = try ExtensionValues.crlReason(code)
                isStrict = isStrict && reason == nil && octets == again
                reason = code
            }
        }
        // No list rather than an empty one; a TRUE is FF.
        let extensions = value.pointee.extensions
        let areExtensionsStrict = !hasCriticalExtension || CertificateExtension.read(extensions).isStrict
        isStrict = isStrict && areExtensionsStrict && (extensions == nil || OPENSSL_sk_num(extensions) > 0)
        let entry = CRLEntry(
            serialNumber: ASN1.content(value.pointee.serialNumber),
            isSerialNumberNegative: ASN1_STRING_type(value.pointee.serialNumber) == V_ASN1_NEG_INTEGER,
            revokedAt: time.seconds,
            reason: reason,
            hasCriticalExtension: hasCriticalExtension
        )
        return (entry, isStrict)
    }

    // MARK: Writing

    /// Writes a list of elements, one at a time, in the order they are to stand in.
    package struct Writer: ~Copyable {
        private let value: ASN1Value<ADR_REVOKED>
        /// The extensions of an element by its reason's number, made once.
        private var extensions: [(reason: Int64, stack: OpaquePointer)] = []
        private var content: [UInt8] = []
        private var buffer: [UInt8] = []

        package init() throws(OpenSSLError) {
            value = try ASN1Value(ADR_REVOKED_it())
        }

        deinit {
            // They are not the element's own.
            value.pointer.pointee.extensions = nil
            for (_, stack) in extensions { ASN1_item_free(stack, ADR_EXTENSIONS_it()) }
        }

        /// - Parameters:
        ///   - serialNumber: the magnitude of a positive number, without leading zeros.
        ///   - revokedAt: Unix seconds UTC.
        ///   - reason: the number under reasonCode; nil for none.
        package mutating func append(
            serialNumber: [UInt8],
            revokedAt: Int64,
            reason: Int64?
        ) throws(OpenSSLError) {
            let target = value.pointer
            target.pointee.extensions = if let reason { try stack(reason) } else { nil }
            guard ASN1_STRING_set(target.pointee.serialNumber, serialNumber, Int32(serialNumber.count)) == 1,
                ASN1_TIME_set(target.pointee.revocationDate, time_t(revokedAt)) != nil
            else { throw OpenSSLError("building a revoked certificate") }
            let length = CRLEntry.encode(OpaquePointer(target), ADR_REVOKED_it(), into: &buffer)
            guard length > 0 else { throw OpenSSLError("building a revoked certificate") }
            content.append(contentsOf: buffer[..<length])
        }

        /// The list in DER; empty if nothing was appended (RFC 5280 §5.1.2.6: the list is left out then).
        package consuming func list() throws(OpenSSLError) -> [UInt8] {
            content.isEmpty ? [] : try CRLEntry.sequenceHeader(content.count) + content
        }

        private mutating func stack(_ reason: Int64) throws(OpenSSLError) -> OpaquePointer {
            if let known = extensions.first(where: { $0.reason == reason }) { return known.stack }
            guard let stack = OPENSSL_sk_new_null() else { throw OpenSSLError("building a revoked certificate") }
            extensions.append((reason, stack))
            let value = try ExtensionValues.crlReason(reason)
            try CertificateExtension(type: .crlReason, isCritical: false, value: value).append(to: stack)
            return stack
        }
    }

    // MARK: Encoding

    /// Encodes a value to the beginning of `buffer`, which grows as needed, and returns its length; 0 for a failure.
    private static func encode(_ value: OpaquePointer, _ item: ADR_ITEM_REF, into buffer: inout [UInt8]) -> Int {
        let length = Int(ASN1_item_i2d(value, nil, item))
        guard length > 0 else { return 0 }
        if buffer.count < length { buffer = [UInt8](repeating: 0, count: length) }
        return buffer.withUnsafeMutableBufferPointer {
            var cursor = $0.baseAddress
            return max(0, Int(ASN1_item_i2d(value, &cursor, item)))
        }
    }

    /// What stands before the content of a SEQUENCE.
    private static func sequenceHeader(_ length: Int) throws(OpenSSLError) -> [UInt8] {
        guard let length = Int32(exactly: length), case let size = ASN1_object_size(1, length, V_ASN1_SEQUENCE),
            size > 0
        else { throw OpenSSLError(operation: "building a list of \(length) bytes", reasons: ["too many"]) }
        return [UInt8](unsafeUninitializedCapacity: Int(size - length)) { buffer, count in
            var cursor = buffer.baseAddress
            ASN1_put_object(&cursor, 1, length, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL)
            count = Int(size - length)
        }
    }
}
