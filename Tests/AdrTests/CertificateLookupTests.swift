import JSON
import TestSupport
import Testing

/// Whoever lost the file gets the chain again.
struct CertificateLookupTests {
    @Test func anIssuedChainIsGivenAgain() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        let first = try person.scratch.text("device-01.pem")
        let serial = try #require(
            try person.expect("cert show --namespace factory --device-name device-01")["serialNumber"]?.stringValue
        )
        try person.expect("cert show --namespace factory --serial \(serial) --out again.pem")
        #expect(try person.scratch.text("again.pem") == first)
        // An earlier certificate is found too, its serial in any case and with colons, as openssl prints them.
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr"
        )
        let pairs = stride(from: 0, to: serial.count, by: 2).map { serial.lowercased().dropFirst($0).prefix(2) }
        try person.expect("cert show --namespace factory --serial \(pairs.joined(separator: ":")) --out old.pem")
        #expect(try person.scratch.text("old.pem") == first)
        try person.expect("cert show --namespace factory --device-name DEVICE-01 --out new.pem")
        #expect(try person.scratch.text("new.pem") != first)
    }

    @Test func chainsAreVerifiedAgainstNamespaceHubAndFile() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("credential show --namespace factory --certificate --out root.pem")
        for line in ["--namespace factory", "--hub-name factory-hub", "--ca-file root.pem"] {
            try person.expect("cert verify device-01.pem \(line)")
        }
        try person.expect("ns create --name other --enable-certificate-management")
        let foreign = try person.adr("cert verify device-01.pem --namespace other")
        #expect(foreign.status == 1)
        #expect(foreign.errors.hasPrefix("ERROR: (UnknownIssuer) "), "\(foreign.errors)")
        try person.expect("hub create --name other-hub --namespace other")
        let unsynced = try person.adr("cert verify device-01.pem --hub-name other-hub")
        #expect(unsynced.status == 1)
        let described = try person.expect("cert show device-01.pem")
        #expect(described.arrayValue?.count == 3)
        #expect(described.arrayValue?.first?["subject"]?.stringValue == "CN=device-01")
        #expect(described.arrayValue?.first?["keyUsage"] == ["digitalSignature"])
    }
}
