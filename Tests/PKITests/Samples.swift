import OpenSSL

@testable import PKI

/// What the tests are made from.
enum Samples {
    /// 2026-03-01T00:00:00Z
    static let now: Int64 = 1_772_323_200
    static let day: Int64 = 86_400
    static let name = "0123456789abcdef0123456789abcdef"

    static func serial() throws -> [UInt8] { SerialNumber.make(random: try RandomBytes.generate(16)) }

    static func text(_ string: String) -> [UInt8] { Array(string.utf8) }

    static func base64(_ der: [UInt8]) -> [UInt8] { Array(Base64.encode(der).utf8) }

    static func request(_ commonName: String = "device-1", _ key: borrowing PrivateKey) throws -> CertificationRequest {
        let der = try CSRBuilder.make(commonName: commonName, key: key)
        return try CSRAcceptance.judge(base64(der), rules: CSRRules(registrationID: commonName)).accepted()
    }

    /// A root and an issuing CA under it.
    final class Authority {
        let root: CertificateOutline
        let rootIssuer: Issuer
        let issuing: CertificateOutline
        let issuer: Issuer

        init(notBefore: Int64 = now) throws {
            let rootKey = try PrivateKey.generate()
            root = try CertificateFactory.root(
                key: rootKey,
                notBefore: notBefore,
                name: Samples.name,
                serial: try Samples.serial()
            )
            rootIssuer = try Issuer(certificate: root, key: rootKey)
            let key = try PrivateKey.generate()
            issuing = try CertificateFactory.issuingCA(
                key: key,
                issuer: rootIssuer,
                notBefore: notBefore,
                name: Samples.name,
                serial: try Samples.serial()
            )
            issuer = try Issuer(certificate: issuing, key: key)
        }

        func leaf(
            _ commonName: String = "device-1",
            key: borrowing PrivateKey,
            notBefore: Int64 = now,
            days: Int = 30
        ) throws -> CertificateOutline {
            let leaf = try CertificateFactory.signedLeaf(
                request: try Samples.request(commonName, key),
                issuer: issuer,
                notBefore: notBefore,
                validityDays: days,
                serial: try Samples.serial(),
                deviceIdentifier: try RandomBytes.generate(32)
            )
            return try CertificateOutline(der: leaf.der)
        }
    }
}

extension CertificateFactory {
    /// All steps of making a device's certificate, one after the other.
    static func signedLeaf(
        request: CertificationRequest,
        issuer: borrowing Issuer,
        notBefore: Int64,
        validityDays: Int,
        serial: [UInt8],
        deviceIdentifier: [UInt8]
    ) throws -> LeafCertificate {
        var leaf = try unsignedLeaf(
            request: request,
            issuer: issuer,
            notBefore: notBefore,
            validityDays: validityDays,
            serial: serial,
            deviceIdentifier: deviceIdentifier
        )
        try leaf.sign(with: issuer)
        return try certificate(leaf, issuer: issuer)
    }
}
