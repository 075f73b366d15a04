import Foundation
import JSON
import PKI
import Store
import TestSupport
import Testing

@testable import Registry

/// What `adr status --check` finds, at any date.
struct StatusTests {
    private static let day: Int64 = 86_400

    private func status(_ plant: Plant) throws -> StoreStatus { try plant.registry.status(of: nil, in: nil) }

    /// The kinds of the reasons, in order.
    private func reasons(_ plant: Plant) throws -> [Int32] { try status(plant).reasons.map(\.kind.rawValue) }

    private func update(_ plant: Plant, _ name: String, enabled: Bool) throws {
        _ = try plant.registry.updateDevice(Plant.namespace(), name, DeviceUpdate(enabled: enabled))
    }

    @Test func aFreshPlantIsWell() throws {
        let plant = try Plant()
        try plant.issue("device-1")
        let status = try status(plant)
        #expect(status.checkStatus == 0 && status.reasons.isEmpty)
        let namespace = try #require(status.namespaces.first)
        #expect(namespace.policies.map(\.name) == ["default"])
        #expect(namespace.hubs.map(\.name) == ["hub-1", "hub-2"] && namespace.hubs.allSatisfy(\.lacking.isEmpty))
        #expect(namespace.services == ["factory-dps"])
        #expect(namespace.devices?.count == 1 && namespace.devices?.isCountExact == true)
        #expect(namespace.devices?.next.map(\.name) == ["device-1"])
    }

    @Test func aDeviceSevenDaysFromItsEnd() throws {
        let plant = try Plant()
        let issued = try plant.issue("device-1")
        plant.now = issued.notAfter - 7 * Self.day - 1
        #expect(try reasons(plant) == [])
        plant.now += 1
        #expect(try reasons(plant) == [10])
        #expect(try status(plant).reasons.first?.message == "1 device goes dark within 7 days: device-1 on 2026-03-31")
        plant.now = issued.notAfter - 1
        #expect(try reasons(plant) == [10])
        plant.now += 1
        #expect(try reasons(plant) == [12])
        #expect(try status(plant).reasons.first?.message == "1 device went dark: device-1 on 2026-03-31")
        // However long ago it was.
        plant.now += 250 * Self.day
        #expect(try reasons(plant) == [12])
        // With a new certificate it is well again; disabled, it is nobody's worry.
        try update(plant, "device-1", enabled: false)
        #expect(try reasons(plant) == [])
        try update(plant, "device-1", enabled: true)
        _ = try plant.registry.updateIdentity(HubName("hub-1"), "device-1", IdentityUpdate(enabled: false))
        #expect(try reasons(plant) == [])
        _ = try plant.registry.updateIdentity(HubName("hub-1"), "device-1", IdentityUpdate(enabled: true))
        try plant.issue("device-1")
        #expect(try reasons(plant) == [])
    }

    /// Only a device's newest certificate counts, were it to end before an older one.
    @Test func theNewestCertificateCounts() throws {
        let plant = try Plant()
        _ = try plant.registry.createPolicy(
            Plant.namespace(),
            PolicyRequest(name: PolicyName("weekly"), leafValidityDays: 7)
        )
        _ = try plant.registry.synchronizeCredential(Plant.namespace(), pruning: false)
        try plant.issue("device-1")
        plant.now += 25 * Self.day
        try plant.issue("device-1")
        #expect(try reasons(plant) == [])
        try plant.issue("device-1", policy: "weekly")
        #expect(try reasons(plant) == [10])
        plant.now += 8 * Self.day
        #expect(try reasons(plant) == [12])
    }

    @Test func aHubThatLacksACA() throws {
        let plant = try Plant()
        _ = try plant.registry.createPolicy(Plant.namespace(), PolicyRequest(name: PolicyName("line-1")))
        let status = try status(plant)
        #expect(status.reasons.map(\.kind) == [.unsynced, .unsynced])
        #expect(status.reasons.first?.message == "the hub 'hub-1' lacks the current CA of the policy line-1")
        #expect(status.namespaces.first?.hubs.map(\.lacking) == [["line-1"], ["line-1"]])
        #expect(status.checkStatus == 11)
        _ = try plant.registry.synchronizeCredential(Plant.namespace(), pruning: false)
        #expect(try reasons(plant) == [])
    }

