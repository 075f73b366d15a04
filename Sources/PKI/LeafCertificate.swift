import OpenSSL

/// A device's certificate before it is a certificate: made, and to be signed.
package struct UnsignedLeaf: Sendable {
    let contents: CertificateContents
    /// What is signed: the contents in DER.
    let info: [UInt8]
    package let request: CertificationRequest
    /// Empty as long as it is not signed.
    private(set) var signature: [UInt8] = []

    init(contents: CertificateContents, info: [UInt8], request: CertificationRequest) {
        self.contents = contents
        self.info = info
        self.request = request
    }

    /// Signs it, and does nothing else: this is all arithmetic.
    package mutating func sign(with issuer: borrowing Issuer) throws(OpenSSLError) {
        signature = try issuer.key.sign(info, with: .sha384)
    }
}

/// A device's certificate that was made just now; ``CertificateOutline`` reads what else is in it.
package struct LeafCertificate: Sendable {
    package let der: [UInt8]
    /// The octets of the number in upper-case hexadecimal.
    package let serialNumber: String
    /// Unix seconds UTC.
    package let notBefore: Int64
    /// Unix seconds UTC.
    package let notAfter: Int64

    init(der: [UInt8], _ contents: CertificateContents) {
        self.der = der
        serialNumber = Hexadecimal.encode(contents.serialNumber)
        notBefore = contents.notBefore
        notAfter = contents.notAfter
    }

    /// SHA-1 of the DER in upper-case hexadecimal.
    package var thumbprintSHA1: String { CertificateOutline.thumbprintSHA1(of: der) }
}
