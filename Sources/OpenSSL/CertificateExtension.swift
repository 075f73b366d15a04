import COpenSSL
import CTemplates

/// Extension (RFC 5280 §4.1.2.9), its value in DER.
package struct CertificateExtension: Sendable, Equatable {
    package let type: OID
    package let isCritical: Bool
    package let value: [UInt8]
    /// All of it in DER, where it has been encoded already.
    private var der: [UInt8]?

    package init(type: OID, isCritical: Bool, value: [UInt8]) {
        self.type = type
        self.isCritical = isCritical
        self.value = value
    }

    /// The same, encoded once for all certificates it will be in.
    package func encoded() -> CertificateExtension {
        var encoded = self
        encoded.der = encode()
        return encoded
    }

    package static func == (left: CertificateExtension, right: CertificateExtension) -> Bool {
        left.type == right.type && left.isCritical == right.isCritical && left.value == right.value
    }

    init(_ value: UnsafeMutablePointer<ADR_EXTENSION>) {
        type = OID(value.pointee.type)
        isCritical = value.pointee.critical != 0
        self.value = ASN1.content(value.pointee.value)
    }

    /// Extensions as the templates have them; whether they could be DER: a TRUE is FF there (X.690 §11.1).
    static func read(_ stack: OpaquePointer?) -> (extensions: [CertificateExtension], isStrict: Bool) {
        var extensions: [CertificateExtension] = []
        var isStrict = true
        for value in StackView(stack, of: ADR_EXTENSION.self) {
            extensions.append(CertificateExtension(value))
            if value.pointee.critical != 0, value.pointee.critical != 0xFF { isStrict = false }
        }
        return (extensions, isStrict)
    }

    /// Reads the value of an extensionRequest attribute (RFC 2985 §5.4.2), and says whether it was DER.
    package static func readRequested(
        _ der: [UInt8]
    ) throws(OpenSSLError) -> (extensions: [CertificateExtension], isStrict: Bool) {
        var length = 0
        let what = "requested extensions"
        let item: ADR_ITEM_REF = ADR_EXTENSIONS_it()
        let value = try ASN1.decode(der, item, what, length: &length)
        defer { ASN1_item_free(value, item) }
        let (extensions, isStrict) = read(value)
        let again = try ASN1.encode(value, item)
        return (extensions, isStrict && again == der)
    }

    /// Extensions in DER.
    package static func encode(_ extensions: [CertificateExtension]) -> [UInt8] {
        ASN1.sequence(of: extensions.map { $0.der ?? $0.encode() })
    }

    private func encode() -> [UInt8] {
        // DEFAULT FALSE: what is not critical does not say so.
        let critical: [UInt8] = isCritical ? ASN1.element(V_ASN1_BOOLEAN, [0xFF]) : []
        return ASN1.sequence(of: [type.der, critical, ASN1.element(V_ASN1_OCTET_STRING, value)])
    }

    func append(to stack: OpaquePointer) throws(OpenSSLError) {
        guard let item = ASN1_item_new(ADR_EXTENSION_it()), OPENSSL_sk_push(stack, UnsafeRawPointer(item)) > 0 else {
            throw OpenSSLError("building an extension")
        }
        let target = UnsafeMutablePointer<ADR_EXTENSION>(item)
        ASN1_OBJECT_free(target.pointee.type)
        target.pointee.type = type.makeObject()
        target.pointee.critical = isCritical ? 0xFF : 0
        try ASN1.set(target.pointee.value, value)
    }

    /// The value in words, as libcrypto prints it, on one line; nil if it can't.
    package var readableValue: String? {
        defer { ErrorQueue.clear() }
        guard let object = type.makeObject() else { return nil }
        defer { ASN1_OBJECT_free(object) }
        guard let octets = try? ASN1.makeString(value, tag: V_ASN1_OCTET_STRING) else { return nil }
        defer { ASN1_STRING_free(octets) }
        guard let built = X509_EXTENSION_create_by_OBJ(nil, object, isCritical ? 1 : 0, octets) else { return nil }
        defer { X509_EXTENSION_free(built) }
        guard let bio = try? MemoryBIO(), X509V3_EXT_print(bio.pointer, built, 0, 0) == 1 else { return nil }
        let text = String(decoding: bio.drain(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: ", ")
    }
}
