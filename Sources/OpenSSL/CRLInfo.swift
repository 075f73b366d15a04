import COpenSSL
import CTemplates
import Glibc

/// A certificate revocation list (RFC 5280 §5.1) as its bytes say it, unjudged.
package struct CRLInfo: Sendable {
    /// 1 or 2; nil if it is no such number.
    package let version: Int?
    package let issuer: [[NameAttribute]]
    /// The issuer's name in DER.
    package let issuerDER: [UInt8]
    package let thisUpdate: CertificateTime
    package let nextUpdate: CertificateTime?
    /// In the order they stand in.
    package let entries: [CRLEntry]
    package let extensions: [CertificateExtension]
    package let signatureAlgorithm: AlgorithmIdentifier
    package let signature: [UInt8]
    /// What is signed, as it stands in the input; empty if that is BER of indefinite length.
    package let signedBytes: [UInt8]
    /// Whether the input was one CRL in DER and nothing else, and kept to RFC 5280 in form: times, TRUE as FF, no list
    /// rather than an empty one, the same algorithm inside and outside, whole octets in the signature.
    package let isStrict: Bool
    /// How many bytes of the input the CRL took.
    package let length: Int

    /// Reads one CRL from the beginning of `bytes`, which may go on behind it.
    package init(reading bytes: [UInt8]) throws(OpenSSLError) {
        var length = 0
        let what = "a certificate revocation list"
        let value = try ASN1Value<ADR_CRL>(ADR_CRL_it(), reading: bytes, what, length: &length)
        guard let info = value.pointer.pointee.info, let thisUpdate = CertificateTime(info.pointee.thisUpdate) else {
            throw OpenSSLError(operation: "reading \(what)", reasons: ["its date is no time"])
        }
        version = Self.readVersion(info.pointee.version)
        issuer = NameAttribute.read(info.pointee.issuer)
        issuerDER = try ASN1.encode(info.pointee.issuer, ADR_NAME_it())
        self.thisUpdate = thisUpdate
        nextUpdate = try Self.nextUpdate(info.pointee.nextUpdate, what)
        let (entries, areEntriesStrict) = try CRLEntry.readList(ASN1.content(info.pointee.revoked))
        self.entries = entries
        let (extensions, areExtensionsStrict) = CertificateExtension.read(info.pointee.extensions)
        self.extensions = extensions
        signatureAlgorithm = AlgorithmIdentifier(value.pointer.pointee.algorithm)
        signature = ASN1.content(value.pointer.pointee.signature)
        self.length = length
        let again = try value.encode()
        signedBytes = ASN1.firstInside(bytes) ?? []
        let isListStrict = info.pointee.revoked == nil || (!entries.isEmpty && areEntriesStrict)
        isStrict =
            isListStrict && areExtensionsStrict && thisUpdate.isStrict && nextUpdate?.isStrict != false
            && ASN1.unusedBits(value.pointer.pointee.signature) == 0
            && X509_ALGOR_cmp(info.pointee.algorithm, value.pointer.pointee.algorithm) == 0
            && again == bytes
    }

    /// v1 is left out, v2 is 1.
    private static func readVersion(_ value: ADR_STRING_REF?) -> Int? {
        guard let value else { return 1 }
        var number: Int64 = 0
        guard ASN1_INTEGER_get_int64(&number, value) == 1, number == 1 else {
            ErrorQueue.clear()
            return nil
        }
        return 2
    }

    private static func nextUpdate(_ value: ADR_STRING_REF?, _ what: String) throws(OpenSSLError) -> CertificateTime? {
        guard let value else { return nil }
        guard let time = CertificateTime(value) else {
            throw OpenSSLError(operation: "reading \(what)", reasons: ["the date of its successor is no time"])
        }
        return time
    }

    /// What the signer of a CRL fills in.
    package struct Contents: Sendable {
        package var issuer: [[NameAttribute]]
        /// Unix seconds UTC.
        package var thisUpdate: Int64
        /// Unix seconds UTC.
        package var nextUpdate: Int64
        /// The list as ``CRLEntry/Writer`` gives it; empty for none.
        package var entries: [UInt8]
        package var extensions: [CertificateExtension]

        package init(
            issuer: [[NameAttribute]],
            thisUpdate: Int64,
            nextUpdate: Int64,
            entries: [UInt8],
            extensions: [CertificateExtension]
        ) {
            self.issuer = issuer
            self.thisUpdate = thisUpdate
            self.nextUpdate = nextUpdate
            self.entries = entries
            self.extensions = extensions
        }
    }

    /// Makes a v2 CRL, signed with SHA-384, in DER.
    package static func sign(_ contents: Contents, with key: borrowing PrivateKey) throws(OpenSSLError) -> [UInt8] {
        let operation = "building a certificate revocation list"
        let value = try ASN1Value<ADR_CRL>(ADR_CRL_it())
        guard let info = value.pointer.pointee.info, let version = ASN1_INTEGER_new() else {
            throw OpenSSLError(operation)
        }
        info.pointee.version = version
        guard ASN1_INTEGER_set_int64(version, 1) == 1,
            ASN1_TIME_set(info.pointee.thisUpdate, time_t(contents.thisUpdate)) != nil,
            let nextUpdate = ASN1_TIME_set(nil, time_t(contents.nextUpdate))
        else { throw OpenSSLError(operation) }
        info.pointee.nextUpdate = nextUpdate
        let issuer = try NameAttribute.makeName(contents.issuer)
        ASN1_item_free(info.pointee.issuer, ADR_NAME_it())
        info.pointee.issuer = issuer
        if !contents.entries.isEmpty {
            info.pointee.revoked = try ASN1.makeString(contents.entries, tag: V_ASN1_SEQUENCE)
        }
        guard let extensions = OPENSSL_sk_new_null() else { throw OpenSSLError(operation) }
        info.pointee.extensions = extensions
        for item in contents.extensions { try item.append(to: extensions) }
        try key.sign(
            OpaquePointer(info),
            item: ADR_CRL_INFO_it(),
            algorithm: value.pointer.pointee.algorithm,
            innerAlgorithm: info.pointee.algorithm,
            signature: value.pointer.pointee.signature
        )
        return try value.encode()
    }

    /// The subject of a certificate as it stands in its DER, which need not be what its parts are encoded to again.
    package static func subjectDER(ofCertificate der: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let operation = "reading a certificate's subject"
        guard let certificate = ChainVerification.certificate(der) else {
            throw OpenSSLError(operation: operation, reasons: ["this is no certificate"])
        }
        defer { X509_free(certificate) }
        var bytes: UnsafePointer<UInt8>?
        var length = 0
        guard X509_NAME_get0_der(X509_get_subject_name(certificate), &bytes, &length) == 1, let bytes else {
            throw OpenSSLError(operation)
        }
        return Array(UnsafeBufferPointer(start: bytes, count: length))
    }
}
