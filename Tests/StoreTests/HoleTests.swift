import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Store

/// The ways in which earlier forms of the commit protocol lost or invented something, each played as it happened. The
/// numbers are those of the list that the protocol was corrected by.
@Suite struct HoleTests {
    private func both(_ ledger: Ledger, _ number: Int64) throws {
        try ledger.commit { _ in
            .commit(
                Transaction(
                    event: "both",
                    changes: [
                        put("policies/a.json", number), put("policies/b.json", number),
                        .row("expiry/day.jsonl", ["n": .integer(number)]),
                    ]
                ),
                ()
            )
        }
    }

    /// A process that appends a line and ends before flushing it.
    private func leaveUnflushed(_ machine: Machine, _ change: (StoreRoot) throws -> Void) {
        let (files, store) = machine.process { $0.name == "fdatasync" ? .end : .proceed }
        #expect(throws: StoreError.self) { try change(store) }
        #expect(files.hasEnded)
    }

    /// Whatever a power cut leaves, in many forms.
    private func afterPowerCuts(_ machine: Machine, _ body: (Machine) throws -> Void) throws {
        for seed: UInt64 in 0..<12 {
            var random = Chance(seed: seed)
            try body(machine.afterPowerCut(&random))
        }
    }

    /// Lets somebody act once before the n-th call of a reader, for every n.
    private func beforeEveryCall(
        _ prepare: () throws -> Machine,
        act: @Sendable @escaping (Machine) throws -> Void,
        read: (StoreRoot, Machine) throws -> Void
    ) throws {
        for point in 1... {
            let machine = try prepare()
            let hasActed = Mutex(false)
            let (_, store) = machine.process { call in
                guard call.number >= point else { return .proceed }
                let isFirst = hasActed.withLock { acted in
                    defer { acted = true }
                    return !acted
                }
                if isFirst {
                    do { try act(machine) } catch { Issue.record("\(error) at call \(call.number)") }
                }
                return .proceed
            }
            try read(store, machine)
            if !hasActed.withLock({ $0 }) { break }
        }
    }

    private func prepared() throws -> Machine {
        let machine = Machine()
        try both(machine.makeLedger(), 1)
        return machine
    }

    @Test func h3ReaderNeverMixesTwoTransactions() throws {
        try beforeEveryCall(prepared) { machine in
            try both(machine.ledger(), 2)
        } read: { store, _ in
            let ledger = try live(store)
            try ledger.read { snapshot in
                let a = try snapshot.number("policies/a.json")
                let rows = try snapshot.rows("expiry/day.jsonl").count
                let listed = try snapshot.documents(under: "policies/").map { $0.body["n"]?.integerValue }
                #expect(listed == [a, a])
                #expect(try snapshot.number("policies/b.json") == a)
                #expect(rows == Int(a ?? 0))
                #expect(snapshot.end.number == (a ?? 0) + 1)
            }
        }
    }

    @Test func h4AnAnswerOfAWriterRestsOnFlushedLines() throws {
        struct Refused: Error {}
        for isError in [false, true] {
            let machine = try prepared()
            leaveUnflushed(machine) { store in try both(live(store), 2) }
            let judge: (Snapshot) throws -> Judgement<Int64?> = { snapshot in
                if isError { throw Refused() }
                return .answer(try snapshot.number("policies/a.json"))
            }
            if isError {
                #expect(throws: Refused.self) { try machine.ledger().commit(judge) }
            } else {
                #expect(try machine.ledger().commit(judge) == 2)
            }
            try afterPowerCuts(machine) { (survivor) throws in
                #expect(try survivor.ledger().read { try $0.number("policies/a.json") } == 2)
            }
        }
    }

