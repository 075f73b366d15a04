import JSON
import TestSupport
import Testing

/// Who a hub lets in: exactly the devices whose issuing CA was pushed to it, who prove their key, and whom nobody
/// locked out.
struct HubTrustTests {
    private func expectRefused(_ outcome: Outcome, _ reason: String, _ comment: String = "") {
        #expect(outcome.status == 1, "\(comment) \(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("ERROR: (\(reason)) "), "\(comment) \(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test(arguments: ["--tls 1.2", "--tls 1.3", ""])
    func acceptsChainAndLeafAlone(_ tls: String) throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        let connection = try JSONValue(parsing: person.connect("device-01", more: tls).stdout)
        #expect(connection["authenticated"]?.boolValue == true)
        #expect(connection["deviceId"]?.stringValue == "device-01")
        if !tls.isEmpty { #expect(connection["tlsVersion"]?.stringValue == "TLSv\(tls.suffix(3))") }
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr "
                + "--out-leaf leaf.pem"
        )
        let leaf = try person.adr(
            "hub connect --hub-name factory-hub --certificate-file-path leaf.pem --key-file-path device-01.key \(tls)"
        )
        #expect(leaf.status == 0, "\(leaf.errors)")
    }

    @Test func refusesAPolicyThatWasNeverSynced() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("policy create --namespace factory --name late")
        try person.provision("device-01", policy: "late")
        for tls in ["--tls 1.2", "--tls 1.3"] {
            let outcome = try person.connect("device-01", more: tls)
            expectRefused(outcome, "IssuerNotSynced")
            #expect(outcome.errors.contains("adr credential sync --namespace factory"))
        }
        try person.expect("credential sync --namespace factory")
        #expect(try person.connect("device-01").status == 0)
    }

    @Test func refusesAnotherNamespace() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("ns create --name other --enable-certificate-management")
        try person.expect("hub create --name other-hub --namespace other")
        try person.expect("credential sync --namespace other")
        try person.provision("device-01", namespace: "other")
        #expect(try person.connect("device-01", hub: "other-hub").status == 0)
        for tls in ["--tls 1.2", "--tls 1.3"] {
            expectRefused(try person.connect("device-01", more: tls), "UnknownIssuer")
        }
    }

    @Test func refusesAnIssuerThatWasTakenFromTheHub() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        let list = try person.expect("hub certificate list --hub-name factory-hub")
        let name = try #require(list["value"]?.arrayValue?.first?["name"]?.stringValue)
        try person.expect("hub certificate delete --hub-name factory-hub --name \(name)")
        for tls in ["--tls 1.2", "--tls 1.3"] {
            expectRefused(try person.connect("device-01", more: tls), "IssuerNotSynced")
        }
        try person.expect("credential sync --namespace factory")
        #expect(try person.connect("device-01").status == 0)
    }

    @Test func deletedPolicyStaysTrustedUntilPruned() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("policy delete --namespace factory --name default --yes")
        let synced = try person.adr("credential sync --namespace factory")
        #expect(synced.errors.contains("factory-hub: up to date, trusts default-"), "\(synced.errors)")
        try person.expect("policy create --namespace factory --name default")
        try person.expect("credential sync --namespace factory")
        #expect(try person.connect("device-01").status == 0, "its CA is still in the hub")
        let list = try person.adr("hub certificate list --hub-name factory-hub")
        let orphans =
            try JSONValue(parsing: list.stdout)["value"]?.arrayValue?
            .filter { $0["properties"]?["orphaned"]?.boolValue == true } ?? []
        #expect(orphans.count == 1)
        let name = try #require(orphans.first?["name"]?.stringValue)
        #expect(list.errors.contains("adr hub certificate delete --hub-name factory-hub --name \(name)"))
        try person.expect("credential sync --namespace factory --prune")
        expectRefused(try person.connect("device-01"), "UnknownIssuer")
    }

    @Test(arguments: ["--tls 1.2", "--tls 1.3"])
    func refusesACertificateWithAnotherKey(_ tls: String) throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.provision("device-02")
        let outcome = try person.connect("device-01", key: "device-02", more: tls)
        expectRefused(outcome, "KeyDoesNotMatch")
    }

    @Test func refusesTheDisabled() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("device update --namespace factory --name device-01 --enabled false")
        expectRefused(try person.connect("device-01"), "DeviceDisabled")
        expectRefused(
            try person.adr(
                "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr"
            ),
            "DeviceDisabled"
        )
        try person.expect("device update --namespace factory --name device-01 --enabled true")
        try person.expect(
            "hub device-identity update --hub-name factory-hub --device-id device-01 --status disabled "
        )
        expectRefused(try person.connect("device-01"), "IdentityDisabled")
        try person.expect("hub device-identity update --hub-name factory-hub --device-id device-01 --status enabled")
        #expect(try person.connect("device-01").status == 0)
    }

    @Test func syncTwiceChangesNothing() throws {
        let person = Operator()
        try person.setUpFactory()
        let before = try person.storeContents()
        let again = try person.adr("credential sync --namespace factory")
        #expect(again.status == 0)
        #expect(again.errors.contains("factory-hub: up to date"))
        let isUntouched = try person.storeContents() == before
        #expect(isUntouched)
    }

    @Test func connectingWritesNothing() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        let before = try person.storeContents()
        #expect(try person.connect("device-01").status == 0)
        let isUntouched = try person.storeContents() == before
        #expect(isUntouched)
    }
}
