import Foundation
import OpenSSL
import PKI
import Store
import TestSupport
import Testing

@testable import Registry

/// Revoking one more device, and finding out whether a certificate is revoked, cost what they cost when nobody was
/// revoked before: nothing reads the list, which is only added to.
struct RevocationCostTests {
    private static let hub = "hub-1"

    private static func issue(_ name: String, _ plant: Plant) throws -> (key: [UInt8], chain: [[UInt8]]) {
        let key = try PrivateKey.generate(.p384)
        let csr = Array(Base64.encode(try CSRBuilder.make(commonName: name, key: key)).utf8)
        let issued = try plant.registry.issueCertificate(
            IssueRequest(
                namespace: Plant.namespace(),
                policy: PolicyName("default"),
                csr: csr,
                csrName: "device.csr",
                registrationID: RegistrationID(name),
                hub: HubName(hub)
            )
        )
        return (try key.pem(), issued.chain)
    }

    /// That many certificates that the policy's CA issued to others and that were revoked.
    private static func revoke(_ count: Int, _ plant: Plant, _ random: inout Chance) throws {
        let ledger = try plant.registry.ledger(Plant.namespace())
        let issuer = try ledger.read { snapshot in
            try NamespaceState(snapshot).policy(PolicyName("default")).issuer
        }
        let size = 2_000
        for first in stride(from: 0, to: count, by: size) {
            let changes = (first..<min(first + size, count)).map { number in
                let serial = (0..<16).map { UInt8($0 == 0 ? 1 : random.below(256)) }
                return RevokedRow(
                    serialNumber: Hex.upper(serial),
                    revokedAt: plant.now,
                    reason: .superseded,
                    notAfter: plant.now + 86_400 * 20,
                    device: "other-\(number)"
                ).change(of: issuer)
            }
            try ledger.commit { _ in .commit(Transaction(event: "Planted", changes: changes), ()) }
        }
        // Rows and ledger are as they are after any other command.
        _ = try issue("device-0", plant)
        let rows = "groups/default/namespaces/factory/revoked/\(issuer).jsonl"
        let file = (try? Data(contentsOf: URL(fileURLWithPath: plant.scratch.file("store/\(rows)")))) ?? Data()
        let present = file.split(separator: UInt8(ascii: "\n")).count
        #expect(present == count)
    }

    private static func costs(revoked count: Int) throws -> [(what: String, bytes: WatchedFiles.Bytes)] {
        var random = Chance(seed: 100_000)
        let files = WatchedFiles()
        let plant = try Plant(files: files)
        let registry = plant.registry
        let namespace = try Plant.namespace()
        let hubName = try HubName(hub)
        let accepted = try issue("device-1", plant)
        let doomed = try issue("device-2", plant)
        try revoke(count, plant, &random)
        var costs: [(what: String, bytes: WatchedFiles.Bytes)] = []
        func measure(_ what: String, _ body: () throws -> Void) rethrows {
            _ = files.takeBytes()
            try body()
            costs.append((what, files.takeBytes()))
        }
        try measure("device revoke") {
            let report = try registry.revokeDevice(namespace, "device-2", reason: .keyCompromise, disabling: false)
            #expect(report.serialNumbers.count == 1)
        }
        try measure("cert verify --namespace, accepted") { _ = try registry.verify(accepted.chain, against: namespace) }
        measure("cert verify --namespace, revoked") {
            let error = #expect(throws: ServiceError.self) { try registry.verify(doomed.chain, against: namespace) }
            #expect(error?.code == "CertificateRevoked")
        }
        try measure("cert verify --hub-name, accepted") { _ = try registry.verify(accepted.chain, againstHub: hubName) }
        try measure("hub connect, accepted") {
            let key = try PrivateKey(pem: accepted.key)
            _ = try registry.connect(to: hubName, chain: accepted.chain, key: key, version: nil)
        }
        try measure("hub connect, revoked") {
            let key = try PrivateKey(pem: doomed.key)
            let error = #expect(throws: HubRefusal.self) {
                try registry.connect(to: hubName, chain: doomed.chain, key: key, version: nil)
            }
            #expect(error?.reason == .certificateRevoked)
        }
        try measure("device delete") {
            let report = try registry.deleteDevice(namespace, "device-1")
            #expect(report?.serialNumbers.count == 1)
        }
        return costs
    }

    @Test func theLastCostsWhatTheFirstDid() throws {
        let few = try Self.costs(revoked: 0)
        let many = try Self.costs(revoked: 100_000)
        for (few, many) in zip(few, many) {
            print("\(few.what): nobody revoked before: \(few.bytes); 100,000: \(many.bytes)")
            #expect(few.bytes.read > 1_000, "\(few.what): what was to be counted was not")
            #expect(Self.isNear(few.bytes.read, many.bytes.read), "\(few.what)")
            #expect(Self.isNear(few.bytes.written, many.bytes.written), "\(few.what)")
        }
        #expect(few[0].bytes.written > 1_000)
    }

    /// Within a tenth of each other.
    private static func isNear(_ one: Int, _ other: Int) -> Bool { abs(one - other) * 10 <= one }
}
