import OpenSSL
import PKI

/// A manufacturer's CA whose leaves devices onboard with; keys are thrown away, as nothing here makes a handshake.
final class OnboardingCA {
    let root: [UInt8]
    let intermediate: [UInt8]
    private let issuer: Issuer

    init(at time: Int64, name: String = "0123456789abcdef0123456789abcdef") throws {
        let rootKey = try PrivateKey.generate()
        let root = try CertificateFactory.root(key: rootKey, notBefore: time, name: name, serial: try Self.serial())
        let key = try PrivateKey.generate()
        let intermediate = try CertificateFactory.issuingCA(
            key: key,
            issuer: try Issuer(certificate: root, key: rootKey),
            notBefore: time,
            name: name,
            serial: try Self.serial()
        )
        self.root = root.der
        self.intermediate = intermediate.der
        issuer = try Issuer(certificate: intermediate, key: key)
    }

    private static func serial() throws -> [UInt8] { SerialNumber.make(random: try RandomBytes.generate(16)) }

    /// A leaf under the intermediate CA, DER.
    func leaf(_ commonName: String, at time: Int64, days: Int = 30) throws -> [UInt8] {
        let request = try CSRBuilder.make(commonName: commonName, key: try PrivateKey.generate(.p384))
        let rules = CSRRules(registrationID: commonName)
        var leaf = try CertificateFactory.unsignedLeaf(
            request: CSRAcceptance.judge(Array(Base64.encode(request).utf8), rules: rules).accepted(),
            issuer: issuer,
            notBefore: time,
            validityDays: days,
            serial: Self.serial(),
            deviceIdentifier: try RandomBytes.generate(32)
        )
        try leaf.sign(with: issuer)
        return try CertificateFactory.certificate(leaf, issuer: issuer).der
    }
}
