import Foundation
import JSON
import TestSupport
import Testing

/// Every way to prove oneself × every way a hub is chosen × every way to register again, each from the enrollment to
/// the hub that lets the device in.
struct OnboardingCombinationTests {
    enum Attestation: String, CaseIterable {
        case symmetricKey
        case secondaryKey
        case symmetricGroup
        case secondaryKeyGroup
        case primaryLeaf
        case secondaryLeaf
        case intermediateGroup
        case rootGroup
        case secondaryCAGroup

        var isSymmetric: Bool {
            [.symmetricKey, .secondaryKey, .symmetricGroup, .secondaryKeyGroup].contains(self)
        }
        var isGroup: Bool { ![.symmetricKey, .secondaryKey, .primaryLeaf, .secondaryLeaf].contains(self) }

        /// The command's noun, and the enrollment's ID.
        var enrollment: String { isGroup ? "enrollment-group" : "enrollment" }
        var id: String { isGroup ? "line-1" : "device-01" }

        /// What the enrollment names.
        var options: String {
            switch self {
            case .symmetricKey, .secondaryKey: "--attestation-type symmetricKey"
            case .symmetricGroup, .secondaryKeyGroup: ""
            case .primaryLeaf, .secondaryLeaf:
                "--attestation-type x509 --certificate-path device-01.self.pem --secondary-certificate-path "
                    + "device-01.spare.pem"
            case .intermediateGroup: "--certificate-path intermediate.pem"
            case .rootGroup: "--certificate-path root.pem"
            // The primary is a CA that signed no device.
            case .secondaryCAGroup: "--certificate-path spare.pem --secondary-certificate-path intermediate.pem"
            }
        }

        /// What the device presents.
        func proof(_ person: Operator) throws -> String {
            switch self {
            case .symmetricKey, .secondaryKey, .symmetricGroup, .secondaryKeyGroup:
                let isPrimary = self == .symmetricKey || self == .symmetricGroup
                let member = isPrimary ? "primaryKey" : "secondaryKey"
                let shown = try person.expect(
                    "dps \(enrollment) show --dps-name factory-dps --enrollment-id \(id) --show-keys"
                )
                let key = try #require(shown["attestation"]?["symmetricKey"]?[member]?.stringValue)
                person.scratch.write("device-01.symmetric", key + "\n")
                return "--symmetric-key-file device-01.symmetric\(isGroup ? " --group-id line-1 --compute-key" : "")"
            case .primaryLeaf: return certificate("self")
            case .secondaryLeaf: return certificate("spare")
            case .intermediateGroup, .rootGroup, .secondaryCAGroup: return certificate("onboarding")
            }
        }

        private func certificate(_ kind: String) -> String {
            "--certificate-file-path device-01.\(kind).chain --key-file-path device-01.\(kind).key"
        }

        /// The member of the registration state that tells of it.
        var member: String {
            isSymmetric ? "symmetricKey" : "x509"
        }
    }

    enum Allocation: String, CaseIterable {
        case hashed
        case fixed = "static"
        case geoLatency
        case custom

        /// How the enrollment says it; the hub it then chooses, where that is known beforehand.
        func options(_ person: Operator) throws -> String {
            switch self {
            case .hashed: return "--allocation-policy hashed"
            case .fixed: return "--allocation-policy static --iot-hubs hub-2"
            case .geoLatency: return "--allocation-policy geoLatency"
            case .custom:
                let program = try person.makeProgram(
                    "choose",
                    #"cd "$(dirname "$0")"; cat > asked.json; cat answer.json"#
                )
                person.scratch.write(
                    "answer.json",
                    #"{"iotHubHostName": "hub-2.azure-devices.net", "payload": {"a": 1}}"#
                )
                return "--allocation-policy custom --webhook-url \(program) --api-version 2021-10-01"
            }
        }

        var first: String? {
            switch self {
            case .hashed: nil
            case .fixed, .custom: "hub-2"
            case .geoLatency: "hub-1"
            }
        }

        /// Changes the world so that a device that may move goes elsewhere; the hub it goes to, where that is known.
        func change(_ person: Operator, _ attestation: Attestation, from hub: String) throws -> String? {
            switch self {
            case .hashed:
                try person.expect(
                    "dps linked-hub update --dps-name factory-dps --linked-hub \(hub) --apply-allocation-policy false"
                )
                return nil
            case .fixed:
                try person.expect(
                    "dps \(attestation.enrollment) update --dps-name factory-dps --enrollment-id \(attestation.id) "
                        + "--iot-hubs hub-3.azure-devices.net --allocation-policy static"
                )
                return "hub-3"
            case .geoLatency:
                try person.expect("dps linked-hub update --dps-name factory-dps --linked-hub hub-3 --latency-ms 1")
                return "hub-3"
            case .custom:
                person.scratch.write("answer.json", #"{"iotHubHostName": "HUB-3.azure-devices.net"}"#)
                return "hub-3"
            }
        }
    }

    enum Reprovision: String, CaseIterable {
        case migrate = "reprovisionandmigratedata"
        case reset = "reprovisionandresetdata"
        case never
    }

    struct Combination: Sendable, CustomTestStringConvertible {
        let attestation: Attestation
        let allocation: Allocation
        let reprovision: Reprovision

        var testDescription: String { "\(attestation.rawValue), \(allocation.rawValue), \(reprovision.rawValue)" }
    }

    static let combinations = Attestation.allCases.flatMap { attestation in
        Allocation.allCases.flatMap { allocation in
            Reprovision.allCases.map {
                Combination(attestation: attestation, allocation: allocation, reprovision: $0)
            }
        }
    }

