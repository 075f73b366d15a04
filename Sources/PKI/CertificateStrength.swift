import OpenSSL

extension CertificateOutline {
    /// What keeps TLS from using the certificate as OpenSSL is commonly set up, at 112 bits of security (NIST SP 800-57);
    /// nil if nothing does. Of one that signs itself nobody checks the signature.
    package var weakness: String? {
        let algorithm = info.publicKey.algorithm.algorithm
        let least = algorithm == .rsaEncryption ? 2048 : algorithm == .ecPublicKey ? 224 : 0
        if least > 0, let key = try? PublicKey(info.publicKey), key.bitCount < least {
            return "its key, \(keyDescription), is too small"
        }
        let signature = signatureAlgorithm.lowercased()
        if !isSelfIssued, ["sha1", "md5"].contains(where: { signature.hasPrefix($0) || signature.hasSuffix($0) }) {
            return "its signature, \(signatureAlgorithm), is by a hash that is broken"
        }
        return nil
    }

    /// What to do about a ``weakness``.
    package static let strengthHint =
        "Make one with an EC key, or RSA of at least 2048 bits, and sign it with SHA-256: 'openssl req -x509 -newkey ec "
        + "-pkeyopt ec_paramgen_curve:P-256 -sha256 ...'."
}
