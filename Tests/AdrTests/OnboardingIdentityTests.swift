import Foundation
import JSON
import TestSupport
import Testing

/// A device has one identity, and an identity one device, whichever way they came by each other.
struct OnboardingIdentityTests {
    private let service = "--dps-name factory-dps"

    private func enroll(_ person: Operator, _ id: String, _ settings: String) throws {
        try person.expect("dps enrollment create \(service) --enrollment-id \(id) --at symmetricKey \(settings)")
    }

    private func register(_ person: Operator, _ id: String, _ more: String = "") throws -> Outcome {
        try person.adr("registration create \(service) --registration-id \(id) \(more)")
    }

    private func expectTaken(_ outcome: Outcome, _ code: String = "400209", of id: String = "device-01") {
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.hasPrefix("ERROR: (\(code)) "), "\(outcome)")
        #expect(outcome.errors.contains("of the registration ID '\(id)'"), "\(outcome)")
    }

    /// A device ID in a hub that is another's registration ID, given before that one comes.
    @Test func aRegistrationIDThatIsAnothersDeviceID() throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "--device-id press-7 --hn hub-2")
        #expect(try register(person, "device-01").status == 0)
        let identities = try person.identities()
        try enroll(person, "press-7", "--cpn default --hn hub-2")
        expectTaken(try register(person, "press-7", "--generate --key-out press-7.key --out press-7.pem"))
        #expect(!FileManager.default.fileExists(atPath: person.scratch.file("press-7.pem")))
        try person.expect("csr generate --registration-id PRESS-7 --key-out 7.key --out 7.csr")
        let issued = try person.adr(
            "cert issue --namespace factory --policy-name default --registration-id PRESS-7 --csr 7.csr --hub-name hub-2"
        )
        expectTaken(issued, "Conflict")
        #expect(try person.identities() == identities)
        // In another hub it is nobody's.
        try person.expect("dps enrollment update \(service) --enrollment-id press-7 --hn hub-3")
        #expect(try register(person, "press-7", "--generate --key-out again.key --out press-7.pem").status == 0)
        #expect(try person.connect("press-7", hub: "hub-3", key: "again").status == 0)
    }

    @Test func migratingToAHubThatHasTheDeviceID() throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "--device-id press-7 --hn hub-2")
        try enroll(person, "device-02", "--device-id press-7 --hn hub-3")
        for id in ["device-01", "device-02"] { #expect(try register(person, id).status == 0) }
        let identities = try person.identities()
        try person.expect("dps enrollment update \(service) --enrollment-id device-02 --hn hub-2")
        expectTaken(try register(person, "device-02"))
        #expect(try person.identities() == identities)
        // Whoever goes makes room, in each of the ways to go.
        try person.expect("device delete --namespace factory --name device-01 --yes")
        #expect(try register(person, "device-02").status == 0)
        #expect(try person.expect("hub device-identity show --hub-name hub-2 --device-id PRESS-7") != .null)
        try person.expect("hub delete --name hub-2")
        try person.expect("hub create --name hub-2 --namespace factory")
        try person.expect("dps linked-hub create \(service) --hub-name hub-2")
        try person.expect("dps enrollment update \(service) --enrollment-id device-01 --hn hub-2")
        #expect(try register(person, "device-01").status == 0)
        let check = try person.adr("store check")
        #expect(check.status == 0, "\(check)")
    }

    /// A hub compares the CN with the device ID: what it would never accept is not issued.
    @Test func noCertificateForADeviceIDOfItsOwn() throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "--device-id press-7 --hn hub-2")
        #expect(try register(person, "device-01").status == 0)
        let enrollment = "dps enrollment update \(service) --enrollment-id device-01"
        let words = enrollment.split(separator: " ").map(String.init)
        #expect(try person.adr(words + ["--cpn", "default", "-d", ""]).status == 0)
        let refused = try register(person, "device-01", "--generate --key-out 1.key --out 1.pem")
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.contains("knows the device as 'press-7'"), "\(refused)")
        #expect(refused.errors.contains("reprovisionandresetdata"), "\(refused)")
        try person.expect("\(enrollment) --reprovision-policy reprovisionandresetdata")
        let reset = try register(person, "device-01", "--generate --key-out device-01.key --out device-01.pem")
        #expect(reset.status == 0, "\(reset)")
        #expect(try person.connect("device-01", hub: "hub-2").status == 0)
    }

    @Test func twoServicesOfANamespaceDoNotTakeEachOthersDevices() throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "--cpn default --hn hub-1")
        #expect(try register(person, "device-01", "--generate --key-out device-01.key --out device-01.pem").status == 0)
        try person.expect("dps create --name other-dps --namespace factory")
        try person.expect("dps linked-hub create --dps-name other-dps --hub-name hub-3")
        try person.expect("dps enrollment-group create --dps-name other-dps --group-id any --cpn default")
        let other = "registration create --dps-name other-dps --registration-id device-01 --group-id any"
        let refused = try person.adr("\(other) --generate --key-out 2.key --out 2.pem")
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.contains("registered with the provisioning service 'factory-dps'"), "\(refused)")
        #expect(try person.connect("device-01", hub: "hub-1").status == 0)
        try person.expect("registration delete \(service) --registration-id device-01")
        let taken = try person.adr("\(other) --generate --key-out 3.key --out 3.pem")
        #expect(taken.status == 0, "\(taken)")
    }

    /// What was registered with a service is not registered with the next of its name.
    @Test func aServiceMadeAnewHasNoRegistrations() throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "")
        #expect(try register(person, "device-01").status == 0)
        try person.expect("dps delete --name factory-dps")
        try person.expect("dps create --name factory-dps --namespace factory")
        #expect(try person.adr("registration show \(service) --registration-id device-01").status == 3)
        #expect(try person.expect("registration list \(service)").arrayValue == [])
        let deleted = try person.adr("registration delete \(service) --registration-id device-01")
        #expect(deleted.errors.contains("nothing to delete"), "\(deleted)")
    }

    /// Who names a policy that is gone fails, whether a CSR came or not.
    @Test(arguments: ["", "--generate --key-out 1.key"])
    func aPolicyThatIsGone(_ more: String) throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "--cpn default")
        try person.expect("policy delete --namespace factory --name default --yes")
        let failed = try register(person, "device-01", more)
        #expect(failed.status == 1, "\(failed)")
        let operation = try JSONValue(parsing: failed.stdout)
        #expect(operation["status"]?.stringValue == "failed")
        #expect(operation["registrationState"]?["errorCode"]?.integerValue == 400_000)
        #expect(failed.errors.contains("'default', which does not exist any more"), "\(failed)")
        #expect(try person.adr("device show --namespace factory --name device-01").status == 3)
    }

    /// The line that a refusal prints mends it.
    @Test func aHubThatTakesNoPartIsBroughtIn() throws {
        let person = try OnboardingFactory.makeOperator()
        try enroll(person, "device-01", "--hn hub-2")
        try person.expect("dps linked-hub update \(service) --linked-hub hub-2 --apply-allocation-policy false")
        let failed = try register(person, "device-01")
        #expect(failed.status == 1 && failed.errors.hasPrefix("ERROR: (400208) "), "\(failed)")
        let line = try #require(failed.errors.split(separator: "\n").first { $0.hasPrefix("adr ") })
        try person.expect(String(line.dropFirst("adr ".count)))
        #expect(try register(person, "device-01").status == 0)
    }
}
