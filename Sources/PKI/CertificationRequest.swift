import OpenSSL

/// How a file or a message carries a certification request.
package enum CSREncoding: String, Sendable, CaseIterable {
    /// Base64 of the DER, as DPS takes it.
    case base64
    case der
    case pem
}

/// A certification request (RFC 2986), read.
///
/// That one exists does not mean that it was accepted: see ``CSRJudgement/accepted()``. Shared, for it is large and goes
/// through many hands.
package final class CertificationRequest: Sendable {
    /// The request in DER.
    package let der: [UInt8]
    package let subject: DistinguishedName
    /// The CN as text; empty if there is none or it is no text.
    package let commonName: String
    /// The octets of the CN as they are encoded.
    package let commonNameBytes: [UInt8]
    /// The ASN.1 name of the CN's type ("UTF8String"); empty if there is no CN.
    package let commonNameType: String
    /// The subject in DER.
    let subjectDER: [UInt8]
    let publicKey: PublicKeyInfo
    private let signatureOID: OID
    /// What it asks for beside its name, readable ("basicConstraints: CA:TRUE").
    package let requestedExtensions: [String]
    /// SHA-256 of ``der``.
    package let digest: [UInt8]
    /// The check of its signature, where that was not waited for.
    private let signatureCheck: SignatureCheck?

    /// The long name of the signature algorithm ("ecdsa-with-SHA384").
    package var signatureAlgorithm: String { signatureOID.longName }

    /// The public key in DER.
    package var subjectPublicKeyInfo: [UInt8] { publicKey.der }

    /// The curve of a key on a NIST curve given by its name.
    package var curve: NamedCurve? { publicKey.namedCurve }

    /// The key in words ("P-384", "RSA 2048").
    package var keyDescription: String { publicKey.description }

    init(_ info: CertificationRequestInfo, requestedExtensions: [String], signatureCheck: SignatureCheck?) {
        self.signatureCheck = signatureCheck
        der = info.der
        subject = DistinguishedName(info.subject)
        let commonName = subject.attributes.first { $0.type == .commonName }
        self.commonName = commonName?.text ?? ""
        commonNameBytes = commonName?.value ?? []
        commonNameType = commonName?.stringType.name ?? ""
        subjectDER = info.subjectDER
        publicKey = info.publicKey
        signatureOID = info.signatureAlgorithm.algorithm
        self.requestedExtensions = requestedExtensions
        digest = Digest.sha256.hash(info.der)
    }

    /// Throws the refusal of a request whose signature turns out not to be good, where that was not waited for.
    package func requireSignature() throws(Refusal) { try signatureCheck?.require() }
}