    @Test func aCAThatEnds() throws {
        let plant = try Plant()
        let authority = try #require(try status(plant).namespaces.first?.policies.first?.authority)
        // 30 days for the certificates of the policy, and 30 more.
        plant.now = authority.validity.notAfter - 60 * Self.day
        #expect(try reasons(plant) == [])
        plant.now += 1
        #expect(try reasons(plant) == [10])
        #expect(try status(plant).namespaces.first?.policies.first?.authority.standing == .ending)
        // A policy whose certificates live longer asks for more, of its root too.
        _ = try plant.registry.updatePolicy(
            Plant.namespace(),
            PolicyRequest(name: PolicyName("default"), leafValidityDays: 90)
        )
        plant.now = authority.validity.notAfter - 120 * Self.day + 1
        #expect(try reasons(plant) == [10])
        plant.now = authority.validity.notAfter - 1
        #expect(try reasons(plant) == [10])
        plant.now += 1
        #expect(try reasons(plant) == [12])
        let root = try #require(try status(plant).namespaces.first?.root)
        plant.now = root.validity.notAfter - 120 * Self.day
        #expect(try reasons(plant) == [12])
        plant.now += 1
        #expect(try reasons(plant) == [10, 12])
        plant.now = root.validity.notAfter
        #expect(try reasons(plant) == [12, 12])
    }

    /// The highest of several is the exit status, and each is told.
    @Test func everyReasonIsTold() throws {
        let plant = try Plant()
        let issued = try plant.issue("device-1")
        plant.now += 20 * Self.day
        try plant.issue("device-2")
        plant.now = issued.notAfter
        try plant.issue("device-3")
        _ = try plant.registry.createPolicy(Plant.namespace(), PolicyRequest(name: PolicyName("line-1")))
        #expect(try reasons(plant) == [11, 11, 12])
        plant.now += 16 * Self.day
        #expect(try reasons(plant) == [11, 11, 10, 12])
        #expect(try status(plant).checkStatus == 12)
    }

    @Test func whatIsDamagedIsAReasonAmongOthers() throws {
        let plant = try Plant()
        try plant.issue("device-1")
        let other = NamespaceKey(group: try ResourceGroupName("default"), name: try NamespaceName("other"))
        _ = try plant.registry.createNamespace(NamespaceRequest(key: other, location: nil, tags: nil, policy: nil))
        let folder = plant.scratch.file("store/groups/default/namespaces/factory")
        let devices = try #require(FileManager.default.enumerator(atPath: "\(folder)/devices"))
        let device = try #require(devices.compactMap { $0 as? String }.first { $0.hasSuffix(".json") })
        let intact = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/devices/\(device)"))
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/devices/\(device)"))
        var status = try status(plant)
        #expect(status.reasons.map(\.kind) == [.damaged])
        #expect(status.namespaces.map(\.key.name.text) == ["factory", "other"])
        // What could be read is told.
        #expect(status.namespaces.first?.policies.count == 1 && status.namespaces.first?.devices == nil)
        try intact.write(to: URL(fileURLWithPath: "\(folder)/devices/\(device)"))
        #expect(try reasons(plant) == [])
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/namespace.json"))
        status = try self.status(plant)
        #expect(status.checkStatus == 13)
        #expect(status.namespaces.map(\.isUnreadable) == [true, false])
    }

