import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Backups and restores under whatever may happen to the process and the disk.
@Suite struct BackupTests {
    private static let keys = ["root.pem": Array("root".utf8), "ica.pem": Array("ica".utf8)]

    /// A store with a ledger of several segments, two keys, an index and a server's file.
    private func source(segmentSize: Int = 1500) throws -> Machine {
        let machine = Machine(segmentSize: segmentSize)
        let ledger = try machine.makeLedger()
        for number in Int64(1)...12 {
            try ledger.commit { _ in
                .commit(
                    Transaction(
                        event: "event \(number)",
                        changes: [
                            put("devices/abc/d\(number % 5).json", number),
                            .row("expiry/day.jsonl", ["serial": .integer(number)]),
                        ],
                        keys: number == 3 ? Self.keys.map { KeyFile(name: $0, bytes: $1) } : []
                    ),
                    ()
                )
            }
        }
        try machine.store.withLock { locked in
            try locked.writeIndex(["subscriptionId": "guid"])
            try locked.writeServerFile("ca.key", Array("server".utf8))
        }
        return machine
    }

    /// Keys as they are, in a form that can be taken apart again.
    private static func seal(_ keys: [BackupKey]) -> JSONValue {
        .object(JSONObject(keys.map { ($0.path, .string(String(decoding: $0.bytes, as: UTF8.self))) }))
    }

    private static func open(_ sealed: JSONValue) -> [BackupKey] {
        (sealed.objectValue ?? JSONObject()).map {
            BackupKey(path: $0.key, bytes: Array(($0.value.stringValue ?? "").utf8))
        }
    }

    @discardableResult
    private func backUp(_ machine: Machine, to path: String, withKeys: Bool = true) throws -> BackupHeader {
        let file = Mutex<[UInt8]>([])
        let header = try machine.store.writeBackup(
            of: [ns],
            describing: { _ in ["name": "ns"] },
            sealing: withKeys ? { Self.seal($0) } : nil,
            to: { bytes in file.withLock { $0 += bytes } }
        )
        try Data(file.withLock { $0 }).write(to: URL(fileURLWithPath: path))
        return header
    }

    private func restore(_ path: String, into store: StoreRoot, _ machine: Machine) throws {
        let backup = try BackupFile(path: path, environment: store.environment)
        let keys = Mutex<[BackupKey]>([])
        try backup.forEachItem { item in
            if case .keys(let sealed) = item { keys.withLock { $0 += Self.open(sealed) } }
        }
        try store.withLock { locked in
            try locked.restore(backup, keys: keys.withLock { $0 }) { _ in Transaction(event: "restored") }
        }
    }

