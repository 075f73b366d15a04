import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Transactions that are committed several at a time: each keeps what ``Ledger/commit(_:)`` promises.
@Suite struct GroupTests {
    /// One more on a counter of its own.
    private static func count(_ path: String) -> (Snapshot) throws -> Judgement<Int64> {
        { snapshot in
            let next = (try snapshot.number(path) ?? 0) + 1
            let row = Change.row("expiry/day.jsonl", ["serial": .string("\(path) \(next)")])
            return .commit(Transaction(event: "counted", changes: [put(path, next), row]), next)
        }
    }

    /// Judges and commits a group of those counters, in their order.
    private static func commit(_ paths: [String], _ writer: GroupWriter) throws -> [Result<Int64, any Error>?] {
        let judge = try writer.judges.make()
        return writer.commit(paths.map { judge.judge(count($0)) }) { judge.judge(count(paths[$0])) }
    }

    private static func values(_ results: [Result<Int64, any Error>?]) throws -> [Int64?] {
        try results.map { try $0?.get() }
    }

    @Test func aGroupTakesOneWriteAndOneFlush() throws {
        let machine = Machine()
        try machine.makeLedger()
        let (files, store) = machine.process()
        let writer = try live(store).openForGroups()
        files.forgetLog()
        let paths = (0..<20).map { "devices/a\($0 % 3)/d\($0).json" }
        #expect(try Self.values(Self.commit(paths, writer)) == paths.map { _ in 1 })
        #expect(files.count("pwrite", "00000001.jsonl") == 1)
        #expect(files.count("fdatasync", "00000001.jsonl") == 1)
        #expect(files.count("flock") == 1)
        #expect(files.count("renameat", "views.json") == 1)
        #expect(files.count("create", "expiry/day.jsonl") == 1)
        let state = try stateByLedger(machine.ledger())
        #expect(state.entries == 21, "each has its own line")
        try expectSound(machine, "a group")
    }

    @Test func whatComesBeforeInTheGroupIsSeen() throws {
        let machine = Machine()
        try machine.makeLedger()
        let writer = try machine.ledger().openForGroups()
        let paths = ["x", "y", "x", "x", "y"].map { "devices/a/\($0).json" }
        #expect(try Self.values(Self.commit(paths, writer)) == [1, 1, 2, 3, 2])
        #expect(try Self.values(Self.commit(paths, writer)) == [4, 3, 5, 6, 4])
        try expectSound(machine, "counters that meet")
    }

    @Test func whatOthersChangedIsJudgedAgain() throws {
        let machine = Machine()
        let other = try machine.makeLedger()
        let writer = try machine.ledger().openForGroups()
        let judge = try writer.judges.make()
        let paths = ["devices/a/x.json", "devices/a/y.json", "devices/a/z.json"]
        let judged = paths.map { judge.judge(Self.count($0)) }
        // Another process is faster with one of them.
        _ = try other.commit(Self.count("devices/a/y.json"))
        var again: [Int] = []
        let results = writer.commit(judged) { index in
            again.append(index)
            return judge.judge(Self.count(paths[index]))
        }
        #expect(again == [1])
        #expect(try Self.values(results) == [1, 2, 1])
        // A list that was looked at counts as changed with anything in it.
        let listing = judge.judge { snapshot throws -> Judgement<Int64> in
            .answer(Int64(try snapshot.names(under: "devices/").count))
        }
        _ = try other.commit(Self.count("devices/b/new.json"))
        let listed = writer.commit([listing]) { _ in
            judge.judge { .answer(Int64(try $0.names(under: "devices/").count)) }
        }
        #expect(try Self.values(listed) == [4])
        try expectSound(machine, "two writers")
    }

    @Test func othersWhoAreAlwaysFasterMakeAConflictOfOne() throws {
        let machine = Machine()
        let other = try machine.makeLedger()
        let writer = try machine.ledger().openForGroups()
        let judge = try writer.judges.make()
        let paths = ["devices/a/x.json", "devices/a/y.json"]
        func judgement(_ index: Int) -> Judged<Int64> {
            let judged = judge.judge(Self.count(paths[index]))
            if index == 0 { _ = try? other.commit(Self.count(paths[0])) }
            return judged
        }
        let results = writer.commit([judgement(0), judgement(1)], again: judgement)
        #expect(throws: StoreError.self) { try results[0]?.get() }
        #expect(try results[1]?.get() == 1)
        #expect(writer.failure == nil)
        try expectSound(machine, "a conflict")
    }

