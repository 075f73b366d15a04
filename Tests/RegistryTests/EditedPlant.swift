import Foundation
import JSON
import PKI
import Store
import TestSupport

@testable import Registry

/// A plant with some history, in a ledger of several segments, and a deleted namespace; for tests that spoil its files and
/// put them back.
struct EditedPlant: Sendable {
    let plant: Plant

    init() throws {
        plant = try Plant(segmentSize: 8_000)
        let namespace = try Plant.namespace()
        let key = [UInt8](repeating: 7, count: 64)
        for number in 1...4 {
            let id = "device-\(number)"
            try plant.enroll(.individual(RegistrationID(id)), key: key)
            _ = try plant.register(id, token: plant.token(id, key: key), csr: plant.csr(id))
        }
        // One that never became a device.
        try plant.enroll(.individual(RegistrationID("device-9")), key: key, policy: nil)
        _ = try plant.register("device-9", token: plant.token("device-9", key: key), csr: plant.csr("device-9"))
        _ = try plant.register("device-1", token: plant.token("device-1", key: key), csr: plant.csr("device-1"))
        _ = try plant.registry.revokeDevice(namespace, "device-2", reason: .unspecified, disabling: false)
        _ = try plant.registry.createPolicy(namespace, PolicyRequest(name: PolicyName("line-1")))
        for days in [10, 20] {
            let request = PolicyRequest(name: try PolicyName("line-1"), leafValidityDays: days)
            _ = try plant.registry.updatePolicy(namespace, request)
        }
        let other = NamespaceKey(group: try ResourceGroupName("other"), name: try NamespaceName("gone"))
        _ = try plant.registry.createNamespace(
            NamespaceRequest(key: other, location: nil, tags: nil, policy: PolicyRequest(name: PolicyName("default")))
        )
        _ = try plant.registry.deleteNamespace(other)
    }

    var store: String { plant.scratch.file("store") }
    var folder: String { store + "/groups/default/namespaces/factory" }

    /// The same registry over a copy of the store: another folder, in which no document is asked that the ledger's mark
    /// does not vouch for.
    func copy() throws -> (registry: Registry, scratch: Scratch) {
        let scratch = Scratch("copy", inMemory: true)
        let outcome = try Run.command(["cp", "-a", store, scratch.path])
        guard outcome.status == 0 else { throw CocoaError(.fileWriteUnknown) }
        return (Self.registry(scratch.file("store")), scratch)
    }

    static func registry(_ path: String) -> Registry {
        let environment = StoreEnvironment.system(note: { _ in })
        return Registry(root: StoreRoot(path: path, environment: environment), environment: environment)
    }

    /// Every file of a store that holds a part of the record, by path below it: ledgers, documents, rows and the index.
    static func records(_ store: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: store)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            (name.hasSuffix(".json") || name.hasSuffix(".jsonl")) && !name.contains("/keys/")
                && !["views.json", "flushed.json"].contains { name.hasSuffix("/" + $0) }
        }.sorted()
    }
}

extension [StoreFinding] {
    var kinds: [StoreFinding.Kind] { map(\.kind) }
    /// What is more than the trace of a crash.
    var damage: [StoreFinding] { filter { !$0.isLeftByCrash } }
    var told: String { map { "\($0.kind) \($0.path): \($0.message)" }.joined(separator: "\n") }
}
