import OpenSSL

/// A certificate (RFC 5280 §4.1), read.
package struct CertificateOutline: Sendable {
    package struct BasicConstraints: Sendable, Equatable {
        package let isCA: Bool
        package let pathLength: Int?
    }

    package let der: [UInt8]
    /// 1, 2 or 3.
    package let version: Int
    /// The octets of the number in upper-case hexadecimal, without a leading zero octet; a negative one with a minus.
    package let serialNumber: String
    package let issuer: DistinguishedName
    package let subject: DistinguishedName
    /// Unix seconds UTC.
    package let notBefore: Int64
    /// Unix seconds UTC; for libcrypto, and so for ``ChainJudge``, this second is the first one it is no longer valid in.
    package let notAfter: Int64
    /// The public key in DER.
    package let subjectPublicKeyInfo: [UInt8]
    package let basicConstraints: BasicConstraints?
    /// The names of the bits that are set ("digitalSignature"), in the order of RFC 5280 §4.2.1.3.
    package let keyUsage: [String]?
    /// Short names ("clientAuth"), dotted identifiers for those without one.
    package let extendedKeyUsage: [String]?
    package let subjectKeyIdentifier: [UInt8]?
    package let authorityKeyIdentifier: [UInt8]?
    /// Each with its kind ("DNS:localhost", "IP Address:127.0.0.1").
    package let subjectAlternativeNames: [String]
    /// The value under ``deviceIdentifierOID``.
    package let deviceIdentifier: [UInt8]?
    /// URLs.
    package let crlDistributionPoints: [String]
    /// URLs.
    package let caIssuers: [String]

    let info: CertificateInfo
    /// The known extensions whose value can't be read.
    private let unreadable: [OID]

    /// The extensions that have no member of their own, or whose value can't be read, by dotted identifier.
    package var otherExtensions: [(oid: String, critical: Bool)] {
        info.extensions.filter { !Self.known.contains($0.type) || unreadable.contains($0.type) }
            .map { ($0.type.dotted, $0.isCritical) }
    }

    /// The dotted identifiers of all critical extensions.
    package var criticalExtensions: [String] {
        info.extensions.filter(\.isCritical).map(\.type.dotted)
    }

    /// The key in words ("P-384").
    package var keyDescription: String { info.publicKey.description }

    /// The long name of the signature algorithm ("ecdsa-with-SHA384").
    package var signatureAlgorithm: String { info.signatureAlgorithm.algorithm.longName }

    /// SHA-1 of the DER in upper-case hexadecimal.
    package var thumbprintSHA1: String { Self.thumbprintSHA1(of: der) }

    static func thumbprintSHA1(of der: [UInt8]) -> String { Hexadecimal.encode(Digest.sha1.hash(der)) }

    /// SHA-256 of the DER in upper-case hexadecimal.
    package var thumbprintSHA256: String { Hexadecimal.encode(Digest.sha256.hash(der)) }

    /// Whether subject and issuer are the same name.
    package var isSelfIssued: Bool { subject == issuer }

    /// Reads one certificate in strict DER with nothing behind it, each of its known extensions readable and there once.
    package init(der: [UInt8]) throws(Refusal) {
        let info = try Self.read(der)
        guard info.isStrict else {
            throw Refusal(code: Self.refusalCode, message: "The certificate is not strict DER as RFC 5280 wants it.")
        }
        for (index, item) in info.extensions.enumerated() {
            if info.extensions[..<index].contains(where: { $0.type == item.type }) {
                throw Refusal(code: Self.refusalCode, message: "The certificate has \(item.type.shortName) twice.")
            }
        }
        self.init(info, der)
        if let damaged = unreadable.first {
            throw Refusal(code: Self.refusalCode, message: "The certificate's \(damaged.shortName) is damaged.")
        }
    }

    /// Reads a certificate of whatever origin that libcrypto can read: BER, odd times, unreadable extensions.
    package init(lenient der: [UInt8]) throws(Refusal) {
        self.init(try Self.read(der), der)
    }

    /// The code of every refusal of a certificate for its form.
    package static let refusalCode = "InvalidCertificate"

    private static func read(_ der: [UInt8]) throws(Refusal) -> CertificateInfo {
        let info: CertificateInfo
        do throws(OpenSSLError) {
            info = try CertificateInfo(reading: der)
        } catch {
            let reason = error.reasons.first.map { " (\($0))" } ?? ""
            throw Refusal(code: refusalCode, message: "This is no X.509 certificate in DER\(reason).")
        }
        guard info.version != nil else {
            throw Refusal(code: refusalCode, message: "The certificate's version is none of v1, v2, v3.")
        }
        guard info.length == der.count else {
            let rest = der.count - info.length
            throw Refusal(code: refusalCode, message: "There are \(rest) bytes after the end of the certificate.")
        }
        return info
    }

    private init(_ info: CertificateInfo, _ der: [UInt8]) {
        self.info = info
        self.der = der
        version = info.version ?? 0
        serialNumber = (info.isSerialNumberNegative ? "-" : "") + Hexadecimal.encode(info.serialNumber)
        issuer = DistinguishedName(info.issuer)
        subject = DistinguishedName(info.subject)
        notBefore = info.notBefore.seconds
        notAfter = info.notAfter.seconds
        subjectPublicKeyInfo = info.publicKey.der
        var unreadable: [OID] = []
        func value<Value>(_ type: OID, _ read: ([UInt8]) throws(OpenSSLError) -> Value) -> Value? {
            guard let item = info.extensions.first(where: { $0.type == type }) else { return nil }
            do throws(OpenSSLError) {
                return try read(item.value)
            } catch {
                unreadable.append(type)
                return nil
            }
        }
        basicConstraints = value(.basicConstraints) { (der) throws(OpenSSLError) in
            let (isCA, pathLength) = try ExtensionValues.readBasicConstraints(der)
            return BasicConstraints(isCA: isCA, pathLength: pathLength)
        }
        keyUsage = value(.keyUsage, ExtensionValues.readKeyUsage)
        extendedKeyUsage = value(.extendedKeyUsage, ExtensionValues.readExtendedKeyUsage)
        subjectKeyIdentifier = value(.subjectKeyIdentifier, ExtensionValues.readOctetString)
        authorityKeyIdentifier = value(.authorityKeyIdentifier, ExtensionValues.readAuthorityKeyIdentifier) ?? nil
        subjectAlternativeNames =
            value(.subjectAlternativeName, ExtensionValues.readSubjectAlternativeNames)?.map(Visible.line) ?? []
        deviceIdentifier = value(DeviceIdentifier.type, ExtensionValues.readOctetString)
        crlDistributionPoints =
            value(.crlDistributionPoints, ExtensionValues.readCRLDistributionPoints)?.map(Visible.line) ?? []
        caIssuers = value(.authorityInformationAccess, ExtensionValues.readCAIssuers)?.map(Visible.line) ?? []
        self.unreadable = unreadable
    }

    // MARK: Known extensions

    private static let known: [OID] = [
        .basicConstraints, .keyUsage, .extendedKeyUsage, .subjectKeyIdentifier, .authorityKeyIdentifier,
        .subjectAlternativeName, DeviceIdentifier.type, .crlDistributionPoints, .authorityInformationAccess,
    ]
}
