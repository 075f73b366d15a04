import Foundation
import JSON
import TestSupport
import Testing

/// Many enrollments at once.
struct OnboardingBatchTests {
    private static let create = "dps enrollment create --dps-name factory-dps --batch batch"

    @Test(.peer("strace"), .timeLimit(.minutes(5))) func tenThousandWaitForTheDiskTenTimes() throws {
        let person = try OnboardingFactory.makeOperator()
        // A copied store has views of another folder; the first writer brings them here.
        try person.expect("dps enrollment create --dps-name factory-dps --enrollment-id first --at symmetricKey")
        let lines = (1...10_000).map {
            #"{"registrationId": "device-\#($0)", "credentialPolicyName": "default"}"# + "\n"
        }
        person.scratch.write("batch", lines.joined())
        let outcome = try Run.command(
            [
                "strace", "-f", "-y", "-o", person.scratch.file("trace"), "-e",
                "trace=fsync,fdatasync,syncfs,sync,sync_file_range,msync", person.binary,
            ] + Self.create.split(separator: " ").map(String.init),
            environment: person.environment,
            directory: person.scratch.path,
            timeout: 240
        )
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try JSONValue(parsing: outcome.stdout)["created"]?.integerValue == 10_000)
        let calls = try person.scratch.text("trace").split(separator: "\n")
        func count(_ call: String, _ path: String) -> Int {
            calls.count { $0.contains(" \(call)(") && $0.contains(path) }
        }
        #expect(count("fdatasync", "/ledger/") == 10, "the line of each thousand")
        #expect(count("syncfs", "/factory>") == 10, "the keys of each thousand")
        #expect(count("fsync", "/keys>") == 10, "and their names")
        #expect(calls.count { $0.contains("sync") && $0.contains("(") } == 30, "\(calls.suffix(3))")
        // Each is as one made alone.
        try person.expectRegistered("device-9999", as: "d")
        let shown = try person.expect(
            "dps enrollment show --dps-name factory-dps --enrollment-id device-777 --show-keys"
        )
        #expect(shown["attestation"]?["symmetricKey"]?["primaryKey"]?.stringValue?.isEmpty == false)
        try StoreAudit.expectViewsEqualLedger(person.store)
        // Repeated, as after a crash, it makes what is missing and no more.
        person.scratch.write("batch", (lines.suffix(3) + [#"{"registrationId": "late"}"#]).joined())
        let again = try person.expect(Self.create)
        #expect(again["created"]?.integerValue == 1)
        #expect(again["unchanged"]?.integerValue == 3)
    }

    /// A line, and what is said of it. Line 2 of a batch whose other lines are good: nothing is written.
    @Test(arguments: [
        ("{", "line 2: no JSON"), ("[]", "line 2: it is no JSON object"), ("{}", "line 2: it names no registrationId"),
        (#"{"registrationId": 7}"#, #"'registrationId' is no string"#),
        (#"{"registrationId": "bad_"}"#, "registration ID"),
        (#"{"registrationId": "x", "credentialPolicy": "default"}"#, "'credentialPolicy' is not known"),
        (#"{"registrationId": "x", "credentialPolicyName": 1}"#, "'credentialPolicyName' is no string"),
        (#"{"registrationId": "x", "credentialPolicyName": "none"}"#, "no policy 'none'"),
        (#"{"registrationId": "x", "provisioningStatus": "off"}"#, "word of enabled, disabled"),
        (#"{"registrationId": "x", "allocationPolicy": "random"}"#, "word of custom"),
        (#"{"registrationId": "x", "allocationPolicy": "static"}"#, "assigns to one hub"),
        (#"{"registrationId": "x", "iotHubs": ["hub-9"]}"#, "is not linked"),
        (#"{"registrationId": "x", "iotHubs": "hub-1"}"#, "array of strings"),
        (#"{"registrationId": "x", "iotHubs": [1]}"#, "array of strings"),
        (#"{"registrationId": "x", "attestation": {"type": "tpm"}}"#, "attestation type 'tpm'"),
        (#"{"registrationId": "x", "attestation": {"type": "x509"}}"#, "needs a certificate"),
        (#"{"registrationId": "x", "attestation": {"symmetricKey": {"primaryKey": "YQ=="}}}"#, "16 to 64 octets"),
        (
            #"{"registrationId": "x", "attestation": {"symmetricKey": {"primary": "YQ=="}}}"#,
            "attestation.symmetricKey.primary"
        ),
        (#"{"registrationId": "x", "reprovisionPolicy": {"updateHubAssignment": "no"}}"#, "boolean"),
        (#"{"registrationId": "x", "deviceId": "y", "credentialPolicyName": "default"}"#, "could never authenticate"),
        (#"{"registrationId": "GOOD-1"}"#, "twice"),
        (#"{"registrationId": "there", "provisioningStatus": "disabled"}"#, "with other settings"),
    ])
    func aBadLineSpoilsTheBatch(_ line: String, _ words: String) throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("dps enrollment create --dps-name factory-dps --enrollment-id there --at symmetricKey")
        // More than a thousand good ones before and after: all are judged before the first is written.
        let good = (1...1100).map { #"{"registrationId": "good-\#($0)"}"# }
        person.scratch.write("batch", ([good[0], line] + good.dropFirst()).joined(separator: "\n") + "\n")
        let before = try person.storeContents()
        let outcome = try person.adr(Self.create)
        #expect([1, 3].contains(outcome.status), "\(outcome)")
        #expect(outcome.errors.contains(words), "\(outcome)")
        let isUntouched = try person.storeContents() == before
        #expect(isUntouched)
    }

    @Test(.peer("openssl")) func allSettingsOfTheAPI() throws {
        let person = try OnboardingFactory.makeOperator()
        let certificate = try person.scratch.text("device-01.self.pem").replacing("\n", with: "\\n")
        let key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
        person.scratch.write(
            "batch",
            """
            {"registrationId": "device-01", "attestation": {"x509": {"clientCertificates": {"primary": \
            {"certificate": "\(certificate)"}}}}, "credentialPolicyName": "default", "allocationPolicy": "static", \
            "iotHubs": ["hub-3.azure-devices.net"], "reprovisionPolicy": {"updateHubAssignment": false, \
            "migrateDeviceData": false}, "capabilities": {"iotEdge": true}, "provisioningStatus": "enabled"}

            {"registrationId": "device-02", "deviceId": null, "attestation": {"type": "symmetricKey", "symmetricKey": \
            {"primaryKey": "\(key)"}}, "iotHubHostName": "hub-2", "initialTwin": {"tags": {"a": 1}, "properties": \
            {"desired": {"b": 2}}}, "optionalDeviceInformation": {"c": 3}}
            """
        )
        #expect(try person.expect(Self.create)["created"]?.integerValue == 2)
        let first = try person.expect("dps enrollment show --dps-name factory-dps --enrollment-id device-01")
        #expect(first["reprovisionPolicy"]?["updateHubAssignment"]?.boolValue == false)
        #expect(first["capabilities"]?["iotEdge"]?.boolValue == true)
        let second = try person.expect("dps enrollment show --dps-name factory-dps --enrollment-id device-02")
        #expect(second["allocationPolicy"]?.stringValue == "static")
        #expect(second["initialTwin"]?["properties"]?["desired"]?["b"]?.integerValue == 2)
        #expect(second["optionalDeviceInformation"]?["c"]?.integerValue == 3)
        let state = try person.expectRegistered(
            "device-01",
            as: "d",
            by: "--certificate-file-path device-01.self.pem --key-file-path device-01.self.key"
        )
        #expect(state["assignedHub"]?.stringValue == "hub-3.azure-devices.net")
        let other = try person.expect(
            "registration create --dps-name factory-dps --registration-id device-02 --symmetric-key \(key)"
        )
        #expect(other["registrationState"]?["assignedHub"]?.stringValue == "hub-2.azure-devices.net")
        #expect(try person.expect(Self.create)["unchanged"]?.integerValue == 2)
    }
}