    /// Where there is too much to look through, the answer says how far it goes.
    @Test func looksAreLimited() throws {
        let plant = try Plant()
        for number in 1...6 {
            try plant.issue("device-\(number)")
            plant.now += Self.day
        }
        let ledger = try plant.registry.ledger(Plant.namespace())
        var limits = FleetInspection.Limits()
        limits.count = 5
        limits.next = 2
        var inspection = FleetInspection(ledger, at: plant.now, limits)
        let fresh = try inspection.status()
        #expect(fresh.count == 6 && !fresh.isCountExact)
        #expect(fresh.next.map(\.name) == ["device-1", "device-2"])
        #expect(fresh.searchedSince == nil)

        plant.now += 60 * Self.day
        limits.past = 3
        inspection = FleetInspection(ledger, at: plant.now, limits)
        let later = try inspection.status()
        #expect(later.ended == 3 && later.last.map(\.name) == ["device-6", "device-5", "device-4"])
        #expect(later.searchedSince == "2026-04-03")
        limits.past = 6
        inspection = FleetInspection(ledger, at: plant.now, limits)
        #expect(try inspection.status().ended == 6)
    }

    /// Days and documents that do not matter are not opened: here 40 devices whose certificates are of another day.
    @Test func devicesThatAreWellAreNotLookedAt() throws {
        let files = WatchedFiles()
        let plant = try Plant(files: files)
        try plant.issue("soon")
        plant.now += 2 * Self.day
        for number in 1...40 { try plant.issue("device-\(number)") }
        plant.now += 22 * Self.day
        let ledger = try plant.registry.ledger(Plant.namespace())
        var limits = FleetInspection.Limits()
        limits.count = 0
        limits.next = 0
        var inspection = FleetInspection(ledger, at: plant.now, limits)
        _ = files.takeOpened()
        let fleet = try inspection.status()
        #expect(fleet.ending == 1 && fleet.next.map(\.name) == ["soon"])
        let opened = files.takeOpened()
        #expect(opened.filter { $0.contains("expiry/2") } == ["expiry/2026-03-31.jsonl"])
        #expect(opened.filter { $0.hasPrefix("devices/") && $0.hasSuffix(".json") }.count == 1)
    }

    /// What is of no use any more is told as such, however long it is valid.
    @Test func revokedCertificatesAreTold() throws {
        let plant = try Plant()
        try plant.issue("device-1")
        try plant.issue("device-2")
        func revoked() throws -> [Bool]? { try status(plant).namespaces.first?.devices?.next.map(\.isRevoked) }
        #expect(try revoked() == [false, false])
        _ = try plant.registry.revokeDevice(Plant.namespace(), "device-1", reason: .superseded, disabling: false)
        #expect(try revoked() == [true, false])
        _ = try plant.registry.revokeIssuer(Plant.namespace(), PolicyName("default"), reason: .cACompromise)
        #expect(try revoked() == [true, true])
        #expect(try reasons(plant) == [11, 11])
    }

    /// What failed to become a device is none.
    @Test func failedRegistrationsAreNotCounted() throws {
        let plant = try Plant()
        let key = [UInt8](repeating: 7, count: 32)
        try plant.enroll(.individual(RegistrationID("device-1")), key: key)
        let outcome = try plant.register("device-1", token: plant.token("device-1", key: key), csr: Array("no".utf8))
        #expect(outcome.status != .assigned)
        #expect(try status(plant).namespaces.first?.devices?.count == 0)
    }

    @Test func oneNamespaceOrOneGroup() throws {
        let plant = try Plant()
        let other = NamespaceKey(group: try ResourceGroupName("Plant"), name: try NamespaceName("other"))
        _ = try plant.registry.createNamespace(NamespaceRequest(key: other, location: nil, tags: nil, policy: nil))
        func names(_ name: String?, _ group: String?) throws -> [String] {
            try plant.registry.status(
                of: try name.map { try NamespaceName($0) },
                in: try group.map { try ResourceGroupName($0) }
            ).namespaces.map(\.key.name.text)
        }
        #expect(try names(nil, nil) == ["factory", "other"])
        #expect(try names(nil, "plant") == ["other"])
        #expect(try names("factory", nil) == ["factory"])
        let error = #expect(throws: ServiceError.self) { try names("other", nil) }
        #expect(error?.kind == .notFound)
    }
}