    @Test func aRecordIsMadeAnewWhenItsDocumentChanges() throws {
        let machine = Machine()
        let other = try machine.makeLedger()
        _ = try other.commit(Self.count("policies/p.json"))
        let writer = try machine.ledger().openForGroups()
        let judge = try writer.judges.make()
        let made = Mutex(0)
        func read(_ snapshot: Snapshot) throws -> Judgement<Int64> {
            let number = try snapshot.record("policies/p.json") { body -> Int64 in
                made.withLock { $0 += 1 }
                return body["n"]?.integerValue ?? 0
            }
            return .answer(number ?? 0)
        }
        func value() throws -> Int64? { try writer.commit([judge.judge(read)]) { _ in judge.judge(read) }[0]?.get() }
        #expect(try value() == 1)
        #expect(try value() == 1)
        #expect(made.withLock { $0 } == 1)
        _ = try other.commit(Self.count("policies/p.json"))
        #expect(try value() == 2)
        #expect(made.withLock { $0 } == 2)
        _ = try Self.commit(["devices/a/x.json"], writer)
        #expect(try value() == 2)
        #expect(made.withLock { $0 } == 2)
    }

    @Test func refusalsAndAnswersStandBesideCommits() throws {
        struct Refused: Error {}
        let machine = Machine()
        try machine.makeLedger()
        let writer = try machine.ledger().openForGroups()
        let judge = try writer.judges.make()
        let group: [Judged<Int64>] = [
            judge.judge { _ in throw Refused() }, judge.judge(Self.count("devices/a/x.json")),
            judge.judge { _ in .answer(7) },
            judge.judge { _ in .commit(Transaction(event: "bad", changes: [put("../x.json", 1)]), 0) },
        ]
        let results = writer.commit(group) { _ in judge.judge { _ in throw Refused() } }
        #expect(throws: Refused.self) { try results[0]?.get() }
        #expect(try results[1]?.get() == 1)
        #expect(try results[2]?.get() == 7)
        #expect(throws: StoreError.self) { try results[3]?.get() }
        #expect(try stateByLedger(machine.ledger()).entries == 2)
    }

    @Test(arguments: [ProcessFiles.Fate.short(500), .short(0), .fail(ENOSPC), .fail(EIO)])
    func aWriteThatComesShortIsCutBackAsAWhole(_ fate: ProcessFiles.Fate) throws {
        let machine = Machine()
        try machine.makeLedger()
        let (files, store) = machine.process()
        let writer = try live(store).openForGroups()
        let before = machine.bytes("ledger/00000001.jsonl")
        files.setHook { $0.name == "pwrite" ? fate : .proceed }
        let results = try Self.commit(["devices/a/x.json", "devices/a/y.json"], writer)
        #expect(results.allSatisfy { $0 == nil })
        #expect(writer.failure is StoreError)
        #expect(machine.bytes("ledger/00000001.jsonl") == before)
        #expect(machine.bytes("devices/a/x.json") == nil)
        files.setHook(nil)
        #expect(try Self.commit(["devices/a/x.json"], writer).allSatisfy { $0 == nil }, "it does not go on")
        try expectSound(machine, "after a short write")
    }

    @Test func aFlushThatFailsForGoodAnswersNobody() throws {
        let machine = Machine()
        try machine.makeLedger()
        let (files, store) = machine.process()
        let writer = try live(store).openForGroups()
        files.setHook { $0.name == "fdatasync" ? .fail(EIO) : .proceed }
        let results = try Self.commit(["devices/a/x.json", "devices/a/y.json"], writer)
        #expect(results.allSatisfy { $0 == nil })
        #expect(writer.failure is StoreError)
        #expect(machine.bytes("devices/a/x.json") == nil, "what may not be on the disk is not applied")
    }

    @Test func documentsThatCannotBeWrittenEndTheGroupsButNotTheCommit() throws {
        let machine = Machine()
        try machine.makeLedger()
        let (files, store) = machine.process()
        let writer = try live(store).openForGroups()
        files.setHook { $0.name == "renameat" && $0.path.hasSuffix("y.json") ? .fail(ENOSPC) : .proceed }
        let results = try Self.commit(["devices/a/x.json", "devices/a/y.json"], writer)
        #expect(try Self.values(results) == [1, 1])
        #expect(writer.failure is StoreError)
        try expectSound(machine, "the next writer applies what is left")
    }

    @Test func deadWritersLinesAreAppliedAtOpening() throws {
        let machine = Machine()
        try machine.makeLedger()
        let (_, doomed) = machine.process { $0.name == "create" && $0.path.contains("/devices/") ? .end : .proceed }
        _ = try? live(doomed).commit(Self.count("devices/a/x.json"))
        #expect(machine.bytes("devices/a/x.json") == nil)
        let writer = try machine.ledger().openForGroups()
        #expect(machine.bytes("devices/a/x.json") != nil)
        #expect(try Self.values(Self.commit(["devices/a/x.json"], writer)) == [2])
    }

