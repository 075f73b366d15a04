import Foundation
import JSON
import Store
import Testing

@testable import Registry

/// Registrations that find the world changed between judging and committing.
struct RegistrationRaceTests {
    private static let key = [UInt8](repeating: 0x41, count: 32)
    private static let answer = ProgramOutcome.output(Array(#"{"iotHubHostName": "hub-1"}"#.utf8))

    /// A plant whose one enrollment asks a program, in the middle of which others can come.
    private func makePlant() throws -> Plant {
        let plant = try Plant()
        try plant.enroll(.individual(RegistrationID("device-1")), key: Self.key) {
            $0.allocation = .custom
            $0.webhook = "/bin/choose"
        }
        return plant
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0

        func next() -> Int {
            lock.withLock {
                count += 1
                return count
            }
        }
    }

    private func disturb(_ plant: Plant, _ count: Int) throws {
        var change = EnrollmentRequest(id: .individual(try RegistrationID("device-1")))
        change.twinTags = ["disturbance": .integer(Int64(count))]
        _ = try plant.registry.updateEnrollment(plant.service(), change)
    }

    @Test func oneDisturbanceIsJudgedAgain() throws {
        let plant = try makePlant()
        let runs = Counter()
        plant.onProgram {
            if runs.next() == 1 { try self.disturb(plant, 1) }
            return Self.answer
        }
        let outcome = try plant.register(
            "device-1",
            token: plant.token("device-1", key: Self.key),
            csr: plant.csr("device-1")
        )
        #expect(outcome.status == .assigned)
        #expect(runs.next() == 3, "it was judged twice")
        let device = try plant.registry.ledger(Plant.namespace()).read {
            try NamespaceState($0).device(registering: RegistrationID("device-1"))
        }
        #expect(device?.identity?.twin["tags"]?["disturbance"]?.integerValue == 1, "on what it saw the second time")
        #expect(device?.living.count == 1, "the certificate of the first judgement was never on record")
    }

    @Test func endlessDisturbanceIsAConflictAndLeavesNothing() throws {
        let plant = try makePlant()
        let runs = Counter()
        plant.onProgram {
            try self.disturb(plant, runs.next())
            return Self.answer
        }
        let error = #expect(throws: ServiceError.self) {
            try plant.register("device-1", token: plant.token("device-1", key: Self.key), csr: plant.csr("device-1"))
        }
        #expect(error?.code == "409203")
        #expect(try plant.devices().isEmpty)
    }

    @Test func anEnrollmentThatGoesMeanwhileEndsIt() throws {
        let plant = try makePlant()
        plant.onProgram {
            _ = try plant.registry.deleteEnrollment(plant.service(), .individual(RegistrationID("device-1")))
            return Self.answer
        }
        let error = #expect(throws: ServiceError.self) {
            try plant.register("device-1", token: plant.token("device-1", key: Self.key), csr: plant.csr("device-1"))
        }
        #expect(error?.code == "404201")
        #expect(try plant.devices().isEmpty)
    }

    @Test func theOtherSpellingThatCameFirstIsKept() throws {
        let plant = try Plant()
        let groupKey = [UInt8](repeating: 0x67, count: 32)
        try plant.enroll(.group(RegistrationID("line-1")), key: groupKey, policy: nil) {
            $0.allocation = .custom
            $0.webhook = "/bin/choose"
        }
        func token(_ id: String) throws -> String {
            try plant.token(id, key: SharedAccessSignature.deviceKey(groupKey: groupKey, registrationID: id))
        }
        let runs = Counter()
        let other = try token("DEVICE-1")
        plant.onProgram {
            if runs.next() == 1 { _ = try plant.register("DEVICE-1", token: other) }
            return Self.answer
        }
        let outcome = try plant.register("device-1", token: token("device-1"))
        #expect(outcome.value["registrationState"]?["deviceId"]?.stringValue == "DEVICE-1")
        #expect(try plant.devices().count == 1)
    }
}
