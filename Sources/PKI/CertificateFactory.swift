import OpenSSL

package struct Issuer: ~Copyable, Sendable {
    package let certificate: CertificateOutline
    let key: PrivateKey
    package init(certificate: CertificateOutline, key: consuming PrivateKey) throws(Refusal) { fatalError() }
}

package enum CertificateFactory {
    package static func root(
        key: borrowing PrivateKey,
        notBefore: Int64,
        name: String,
        serial: [UInt8]
    ) throws -> CertificateOutline { fatalError() }

    package static func issuingCA(
        key: borrowing PrivateKey,
        issuer: borrowing Issuer,
        notBefore: Int64,
        name: String,
        serial: [UInt8],
        crlDistributionPoints: [String] = [],
        caIssuers: [String] = []
    ) throws -> CertificateOutline { fatalError() }

    package static func leaf(
        request: CertificationRequest,
        issuer: borrowing Issuer,
        notBefore: Int64,
        validityDays: Int,
        serial: [UInt8],
        deviceIdentifier: [UInt8],
        crlDistributionPoints: [String] = [],
        caIssuers: [String] = []
    ) throws -> CertificateOutline { fatalError() }

    package static func server(
        hostNames: [String],
        key: borrowing PrivateKey,
        issuer: borrowing Issuer,
        notBefore: Int64,
        notAfter: Int64,
        serial: [UInt8]
    ) throws -> CertificateOutline { fatalError() }

    package static func serverRoot(
        key: borrowing PrivateKey,
        notBefore: Int64,
        commonName: String,
        serial: [UInt8]
    ) throws -> CertificateOutline { fatalError() }
}

package enum SerialNumber {
    package static func make(random: [UInt8]) -> [UInt8] { fatalError() }
}
