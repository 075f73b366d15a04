import OpenSSL

package enum CSREncoding: String, Sendable { case base64, der, pem }

package struct CertificationRequest: Sendable {
    package enum CommonNameType: String, Sendable {
        case printableString = "PrintableString", utf8String = "UTF8String", other
    }
    package let der: [UInt8]
    package let subject: DistinguishedName
    package let commonName: String
    package let commonNameBytes: [UInt8]
    package let commonNameType: CommonNameType
    package let subjectPublicKeyInfo: [UInt8]
    package let curve: NamedCurve?
    package let keyDescription: String
    package let signatureAlgorithm: String
    package let requestedExtensions: [String]
    package let digest: [UInt8]
}
