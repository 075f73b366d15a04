import OpenSSL
import Synchronization

/// A CA certificate together with its key, ready to sign.
package struct Issuer: ~Copyable, Sendable {
    package let certificate: CertificateOutline
    let key: PrivateKey
    /// What the certificates it issues carry as their authority's key identifier.
    let keyIdentifier: [UInt8]
    /// The extension with that; encoded once.
    let authorityKeyIdentifier: Result<CertificateExtension, OpenSSLError>
    /// Whether a signature of this key has been verified with the certificate's public key.
    private let isProven = Atomic(false)

    /// Throws a ``Refusal`` if the certificate is no CA's, its key no EC key, or the key not the certificate's.
    package init(certificate: CertificateOutline, key: consuming PrivateKey) throws(Refusal) {
        var name: String { certificate.subject.description }
        let usage = certificate.keyUsage
        guard certificate.basicConstraints?.isCA == true, usage?.contains("keyCertSign") != false else {
            throw Refusal(code: "NotACertificateAuthority", message: "\(name) may not sign certificates.")
        }
        guard certificate.info.publicKey.algorithm.algorithm == .ecPublicKey else {
            throw Refusal(
                code: "UnsupportedIssuerKey",
                message: "\(name) has a key that is \(certificate.keyDescription); only EC keys sign here."
            )
        }
        let isOurs: Bool
        do throws(OpenSSLError) {
            isOurs = try key.matches(certificate.info.publicKey)
        } catch {
            throw Refusal(code: "IssuerKeyMismatch", message: "The key of \(name) can't be used: \(error).")
        }
        guard isOurs else {
            throw Refusal(
                code: "IssuerKeyMismatch",
                message: "The private key does not belong to the certificate of \(name)."
            )
        }
        self.certificate = certificate
        self.key = key
        let identifier = certificate.subjectKeyIdentifier ?? certificate.info.publicKey.keyIdentifier
        keyIdentifier = identifier
        authorityKeyIdentifier = Result { () throws(OpenSSLError) in
            try CertificateFactory.authorityKeyIdentifier(identifier)
        }
    }

    /// Verifies the first signature of this key in the process: that proves that key and certificate belong together.
    /// Later ones are not verified, since that is as dear as signing.
    borrowing func proveOnce(_ signed: CertificateOutline) throws {
        if isProven.load(ordering: .acquiring) { return }
        try signed.verifySignature(with: certificate.info.publicKey)
        isProven.store(true, ordering: .releasing)
    }
}

/// A certificate whose signature its issuer's key does not verify; it is thrown away.
package struct SignatureMismatch: Error, Sendable, CustomStringConvertible {
    package let subject: String

    package var description: String {
        "the signature of the new certificate \(subject) does not verify with its issuer's public key"
    }
}

extension CertificateOutline {
    /// Throws ``SignatureMismatch`` if `key` did not sign this, which is signed with SHA-384.
    func verifySignature(with key: PublicKeyInfo) throws {
        let key = try PublicKey(key)
        guard key.verify(signature: info.signature, of: info.signedBytes, digestName: "SHA384") else {
            throw SignatureMismatch(subject: subject.description)
        }
    }
}
