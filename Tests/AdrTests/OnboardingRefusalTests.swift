import Foundation
import JSON
import TestSupport
import Testing

/// What DPS refuses: each with the service's code and the right exit status, and never with half an identity.
struct OnboardingRefusalTests {
    /// One thing that goes wrong.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Lines that make it go wrong.
        var setUp: [String] = []
        /// What the device presents.
        let proof: String
        var id = "device-01"
        /// The error's code, and what its message and hint must say.
        let code: String
        let says: [String]
        var status: Int32 = 1
        /// The status of an operation that was accepted and ended so; nil for a request that was refused.
        var ended: String?

        var testDescription: String { name }
    }

    private static let service = "--dps-name factory-dps"
    private static let key = "c3Rhbmdlcidza2V5c3RyYW5nZXInc2tleXN0cmFuZ2U="
    private static let individual =
        "dps enrollment create \(service) --enrollment-id device-01 --at symmetricKey --cpn default"
    private static let group = "dps enrollment-group create \(service) --enrollment-id line-1 --cpn default"
    private static func presenting(_ kind: String, _ device: String = "device-01") -> String {
        "--certificate-file-path \(device).\(kind).chain --key-file-path \(device).\(kind).key"
    }

    static let cases: [Case] = [
        Case(
            name: "a wrong key",
            setUp: [individual],
            proof: "--symmetric-key \(key)",
            code: "401002",
            says: ["not signed with a key", "dps enrollment show"]
        ),
        Case(
            name: "a wrong group key",
            setUp: [group],
            proof: "--group-id line-1 --symmetric-key \(key) --compute-key",
            code: "401002",
            says: ["no key derived", "compute-device-key"]
        ),
        Case(
            name: "the group's key, not derived",
            setUp: ["\(group) --primary-key \(key)"],
            proof: "--symmetric-key \(key)",
            code: "401002",
            says: ["no key derived"]
        ),
        Case(
            name: "nothing enrolled, by key",
            proof: "--symmetric-key \(key)",
            code: "404201",
            says: ["has no enrollment", "dps enrollment create"],
            status: 3
        ),
        Case(
            name: "nothing enrolled, key to be looked up",
            proof: "",
            code: "404201",
            says: ["device-01", "dps enrollment"],
            status: 3
        ),
        Case(
            name: "nothing enrolled, by certificate",
            proof: presenting("self"),
            code: "404201",
            says: ["has no enrollment"],
            status: 3
        ),
        Case(
            name: "a self-made certificate",
            setUp: ["\(group) --certificate-path root.pem"],
            proof: presenting("self"),
            code: "401002",
            says: ["leads to the CA of no enrollment group"]
        ),
        Case(
            name: "a chain with a missing link",
            setUp: ["\(group) --certificate-path root.pem"],
            proof: "--certificate-file-path device-01.onboarding.pem --key-file-path device-01.onboarding.key",
            code: "401002",
            says: [
                "leads to the CA of no enrollment group", "Pass the whole chain", "not among the CAs that are enrolled",
            ]
        ),
        Case(
            name: "the certificate of another member",
            setUp: ["\(group) --certificate-path root.pem"],
            proof: presenting("onboarding", "device-02"),
            code: "401002",
            says: ["device-02", "device-01"]
        ),
        Case(
            name: "another leaf than the one enrolled",
            setUp: [
                "dps enrollment create \(service) --enrollment-id device-01 --at x509 --certificate-path "
                    + "device-01.self.pem --cpn default"
            ],
            proof: presenting("spare"),
            code: "401002",
            says: ["neither the primary nor the secondary"]
        ),
        Case(
            name: "the enrolled leaf without its key",
            setUp: [
                "dps enrollment create \(service) --enrollment-id device-01 --at x509 --certificate-path "
                    + "device-01.self.pem --cpn default"
            ],
            proof: "--certificate-file-path device-01.self.pem --key-file-path device-01.spare.key",
            code: "401002",
            says: ["did not prove possession"]
        ),
        Case(
            name: "a disabled enrollment",
            setUp: ["\(individual) --provisioning-status disabled"],
            proof: "",
            code: "disabled",
            says: ["is disabled", "--provisioning-status enabled"],
            ended: "disabled"
        ),
        Case(
            name: "a disabled group",
            setUp: ["\(group) --provisioning-status disabled"],
            proof: "--group-id line-1",
            code: "disabled",
            says: ["is disabled", "dps enrollment-group update"],
            ended: "disabled"
        ),
        Case(
            name: "no linked hub",
            setUp: [individual] + OnboardingFactory.hubs.map { "dps linked-hub delete \(service) --linked-hub \($0)" },
            proof: "",
            code: "400208",
            says: ["has no linked hub", "dps linked-hub create"],
            ended: "failed"
        ),
        Case(
            name: "no hub takes part",
            setUp: [individual]
                + OnboardingFactory.hubs.map {
                    "dps linked-hub update \(service) --linked-hub \($0) --apply-allocation-policy false"
                },
            proof: "",
            code: "400208",
            says: ["takes part"],
            ended: "failed"
        ),
        Case(
            name: "all weights zero",
            setUp: [individual]
                + OnboardingFactory.hubs.map {
                    "dps linked-hub update \(service) --linked-hub \($0) --allocation-weight 0"
                },
            proof: "",
            code: "400208",
            says: ["weight 0", "--allocation-weight 1"],
            ended: "failed"
        ),
        Case(
            name: "the hub was unlinked",
            setUp: [
                "\(individual) --allocation-policy static --iot-hubs hub-1",
                "dps linked-hub delete \(service) --linked-hub hub-1",
            ],
            proof: "",
            code: "400208",
            says: ["has no such linked hub"],
            ended: "failed"
        ),
        Case(
            name: "the hub was deleted",
            setUp: ["\(individual) --allocation-policy static --iot-hubs hub-1", "hub delete --name hub-1"],
            proof: "",
            code: "400208",
            says: ["has no such linked hub", "dps linked-hub create"],
            ended: "failed"
        ),
        Case(
            name: "the policy is gone",
            setUp: [
                "policy create --namespace factory --name short-lived",
                "dps enrollment create \(service) --enrollment-id device-01 --at symmetricKey --cpn short-lived",
                "policy delete --namespace factory --name short-lived --yes",
            ],
            proof: "",
            code: "400000",
            says: ["short-lived", "does not exist any more", "--credential-policy-name"],
            ended: "failed"
        ),
        Case(
            name: "an ID in another case than the enrollment's",
            setUp: [individual],
            proof: "",
            id: "Device-01",
            code: "400000",
            says: [#"the CN "device-01""#, "--registration-id device-01"],
            ended: "failed"
        ),
    ]

    @Test(.peer("openssl"), arguments: cases)
    func refusedWithItsCodeAndNothingElse(_ refused: Case) throws {
        let person = try OnboardingFactory.makeOperator(refused.name)
        for line in refused.setUp { try person.expect(line) }
        let identities = try person.identities()
        let store = try person.storeContents()
        let files = try FileManager.default.contentsOfDirectory(atPath: person.scratch.path).sorted()
        let outcome = try person.register(refused.id, as: "new", by: refused.proof)
        #expect(outcome.status == refused.status, "\(outcome)")
        #expect(outcome.errors.hasPrefix("ERROR: (\(refused.code)) "), "\(outcome)")
        for words in refused.says { #expect(outcome.errors.contains(words), "\(words): \(outcome)") }
        #expect(try person.identities() == identities)
        let left = try FileManager.default.contentsOfDirectory(atPath: person.scratch.path).sorted()
        #expect(left == files, "neither key nor chain is left behind")
        guard let ended = refused.ended else {
            #expect(outcome.output == "", "a request that is refused has no state")
            let isUntouched = try person.storeContents() == store
            #expect(isUntouched)
            let shown = try person.adr("registration show \(Self.service) --registration-id \(refused.id)")
            #expect(shown.status == 3)
            #expect(shown.errors.hasPrefix("ERROR: (404202) "))
            return
        }
        let operation = try JSONValue(parsing: outcome.stdout)
        #expect(operation["status"]?.stringValue == ended)
        let state = try #require(operation["registrationState"])
        #expect(state["status"]?.stringValue == ended)
        #expect(state["errorCode"]?.integerValue.map(String.init) == (ended == "failed" ? refused.code : nil))
        #expect((state["errorMessage"] != nil) == (ended == "failed"))
        for absent in ["assignedHub", "deviceId", "substatus", "issuedCertificateChain"] {
            #expect(state[absent] == nil, "\(absent)")
        }
        let shown = try person.expect("registration show \(Self.service) --registration-id \(refused.id)")
        #expect(shown["status"]?.stringValue == ended)
        #expect(shown["errorCode"] == state["errorCode"])
        let device = try person.adr("device show --namespace factory --name \(refused.id)")
        #expect(device.status == 3, "a failed registration is no device")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    @Test(.peer("openssl")) func expiredOnboardingCertificates() throws {
        let person = try OnboardingFactory.makeOperator()
        // openssl knows no past end but a start and an end of one's own.
        person.scratch.write(
            "ca.cnf",
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\n"
                + "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n"
        )
        person.scratch.write("index", "")
        person.scratch.write("serial", "01\n")
        try person.expectRun(
            "openssl",
            "ca",
            "-batch",
            "-config",
            "ca.cnf",
            "-in",
            "device-01.onboarding.req",
            "-out",
            "old.pem",
            "-cert",
            "intermediate.pem",
            "-keyfile",
            "intermediate.key",
            "-startdate",
            "20200101000000Z",
            "-enddate",
            "20200201000000Z",
            "-extfile",
            "device-01.onboarding.ext",
            "-notext"
        )
        let chain = try person.scratch.text("old.pem") + person.scratch.text("intermediate.pem")
        person.scratch.write("old.chain", chain)
        try person.expect("\(Self.group) --certificate-path root.pem")
        let store = try person.storeContents()
        let outcome = try person.register(
            "device-01",
            as: "new",
            by: "--certificate-file-path old.chain --key-file-path device-01.onboarding.key"
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("ERROR: (401002) "), "\(outcome)")
        #expect(outcome.errors.contains("to 2020-02-01T00:00:00Z"))
        let enrolled = try person.adr(
            "dps enrollment create \(Self.service) --enrollment-id device-01 --at x509 --certificate-path old.pem"
        )
        #expect(enrolled.status == 1)
        #expect(enrolled.errors.hasPrefix("ERROR: (CertificateExpired) "), "\(enrolled)")
        let isUntouched = try person.storeContents() == store
        #expect(isUntouched)
    }

    /// Enrollments that could never serve are refused when they are made.
    @Test(
        .peer("openssl"),
        arguments: [
            (
                "dps enrollment-group create --dps-name factory-dps --group-id g --certificate-path device-01.self.pem",
                1, "is no CA"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at tpm --ek AToAAQ==", 1,
                "TPM attestation is not there yet"
            ),
            ("dps enrollment create --dps-name factory-dps --enrollment-id d --at x509", 2, "needs --certificate-path"),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --cpn none", 3,
                "no policy 'none'"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --cpn default -d other",
                1, "could never authenticate"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --ap static", 1,
                "assigns to one hub"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --ap static --ih hub-1 hub-2",
                1, "assigns to one hub"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --ih hub-9 --ap hashed",
                3, "is not linked"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --ap custom", 1,
                "none is named"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --ap custom --wh https://example.net/",
                1, "is no absolute path"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --pk short", 1,
                "base64 of 16 to 64"
            ),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id d --at symmetricKey --pk YQ==", 1,
                "base64 of 16 to 64"
            ),
            ("dps enrollment create --dps-name factory-dps --enrollment-id d_ --at symmetricKey", 1, "enrollment ID"),
            (
                "dps enrollment create --dps-name factory-dps --enrollment-id ../x --at symmetricKey", 1,
                "enrollment ID"
            ),
            (
                "dps enrollment create --dps-name other-dps --enrollment-id d --at symmetricKey", 3,
                "no provisioning service"
            ),
            ("dps enrollment-group create --dps-name factory-dps --group-id g --ca-name uploaded", 1, "not there yet"),
            ("dps linked-hub create --dps-name factory-dps --hub-name hub-9", 3, "no hub 'hub-9'"),
            (
                "dps linked-hub update --dps-name factory-dps --linked-hub hub-1 --allocation-weight 1001", 1,
                "outside the range"
            ),
            ("dps linked-hub update --dps-name factory-dps --linked-hub hub-1 --latency-ms -1", 1, "outside the range"),
            ("registration create --dps-name factory-dps --registration-id d --key-out k", 2, "needs --generate"),
            (
                "registration create --dps-name factory-dps --registration-id d --cp device-01.self.pem", 2,
                "needs --key-file-path"
            ),
            ("registration create --dps-name factory-dps --registration-id d --passphrase x", 1, "not there yet"),
            ("ns delete --name factory --yes", 1, "provisioning service 'factory-dps'"),
        ]
    )
    func refusedWhenItIsMade(_ line: String, _ status: Int32, _ words: String) throws {
        let person = try OnboardingFactory.makeOperator()
        let store = try person.storeContents()
        let outcome = try person.adr(line)
        #expect(outcome.status == status, "\(outcome)")
        #expect(outcome.errors.contains(words), "\(outcome)")
        #expect(outcome.output == "")
        let isUntouched = try person.storeContents() == store
        #expect(isUntouched)
    }

    @Test func aServiceBelongsToOneNamespaceForLife() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("ns create --name other")
        try person.expect("hub create --name other-hub --namespace other")
        let taken = try person.adr("dps create --name Factory-DPS --namespace other")
        #expect(taken.status == 1)
        #expect(taken.errors.hasPrefix("ERROR: (Conflict) "), "\(taken)")
        let foreign = try person.adr("dps linked-hub create --dps-name factory-dps --hub-name other-hub")
        #expect(foreign.status == 1)
        #expect(foreign.errors.hasPrefix("ERROR: (Conflict) "), "\(foreign)")
        #expect(try person.adr("ns delete --name factory --yes").status == 1)
        for hub in OnboardingFactory.hubs { try person.expect("hub delete --name \(hub)") }
        let refused = try person.adr("ns delete --name factory --yes")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("adr dps delete --name"), "\(refused)")
        try person.expect("dps delete --name factory-dps")
        try person.expect("ns delete --name factory --yes")
        // The name is free again.
        try person.expect("dps create --name factory-dps --namespace other")
    }

    @Test func aLockedOutDeviceGetsNoCertificate() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect(Self.individual)
        let state = try person.expectRegistered("device-01", as: "first")
        let hub = try #require(state["assignedHub"]?.stringValue?.split(separator: ".").first)
        let locks = [
            ("device update --namespace factory --name device-01 --enabled", "false", "true", "DeviceDisabled"),
            (
                "hub device-identity update --hub-name \(hub) --device-id device-01 --status", "disabled", "enabled",
                "IdentityDisabled"
            ),
        ]
        for (line, off, on, reason) in locks {
            try person.expect("\(line) \(off)")
            let outcome = try person.register("device-01", as: "second")
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasPrefix("ERROR: (400209) "), "\(outcome)")
            #expect(try JSONValue(parsing: outcome.stdout)["status"]?.stringValue == "failed")
            #expect(!FileManager.default.fileExists(atPath: person.scratch.file("second.pem")))
            let connection = try person.connect("first", hub: String(hub))
            #expect(connection.errors.hasPrefix("ERROR: (\(reason)) "), "\(connection)")
            try person.expect("\(line) \(on)")
            #expect(try person.connect("first", hub: String(hub)).status == 0)
        }
        try person.expectRegistered("device-01", as: "second")
    }
}
