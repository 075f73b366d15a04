import JSON
import TestSupport
import Testing

/// What was revoked is refused by hubs, by `cert verify` and, with our CRLs, by OpenSSL and GnuTLS; the rest is accepted.
@Suite(.peer("openssl"), .peer("certtool"))
struct RevocationTests {
    private func expectRefused(_ outcome: Outcome, _ reason: String) {
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.hasPrefix("ERROR: (\(reason)) "), "\(outcome)")
    }

    /// Writes the root, the CRLs of all CAs as `all.crl`, and what a verifier is told besides.
    private func publish(_ person: Operator) throws {
        try person.expect("credential show --namespace factory --certificate --out root.pem")
        try person.expect("credential crl --namespace factory --out root.crl")
        try person.expect("policy crl --namespace factory --out ica.crl")
        _ = try person.run("sh", "-c", "cat root.crl ica.crl > all.crl")
    }

    /// Whether openssl and GnuTLS, checking the whole chain with our CRLs, accept a device's certificate.
    private func isAccepted(_ id: String, _ person: Operator) throws -> Bool {
        let openssl = try person.verifyStrictly([
            "-crl_check_all", "-CRLfile", "all.crl", "-trusted", "root.pem", "-untrusted", "\(id).pem", "\(id).pem",
        ])
        let certtool = try person.run(
            "sh",
            "-c",
            "certtool --verify --load-ca-certificate root.pem --load-crl all.crl --infile \(id).pem"
        )
        #expect((openssl.status == 0) == (certtool.status == 0), "\(openssl)\n\(certtool)")
        let ours = try person.adr("cert verify \(id).pem --namespace factory")
        #expect((openssl.status == 0) == (ours.status == 0), "\(openssl)\n\(ours)")
        return openssl.status == 0
    }

    @Test func revokedDevicesAreRefusedEverywhere() throws {
        let person = Operator()
        try person.setUpFactory()
        for id in ["device-01", "device-02", "device-03"] { try person.provision(id) }
        try person.expect("device revoke --namespace factory --name device-01 --reason keyCompromise --yes")
        try person.expect("device delete --namespace factory --name device-02 --yes")
        try publish(person)
        #expect(try !isAccepted("device-01", person))
        #expect(try !isAccepted("device-02", person))
        #expect(try isAccepted("device-03", person))
        expectRefused(try person.connect("device-01"), "CertificateRevoked")
        expectRefused(try person.connect("device-02"), "DeviceNotFound")
        #expect(try person.connect("device-03").status == 0)

        let text = try person.run("openssl", "crl", "-in", "ica.crl", "-noout", "-text").output
        #expect(text.contains("Key Compromise") && text.contains("Cessation Of Operation"), "\(text)")

        // A new certificate works; a device that comes back under its name is another one.
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr "
                + "--out again-01.pem"
        )
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-02 --csr device-02.csr "
                + "--out again-02.pem"
        )
        for number in ["01", "02"] {
            let again = try person.adr(
                "hub connect --hub-name factory-hub --cp again-\(number).pem --kp device-\(number).key"
            )
            #expect(again.status == 0, "\(again)")
            expectRefused(try person.connect("device-\(number)"), "CertificateRevoked")
            #expect(try isAccepted("again-\(number)", person))
        }
    }

    @Test func disablingRevocationStaysUntilTheDeviceIsEnabled() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("device revoke --namespace factory --name device-01 --disable --yes")
        let issue =
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr"
        expectRefused(try person.adr(issue), "DeviceDisabled")
        // As with the service, revoking again keeps it disabled, whatever the flag says.
        try person.expect("device revoke --namespace factory --name device-01 --disable false --yes")
        let shown = try person.expect("device show --namespace factory --name device-01")
        #expect(shown["properties"]?["enabled"]?.boolValue == false)
        try person.expect("device update --namespace factory --name device-01 --enabled true")
        try person.expect("\(issue) --out device-01.pem")
        #expect(try person.connect("device-01").status == 0)
    }

    @Test func aRevokedIssuerIsTrustedByNobody() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("policy create --namespace factory --name other")
        try person.expect("credential sync --namespace factory")
        for id in ["device-01", "device-02"] { try person.provision(id) }
        try person.provision("device-03", policy: "other")
        let report = try person.expect("policy revoke-issuer --namespace factory --name default --yes")
        #expect(report["deviceCount"]?.integerValue == 2)
        #expect(report["devices"] == ["device-01", "device-02"])
        #expect(report["hubs"] == ["factory-hub"])
        expectRefused(try person.connect("device-01"), "IssuerRevoked")
        #expect(try person.connect("device-03").status == 0)
        try publish(person)
        #expect(try !isAccepted("device-01", person))
        #expect(try isAccepted("device-03", person))

        // The new CA has another subject, and is trusted after a sync.
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr "
                + "--out device-01.pem"
        )
        expectRefused(try person.connect("device-01"), "IssuerNotSynced")
        try person.expect("credential sync --namespace factory")
        #expect(try person.connect("device-01").status == 0)
        try publish(person)
        #expect(try isAccepted("device-01", person))
    }

    @Test func theLastCRLIsKeptWhenTheKeyIsWiped() throws {
        let person = Operator()
        try person.setUpFactory()
        for id in ["device-01", "device-02"] { try person.provision(id) }
        try person.expect("device revoke --namespace factory --name device-01 --yes")
        let deleted = try person.adr("policy delete --namespace factory --name default --wipe-key --yes")
        #expect(deleted.status == 0 && deleted.errors.contains("no CRL any more"), "\(deleted)")
        let keys = try person.run("ls", "store/groups/default/namespaces/factory/keys").output
        #expect(!keys.contains("ica-") && keys.contains("rootca-"), "\(keys)")
        try publish(person)
        #expect(try !isAccepted("device-01", person))
        #expect(try isAccepted("device-02", person))
        let first = try person.expect("policy crl --namespace factory")
        let certificate = try person.expect("cert show device-02.pem")
        #expect(first.arrayValue?.first?["isLast"]?.boolValue == true)
        #expect(first.arrayValue?.first?["nextUpdate"] == certificate.arrayValue?.first?["notAfter"])
        #expect(try person.expect("policy crl --namespace factory") == first, "there is no other any more")

        // Later revocations reach hubs alone, and that is said.
        let revoked = try person.adr("device revoke --namespace factory --name device-02 --yes")
        #expect(revoked.status == 0 && revoked.errors.contains("is wiped"), "\(revoked)")
        expectRefused(try person.connect("device-02"), "CertificateRevoked")
    }

    @Test func aCertificateIsRenewedAtItsHub() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("csr generate --registration-id device-01 --key-out new.key --out new.csr --format pem")
        let renew =
            "cert renew --hub-name factory-hub --cp device-01.pem --kp device-01.key --csr new.csr --out new.pem"
        let renewed = try person.adr(renew)
        #expect(renewed.status == 0 && !renewed.errors.contains("WARNING"), "\(renewed)")
        for files in ["--cp new.pem --kp new.key", "--cp device-01.pem --kp device-01.key"] {
            let connected = try person.adr("hub connect --hub-name factory-hub \(files)")
            #expect(connected.status == 0, "\(connected)")
        }
        let reused = try person.adr(
            "cert renew --hub-name factory-hub --cp new.pem --kp new.key --csr device-01.csr --out third.pem"
        )
        #expect(reused.status == 0 && !reused.errors.contains("WARNING"), "another key than that of the certificate")
        let same = try person.adr(
            "cert renew --hub-name factory-hub --cp new.pem --kp new.key --csr new.csr --out fourth.pem"
        )
        #expect(same.status == 0 && same.errors.contains("has the key of the old one"), "\(same)")

        // The policy that the device has now issues, whichever issued before.
        try person.expect("policy create --namespace factory --name other")
        try person.expect("credential sync --namespace factory")
        let policy = try person.expect("policy show --namespace factory --name other")
        try person.expect(
            "device update --namespace factory --name device-01 --policy-resource-id \(policy["id"]?.stringValue ?? "")"
        )
        #expect(try person.expect(renew)["policyName"] == "other")

        // All five are revoked together.
        let revoked = try person.adr("device revoke --namespace factory --name device-01 --yes")
        #expect(revoked.errors.contains("5 living certificates"), "\(revoked)")
        expectRefused(try person.adr(renew), "CertificateRevoked")
    }

    @Test func certificatesSayWhereCRLsAre() throws {
        let person = Operator()
        try person.expect(
            "ns create --name factory --ecm --crl-url http://pki.example/{ca}.crl --ca-certificate-url http://pki.example/{ca}.cer"
        )
        try person.expect("hub create --name factory-hub --namespace factory")
        try person.provision("device-01")
        let chain = try person.expect("cert show device-01.pem").arrayValue ?? []
        for (certificate, issuer) in zip(chain, chain.dropFirst()) {
            let name = (issuer["subject"]?.stringValue ?? "").dropFirst("CN=".count)
            #expect(certificate["crlDistributionPoints"] == [.string("http://pki.example/\(name).crl")])
            #expect(certificate["caIssuers"] == [.string("http://pki.example/\(name).cer")])
        }
        #expect(chain.last?["crlDistributionPoints"] == nil)
        _ = try person.run("mkdir", "crls")
        try person.expect("policy crl --namespace factory --out-dir crls --format der")
        let name = (chain[0]["issuer"]?.stringValue ?? "").dropFirst("CN=".count)
        let read = try person.run("openssl", "crl", "-inform", "DER", "-in", "crls/\(name).crl", "-noout", "-crlnumber")
        #expect(read.status == 0, "\(read)")

        try person.expect("ns update --name factory --crl-url")
        try person.provision("device-02")
        let later = try person.expect("cert show device-02.pem")
        #expect(later.arrayValue?.first?["crlDistributionPoints"] == nil)
        #expect(later.arrayValue?.first?["caIssuers"] != nil)
    }
}