    @Test func deletionAndRebuildAreNoticed() throws {
        let machine = Machine()
        let other = try machine.makeLedger()
        let writer = try machine.ledger().openForGroups()
        let judge = try writer.judges.make()
        let early = judge.judge(Self.count("devices/a/x.json"))
        try other.rebuild()
        var again = 0
        let results = writer.commit([early]) { _ in
            again += 1
            return judge.judge(Self.count("devices/a/x.json"))
        }
        #expect(try Self.values(results) == [1])
        #expect(again == 1, "a judgement begun before the documents were made anew does not count")
        // A fixed folder that is gone is made again, and nothing of it is taken for missing.
        try FileManager.default.removeItem(atPath: machine.file("devices"))
        machine.disk.removed(machine.file("devices"))
        #expect(try Self.values(Self.commit(["devices/a/x.json"], writer)) == [2])
        try expectSound(machine, "after the rebuilds")
        let store = machine.store
        let doomed = try live(store)
        try store.withLock { locked in
            try locked.deleteLedger(doomed, movedTo: remains) { _ in (Transaction(event: "deleted"), ()) }
        }
        #expect(throws: StoreError.self) { _ = try writer.judges.make() }
        let late = writer.commit([judge.judge(Self.count("devices/a/x.json"))]) { _ in judge.judge { _ in .answer(0) } }
        #expect(late.allSatisfy { $0 == nil })
        #expect((writer.failure as? StoreError)?.kind == .notFound)
    }

    /// What was judged longer ago than changes are remembered counts as changed.
    @Test func memoryOfChangesIsBounded() {
        var changes = RecentChanges(after: 0)
        let early = Looks(at: 5, rebuilds: 0, paths: LookedAt(["devices/a/never.json"]), prefixes: LookedAt())
        for number: Int64 in 1...8192 { changes.note([put("devices/a/d\(number).json", 1)], number: number) }
        #expect(!changes.haveTouched(early))
        for number: Int64 in 8193...9000 { changes.note([put("devices/a/d\(number).json", 1)], number: number) }
        #expect(changes.haveTouched(early))
        let late = Looks(
            at: 8990,
            rebuilds: 0,
            paths: LookedAt(["devices/a/d8990.json"]),
            prefixes: LookedAt(["policies/"])
        )
        #expect(!changes.haveTouched(late))
        let touched = Looks(at: 8990, rebuilds: 0, paths: LookedAt(["devices/a/d8991.json"]), prefixes: LookedAt())
        #expect(changes.haveTouched(touched))
        let listed = Looks(at: 8990, rebuilds: 0, paths: LookedAt(), prefixes: LookedAt(["devices/"]))
        #expect(changes.haveTouched(listed))
    }

    /// Handed from a thread that judges to the one that writes, and touched by one at a time.
    private struct Portion: @unchecked Sendable {
        let index: Int
        let judged: Judged<Int64>
    }

    /// Threads judge while groups are committed, and another process changes the same counters: none of their changes is
    /// lost.
    @Test func manyThreadsAndAnotherProcess() throws {
        let machine = Machine()
        let other = try machine.makeLedger()
        let writer = try machine.ledger().openForGroups()
        let judges = writer.judges
        let paths = (0..<5).map { "devices/a/c\($0).json" }
        let own = try writer.judges.make()
        var counted = 0
        for round in 0..<40 {
            let waiting = Mutex<[Portion]>([])
            let queue = DispatchQueue(label: "judges", attributes: .concurrent)
            let group = DispatchGroup()
            for thread in 0..<4 {
                queue.async(group: group) {
                    guard let judge = try? judges.make() else { return }
                    for turn in 0..<4 {
                        let index = (thread + turn + round) % paths.count
                        let portion = Portion(index: index, judged: judge.judge(Self.count(paths[index])))
                        waiting.withLock { $0.append(portion) }
                    }
                }
            }
            queue.async(group: group) { _ = try? other.commit(Self.count(paths[round % 5])) }
            group.wait()
            let judged = waiting.withLock { $0 }
            let results = writer.commit(judged.map(\.judged)) { own.judge(Self.count(paths[judged[$0].index])) }
            counted += try Self.values(results).count { $0 != nil } + 1
        }
        let sum = try machine.ledger().read { snapshot in try paths.reduce(0) { $0 + (try snapshot.number($1) ?? 0) } }
        #expect(sum == Int64(counted))
        #expect(counted == 40 * 17)
        try expectSound(machine, "many threads")
    }
}
