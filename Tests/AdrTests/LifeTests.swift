import Foundation
import LifeModel
import Synchronization
import TestSupport
import Testing

/// Random lives of certificates: whatever happens in whatever order, a hub lets in exactly those it must, and OpenSSL and
/// GnuTLS, which read the CRLs, say the same.
struct LifeTests {
    private static let length = 40
    private static let batches = 10
    private static let batchSize = 5 * Torture.factor

    private static let totals = Mutex(LifeCounts())

    @Test(.peer("openssl"), arguments: 0..<batches)
    func everybodyAgreesAllTheTime(batch: Int) throws {
        var counts = LifeCounts()
        let first = Torture.firstSeed + UInt64(batch * Self.batchSize)
        let seeds = first..<first + UInt64(Self.batchSize)
        for seed in seeds { counts += try Self.live(seed) }
        print("lives of the seeds \(seeds.lowerBound) to \(seeds.upperBound - 1): \(counts.text)")
        let total = Self.totals.withLock { totals in
            totals += counts
            return totals
        }
        guard total.sequences == Self.batches * Self.batchSize else { return }
        print("lives in all: \(total.text)")
        for (verdict, count) in total.verdicts.sorted(by: { $0.key < $1.key }) { print("  \(verdict): \(count)") }
        // A life in which something never happens shows nothing of it.
        for reason in [
            "CertificateExpired", "CertificateRevoked", "DeviceDisabled", "DeviceNotFound", "IdentityDisabled",
            "IssuerNotSynced", "IssuerRevoked", "UnknownIssuer",
        ] { #expect(total.verdicts["refused: \(reason)"] ?? 0 > 0, "nobody was refused for \(reason)") }
        #expect(total.verdicts["accepted"] ?? 0 > total.atHubs / 20)
        #expect(total.excepted < (total.atHubs + total.atRoots) / 5)
        #expect(total.byGnuTLS > 0 || !Peer.available("certtool"))
    }

    /// Makes up a life while it is played; one that fails is shrunk and told.
    private static func live(_ seed: UInt64) throws -> LifeCounts {
        var source = DeedSource(
            devices: LifeLines.devices,
            hubs: LifeLines.hubs,
            policies: LifeLines.policies,
            Chance(seed: seed)
        )
        let run = try LifeRun(seed: seed)
        var played: [Deed] = []
        do {
            for _ in 0..<length {
                let operation = source.next(in: run.life)
                played.append(operation)
                try run.play(operation)
            }
        } catch {
            let told = try LifeTold(played, seed: seed)
            Issue.record("the life of the seed \(seed) fails: \(error)\n\n\(told.text)")
        }
        return run.finish()
    }

    /// A program that forgets to revoke is found out, and told in a few lines.
    @Test(.peer("openssl")) func aForgottenRevocationIsFoundOut() throws {
        let forgets: (Deed) -> Bool = { operation in
            if case .revokeDevice = operation { return true }
            return false
        }
        var random = Chance(seed: 4)
        var source = DeedSource(
            devices: LifeLines.devices,
            hubs: LifeLines.hubs,
            policies: LifeLines.policies,
            random
        )
        // The model alone, to have a life in which somebody is revoked.
        var life = Life(now: 0, devices: LifeLines.devices, hubs: LifeLines.hubs)
        var operations: [Deed] = []
        for _ in 0..<8 {
            let operation = source.next(in: life)
            _ = life.apply(operation)
            operations.append(operation)
        }
        operations += [
            .pass(seconds: 60), .setDevice("dev-1", enabled: true), .deleteDevice("dev-1"), .createHub("hub-1"),
            .createPolicy("default", days: nil), .synchronize(prunes: false),
            .issue(device: "dev-1", policy: "default", hub: "hub-1", key: random.below(2)),
            .setDevice("dev-2", enabled: true), .revokeDevice("dev-1", disables: false), .pass(seconds: 60),
        ]
        let told = try LifeTold(operations, seed: 4, dropping: forgets)
        #expect(told.operations.contains { forgets($0) })
        #expect(told.operations.count <= 4, "\(told.text)")
        #expect(told.text.contains("adr cert issue --namespace factory --policy-name default"), "\(told.text)")
        #expect(told.text.contains("not refused: CertificateRevoked"), "\(told.text)")
    }

    @Test func shrinksToWhatIsNeeded() {
        var asked = 0
        let shrunk = Shrinking.shrink(Array(0..<40), attempts: 500) { numbers in
            asked += 1
            return numbers.contains(3) && numbers.contains(31)
        }
        #expect(shrunk == [3, 31])
        #expect(asked < 200)
        #expect(Shrinking.shrink([1, 2, 3], attempts: 500) { !$0.isEmpty }.count == 1)
        #expect(Shrinking.shrink([1, 2, 3], attempts: 500) { $0 == [1, 2, 3] } == [1, 2, 3])
        #expect(Shrinking.shrink(Array(0..<40), attempts: 3) { $0.contains(39) }.count < 40)
    }

    /// The model is nobody's echo.
    @Test func theModelImportsNothing() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("LifeModel")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 3)
        for file in files {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            #expect(!text.split(separator: "\n").contains { $0.contains("import ") }, "\(file)")
        }
    }
}