    @Test func h5ANameIsFreeOnlyWhenTheEndIsFlushed() throws {
        let machine = try prepared()
        leaveUnflushed(machine) { store in
            let ledger = try live(store)
            try store.withLock { locked in
                try locked.deleteLedger(ledger, movedTo: remains) { _ in (Transaction(event: "deleted"), ()) }
            }
        }
        #expect(try machine.store.ledger(at: ns) == nil)
        try afterPowerCuts(machine) { (survivor) throws in #expect(try survivor.store.ledger(at: ns) == nil) }
    }

    @Test func h6TheIndexIsFlushed() throws {
        let machine = try prepared()
        let store = machine.store
        try store.withLock { try $0.writeIndex(["names": ["hub": "ns"]]) }
        try store.withLock { try $0.writeServerFile("ca.key", [7]) }
        try afterPowerCuts(machine) { (survivor) throws in
            #expect(try survivor.store.index() == ["names": ["hub": "ns"]])
            #expect(try survivor.store.readServerFile("ca.key") == [7])
        }
    }

    @Test func h7AfterAPowerCutEverythingFromTheFirstBadLineIsCut() throws {
        let machine = try prepared()
        let good = try #require(machine.bytes("ledger/00000001.jsonl"))
        leaveUnflushed(machine) { store in try both(live(store), 2) }
        let second = try #require(machine.bytes("ledger/00000001.jsonl"))
        leaveUnflushed(machine) { store in
            try live(store).commit { _ in
                .commit(Transaction(event: "third", changes: [put("policies/c.json", 1)]), ())
            }
        }
        // The page of the second line is lost, that of the third is not.
        var torn = try #require(machine.bytes("ledger/00000001.jsonl"))
        for place in good.count..<(second.count - 1) { torn[place] = 0 }
        try machine.write("ledger/00000001.jsonl", torn)
        machine.boot.withLock { $0 = "boot 2" }
        // views.json says what was applied in the boot before: the lines after that.
        #expect(try machine.ledger().read { try $0.number("policies/a.json") } == 1)
        #expect(machine.bytes("ledger/00000001.jsonl") == torn)
        try both(machine.ledger(), 5)
        #expect(try machine.ledger().read { ($0.end.number, try $0.number("policies/a.json")) } == (3, 5))
        #expect(machine.bytes("ledger/00000001.jsonl")?.prefix(good.count) == good[...])
        let kept = try FileManager.default.contentsOfDirectory(atPath: machine.file("ledger")).filter {
            $0.hasPrefix("cut-")
        }
        #expect(kept.count == 1)
        #expect(machine.bytes("ledger/" + (kept.first ?? "")) == Array(torn[good.count...]))
        #expect(machine.notes.withLock { $0.contains { $0.contains(kept.first ?? "?") } })
        try expectSound(machine, "h7")
    }

    @Test(arguments: ["boot 1", "boot 2"])
    func h8AnEditedAcknowledgedLineIsDamageAndStays(_ boot: String) throws {
        let machine = try prepared()
        machine.boot.withLock { $0 = boot }
        var bytes = try #require(machine.bytes("ledger/00000001.jsonl"))
        let place = try #require(bytes.lastIndex(of: UInt8(ascii: "b")))
        bytes[place] = UInt8(ascii: "c")
        try machine.write("ledger/00000001.jsonl", bytes)
        let error = #expect(throws: StoreError.self) { try both(machine.ledger(), 2) }
        #expect(error?.kind == .damaged)
        #expect(error?.path == machine.file("ledger/00000001.jsonl"))
        #expect(throws: StoreError.self) { try machine.ledger().forEachEntry { _ in } }
        #expect(throws: StoreError.self) { try machine.ledger().rebuild() }
        #expect(machine.bytes("ledger/00000001.jsonl") == bytes)
    }

    @Test func h9BytesWithoutANewlineAreNoLine() throws {
        let machine = try prepared()
        let length = try #require(machine.bytes("ledger/00000001.jsonl")).count
        let whole = try prepared()
        try both(whole.ledger(), 2)
        let second = try #require(whole.bytes("ledger/00000001.jsonl")).count - length
        let (files, store) = machine.process { $0.name == "pwrite" ? .endAfter(second - 1) : .proceed }
        let ledger = try live(store)
        #expect(throws: StoreError.self) { try both(ledger, 2) }
        #expect(files.hasEnded)
        #expect(machine.bytes("ledger/00000001.jsonl")?.count == length + second - 1)
        #expect(try machine.ledger().read { try $0.number("policies/a.json") } == 1)
        try both(machine.ledger(), 3)
        #expect(try machine.ledger().read { ($0.end.number, try $0.number("policies/a.json")) } == (3, 3))
        try expectSound(machine, "h9")
    }

    @Test func h10AReaderLooksAgainAtABadLine() throws {
        let machine = try prepared()
        let good = try #require(machine.bytes("ledger/00000001.jsonl"))
        try machine.write("ledger/00000001.jsonl", good + Array("{\"hash\":\"half a line\n".utf8))
        let (files, store) = machine.process { call in
            if call.name == "flock" {
                do { try machine.write("ledger/00000001.jsonl", good) } catch { Issue.record(error) }
            }
            return .proceed
        }
        let ledger = try live(store)
        #expect(try ledger.read { try $0.number("policies/a.json") } == 1)
        #expect(files.count("flock") == 1)
    }

    @Test func h11AnEmptySegmentIsFlushedByWhoeverFindsIt() throws {
        let machine = try prepared()
        try machine.write("ledger/00000002.jsonl", [])
        let (files, store) = machine.process()
        try both(live(store), 2)
        let calls = files.log.map { $0.replacingOccurrences(of: "store/\(ns)/", with: "") }
        let flush = try #require(calls.firstIndex(of: "fsync ledger"))
        let append = try #require(calls.firstIndex(of: "pwrite ledger/00000002.jsonl"))
        #expect(flush < append)
        try expectSound(machine, "h11")
    }

    @Test func h11TheOldSegmentIsFlushedBeforeTheNewOneIsMade() throws {
        let machine = Machine(segmentSize: 900)
        try both(machine.makeLedger(), 1)
        // The mark, which would flush everything, does not get there.
        let (_, store) = machine.process { $0.name == "syncfs" ? .fail(EIO) : .proceed }
        let ledger = try live(store)
        leaveUnflushed(machine) { store in try both(live(store), 2) }
        #expect(try #require(machine.bytes("ledger/00000001.jsonl")).count >= 900)
        try both(ledger, 3)
        #expect(FlushedRecord(machine.bytes("flushed.json"))?.mark.number == 0)
        #expect(machine.bytes("ledger/00000002.jsonl") != nil)
        try afterPowerCuts(machine) { (survivor) throws in
            #expect(try survivor.ledger().read { ($0.end.number, try $0.number("policies/a.json")) } == (4, 3))
            try expectSound(survivor, "h11")
        }
    }

    @Test func h12EveryNewFolderIsFlushedBeforeTheFirstLine() throws {
        let machine = Machine()
        let (files, store) = machine.process()
        try store.withLock { locked in
            try locked.createLedger(at: ns, remainsTo: remains, fixedFolders: ["policies", "dps/x"]) {
                (Transaction(event: "created"), ())
            }
        }
        let log = files.log
        let append = try #require(log.firstIndex { $0.hasPrefix("pwrite") && $0.hasSuffix("00000001.jsonl") })
        let flushed = Set(log[..<append].filter { $0.hasPrefix("fsync ") }.map { String($0.dropFirst(6)) })
        for folder in ["store", "store/groups", "store/groups/rg", "store/groups/rg/namespaces", "store/\(ns)"] {
            #expect(flushed.contains(folder), "\(folder)")
        }
        for folder in ["policies", "dps", "dps/x", "ledger", "keys"] {
            #expect(flushed.contains("store/\(ns)/\(folder)"), "\(folder)")
        }
    }

    private func commitsUntilSyncfs(_ act: @Sendable @escaping (Machine) throws -> Void) throws -> Machine {
        let machine = Machine(segmentSize: 1200)
        try both(machine.makeLedger(), 1)
        let (files, store) = machine.process { call in
            if call.name == "syncfs" {
                do { try act(machine) } catch { Issue.record(error) }
            }
            return .proceed
        }
        let ledger = try live(store)
        for number: Int64 in 2...20 {
            try both(ledger, number)
            if files.count("syncfs") > 0 { return machine }
        }
        Issue.record("no mark was moved")
        return machine
    }

    @Test func h13TheMarkIsThePositionBeforeTheFlush() throws {
        let appliedThen = Mutex<Int64>(0)
        let machine = try commitsUntilSyncfs { machine in
            appliedThen.withLock { $0 = (try? machine.ledger().read { $0.end.number }) ?? 0 }
            try both(machine.ledger(), 100)
        }
        let record = FlushedRecord(machine.bytes("flushed.json"))
        #expect(record?.mark.number == appliedThen.withLock { $0 })
        #expect(record?.mark.number ?? 0 > 0)
        try expectSound(machine, "h13")
        try afterPowerCuts(machine) { try expectSound($0, "h13") }
    }

    @Test func h14AMarkMoverDoesNotUndoARebuild() throws {
        let machine = try commitsUntilSyncfs { try $0.ledger().rebuild() }
        let record = FlushedRecord(machine.bytes("flushed.json"))
        #expect(record?.mark.number == 0)
        #expect(record?.rebuilds == 1)
        try afterPowerCuts(machine) { try expectSound($0, "h14") }
    }

    /// A rebuild that runs through, or stands still (here: ends) when it has removed the documents, or written some.
    @Test(arguments: ["", "fdatasync 1", "renameat 2", "renameat 3", "renameat 4"])
    func h14ReadersBesideARebuildSeeOneState(_ end: String) throws {
        let parts = end.split(separator: " ").map(String.init)
        try beforeEveryCall {
            let machine = try prepared()
            try both(machine.ledger(), 2)
            return machine
        } act: { machine in
            let count = Mutex(0)
            let (files, store) = machine.process { call in
                guard call.name == parts.first else { return .proceed }
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return "\(number)" == parts.last ? .end : .proceed
            }
            let ledger = try live(store)
            do { try ledger.rebuild() } catch { #expect(files.hasEnded) }
        } read: { store, _ in
            let ledger = try live(store)
            let seen = try ledger.read { ($0.end.number, try $0.everything(), try $0.rows("expiry/day.jsonl").count) }
            #expect(seen.0 == 3)
            #expect(seen.1.count == 3)
            #expect(seen.1["policies/a.json"] == ["n": 2])
            #expect(seen.2 == 2)
        }
    }

    @Test func h14ALostFolderIsMadeAnewByWhoeverMissesIt() throws {
        for act in [0, 1, 2] {
            let machine = try prepared()
            try FileManager.default.removeItem(atPath: machine.file("policies"))
            switch act {
            case 0: #expect(try machine.ledger().read { try $0.number("policies/a.json") } == 1)
            case 1: #expect(try machine.ledger().read { try $0.names(under: "policies/").count } == 2)
            default: try both(machine.ledger(), 2)
            }
            #expect(machine.notes.withLock { $0.contains { $0.contains("were made anew") } })
            #expect(FlushedRecord(machine.bytes("flushed.json"))?.rebuilds == 1)
            try expectSound(machine, "h14")
        }
    }

    /// A disk that sees nothing change, while somebody else makes the name anew.
    private func replace(_ machine: Machine) throws {
        let store = machine.store
        let ledger = try live(store)
        try store.withLock { locked in
            try locked.deleteLedger(ledger, movedTo: remains) { _ in (Transaction(event: "deleted"), ()) }
            try locked.createLedger(at: ns, remainsTo: remains + "x", fixedFolders: ["policies", "devices", "expiry"]) {
                (Transaction(event: "created", changes: [put("namespace.json", 2), put("policies/b.json", 2)]), ())
            }
        }
    }

    @Test func h16ALedgerMadeAnewIsJudgedAnew() throws {
        let machine = try prepared()
        var judgements = 0
        try machine.ledger().commit { snapshot in
            judgements += 1
            #expect(try snapshot.number("policies/b.json") == Int64(judgements))
            if judgements == 1 { try replace(machine) }
            return .commit(Transaction(event: "own", changes: [put("policies/own.json", 1)]), ())
        }
        #expect(judgements == 2)
        #expect(
            try machine.ledger().read { ($0.end.number, try $0.names(under: "policies/")) }
                == (2, ["policies/b.json", "policies/own.json"])
        )
        #expect(!FileManager.default.fileExists(atPath: machine.storePath + "/" + remains + "/policies/own.json"))
    }

    @Test func h16AReaderSeesTheOldOrTheNewLedger() throws {
        try beforeEveryCall(prepared) { machine in
            try replace(machine)
        } read: { store, _ in
            guard let ledger = try store.ledger(at: ns) else { return }
            do {
                let policies = try ledger.read { snapshot in
                    (try snapshot.number("policies/b.json"), try snapshot.names(under: "policies/").count)
                }
                #expect(policies == (1, 2) || policies == (2, 1))
            } catch let error as StoreError {
                // It opened the old folder after the end of its ledger.
                #expect(error.kind == .notFound)
            }
        }
    }

    /// By whoever ends the ledger, and by whoever makes one in its place after a dead one's unflushed end.
    @Test(arguments: [false, true])
    func h17AFolderIsMovedOnceItsEndIsOnTheDisk(_ isByCreator: Bool) throws {
        func end(_ store: StoreRoot) throws {
            let ledger = try live(store)
            try store.withLock { locked in
                try locked.deleteLedger(ledger, movedTo: remains) { _ in (Transaction(event: "deleted"), ()) }
            }
        }
        var hasMoved = false
        for point in 1... {
            let machine = try prepared()
            if isByCreator { leaveUnflushed(machine, end) }
            let (files, store) = machine.process { $0.number == point ? .end : .proceed }
            do {
                if isByCreator {
                    try store.withLock { locked in
                        try locked.createLedger(at: ns, remainsTo: remains, fixedFolders: ["policies"]) {
                            (Transaction(event: "created"), ())
                        }
                    }
                } else {
                    try end(store)
                }
            } catch { #expect(files.hasEnded) }
            try afterPowerCuts(machine) { (survivor) throws in
                let path = survivor.storePath + "/" + remains
                guard FileManager.default.fileExists(atPath: path) else { return }
                hasMoved = true
                #expect(try survivor.store.ledger(at: remains) == nil, "point \(point)")
            }
            if !files.hasEnded { break }
        }
        #expect(hasMoved)
    }

    @Test func h18LinesOfADeadWriterAreAppliedFirst() throws {
        let machine = try prepared()
        leaveUnflushed(machine) { store in try both(live(store), 2) }
        try machine.ledger().commit { _ in
            .commit(Transaction(event: "a", changes: [put("policies/a.json", 3)]), ())
        }
        let views = try machine.documentsInFiles()
        #expect(views["policies/a.json"] == ["n": 3])
        #expect(views["policies/b.json"] == ["n": 2])
        try expectSound(machine, "h18")
    }

    @Test func h19TwoCreationsAtALimitDoNotBothPass() throws {
        struct Full: Error {}
        let machine = try prepared()
        func add(_ name: String, meanwhile: () throws -> Void = {}) throws {
            var isFirst = true
            try machine.ledger().commit { snapshot in
                if try snapshot.names(under: "policies/").count >= 3 { throw Full() }
                if isFirst {
                    isFirst = false
                    try meanwhile()
                }
                return .commit(Transaction(event: "add", changes: [put("policies/\(name).json", 1)]), ())
            }
        }
        #expect(throws: Full.self) { try add("c") { try add("d") } }
        #expect(try machine.ledger().read { try $0.names(under: "policies/").count } == 3)
    }

    @Test func h20ATornRowSpoilsNoOther() throws {
        let machine = try prepared()
        let (files, store) = machine.process { call in
            call.name == "write" && call.path.hasSuffix("day.jsonl") ? .endAfter(20) : .proceed
        }
        let ledger = try live(store)
        try? both(ledger, 2)
        #expect(files.hasEnded)
        try both(machine.ledger(), 3)
        let rows = try machine.ledger().read { try $0.rows("expiry/day.jsonl").map { $0["n"]?.integerValue } }
        #expect(rows == [1, 2, 3])
        try machine.ledger().commit { _ in
            .commit(Transaction(event: "more", changes: [.row("expiry/day.jsonl", ["n": 4])]), ())
        }
        #expect(try machine.ledger().read { try $0.rows("expiry/day.jsonl").count } == 4)
    }

    @Test func h21EveryDescriptorIsClosedInChildren() throws {
        let machine = try prepared()
        let (files, store) = machine.process()
        try both(live(store), 2)
        #expect(files.inheritable == [])
    }

    @Test func h22AfterAFailedFlushTheLinesAreWrittenAgain() throws {
        let machine = try prepared()
        let failures = Mutex(1)
        let (files, store) = machine.process { call in
            guard call.name == "fdatasync" else { return .proceed }
            return failures.withLock { left in
                left -= 1
                return left >= 0 ? .fail(EIO) : .proceed
            }
        }
        let ledger = try live(store)
        try both(ledger, 2)
        #expect(files.count("fdatasync") == 2)
        #expect(files.count("pwrite", "ledger/00000001.jsonl") == 2)
        try afterPowerCuts(machine) { (survivor) throws in #expect(try survivor.ledger().read { $0.end.number } == 3) }
        failures.withLock { $0 = 2 }
        let error = #expect(throws: StoreError.self) {
            try ledger.commit { _ in
                .commit(Transaction(event: "e", keys: [KeyFile(name: "k", bytes: [1])]), ())
            }
        }
        #expect(error?.kind == .io)
        // The line may count one day, and then needs its key.
        #expect(machine.bytes("keys/k") == [1])
        try expectSound(machine, "h22")
    }

    @Test(arguments: [nil, "boot 2", "boot 1"])
    func h23PositionsOfAnotherBootOrFolderAreNotTrusted(_ boot: String?) throws {
        let machine = try prepared()
        machine.boot.withLock { $0 = boot }
        try both(machine.ledger(), 2)
        // The same folder on another disk: its files need not be as the cache of this machine had them.
        let copy = Machine(boot: boot)
        try FileManager.default.copyItem(atPath: machine.storePath, toPath: copy.storePath)
        try FileManager.default.removeItem(atPath: copy.file("policies/a.json"))
        try Data().write(to: URL(filePath: copy.file("policies/b.json")))
        copy.disk.adopt()
        let seen = try copy.ledger().read { (try $0.number("policies/a.json"), try $0.number("policies/b.json")) }
        #expect(seen == (2, 2))
        try expectSound(copy, "h23")
    }
}
