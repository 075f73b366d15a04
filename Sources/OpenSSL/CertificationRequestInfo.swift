import COpenSSL
import CTemplates
import Glibc

/// A certification request (RFC 2986 §4) as its bytes say it, unjudged.
package struct CertificationRequestInfo: Sendable {
    package struct Attribute: Sendable {
        package let type: OID
        /// Each value in DER, as far as libcrypto looks into it.
        package let values: [[UInt8]]
    }

    /// The encoded version, 0 for v1; nil if it is no small number.
    package let version: Int?
    package let subject: [[NameAttribute]]
    /// The subject in DER, as it stands in ``der``.
    package let subjectDER: [UInt8]
    package let publicKey: PublicKeyInfo
    /// Nil if they are missing altogether, which RFC 2986 does not allow.
    package let attributes: [Attribute]?
    package let signatureAlgorithm: AlgorithmIdentifier
    package let signature: [UInt8]
    /// How many bits of the signature's last octet are unused.
    package let signatureUnusedBits: Int
    /// What is signed, in DER.
    package let signedBytes: [UInt8]
    /// The whole request in DER: the very input, if that was DER.
    package let der: [UInt8]
    /// How many bytes of the input the request took.
    package let length: Int
    /// Whether those were DER.
    package let isDER: Bool

    /// Reads one request from the beginning of `bytes`, which may be BER and may go on behind it.
    package init(reading bytes: [UInt8]) throws(OpenSSLError) {
        var length = 0
        let what = "a certification request"
        let value = try ASN1Value<ADR_REQUEST>(ADR_REQUEST_it(), reading: bytes, what, length: &length)
        guard let info = value.pointer.pointee.info, let key = info.pointee.key else {
            throw OpenSSLError(operation: "reading \(what)", reasons: ["incomplete"])
        }
        var version: Int64 = 0
        self.version = ASN1_INTEGER_get_int64(&version, info.pointee.version) == 1 ? Int(version) : nil
        if self.version == nil { ErrorQueue.clear() }
        subject = NameAttribute.read(info.pointee.subject)
        if info.pointee.attributes == nil {
            attributes = nil
        } else {
            attributes = try Self.read(info.pointee.attributes)
        }
        signatureAlgorithm = AlgorithmIdentifier(value.pointer.pointee.algorithm)
        signature = ASN1.content(value.pointer.pointee.signature)
        signatureUnusedBits = ASN1.unusedBits(value.pointer.pointee.signature)
        der = try value.encode()
        signedBytes = ASN1.firstInside(der) ?? []
        // Version, subject, key.
        let fields = ASN1.elements(of: signedBytes, atMost: 3)
        guard fields.count == 3 else { throw OpenSSLError(operation: "reading \(what)", reasons: ["incomplete"]) }
        subjectDER = Array(signedBytes[fields[1]])
        publicKey = PublicKeyInfo(key, der: Array(signedBytes[fields[2]]))
        self.length = length
        isDER = der.count == length && memcmp(der, bytes, length) == 0
    }

    private static func read(_ attributes: OpaquePointer?) throws(OpenSSLError) -> [Attribute] {
        var result: [Attribute] = []
        for attribute in StackView(attributes, of: ADR_ATTRIBUTE.self) {
            var values: [[UInt8]] = []
            for value in StackView(attribute.pointee.values, of: ASN1_TYPE.self) {
                values.append(try ASN1.encode(OpaquePointer(value), ASN1_ANY_it()))
            }
            result.append(Attribute(type: OID(attribute.pointee.type), values: values))
        }
        return result
    }

    /// Makes a request for `key` without attributes, signed with SHA-384, in DER.
    package static func make(
        subject: [[NameAttribute]],
        key: borrowing PrivateKey
    ) throws(OpenSSLError) -> [UInt8] {
        let spki = try key.subjectPublicKeyInfo
        let value = try ASN1Value<ADR_REQUEST>(ADR_REQUEST_it())
        let publicKey = try ASN1Value<ADR_PUBLIC_KEY>(ADR_PUBLIC_KEY_it(), readingAll: spki, "a public key")
        guard let info = value.pointer.pointee.info, let placeholder = info.pointee.key,
            ASN1_INTEGER_set_int64(info.pointee.version, 0) == 1
        else { throw OpenSSLError("building a certification request") }
        let name = try NameAttribute.makeName(subject)
        ASN1_item_free(info.pointee.subject, ADR_NAME_it())
        info.pointee.subject = name
        info.pointee.attributes = OPENSSL_sk_new_null()
        // What the template owns and what was just read change places; each is freed with its new owner.
        swap(&placeholder.pointee, &publicKey.pointer.pointee)
        try key.sign(
            OpaquePointer(info),
            item: ADR_REQUEST_INFO_it(),
            algorithm: value.pointer.pointee.algorithm,
            signature: value.pointer.pointee.signature
        )
        return try value.encode()
    }
}
