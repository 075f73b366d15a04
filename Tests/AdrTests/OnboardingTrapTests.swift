import Foundation
import JSON
import TestSupport
import Testing

/// The traps that the service leaves silent: a device that is assigned without a certificate, or to a hub that will not
/// know it.
struct OnboardingTrapTests {
    private func assigned(_ outcome: Outcome) throws -> JSONValue {
        let operation = try JSONValue(parsing: outcome.stdout)
        #expect(operation["status"]?.stringValue == "assigned")
        return try #require(operation["registrationState"])
    }

    struct Trap: Sendable, CustomTestStringConvertible {
        let name: String
        let policy: String
        let csr: Bool
        let says: [String]

        var testDescription: String { name }
    }

    static let traps = [
        Trap(
            name: "a CSR and no policy",
            policy: "",
            csr: true,
            says: [
                "names no policy",
                "adr dps enrollment update --dps-name factory-dps --enrollment-id device-01 "
                    + "--credential-policy-name",
            ]
        ),
        Trap(
            name: "a policy and no CSR",
            policy: "--credential-policy-name default",
            csr: false,
            says: ["names the policy 'default'", "--csr"]
        ),
        Trap(name: "neither", policy: "", csr: false, says: ["sent no CSR", "--credential-policy-name"]),
    ]

    @Test(arguments: traps)
    func assignedWithoutAChainIsSaidAloud(_ trap: Trap) throws {
        let person = try OnboardingFactory.makeOperator(trap.name)
        try person.expect(
            "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey \(trap.policy)"
        )
        try person.expect("csr generate --registration-id device-01 --key-out device.key --out device.csr")
        let line =
            "registration create --dps-name factory-dps --registration-id device-01"
            + (trap.csr ? " --csr device.csr" : "")
        let warned = try person.adr(line)
        #expect(warned.status == 0, "\(warned)")
        #expect(warned.errors.hasPrefix("WARNING: the device was assigned without a certificate"), "\(warned)")
        for words in trap.says { #expect(warned.errors.contains(words), "\(warned)") }
        let state = try assigned(warned)
        #expect(state["issuedCertificateChain"] == nil)
        #expect(state["assignedHub"] != nil)
        let hub = try #require(state["assignedHub"]?.stringValue?.split(separator: ".").first)
        let identity = try person.expect("hub device-identity show --hub-name \(hub) --device-id device-01")
        #expect(identity["authentication"]?["type"]?.stringValue == "sas")
        // Asked for a file, it cannot be content.
        let failed = try person.adr("\(line) --out chain.pem")
        #expect(failed.status == 1)
        #expect(failed.errors.hasPrefix("ERROR: (NoCertificate) "), "\(failed)")
        for words in trap.says { #expect(failed.errors.contains(words), "\(failed)") }
        #expect(try assigned(failed)["issuedCertificateChain"] == nil)
        #expect(!FileManager.default.fileExists(atPath: person.scratch.file("chain.pem")))
        // A key that was made for a certificate that did not come is not left behind.
        if trap.csr {
            #expect(try person.register("device-01", as: "new").status == 1)
            #expect(!FileManager.default.fileExists(atPath: person.scratch.file("new.key")))
        }
        // The line the warning names mends it.
        try person.expect(
            "dps enrollment update --dps-name factory-dps --enrollment-id device-01 --credential-policy-name default"
        )
        try person.expectRegistered("device-01", as: "new")
        #expect(try person.connect("new", hub: String(hub)).status == 0)
    }

    @Test(.peer("openssl")) func identityOfACertificateOnboardingWithoutCSR() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("dps enrollment-group create --dps-name factory-dps --group-id g --certificate-path root.pem")
        let outcome = try person.adr(
            "registration create --dps-name factory-dps --registration-id device-01 --certificate-file-path "
                + "device-01.onboarding.chain --key-file-path device-01.onboarding.key"
        )
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("adr dps enrollment-group update"))
        let hub = try #require(assigned(outcome)["assignedHub"]?.stringValue?.split(separator: ".").first)
        let identity = try person.expect("hub device-identity show --hub-name \(hub) --device-id device-01")
        #expect(identity["authentication"]?["type"]?.stringValue == "selfSigned")
    }

