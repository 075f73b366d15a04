import Foundation
import JSON
import Store
import TestSupport
import Testing

@testable import Registry

/// Whatever somebody else does to the bytes of ledgers, documents, rows or the index, a check finds it.
@Suite struct StoreEditTests {
    private static let rounds = 60 * Torture.factor

    @Test(arguments: [1, 2]) func anyEditIsFound(_ run: Int) throws {
        let edited = try EditedPlant()
        #expect(try edited.plant.registry.checkStore() == [])
        var counts: [StoreFinding.Kind: Int] = [:]
        for round in 1...Self.rounds {
            let seed = UInt64(run) << 32 | UInt64(round)
            let found = try edit(edited.store, edited.plant.registry, seed: seed) { found, name, before, after in
                // Bytes without a newline behind the last line are what a killed process leaves there.
                if found.damage.isEmpty, name.contains("/ledger/"), after.starts(with: before) {
                    return !after.dropFirst(before.count).contains(UInt8(ascii: "\n"))
                        && found.kinds == [.ledgerTail]
                }
                // Rows may repeat and stand in any order; empty lines between them change none of them.
                if found.damage.isEmpty, name.hasSuffix(".jsonl"), !name.contains("/ledger/") {
                    return Self.rows(before) == Self.rows(after)
                }
                return !found.damage.isEmpty
            }
            for kind in found { counts[kind, default: 0] += 1 }
        }
        print("edits found, run \(run): \(Self.rounds); " + Self.told(counts))
        #expect(try edited.plant.registry.checkStore() == [])
    }

    /// Where documents are not asked, a cut one may be what a power cut left: then it is mentioned, not more.
    @Test func anyEditOfACopyIsFound() throws {
        let edited = try EditedPlant()
        let (registry, scratch) = try edited.copy()
        let untouched = try registry.checkStore()
        #expect(untouched == [], "\(untouched.told)")
        var counts: [StoreFinding.Kind: Int] = [:]
        for round in 1...Self.rounds {
            let found = try edit(scratch.file("store"), registry, seed: 5 << 32 | UInt64(round)) {
                found,
                name,
                before,
                after in
                !found.isEmpty
                    || name.hasSuffix(".jsonl") && !name.contains("/ledger/") && Self.rows(before) == Self.rows(after)
            }
            for kind in found { counts[kind, default: 0] += 1 }
        }
        print("edits found in a copy: \(Self.rounds); " + Self.told(counts))
    }

    /// Edits one file, checks, and puts the file back.
    private func edit(
        _ store: String,
        _ registry: Registry,
        seed: UInt64,
        isFound: ([StoreFinding], String, [UInt8], [UInt8]) -> Bool
    ) throws -> Set<StoreFinding.Kind> {
        var chance = Chance(seed: seed)
        let files = EditedPlant.records(store)
        let ledgers = files.filter { $0.contains("/ledger/") }
        let name = chance.happens(40) ? chance.pick(ledgers) : chance.pick(files)
        let url = URL(fileURLWithPath: "\(store)/\(name)")
        let before = [UInt8](try Data(contentsOf: url))
        let other = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(store)/\(chance.pick(files))")))
        let edit = RandomEdit(of: before, other: other, &chance)
        guard edit.bytes != before else { return [] }
        if let bytes = edit.bytes {
            try overwrite(url.path, bytes)
        } else {
            try FileManager.default.removeItem(at: url)
        }
        let found = try registry.checkStore()
        #expect(
            isFound(found, name, before, edit.bytes ?? []),
            "seed \(seed): \(name), \(edit): \(found.told.isEmpty ? "nothing found" : found.told)"
        )
        try overwrite(url.path, before)
        return Set(found.kinds)
    }

    /// Writes in place, or a new file as the store makes it.
    private func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    }

    private static func rows(_ bytes: [UInt8]) -> Set<[UInt8]> {
        Set(bytes.split(separator: UInt8(ascii: "\n")).map(Array.init))
    }

    private static func told(_ counts: [StoreFinding.Kind: Int]) -> String {
        counts.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
    }

    // MARK: The end of the ledger

    /// The loss of the ledger's end with all it caused is a store as it was: nothing is there to be found. A cut last line
    /// is mentioned.
    @Test func theLossOfTheEndWithAllItCaused() throws {
        let plant = try Plant(segmentSize: 4_000)
        let namespace = try Plant.namespace()
        let ledger = plant.scratch.file("store") + "/groups/default/namespaces/factory/ledger"
        for step in 1...6 {
            let scratch = Scratch("before", inMemory: true)
            let earlier = scratch.file("store")
            _ = try Run.command(["cp", "-a", plant.scratch.file("store"), earlier])
            _ = try plant.registry.updateNamespace(
                NamespaceRequest(key: namespace, location: nil, tags: ["step": .integer(Int64(step))], policy: nil)
            )
            let registry = EditedPlant.registry(earlier)
            #expect(try registry.checkStore() == [])
            // The beginning of the line that was lost.
            let last = try #require(try FileManager.default.contentsOfDirectory(atPath: ledger).max())
            let line =
                try Data(contentsOf: URL(fileURLWithPath: "\(ledger)/\(last)"))
                .split(separator: UInt8(ascii: "\n")).last ?? Data()
            let target = "\(earlier)/groups/default/namespaces/factory/ledger/\(last)"
            let old = FileManager.default.contents(atPath: target) ?? Data()
            try overwrite(target, Array(old) + Array(line.prefix(line.count * step / 7)))
            let found = try registry.checkStore()
            #expect(found.kinds == [.ledgerTail], "\(found.told)")
            // Without what it caused being lost too, it is damage.
            let lines = try Data(contentsOf: URL(fileURLWithPath: "\(ledger)/\(last)"))
            let cut = lines.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { lines[...$0] } ?? Data()
            for bytes in [cut, lines.dropLast(1), lines.dropLast(30)] {
                try overwrite("\(ledger)/\(last)", Array(bytes))
                #expect(try plant.registry.checkStore().damage.kinds == [.ledgerDamaged])
                try overwrite("\(ledger)/\(last)", Array(lines))
            }
        }
    }
}
