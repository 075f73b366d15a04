import OpenSSL

/// A device's certificate that was made just now; ``CertificateOutline`` reads what else is in it.
package struct LeafCertificate: Sendable {
    package let der: [UInt8]
    /// The octets of the number in upper-case hexadecimal.
    package let serialNumber: String
    /// Unix seconds UTC.
    package let notBefore: Int64
    /// Unix seconds UTC.
    package let notAfter: Int64

    init(der: [UInt8], serial: [UInt8], notBefore: Int64, notAfter: Int64) {
        self.der = der
        serialNumber = Hexadecimal.encode(serial)
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// SHA-1 of the DER in upper-case hexadecimal.
    package var thumbprintSHA1: String { CertificateOutline.thumbprintSHA1(of: der) }
}
