import OpenSSL

/// What every certificate of one kind has in common.
struct CertificateProfile: Sendable {
    let basicConstraints: CertificateOutline.BasicConstraints
    let keyUsage: [String]
    /// Nil for a certificate without the extension.
    let extendedKeyUsage: [String]?
    /// The extensions that follow from these alone; encoded once.
    let fixedExtensions: Result<[CertificateExtension], OpenSSLError>

    private init(isCA: Bool, pathLength: Int? = nil, keyUsage: [String], extendedKeyUsage: [String]?) {
        basicConstraints = .init(isCA: isCA, pathLength: pathLength)
        self.keyUsage = keyUsage
        self.extendedKeyUsage = extendedKeyUsage
        fixedExtensions = Result { () throws(OpenSSLError) in
            var extensions = [
                CertificateExtension(
                    type: .basicConstraints,
                    isCritical: true,
                    value: try ExtensionValues.basicConstraints(isCA: isCA, pathLength: pathLength)
                ),
                CertificateExtension(
                    type: .keyUsage,
                    isCritical: true,
                    value: try ExtensionValues.keyUsage(keyUsage)
                ),
            ]
            if let extendedKeyUsage {
                extensions.append(
                    CertificateExtension(
                        type: .extendedKeyUsage,
                        isCritical: false,
                        value: try ExtensionValues.extendedKeyUsage(extendedKeyUsage)
                    )
                )
            }
            return extensions.map { $0.encoded() }
        }
    }

    private static let caUsage = ["digitalSignature", "keyCertSign", "cRLSign"]

    static let root = Self(isCA: true, pathLength: 1, keyUsage: caUsage, extendedKeyUsage: ["clientAuth"])
    static let issuingCA = Self(isCA: true, pathLength: 0, keyUsage: caUsage, extendedKeyUsage: ["clientAuth"])
    static let leaf = Self(isCA: false, keyUsage: ["digitalSignature"], extendedKeyUsage: ["clientAuth"])
    /// Signs checkpoints of a ledger, and nothing else: no extended usage lets it pass for a device.
    static let ledgerSigner = Self(isCA: false, keyUsage: ["digitalSignature"], extendedKeyUsage: nil)
    static let serverRoot = Self(isCA: true, pathLength: 0, keyUsage: caUsage, extendedKeyUsage: ["serverAuth"])
    static let server = Self(isCA: false, keyUsage: ["digitalSignature"], extendedKeyUsage: ["serverAuth"])

    /// Compares what a certificate's extensions say with this profile.
    ///
    /// Throws ``ProfileMismatch`` for the first member that is not as it should be.
    func check(_ outline: CertificateOutline) throws(ProfileMismatch) {
        func require(_ member: String, _ holds: Bool) throws(ProfileMismatch) {
            if !holds { throw ProfileMismatch(member: member) }
        }
        try require("basicConstraints", outline.basicConstraints == basicConstraints)
        try require("keyUsage", outline.keyUsage == keyUsage)
        try require("extendedKeyUsage", outline.extendedKeyUsage == extendedKeyUsage)
        try require("subjectKeyIdentifier", outline.subjectKeyIdentifier == outline.info.publicKey.keyIdentifier)
        try require("authorityKeyIdentifier", outline.authorityKeyIdentifier != nil)
        let critical: [OID] = [.basicConstraints, .keyUsage]
        try require(
            "critical extensions",
            outline.info.extensions.allSatisfy { $0.isCritical == critical.contains($0.type) }
        )
    }
}

/// A certificate that came out other than it was meant; it is thrown away.
package struct ProfileMismatch: Error, Sendable, CustomStringConvertible {
    /// The member that differs.
    package let member: String

    package var description: String { "the new certificate's \(member) is not what its profile says" }
}

extension PublicKeyInfo {
    /// SHA-1 of the bit string's octets (RFC 5280 §4.2.1.2, method 1).
    var keyIdentifier: [UInt8] { Digest.sha1.hash(bits) }
}