    @Test func aHubThatWasNeverSyncedIsNamed() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("policy create --namespace factory --name late")
        try person.expect(
            "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey --cpn late"
        )
        let outcome = try person.register("device-01", as: "new")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors.hasPrefix("WARNING: the hub 'hub-"), "\(outcome)")
        #expect(outcome.errors.contains("adr credential sync --namespace factory"))
        let state = try assigned(outcome)
        #expect(state["issuedCertificateChain"]?.arrayValue?.count == 3)
        let hub = try #require(state["assignedHub"]?.stringValue?.split(separator: ".").first)
        let refused = try person.connect("new", hub: String(hub))
        #expect(refused.errors.hasPrefix("ERROR: (IssuerNotSynced) "), "\(refused)")
        try person.expect("credential sync --namespace factory")
        #expect(try person.connect("new", hub: String(hub)).status == 0)
    }

    /// A policy that is out of life: its CA ends before the certificate would, or has ended. An enrollment may name it,
    /// since its CA can be renewed at any time; so the registration must say it.
    @Test(arguments: [
        (daysBack: 340.0, mend: "adr policy update --namespace factory --name default --cert-validity-days"),
        (daysBack: 400.0, mend: "adr policy revoke-issuer --namespace factory --name default"),
    ])
    func aPolicyOutOfLifeFailsTheRegistration(_ daysBack: Double, _ mend: String) throws {
        let says = "can't sign a certificate for"
        let aged = AgedStore()
        aged.go(daysBack: daysBack)
        try aged.makeNamespace()
        try aged.makeHub("hub-1")
        try aged.synchronize()
        let person = aged.person
        try person.expect("dps create --name factory-dps --namespace factory")
        try person.expect("dps linked-hub create --dps-name factory-dps --hub-name hub-1")
        try person.expect(
            "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey --cpn default"
        )
        let outcome = try person.register("device-01", as: "new")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.hasPrefix("ERROR: (400000) "), "\(outcome)")
        for words in [says, mend] { #expect(outcome.errors.contains(words), "\(words): \(outcome)") }
        let operation = try JSONValue(parsing: outcome.stdout)
        #expect(operation["status"]?.stringValue == "failed")
        let state = try #require(operation["registrationState"])
        #expect(state["status"]?.stringValue == "failed")
        #expect(state["errorCode"]?.integerValue == 400_000)
        #expect(state["errorMessage"]?.stringValue?.contains(says) == true)
        for absent in ["assignedHub", "deviceId", "substatus", "issuedCertificateChain"] {
            #expect(state[absent] == nil, "\(absent)")
        }
        for file in ["new.key", "new.pem"] {
            #expect(!FileManager.default.fileExists(atPath: person.scratch.file(file)), "\(file) is left behind")
        }
        for line in [
            "device list --namespace factory", "hub device-identity list --hub-name hub-1",
            "cert list --namespace factory",
        ] {
            let outcome = try person.adr(line)
            #expect(outcome.status == 0)
            #expect(!outcome.output.contains("device-01"), "\(line): \(outcome)")
        }
        let shown = try person.expect("registration show --dps-name factory-dps --registration-id device-01")
        #expect(shown["status"]?.stringValue == "failed")
        #expect(shown["errorCode"]?.integerValue == 400_000)
        try StoreAudit.expectViewsEqualLedger(person.store)
        // A new CA, and the same device registers.
        try person.expect("policy revoke-issuer --namespace factory --name default --yes")
        try person.expect("credential sync --namespace factory")
        try person.expectRegistered("device-01", as: "new")
        #expect(try person.connect("new", hub: "hub-1").status == 0)
    }

    @Test func anOutFileThatCannotBeWrittenIsFoundBefore() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect(
            "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey --cpn default"
        )
        let store = try person.storeContents()
        for (key, out) in [("nowhere/new.key", "new.pem"), ("new.key", "nowhere/new.pem")] {
            let outcome = try person.adr(
                "registration create --dps-name factory-dps --registration-id device-01 --generate --key-out \(key) "
                    + "--out \(out)"
            )
            #expect(outcome.status == 1, "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: person.scratch.file("new.key")))
        }
        let isUntouched = try person.storeContents() == store
        #expect(isUntouched)
        // A private key is never replaced.
        person.scratch.write("kept.key", "precious")
        let outcome = try person.register("device-01", as: "kept")
        #expect(outcome.status == 1)
        #expect(try person.scratch.text("kept.key") == "precious")
    }
}