    /// The store is what the backup says, and everything in it is as if it had grown there.
    private func expectRestored(_ machine: Machine, _ comment: String) throws {
        let ledger = try machine.ledger()
        let verified = try ledger.verify()
        #expect(verified.number >= 14, "\(comment)")
        #expect(try machine.documentsInFiles() == stateByLedger(ledger).documents, "\(comment)")
        for (name, bytes) in Self.keys { #expect(machine.bytes("keys/" + name) == bytes, "\(comment)") }
        #expect(try machine.store.index()?["subscriptionId"] == "guid", "\(comment)")
        #expect(try machine.store.readServerFile("ca.key") == Array("server".utf8), "\(comment)")
        try expectSound(machine, comment)
    }

    @Test(arguments: [1500, 64 << 20]) func whatWasBackedUpComesBack(segmentSize: Int) throws {
        let scratch = Scratch()
        let machine = try source(segmentSize: segmentSize)
        let header = try backUp(machine, to: scratch.file("backup"))
        #expect(header.ledgers.map(\.number) == [13])
        let other = Machine(segmentSize: segmentSize)
        try restore(scratch.file("backup"), into: other.store, other)
        let before = try stateByLedger(machine.ledger())
        let after = try stateByLedger(other.ledger())
        #expect(after.documents == before.documents)
        #expect(after.rows == before.rows)
        #expect(after.entries == 14)
        let rows = try machine.ledger().read { try $0.rows("expiry/day.jsonl") }
        #expect(try other.ledger().read { try $0.rows("expiry/day.jsonl") } == rows)
        try expectRestored(other, "\(segmentSize)")
        let names = try FileManager.default.contentsOfDirectory(atPath: other.storePath).sorted()
        #expect(names == ["groups", "lock", "server", "store.json"])
        // What was flushed counts after a power cut, too.
        var chance = Chance(seed: 7)
        let third = Machine(segmentSize: segmentSize)
        try restore(scratch.file("backup"), into: third.store, third)
        try expectRestored(third.afterPowerCut(&chance), "after a power cut")
    }

    @Test func aStoreThatIsNotEmptyIsLeftAlone() throws {
        let scratch = Scratch()
        let machine = try source()
        try backUp(machine, to: scratch.file("backup"))
        let before = machine.bytes(LedgerFolder.segmentName(1))
        #expect(throws: StoreError.self) { try restore(scratch.file("backup"), into: machine.store, machine) }
        #expect(machine.bytes(LedgerFolder.segmentName(1)) == before)
        #expect(try machine.ledger().verify().number == 13)
    }

    /// Ends the process before each call that changes something, with and without a power cut: the store is empty, and
    /// restoring again works, or it is whole.
    @Test func aRestoreThatIsEndedLeavesAllOrNothing() throws {
        let scratch = Scratch()
        try backUp(try source(), to: scratch.file("backup"))
        var points = 0
        for point in 1... {
            let machine = Machine(segmentSize: 1500)
            let hit = try play(scratch.file("backup"), on: machine, at: point, .end)
            for seed in UInt64(0)..<3 {
                var chance = Chance(seed: UInt64(point) * 31 + seed)
                let survivor = machine.afterPowerCut(&chance)
                try expectAllOrNothing(
                    survivor,
                    scratch.file("backup"),
                    "\(hit ?? "the end"), power cut \(seed)",
                    hit == nil
                )
            }
            try expectAllOrNothing(machine, scratch.file("backup"), hit ?? "the end", hit == nil)
            points += 1
            if hit == nil { break }
        }
        print("points at which a restore was ended: \(points - 1), each with 3 power cuts and without")
        #expect(points > 50)
    }

    /// A disk that takes no more, or fails, at each call in turn: refused, and the store is empty.
    @Test(arguments: [ENOSPC, EIO]) func aRestoreThatFailsLeavesNothing(code: Int32) throws {
        let scratch = Scratch()
        try backUp(try source(), to: scratch.file("backup"))
        var points = 0
        for point in 1... {
            let machine = Machine(segmentSize: 1500)
            let hit = try play(scratch.file("backup"), on: machine, at: point, .fail(code))
            if hit == nil { break }
            try expectAllOrNothing(machine, scratch.file("backup"), "\(code) at \(hit ?? "")", false)
            points += 1
        }
        print("calls of a restore that failed with \(code): \(points)")
        #expect(points > 50)
    }

    /// Restores, with that fate for one of the calls that change something; nil when there are fewer of them.
    private func play(_ path: String, on machine: Machine, at point: Int, _ fate: ProcessFiles.Fate) throws -> String? {
        let changes = Mutex(0)
        let hit = Mutex<String?>(nil)
        let (files, store) = machine.process { call in
            guard call.isChange, call.name != "flock" else { return .proceed }
            let number = changes.withLock { count in
                count += 1
                return count
            }
            guard number == point else { return .proceed }
            hit.withLock { $0 = "\(call.name) \(call.path)" }
            return fate
        }
        do { try restore(path, into: store, machine) } catch {
            #expect(hit.withLock { $0 } != nil, "\(error)")
        }
        files.end()
        return hit.withLock { $0 }
    }

    private func expectAllOrNothing(_ machine: Machine, _ path: String, _ comment: String, _ isDone: Bool) throws {
        if try machine.store.isEmpty() {
            #expect(!isDone, "\(comment): what was answered is gone")
            try restore(path, into: machine.store, machine)
            // A temporary file may be left, as by any crash; what was half restored is cleared away.
            let left = try FileManager.default.contentsOfDirectory(atPath: machine.storePath).sorted()
                .filter { !$0.contains(".tmp-") }
            #expect(left == ["groups", "lock", "server", "store.json"], "\(comment)")
        }
        try expectRestored(machine, comment)
    }

    /// A key that is wiped while the backup is taken: it is taken anew, at the position behind.
    @Test func aKeyThatGoesMeanwhileMovesThePosition() throws {
        let scratch = Scratch()
        let machine = try source()
        let isWiped = Mutex(false)
        let (_, store) = machine.process { call in
            guard call.name == "openat", call.path.hasSuffix("keys/root.pem") else { return .proceed }
            let isFirst = isWiped.withLock { done in
                defer { done = true }
                return !done
            }
            if isFirst {
                try? machine.ledger().commit { _ in
                    .commit(Transaction(event: "let go", wipedKeys: ["root.pem"]), ())
                }
            }
            return .proceed
        }
        let sealed = Mutex<[String]>([])
        let header = try store.writeBackup(
            of: [ns],
            describing: { _ in [:] },
            sealing: { keys in
                sealed.withLock { $0 = keys.map(\.path) }
                return Self.seal(keys)
            },
            to: { _ in }
        )
        #expect(header.ledgers.map(\.number) == [14])
        #expect(sealed.withLock { $0 } == ["server/ca.key", ns + "/keys/ica.pem"])
        _ = scratch
    }

    // MARK: Damaged files

    /// Any edit of the file's bytes, or its end cut off anywhere, is refused before anything is written.
    @Test func everyEditOfABackupIsRefused() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("edits of a backup: seed \(seed)")
        var chance = Chance(seed: seed)
        let scratch = Scratch()
        try backUp(try source(), to: scratch.file("backup"))
        let original = try scratch.read("backup")
        let machine = Machine()
        for round in 0..<600 {
            var bytes = original
            let place = chance.below(bytes.count)
            switch round % 4 {
            case 0: bytes[place] ^= UInt8(1 + chance.below(255))
            case 1: bytes.removeLast(1 + place)
            case 2: bytes.insert(UInt8(chance.below(256)), at: place)
            default: bytes.remove(at: place)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: scratch.file("edited")))
            do {
                try restore(scratch.file("edited"), into: machine.store, machine)
                Issue.record("seed \(seed), round \(round): restored, though byte \(place) is another")
                break
            } catch let error as StoreError {
                #expect(error.message.contains("edited"), "\(error)")
            }
            #expect(try machine.store.isEmpty())
        }
    }
}
