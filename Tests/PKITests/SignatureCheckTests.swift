import OpenSSL
import Testing

@testable import PKI

/// A signature that is checked while the certificate is made already, or after that.
@Suite struct SignatureCheckTests {
    private func rules(_ time: SignatureCheckTime) -> CSRRules {
        var rules = CSRRules(registrationID: "device-1", encodings: [.der])
        rules.signatureCheck = time
        return rules
    }

    private func issuer() throws -> Issuer {
        let key = try PrivateKey.generate()
        let root = try CertificateFactory.root(
            key: key,
            notBefore: Samples.now,
            name: Samples.name,
            serial: try Samples.serial()
        )
        return try Issuer(certificate: root, key: key)
    }

    private func leaf(_ request: CertificationRequest) throws -> CertificateOutline {
        let leaf = try CertificateFactory.signedLeaf(
            request: request,
            issuer: try issuer(),
            notBefore: Samples.now,
            validityDays: 30,
            serial: try Samples.serial(),
            deviceIdentifier: try RandomBytes.generate(32)
        )
        return try CertificateOutline(der: leaf.der)
    }

    @Test(arguments: [SignatureCheckTime.aside, .later])
    func aGoodOneIsSigned(_ time: SignatureCheckTime) throws {
        let der = try CSRBuilder.make(commonName: "device-1", key: try PrivateKey.generate())
        let request = try CSRAcceptance.judge(der, rules: rules(time)).accepted()
        try request.requireSignature()
        #expect(try leaf(request).subject.commonName == "device-1")
    }

    /// The certificate is made and thrown away, and the refusal is the one that a judge who waits gives.
    @Test(arguments: [SignatureCheckTime.aside, .later])
    func aBadOneIsRefusedBeforeACertificateComesOut(_ time: SignatureCheckTime) throws {
        var der = try CSRBuilder.make(commonName: "device-1", key: try PrivateKey.generate())
        // In the last integer of the signature, so that it stays DER.
        der[der.count - 8] ^= 1
        let waited = #expect(throws: Refusal.self) {
            try CSRAcceptance.judge(der, rules: rules(.atOnce)).accepted()
        }
        let request = try CSRAcceptance.judge(der, rules: rules(time)).accepted()
        let late = #expect(throws: Refusal.self) { try leaf(request) }
        #expect(late == waited)
        #expect(throws: Refusal.self, "asked again, it says no again") { try leaf(request) }
    }

    /// Beside another fault everything is judged at once, so that the refusal names all of them.
    @Test(arguments: [SignatureCheckTime.aside, .later])
    func withAnotherFaultNothingWaits(_ time: SignatureCheckTime) throws {
        var der = try CSRBuilder.make(commonName: "device-2", key: try PrivateKey.generate())
        der[der.count - 8] ^= 1
        let refusal = #expect(throws: Refusal.self) {
            try CSRAcceptance.judge(der, rules: rules(time)).accepted()
        }
        #expect(refusal?.message.contains("commonName") == true && refusal?.message.contains("signature") == true)
    }
}
