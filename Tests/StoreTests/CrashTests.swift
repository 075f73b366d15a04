import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Ends the process before each system call of an operation in turn (and within each write), then looks at what a next
/// process finds, without and with a power cut. The state is that before or that after, never a third.
@Suite struct CrashTests {
    /// What a process was told before it ended.
    final class Told: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func next() { count.withLock { $0 += 1 } }
    }

    struct Play {
        let name: String
        var segmentSize = 64 << 20
        var cuts: UInt64 = 3
        let prepare: (Machine) throws -> Void
        let act: (StoreRoot, Told) throws -> Void
        let verify: (Machine, _ told: Int, _ comment: String) throws -> Void
    }

    /// How a process may end at a call.
    private static let ends: [ProcessFiles.Fate] = [.end, .endAfter(40), .endAfter(.max)]

    /// A process that ends before a call that only looks leaves what it leaves before the next call that changes
    /// something: those are the points.
    private func run(_ play: Play) throws {
        var points = 0
        var states = 0
        for (kind, end) in Self.ends.enumerated() {
            for point in 1... {
                let machine = Machine(segmentSize: play.segmentSize)
                try play.prepare(machine)
                let told = Told()
                let changes = Mutex(0)
                let hit = Mutex<String?>(nil)
                let (files, store) = machine.process { call in
                    guard call.isChange, kind == 0 || call.name.hasSuffix("write") else { return .proceed }
                    let number = changes.withLock { count in
                        count += 1
                        return count
                    }
                    guard number == point else { return .proceed }
                    hit.withLock { $0 = "\(call.name) \(call.path)" }
                    return end
                }
                do {
                    try play.act(store, told)
                } catch {
                    #expect(files.hasEnded, "\(play.name): \(error)")
                }
                files.end()
                let call = hit.withLock { $0 }
                let comment = "\(play.name), ended \(kind == 0 ? "before" : "in") change \(point), \(call ?? "the end")"
                points += 1
                for seed in 0..<play.cuts {
                    var random = Chance(seed: UInt64(point) * 31 + seed + UInt64(kind) * 7919)
                    let survivor = machine.afterPowerCut(&random)
                    try verify(play, survivor, told.value, comment + ", power cut \(seed)")
                    states += 1
                }
                try verify(play, machine, told.value, comment)
                states += 1
                if call == nil { break }
            }
        }
        print("\(play.name): \(points) crash points, \(states) states looked at")
        #expect(points > 20)
    }

    private func verify(_ play: Play, _ machine: Machine, _ told: Int, _ comment: String) throws {
        do {
            try play.verify(machine, told, comment)
        } catch {
            Issue.record("\(comment): \(error)")
        }
    }

    /// The ledger is live, what was acknowledged is in it, and it is one of the states there ever were.
    private static func expect(
        _ machine: Machine,
        oneOf states: [[String: JSONValue]],
        atLeast acknowledged: Int64,
        _ comment: String
    ) throws {
        let state = try stateByLedger(machine.ledger())
        #expect(state.entries >= acknowledged, "\(comment)")
        try #require(state.entries >= 1 && state.entries <= states.count, "\(comment)")
        #expect(state.documents == states[Int(state.entries) - 1], "\(comment)")
        try expectSound(machine, comment)
    }

    /// The documents after each entry of a machine on which nothing crashed.
    private func states(_ play: (Machine) throws -> Void, segmentSize: Int = 64 << 20) throws -> [[String: JSONValue]] {
        let machine = Machine(segmentSize: segmentSize)
        try play(machine)
        var documents: [String: JSONValue] = [:]
        var states: [[String: JSONValue]] = []
        try machine.ledger().forEachEntry { entry in
            for change in entry.changes {
                switch change.kind {
                case .document(let body): documents[change.path] = body
                case .gone: documents[change.path] = nil
                case .row: break
                }
            }
            states.append(documents)
        }
        return states
    }

    private static func change(_ ledger: Ledger, _ number: Int64) throws {
        try ledger.commit { snapshot in
            _ = try snapshot.documents(under: "policies/")
            var changes = [
                put("policies/a.json", number), put("policies/b.json", number),
                put("devices/x\(number)/d.json", number),
                .row("expiry/day.jsonl", ["serial": .integer(number)]),
            ]
            if try snapshot.document("devices/x\(number - 1)/d.json") != nil {
                changes.append(.remove("devices/x\(number - 1)/d.json"))
            }
            return .commit(
                Transaction(event: "change", changes: changes, keys: [KeyFile(name: "k\(number)", bytes: [1, 2])]),
                ()
            )
        }
    }

    /// No key of a line that does not exist is needed, but the keys of every line that does are there.
    private static func expectKeys(_ machine: Machine, _ comment: String) throws {
        try machine.ledger().forEachEntry { entry in
            guard entry.event == "change" else { return }
            let number = entry.changes.first.flatMap { change -> Int64? in
                guard case .document(let body) = change.kind else { return nil }
                return body["n"]?.integerValue
            }
            #expect(machine.bytes("keys/k\(number ?? 0)") == [1, 2], "\(comment)")
        }
    }

    @Test func commitOfSeveralDocuments() throws {
        let prepare: (Machine) throws -> Void = { machine in
            let ledger = try machine.makeLedger()
            for number: Int64 in 1...3 { try Self.change(ledger, number) }
        }
        let states = try self.states { machine in
            try prepare(machine)
            for number: Int64 in 4...5 { try Self.change(machine.ledger(), number) }
        }
        try run(
            Play(name: "commit", prepare: prepare) { store, told in
                let ledger = try live(store)
                for number: Int64 in 4...5 {
                    try Self.change(ledger, number)
                    told.next()
                }
            } verify: { machine, told, comment in
                try Self.expectKeys(machine, comment)
                try Self.expect(machine, oneOf: states, atLeast: 4 + Int64(told), comment)
            }
        )
    }

    @Test func segmentChangeAndMark() throws {
        let prepare: (Machine) throws -> Void = { machine in
            let ledger = try machine.makeLedger()
            for number: Int64 in 1...2 { try Self.change(ledger, number) }
        }
        let size = 1500
        let states = try self.states(
            { machine in
                try prepare(machine)
                for number: Int64 in 3...6 { try Self.change(machine.ledger(), number) }
            },
            segmentSize: size
        )
        try run(
            Play(name: "segment change and mark", segmentSize: size, cuts: 3, prepare: prepare) { store, told in
                let ledger = try live(store)
                for number: Int64 in 3...6 {
                    try Self.change(ledger, number)
                    told.next()
                }
            } verify: { machine, told, comment in
                try Self.expectKeys(machine, comment)
                try Self.expect(machine, oneOf: states, atLeast: 3 + Int64(told), comment)
            }
        )
    }

    @Test func rebuild() throws {
        // The mark has moved: the documents before it are in their files alone.
        let size = 900
        let make: (Machine) throws -> Void = { machine in
            let ledger = try machine.makeLedger()
            try ledger.commit { _ in
                .commit(
                    Transaction(event: "early", changes: [put("policies/early.json", 1), put("devices/e.json", 1)]),
                    ()
                )
            }
            for number: Int64 in 1...2 { try Self.change(ledger, number) }
            #expect(FlushedRecord(machine.bytes("flushed.json"))?.mark.number ?? 0 > 2)
        }
        let states = try self.states(make, segmentSize: size)
        try run(
            Play(name: "rebuild", segmentSize: size) { machine in
                try make(machine)
                try FileManager.default.removeItem(atPath: machine.file("policies"))
                machine.disk.removed(machine.file("policies"))
            } act: { store, told in
                let ledger = try live(store)
                #expect(try ledger.read { try $0.number("policies/a.json") } == 2)
                told.next()
                try ledger.rebuild()
            } verify: { machine, told, comment in
                try Self.expect(machine, oneOf: states, atLeast: 4, comment)
            }
        )
    }

    private static func create(_ store: StoreRoot, key: UInt8) throws {
        try store.withLock { locked in
            try locked.writeIndex(["names": ["hub": .string(ns)]])
            try locked.createLedger(at: ns, remainsTo: remains, fixedFolders: ["policies", "devices", "expiry"]) {
                (
                    Transaction(
                        event: "created",
                        changes: [put("namespace.json", Int64(key)), put("policies/p.json", Int64(key))],
                        keys: [KeyFile(name: "root", bytes: [key])]
                    ),
                    ()
                )
            }
        }
    }

    /// Names of key files anywhere in the store outside the live ledger.
    private static func strayKeys(_ machine: Machine) -> [String] {
        let walk = FileManager.default.enumerator(atPath: machine.storePath)
        var found: [String] = []
        while let path = walk?.nextObject() as? String {
            if path.contains("/keys/") && !path.hasPrefix(ns + "/") { found.append(path) }
        }
        return found
    }

    @Test func createLedger() throws {
        try run(
            Play(name: "create", cuts: 3, prepare: { _ in }) { store, told in
                try Self.create(store, key: 1)
                told.next()
            } verify: { machine, told, comment in
                if try machine.store.ledger(at: ns) == nil {
                    #expect(told == 0, "\(comment)")
                    try Self.create(machine.store, key: 2)
                    #expect(machine.bytes("keys/root") == [2], "\(comment)")
                } else {
                    #expect(machine.bytes("keys/root") == [1], "\(comment)")
                }
                #expect(try machine.store.index() != nil, "\(comment)")
                #expect(Self.strayKeys(machine) == [], "\(comment)")
                try expectSound(machine, comment)
            }
        )
    }

    @Test func deleteLedger() throws {
        try run(
            Play(name: "delete", cuts: 3) { machine in
                try Self.create(machine.store, key: 1)
                try Self.change(machine.ledger(), 1)
            } act: { store, told in
                let ledger = try live(store)
                try store.withLock { locked in
                    try locked.deleteLedger(ledger, movedTo: remains) { snapshot in
                        _ = try snapshot.document("namespace.json")
                        return (Transaction(event: "deleted"), ())
                    }
                }
                told.next()
            } verify: { machine, told, comment in
                if try machine.store.ledger(at: ns) == nil {
                    if told > 0 {
                        #expect(!FileManager.default.fileExists(atPath: machine.ledgerPath), "\(comment)")
                        #expect(
                            FileManager.default.fileExists(
                                atPath: machine.storePath + "/" + remains + "/ledger/00000001.jsonl"
                            ),
                            "\(comment)"
                        )
                        #expect(Self.strayKeys(machine) == [], "\(comment)")
                    }
                    try Self.create(machine.store, key: 2)
                    #expect(machine.bytes("keys/root") == [2], "\(comment)")
                } else {
                    #expect(told == 0, "\(comment)")
                    #expect(machine.bytes("keys/root") == [1], "\(comment)")
                    #expect(try stateByLedger(machine.ledger()).entries == 2, "\(comment)")
                }
                #expect(Self.strayKeys(machine) == [], "\(comment)")
                try expectSound(machine, comment)
            }
        )
    }

    /// A dead deleter's folder is finished by the next one who wants the name.
    @Test func createOverRemains() throws {
        try run(
            Play(name: "create over remains", cuts: 3) { machine in
                try Self.create(machine.store, key: 1)
                let (_, store) = machine.process { $0.path.hasSuffix("/keys") ? .end : .proceed }
                let ledger = try live(store)
                #expect(throws: StoreError.self) {
                    try store.withLock { locked in
                        try locked.deleteLedger(ledger, movedTo: remains) { _ in (Transaction(event: "deleted"), ()) }
                    }
                }
                #expect(try machine.store.ledger(at: ns) == nil)
            } act: { store, told in
                try Self.create(store, key: 2)
                told.next()
            } verify: { machine, told, comment in
                if try machine.store.ledger(at: ns) == nil {
                    #expect(told == 0, "\(comment)")
                    try Self.create(machine.store, key: 3)
                }
                #expect(Self.strayKeys(machine) == [], "\(comment)")
                try expectSound(machine, comment)
            }
        )
    }

    /// Documents of their own, and one that all of them count on.
    private static func group(_ ledger: Ledger, _ numbers: [Int64], _ told: Told? = nil) throws {
        let writer = try ledger.openForGroups()
        let judge = try writer.judges.make()
        func judged(_ number: Int64) -> Judged<Void> {
            judge.judge { snapshot in
                let count = try snapshot.number("policies/count.json") ?? 0
                var changes = [
                    put("devices/x\(number % 2)/d\(number).json", number),
                    .row("expiry/day.jsonl", ["serial": .integer(number)]),
                ]
                if number.isMultiple(of: 3) { changes.append(put("policies/count.json", count + 1)) }
                return .commit(Transaction(event: "grouped", changes: changes), ())
            }
        }
        let results = writer.commit(numbers.map(judged)) { judged(numbers[$0]) }
        for result in results where (try result?.get()) != nil { told?.next() }
        if let failure = writer.failure { throw failure }
    }

    @Test(arguments: [64 << 20, 1500]) func groups(segmentSize: Int) throws {
        // By the order of the lines: what counts on a document is judged again, behind what does not.
        let groups: [[Int64]] = [[1, 2, 3, 4, 5, 6, 7], [8, 9], [10]]
        let prepare: (Machine) throws -> Void = { machine in
            let ledger = try machine.makeLedger()
            try Self.change(ledger, 1)
        }
        let states = try self.states(
            { machine in
                try prepare(machine)
                for numbers in groups { try Self.group(machine.ledger(), numbers) }
            },
            segmentSize: segmentSize
        )
        try run(
            Play(name: "groups", segmentSize: segmentSize, prepare: prepare) { store, told in
                let ledger = try live(store)
                for numbers in groups { try Self.group(ledger, numbers, told) }
            } verify: { machine, told, comment in
                try Self.expect(machine, oneOf: states, atLeast: 2 + Int64(told), comment)
            }
        )
    }
}
