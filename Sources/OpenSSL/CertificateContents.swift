import COpenSSL
import CTemplates
import Synchronization

/// What the signer of a certificate fills in (TBSCertificate, RFC 5280 §4.1.2): what consists of parts is there in DER.
package struct CertificateContents: Sendable {
    /// The octets of a positive number.
    package let serialNumber: [UInt8]
    /// Name in DER.
    package let issuer: [UInt8]
    /// Unix seconds UTC.
    package let notBefore: Int64
    /// Unix seconds UTC.
    package let notAfter: Int64
    /// Name in DER.
    package let subject: [UInt8]
    /// SubjectPublicKeyInfo in DER.
    package let subjectPublicKeyInfo: [UInt8]
    /// Extensions in DER.
    package let extensions: [UInt8]

    package init(
        serialNumber: [UInt8],
        issuer: [UInt8],
        notBefore: Int64,
        notAfter: Int64,
        subject: [UInt8],
        subjectPublicKeyInfo: [UInt8],
        extensions: [UInt8]
    ) {
        self.serialNumber = serialNumber
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.subject = subject
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
        self.extensions = extensions
    }

    /// Makes a v3 certificate, signed with SHA-384, in DER.
    package func sign(with key: borrowing PrivateKey) throws(OpenSSLError) -> [UInt8] {
        let info = try encode()
        return Self.certificate(info, signature: try key.sign(info, with: .sha384))
    }

    /// The certificate whose contents are encoded in `info`, in DER.
    ///
    /// - Parameter signature: ECDSA with SHA-384, over `info`.
    package static func certificate(_ info: [UInt8], signature: [UInt8]) -> [UInt8] {
        ASN1.sequence(of: [info, signatureAlgorithm, ASN1.bitString(signature)])
    }

    /// What is signed, in DER.
    package func encode() throws(OpenSSLError) -> [UInt8] {
        ASN1.sequence(of: [
            Self.version3, try ASN1.integer(serialNumber), Self.signatureAlgorithm, issuer, try validity(), subject,
            subjectPublicKeyInfo, ASN1.explicit(3, extensions),
        ])
    }

    private static let version3 = ASN1.explicit(0, ASN1.element(V_ASN1_INTEGER, [2]))

    /// ECDSA with SHA-384, without parameters (RFC 5758 §3.2).
    private static let signatureAlgorithm = ASN1.sequence(of: [OID.ecdsaWithSHA384.der])

    private func validity() throws(OpenSSLError) -> [UInt8] {
        try Self.lastValidity.withLock { (last) throws(OpenSSLError) in
            if let last, last.notBefore == notBefore, last.notAfter == notAfter { return last.der }
            let der = try makeValidity()
            last = (notBefore, notAfter, der)
            return der
        }
    }

    /// Of many certificates a second most have the same.
    private static let lastValidity = Mutex<(notBefore: Int64, notAfter: Int64, der: [UInt8])?>(nil)

    private func makeValidity() throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<ADR_VALIDITY>(ADR_VALIDITY_it())
        let times = value.pointer.pointee
        guard ASN1_TIME_set(times.notBefore, time_t(notBefore)) != nil,
            ASN1_TIME_set(times.notAfter, time_t(notAfter)) != nil
        else { throw OpenSSLError("building a validity") }
        return try value.encode()
    }

    /// Reads back a certificate that was made of this and compares it with what it was made from, field by field.
    ///
    /// Where nothing differs it is DER: the same encoder would make the same bytes of the same fields again.
    ///
    /// - Returns: the first field that differs, by its name in RFC 5280; nil if none does.
    /// - Throws: `OpenSSLError` for what is no certificate or goes on behind it.
    package func difference(from der: [UInt8]) throws(OpenSSLError) -> String? {
        let what = "a new certificate"
        let value = try ASN1Value<ADR_CERTIFICATE_IN_PARTS>(ADR_CERTIFICATE_IN_PARTS_it(), readingAll: der, what)
        let certificate = value.pointer.pointee
        guard let parts = certificate.info?.pointee, let validity = parts.validity?.pointee else { return "validity" }
        var version: Int64 = 0
        guard ASN1_INTEGER_get_int64(&version, parts.version) == 1, version == 2 else { return "version" }
        guard ASN1_STRING_type(parts.serialNumber) == V_ASN1_INTEGER, ASN1.holds(parts.serialNumber, serialNumber)
        else { return "serialNumber" }
        guard Self.isOurs(parts.algorithm), Self.isOurs(certificate.algorithm) else { return "signatureAlgorithm" }
        guard ASN1.holds(parts.issuer, issuer) else { return "issuer" }
        guard Self.isTime(validity.notBefore, notBefore) else { return "notBefore" }
        guard Self.isTime(validity.notAfter, notAfter) else { return "notAfter" }
        guard ASN1.holds(parts.subject, subject) else { return "subject" }
        guard ASN1.holds(parts.key, subjectPublicKeyInfo) else { return "subjectPublicKeyInfo" }
        guard ASN1.holds(parts.extensions, extensions) else { return "extensions" }
        guard ASN1_STRING_length(certificate.signature) > 0, ASN1.unusedBits(certificate.signature) == 0 else {
            return "signatureValue"
        }
        return nil
    }

    /// Whether that is ``signatureAlgorithm``.
    private static func isOurs(_ algorithm: UnsafeMutablePointer<X509_ALGOR>?) -> Bool {
        var object: OpaquePointer?
        var type: Int32 = 0
        X509_ALGOR_get0(&object, &type, nil, algorithm)
        return type == V_ASN1_UNDEF && OBJ_cmp(object, OBJ_nid2obj(NID_ecdsa_with_SHA384)) == 0
    }

    private static func isTime(_ time: ADR_STRING_REF?, _ seconds: Int64) -> Bool {
        CertificateTime(time).map { $0.isStrict && $0.seconds == seconds } ?? false
    }
}
