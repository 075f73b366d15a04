import Foundation
import JSON
import Store
import TestSupport
import Testing

/// What a second registration does.
struct OnboardingAgainTests {
    private static let enrollment =
        "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey --cpn default"

    @Test func registeringAgainRenews() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect(Self.enrollment)
        let first = try person.expectRegistered("device-01", as: "first")
        let second = try person.expectRegistered("device-01", as: "second")
        #expect(first["substatus"]?.stringValue == "initialAssignment")
        #expect(second["substatus"]?.stringValue == "reprovisionedToInitialAssignment")
        #expect(second["assignedHub"] == first["assignedHub"])
        #expect(second["createdDateTimeUtc"] == first["createdDateTimeUtc"])
        #expect(second["etag"] != first["etag"])
        let chains = [first, second].map { $0["issuedCertificateChain"]?.arrayValue ?? [] }
        #expect(chains[0].first != chains[1].first)
        #expect(chains[0].dropFirst() == chains[1].dropFirst(), "issuing CA and root are the same")
        // The device is the same, and both certificates are let in.
        let hub = try #require(first["assignedHub"]?.stringValue?.split(separator: ".").first)
        for file in ["first", "second"] { #expect(try person.connect(file, hub: String(hub)).status == 0) }
        #expect(try person.expect("device list --namespace factory").arrayValue?.count == 1)
        let current = try person.expect("cert show --namespace factory --device-name device-01")
        let serial = try #require(current["serialNumber"]?.stringValue)
        #expect(try person.adr("cert show second.pem").output.contains(serial))
        // The same key may come again.
        try person.expect("csr generate --registration-id device-01 --key-file-path second.key --out second.csr")
        try person.expect(
            "registration create --dps-name factory-dps --registration-id device-01 --csr second.csr --out second.pem"
        )
        #expect(try person.connect("second", hub: String(hub)).status == 0)
    }

