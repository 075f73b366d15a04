import Foundation
import JSON
import TestSupport
import Testing

/// What operators see and change of services, enrollments and registrations, under our words and az's.
struct OnboardingViewTests {
    private static let service = "--dps-name factory-dps"
    private static let enrollment =
        "dps enrollment create \(service) --enrollment-id device-01 --at symmetricKey --cpn default"

    @Test func registrationsInBothWords() throws {
        let person = try OnboardingFactory.makeOperator()
        let service = Self.service
        try person.expect(Self.enrollment)
        try person.expect("dps enrollment-group create \(service) --group-id line-1 --cpn default")
        try person.expect("dps enrollment-group create \(service) --group-id line-2")
        try person.expectRegistered("device-01", as: "a")
        try person.expectRegistered("member-1", as: "b", by: "--group-id line-1")
        try person.expectRegistered("member-2", as: "c", by: "--group-id line-1")
        try person.expect("registration create \(service) --registration-id member-3 --group-id line-2")

        func ids(_ line: String) throws -> [String] {
            try (person.expect(line).arrayValue ?? []).compactMap { $0["registrationId"]?.stringValue }
        }
        #expect(try ids("registration list \(service)") == ["device-01", "member-1", "member-2", "member-3"])
        #expect(try ids("dps registration list \(service) --top 2") == ["device-01", "member-1"])
        for line in [
            "registration list \(service) --group-id line-1",
            "dps enrollment-group registration list \(service) --enrollment-id LINE-1",
            "dps enrollment-group registration list -n factory-dps --eid line-1",
        ] {
            #expect(try ids(line) == ["member-1", "member-2"], "\(line)")
        }
        let states = try [
            "registration show \(service) --registration-id member-1",
            "dps registration show \(service) --rid MEMBER-1",
            "dps enrollment registration show \(service) --enrollment-id member-1",
            "dps enrollment-group registration show \(service) --registration-id member-1",
        ].map { try person.expect($0) }
        for state in states {
            #expect(state == states[0])
            #expect(state["status"]?.stringValue == "assigned")
            #expect(state["issuedCertificateChain"] == nil, "the chain is for the device alone")
        }
        #expect(try person.adr("dps enrollment registration show \(service)").status == 2)
        #expect(try person.adr("registration show --dps-name other-dps --registration-id member-1").status == 3)
        #expect(try person.adr("registration list \(service) --group-id line-9").status == 3)

        // Forgotten, the registration is gone, and the device where it was.
        try person.expect("dps enrollment registration delete \(service) --enrollment-id device-01")
        #expect(try person.adr("registration show \(service) --registration-id device-01").status == 3)
        #expect(try person.adr("device show --namespace factory --name device-01").status == 0)
        let twice = try person.adr("registration delete \(service) --registration-id device-01")
        #expect(twice.status == 0)
        #expect(twice.errors.contains("nothing to delete"))
        #expect(try ids("registration list \(service)") == ["member-1", "member-2", "member-3"])
        let again = try person.expectRegistered("device-01", as: "d")
        #expect(again["substatus"]?.stringValue == "initialAssignment")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    @Test func aFailedRegistrationIsNoDeviceAndCanBeForgotten() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("\(Self.enrollment) --provisioning-status disabled")
        #expect(try person.register("device-01", as: "new").status == 1)
        #expect(try person.expect("registration list \(Self.service)").arrayValue?.count == 1)
        #expect(try person.expect("device list --namespace factory").arrayValue == [])
        for line in [
            "device show --namespace factory --name device-01",
            "device update --namespace factory --name device-01 --enabled false",
            "cert show --namespace factory --device-name device-01",
            "hub device-identity show --hub-name hub-1 --device-id device-01",
        ] {
            #expect(try person.adr(line).status == 3, "\(line)")
        }
        // `cert issue` makes the device, and the registration is still on record.
        try person.expect("csr generate --registration-id device-01 --key-out issued.key --out issued.csr")
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr issued.csr "
                + "--hub-name hub-1"
        )
        let show = "registration show \(Self.service) --registration-id device-01"
        #expect(try person.adr(show).output.contains(#""status": "disabled""#))
        try person.expect("registration delete \(Self.service) --registration-id device-01")
        #expect(try person.adr("device show --namespace factory --name device-01").status == 0)
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    @Test func linkedHubs() throws {
        let person = try OnboardingFactory.makeOperator()
        func hosts(_ line: String) throws -> [String] {
            try (person.expect(line).arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        }
        let list = "dps linked-hub list \(Self.service)"
        let all = OnboardingFactory.hubs.map { "\($0).azure-devices.net" }
        #expect(try hosts(list) == all)
        let show = "dps linked-hub show \(Self.service) --linked-hub HUB-2.azure-devices.net"
        let shown = try person.expect(show)
        #expect(shown["allocationWeight"]?.integerValue == 1)
        #expect(shown["applyAllocationPolicy"]?.boolValue == true)
        try person.expect(
            "dps linked-hub update \(Self.service) --linked-hub hub-2 --allocation-weight 7 --apply-allocation-policy false"
        )
        let updated = try person.expect(show)
        #expect(updated["allocationWeight"]?.integerValue == 7)
        #expect(updated["applyAllocationPolicy"]?.boolValue == false)
        #expect(updated["latencyMilliseconds"] == shown["latencyMilliseconds"])
        // Linking it again is a PUT that changes nothing.
        let before = try person.storeContents()
        try person.expect("dps linked-hub create \(Self.service) --hub-name hub-2")
        let isUntouched = try person.storeContents() == before
        #expect(isUntouched)
        try person.expect("dps linked-hub delete \(Self.service) --linked-hub hub-2")
        #expect(try hosts(list) == [all[0], all[2]])
        #expect(try person.adr(show).status == 3)
        let again = try person.adr("dps linked-hub delete \(Self.service) --linked-hub hub-2")
        #expect(again.status == 0)
        #expect(again.errors.contains("nothing to delete"))
    }

    /// A service is found by its ID scope and by its resource id; a certificate can be taken out while another is left;
    /// identities can be narrowed to Edge devices.
    @Test(.peer("openssl")) func otherWaysOfAz() throws {
        let person = try OnboardingFactory.makeOperator()
        let shown = try person.expect("dps show --name factory-dps")
        let id = try #require(shown["id"]?.stringValue)
        let scope = try #require(shown["properties"]?["idScope"]?.stringValue)
        #expect(try person.expect("dps show --ids \(id)") == shown)
        #expect(try person.expect("dps show --ids \(id) \(id)").arrayValue?.count == 2)
        try person.expect(
            "dps enrollment create \(Self.service) -l none --enrollment-id device-01 --at x509 --edge-enabled "
                + "--certificate-path device-01.self.pem --secondary-certificate-path device-01.self.pem"
        )
        let removed = try person.expect("dps enrollment update \(Self.service) --eid device-01 --rc true --rsc false")
        let left = removed["attestation"]?["x509"]?["clientCertificates"]
        #expect(left?["primary"] == nil && left?["secondary"] != nil)
        let proof = "--certificate-file-path device-01.self.pem --key-file-path device-01.self.key"
        let state = try person.expect("registration create --scope \(scope) --registration-id device-01 \(proof)")
        let hub = try #require(state["registrationState"]?["assignedHub"]?.stringValue)
        try person.expect(
            "dps enrollment create \(Self.service) --enrollment-id device-02 --at symmetricKey --hn \(hub)"
        )
        try person.expect("registration create \(Self.service) --id-scope \(scope) --registration-id device-02")
        #expect(try person.expect("hub device-identity list --hub-name \(hub)").arrayValue?.count == 2)
        let edge = try person.expect("hub device-identity list --hub-name \(hub) --edge-enabled")
        #expect(edge.arrayValue?.map { $0["deviceId"]?.stringValue } == ["device-01"])
        try person.expect("dps delete --ids \(id)")
        #expect(try person.expect("dps list").arrayValue?.isEmpty == true)
    }

    /// The same line again changes nothing and makes no new keys; the kind of attestation is fixed.
    @Test(.peer("openssl")) func creatingIsAPut() throws {
        let person = try OnboardingFactory.makeOperator()
        let group = "dps enrollment-group create \(Self.service) --group-id line-1 --certificate-path root.pem"
        for line in ["dps create --name factory-dps --namespace factory", Self.enrollment, group] {
            let first = try person.expect(line)
            let before = try person.storeContents()
            #expect(try person.expect(line) == first, "\(line)")
            let isUntouched = try person.storeContents() == before
            #expect(isUntouched, "\(line)")
        }
        let etag = try person.expect("dps enrollment show \(Self.service) --enrollment-id device-01")["etag"]
        let updated = try person.expect(
            "dps enrollment update \(Self.service) --enrollment-id DEVICE-01 --provisioning-status disabled --cpn= "
        )
        #expect(updated["etag"] != etag)
        let update =
            "dps enrollment update \(Self.service) --enrollment-id device-01 --provisioning-status disabled --etag"
        let old = try #require(etag?.stringValue)
        let current = try #require(updated["etag"]?.stringValue)
        let refused = try person.adr("\(update) \(old)")
        #expect(refused.status == 1)
        #expect(refused.errors.hasPrefix("ERROR: (412) "), "\(refused)")
        #expect(refused.errors.contains(old) && refused.errors.contains(current), "\(refused)")
        #expect(try person.expect("\(update) \(current)") == updated)
        #expect(try person.expect("\(update) *") == updated)
        #expect(updated["provisioningStatus"]?.stringValue == "disabled")
        #expect(updated["credentialPolicyName"] == nil)
        let changed = try person.adr(
            "dps enrollment update \(Self.service) --enrollment-id device-01 --certificate-path device-01.self.pem"
        )
        #expect(changed.status == 1)
        #expect(changed.errors.hasPrefix("ERROR: (Conflict) "), "\(changed)")
        for line in ["dps enrollment show", "dps enrollment update"] {
            let missing = try person.adr("\(line) \(Self.service) --enrollment-id device-09")
            #expect(missing.status == 3)
            #expect(missing.errors.hasPrefix("ERROR: (404201) "), "\(missing)")
        }
        let nothing = try person.adr("dps enrollment delete \(Self.service) --enrollment-id device-09")
        #expect(nothing.status == 0)
        #expect(nothing.errors.contains("nothing to delete"))
    }

    @Test func derivedKeysAreWhatDevicesUse() throws {
        let person = try OnboardingFactory.makeOperator()
        // The group key of 32 letters k, whose device keys are known.
        let key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
        let derived = "+1yfpQ+ly82ili6Kr+qhjuQhewcEg+gzVdJCq1PM+so="
        try person.expect(
            "dps enrollment-group create \(Self.service) --group-id line-1 --cpn default --primary-key \(key)"
        )
        person.scratch.write("group.key", key + "\n")
        for line in [
            "dps enrollment-group compute-device-key \(Self.service) --group-id line-1 --registration-id dev001",
            "dps compute-device-key --key \(key) --registration-id dev001",
            "dps enrollment-group compute-device-key --symmetric-key-file group.key --registration-id dev001",
        ] {
            #expect(try person.expect(line).stringValue == derived, "\(line)")
        }
        person.scratch.write("device.key.b64", derived)
        for (number, proof) in [
            "--symmetric-key \(derived)", "--symmetric-key-file device.key.b64",
            "--group-id line-1 --key \(key) --compute-key", "--group-id line-1",
        ].enumerated() {
            let state = try person.expectRegistered("dev001", as: "d\(number)", by: proof)
            #expect(state["symmetricKey"]?["enrollmentGroupId"]?.stringValue == "line-1", "\(proof)")
        }
        let piped = try person.adr(
            "registration create \(Self.service) --registration-id dev001 --symmetric-key-file -",
            input: Array(derived.utf8)
        )
        #expect(piped.status == 0, "\(piped)")
    }

    /// An enrollment without a policy may give the device another ID in its hub, and make it an edge device.
    @Test func aDeviceIDOfItsOwn() throws {
        let person = try OnboardingFactory.makeOperator()
        let settings = "--at symmetricKey --device-id press-7 --edge-enabled true --iot-hub-host-name hub-2"
        try person.expect("dps enrollment create \(Self.service) --enrollment-id device-01 \(settings)")
        let register = "registration create \(Self.service) --registration-id"
        let state = try person.expect("\(register) device-01")["registrationState"]
        #expect(state?["deviceId"]?.stringValue == "press-7")
        #expect(state?["registrationId"]?.stringValue == "device-01")
        let identity = try person.expect("hub device-identity show --hub-name hub-2 --device-id press-7")
        #expect(identity["deviceId"]?.stringValue == "press-7")
        #expect(identity["capabilities"]?["iotEdge"]?.boolValue == true)
        let list = try person.expect("hub device-identity list --hub-name hub-2")
        #expect(list.arrayValue == [identity])
        #expect(try person.adr("hub device-identity show --hub-name hub-2 --device-id device-01").status == 3)
        let device = try person.expect("device show --namespace factory --name device-01")
        #expect(device["properties"]?["externalDeviceId"]?.stringValue == "device-01")
        // Migrating takes the device ID and the capabilities along.
        try person.expect(
            "dps enrollment update \(Self.service) --enrollment-id device-01 --iot-hub-host-name hub-3 -d other --ee false"
        )
        #expect(try person.expect("\(register) device-01")["registrationState"]?["deviceId"]?.stringValue == "press-7")
        let moved = try person.expect("hub device-identity show --hub-name hub-3 --device-id press-7")
        #expect(moved["capabilities"]?["iotEdge"]?.boolValue == true)
        // Two devices cannot have one ID in one hub.
        try person.expect(
            "dps enrollment create \(Self.service) --enrollment-id device-02 --at symmetricKey -d PRESS-7 --hn hub-3"
        )
        let identities = try person.identities()
        let second = try person.adr("\(register) device-02")
        #expect(second.status == 1)
        #expect(second.errors.hasPrefix("ERROR: (400209) "), "\(second)")
        #expect(try person.identities() == identities)
    }
}
