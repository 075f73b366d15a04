import OpenSSL
import Synchronization

/// A CA certificate together with its key, ready to sign.
package struct Issuer: ~Copyable, Sendable {
    package let certificate: CertificateOutline
    let key: PrivateKey
    /// Its name in DER, as the certificates it issues name it.
    let subjectDER: Result<[UInt8], OpenSSLError>
    /// What the certificates it issues carry as their authority's key identifier.
    let keyIdentifier: [UInt8]
    /// The extension with that; encoded once.
    let authorityKeyIdentifier: Result<CertificateExtension, OpenSSLError>
    /// Whether a certificate of this key has been proven.
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
        subjectDER = Result { () throws(OpenSSLError) in try certificate.subject.der }
        let identifier = certificate.subjectKeyIdentifier ?? certificate.info.publicKey.keyIdentifier
        keyIdentifier = identifier
        authorityKeyIdentifier = Result { () throws(OpenSSLError) in
            try CertificateFactory.authorityKeyIdentifier(identifier)
        }
    }

    /// Calls `proof` for the first certificate that this key signs in the process: it verifies the signature, and that
    /// proves that key and certificate belong together. It is not called for later ones, since that is as dear as signing.
    borrowing func proveOnce(_ proof: () throws -> Void) rethrows {
        if isProven.load(ordering: .acquiring) { return }
        try proof()
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