    @Test func aFailureLeavesTheDeviceAsItWas() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect(Self.enrollment)
        let state = try person.expectRegistered("device-01", as: "first")
        let hub = try #require(state["assignedHub"]?.stringValue?.split(separator: ".").first)
        let identities = try person.identities()
        try person.expect("csr generate --registration-id other --key-out other.key --out other.csr")
        let outcome = try person.adr(
            "registration create --dps-name factory-dps --registration-id device-01 --csr other.csr --out new.pem"
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("ERROR: (400000) "), "\(outcome)")
        #expect(outcome.errors.contains("other.csr"), "the line that mends it names the file")
        #expect(try person.identities() == identities)
        #expect(try person.connect("first", hub: String(hub)).status == 0)
        let shown = try person.expect("registration show --dps-name factory-dps --registration-id device-01")
        #expect(shown["status"]?.stringValue == "failed")
        try person.expectRegistered("device-01", as: "second")
    }

    /// CSRs in every form a device's file may have; nothing but a CSR is let through.
    @Test(.peer("openssl")) func formsOfTheCSR() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect(Self.enrollment)
        try person.expectRun(
            "openssl",
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-384",
            "-out",
            "d.key"
        )
        let line = "registration create --dps-name factory-dps --registration-id device-01 --out d.pem --csr-file-path"
        for form in ["PEM", "DER"] {
            try person.expectRun(
                "openssl",
                "req",
                "-new",
                "-sha384",
                "-key",
                "d.key",
                "-subj",
                "/CN=device-01",
                "-outform",
                form,
                "-out",
                "d.\(form)"
            )
            try person.expect("\(line) d.\(form)")
        }
        try person.expectRun("openssl", "base64", "-A", "-in", "d.DER", "-out", "d.b64")
        try person.expect("\(line) d.b64")
        let piped = try person.adr("\(line) -", input: person.scratch.read("d.PEM"))
        #expect(piped.status == 0, "\(piped)")
        person.scratch.write("empty", "")
        for file in ["d.key", "empty", "nowhere.csr", "root.pem"] {
            let outcome = try person.adr("\(line) \(file)")
            #expect(outcome.status == 1, "\(file): \(outcome)")
            #expect(outcome.errors.hasPrefix("ERROR: "), "\(file): \(outcome)")
        }
    }

    /// An ID that is no legal device name, and a group's member in two spellings.
    @Test func namesAndCase() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("dps enrollment-group create --dps-name factory-dps --group-id line-1 --cpn default")
        try person.expectRegistered("Sensor:Hall_4.7", as: "first", by: "--group-id line-1")
        let devices = try person.expect("device list --namespace factory").arrayValue ?? []
        let device = try #require(devices.first)
        let name = try #require(device["name"]?.stringValue)
        #expect(devices.count == 1)
        #expect(name.hasPrefix("SensorHall47-x") && name.count == 12 + 2 + 32)
        #expect(device["properties"]?["externalDeviceId"]?.stringValue == "Sensor:Hall_4.7")
        for word in [name, "Sensor:Hall_4.7", "SENSOR:hall_4.7"] {
            let shown = try person.adr(["device", "show", "--namespace", "factory", "--name", word])
            #expect(shown.status == 0, "\(word): \(shown)")
        }
        // Another spelling is the same device; its CSR must have the first one's, which the refusal says.
        let other = try person.register("SENSOR:HALL_4.7", as: "second", by: "--group-id line-1")
        #expect(other.status == 1)
        #expect(other.errors.contains("--registration-id Sensor:Hall_4.7"), "\(other)")
        try person.expectRegistered("Sensor:Hall_4.7", as: "second", by: "--group-id line-1")
        #expect(try person.expect("device list --namespace factory").arrayValue?.count == 1)
        let show = "registration show --dps-name FACTORY-DPS --registration-id sensor:hall_4.7"
        #expect(try person.expect(show)["registrationId"]?.stringValue == "Sensor:Hall_4.7")
        // 65 characters and more can be registered, but no CN holds them.
        let long = String(repeating: "l", count: 65)
        let refused = try person.register(long, as: "long", by: "--group-id line-1")
        #expect(refused.status == 1, "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: person.scratch.file("long.key")))
        let bare = try person.adr(
            "registration create --dps-name factory-dps --registration-id \(long) --group-id line-1"
        )
        #expect(bare.status == 0, "\(bare)")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    /// Real processes at once for one device that nobody knows yet: each is answered with a certificate of the one
    /// device, or told to try again; nothing is mixed.
    @Test(arguments: ["--group-id line-1", ""])
    func racingForOneDevice(_ proof: String) throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect(Self.enrollment.replacing("device-01", with: proof.isEmpty ? "device-01" : "elsewhere"))
        try person.expect("dps enrollment-group create --dps-name factory-dps --group-id line-1 --cpn default")
        var environment = person.environment
        environment["ADR"] = person.binary
        let racers = 12
        let outcome = try Run.command(
            [
                "sh", "-c",
                """
                for n in $(seq \(racers)); do
                  ( "$ADR" registration create --dps-name factory-dps --registration-id device-01 --generate \
                      --key-out $n.key --out $n.pem \(proof) > $n.json 2> $n.err; echo $? > $n.status ) &
                done
                wait
                """,
            ],
            environment: environment,
            directory: person.scratch.path
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        var hubs: Set<String> = []
        var won = 0
        for racer in 1...racers {
            let errors = try person.scratch.text("\(racer).err")
            guard try person.scratch.text("\(racer).status") == "0\n" else {
                #expect(errors.hasPrefix("ERROR: (409203) "), "\(errors)")
                #expect(!FileManager.default.fileExists(atPath: person.scratch.file("\(racer).key")))
                #expect(!FileManager.default.fileExists(atPath: person.scratch.file("\(racer).pem")))
                continue
            }
            won += 1
            let state = try JSONValue(parsing: person.scratch.read("\(racer).json"))["registrationState"]
            let host = try #require(state?["assignedHub"]?.stringValue)
            hubs.insert(String(host.prefix { $0 != "." }))
            #expect(errors.isEmpty, "\(errors)")
        }
        #expect(won >= 1)
        #expect(hubs.count == 1)
        let hub = try #require(hubs.first)
        for racer in 1...racers where FileManager.default.fileExists(atPath: person.scratch.file("\(racer).pem")) {
            #expect(try person.connect("\(racer)", hub: hub).status == 0, "racer \(racer)")
        }
        #expect(try person.expect("device list --namespace factory").arrayValue?.count == 1)
        let found = try OnboardingFactory.hubs.flatMap {
            try person.expect("hub device-identity list --hub-name \($0)").arrayValue ?? []
        }
        #expect(found.count == 1)
        let entries = try StoreAudit.entries(person.store, "groups/default/namespaces/factory")
        #expect(entries.count { $0.event == "DeviceRegistered" } == won)
        try StoreAudit.expectViewsEqualLedger(person.store)
        print("\(won) of \(racers) racing registrations won")
    }
}