    @Test(.peer("openssl"), arguments: combinations)
    func onboardsConnectsAndOnboardsAgain(_ combination: Combination) throws {
        let (attestation, allocation) = (combination.attestation, combination.allocation)
        let person = try OnboardingFactory.makeOperator(combination.testDescription)
        if attestation == .secondaryCAGroup { try person.makeAuthority("spare") }
        try person.expect(
            "dps \(attestation.enrollment) create --dps-name factory-dps --enrollment-id \(attestation.id) "
                + "\(attestation.options) \(allocation.options(person)) --credential-policy-name default "
                + "--reprovision-policy \(combination.reprovision.rawValue) --initial-twin-tags {\"line\":4}"
        )
        let proof = try attestation.proof(person)

        let state = try person.expectRegistered("device-01", as: "first", by: proof)
        #expect(state["status"]?.stringValue == "assigned")
        #expect(state["substatus"]?.stringValue == "initialAssignment")
        #expect(state["deviceId"]?.stringValue == "device-01")
        #expect(state["issuedCertificateChain"]?.arrayValue?.count == 3)
        let member = try #require(state[attestation.member])
        #expect(member["enrollmentGroupId"]?.stringValue == (attestation.isGroup ? "line-1" : nil))
        let hub = try Self.hub(state)
        if let first = allocation.first { #expect(hub == first) }
        if allocation == .custom { try Self.expectAsked(person, attestation) }
        let identity = try Self.expectLetInOnly(person, by: hub, with: "first")
        #expect(try Self.twinLine(person) == 4)

        // The world changes, the enrollment's twin too, and the device registers again.
        try person.expect(
            "dps \(attestation.enrollment) update --dps-name factory-dps --enrollment-id \(attestation.id) "
                + "--initial-twin-tags {\"line\":5}"
        )
        let next = try allocation.change(person, attestation, from: hub)
        let again = try person.expectRegistered("device-01", as: "second", by: proof)
        let assigned = try Self.hub(again)
        let later = try Self.expectLetInOnly(person, by: assigned, with: "second")
        switch combination.reprovision {
        case .migrate, .reset:
            #expect(assigned != hub)
            if let next { #expect(assigned == next) }
            let isReset = combination.reprovision == .reset
            #expect(again["substatus"]?.stringValue == (isReset ? "deviceDataReset" : "deviceDataMigrated"))
            #expect(try Self.twinLine(person) == (isReset ? 5 : 4))
            #expect(later["generationId"] != identity["generationId"], "another identity, in another hub")
        case .never:
            #expect(assigned == hub)
            #expect(again["substatus"]?.stringValue == "initialAssignment")
            #expect(try Self.twinLine(person) == 4)
            #expect(later["generationId"] == identity["generationId"])
        }
        // The certificate it had before is good until it expires, at the hub where the device is now.
        try Self.expectLetInOnly(person, by: assigned, with: "first")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    private static func hub(_ state: JSONValue) throws -> String {
        let host = try #require(state["assignedHub"]?.stringValue)
        #expect(host.hasSuffix(".azure-devices.net"))
        return String(host.prefix { $0 != "." })
    }

    /// One hub accepts the device and has its identity; every other of the namespace, which trusts the same CA, refuses.
    @discardableResult
    private static func expectLetInOnly(_ person: Operator, by hub: String, with file: String) throws -> JSONValue {
        var identity: JSONValue?
        for candidate in OnboardingFactory.hubs {
            let outcome = try person.connect(file, hub: candidate)
            let list = try person.expect("hub device-identity list --hub-name \(candidate)").arrayValue ?? []
            if candidate == hub {
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(list.count == 1)
                identity = list.first
            } else {
                #expect(outcome.status == 1, "\(candidate) lets in a device of \(hub)")
                #expect(outcome.errors.hasPrefix("ERROR: (DeviceNotFound) "), "\(outcome.errors)")
                #expect(list.isEmpty)
            }
        }
        let device = try person.expect("device show --namespace factory --name device-01")
        let endpoint = device["properties"]?["endpoints"]?["outbound"]?["assigned"]?["iothub"]?["address"]
        #expect(endpoint?.stringValue == "\(hub).azure-devices.net")
        #expect(device["properties"]?["policy"]?["resourceId"]?.stringValue?.hasSuffix("/policies/default") == true)
        #expect(identity?["authentication"]?["type"]?.stringValue == "certificateAuthority")
        return try #require(identity)
    }

    /// The tag that the enrollment put into the device's first twin.
    private static func twinLine(_ person: Operator) throws -> Int64? {
        let documents = try person.storeContents().filter { $0.key.contains("/devices/") && $0.key.hasSuffix(".json") }
        #expect(documents.count == 1)
        let document = try JSONValue(parsing: try #require(documents.first?.value))
        return document["identity"]?["twin"]?["tags"]?["line"]?.integerValue
    }

    /// The program got what the service sends its webhook.
    private static func expectAsked(_ person: Operator, _ attestation: Attestation) throws {
        let asked = try JSONValue(parsing: person.scratch.read("asked.json"))
        let enrollment = asked[attestation.isGroup ? "enrollmentGroup" : "individualEnrollment"]
        let name = attestation.isGroup ? "enrollmentGroupId" : "registrationId"
        #expect(enrollment?[name]?.stringValue == attestation.id)
        #expect(enrollment?["attestation"]?["symmetricKey"] == nil, "keys are no business of the program")
        let context = asked["deviceRuntimeContext"]
        #expect(context?["registrationId"]?.stringValue == "device-01")
        #expect(context?["currentIotHubHostName"] == nil)
        #expect(context?[attestation.member] != nil)
        let linked = asked["linkedHubs"]?.arrayValue?.compactMap(\.stringValue)
        #expect(linked == OnboardingFactory.hubs.map { "\($0).azure-devices.net" })
    }
}
