import OpenSSL

package struct CertificateOutline: Sendable {
    package struct BasicConstraints: Sendable, Equatable {
        package let isCA: Bool
        package let pathLength: Int?
    }
    package let der: [UInt8]
    package let version: Int
    package let serialNumber: String
    package let issuer: DistinguishedName
    package let subject: DistinguishedName
    package let notBefore: Int64
    package let notAfter: Int64
    package let subjectPublicKeyInfo: [UInt8]
    package let keyDescription: String
    package let signatureAlgorithm: String
    package let basicConstraints: BasicConstraints?
    package let keyUsage: [String]?
    package let extendedKeyUsage: [String]?
    package let subjectKeyIdentifier: [UInt8]?
    package let authorityKeyIdentifier: [UInt8]?
    package let subjectAlternativeNames: [String]
    package let deviceIdentifier: [UInt8]?
    package let crlDistributionPoints: [String]
    package let caIssuers: [String]
    package let otherExtensions: [(oid: String, critical: Bool)]
    package var thumbprintSHA1: String { fatalError() }
    package var thumbprintSHA256: String { fatalError() }

    package init(der: [UInt8]) throws(Refusal) { fatalError() }
    package init(lenient der: [UInt8]) throws(Refusal) { fatalError() }
}
