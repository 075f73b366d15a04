import Foundation
import JSON
import Synchronization
import Testing

@testable import Store

@Suite struct LedgerTests {
    @Test func anAbsentStoreIsEmptyAndReadingMakesNothing() throws {
        let machine = Machine()
        let store = machine.store
        #expect(try store.index() == nil)
        #expect(try store.folders(in: "groups") == [])
        #expect(try store.ledger(at: ns) == nil)
        #expect(try store.readServerFile("ca.key") == nil)
        #expect(!FileManager.default.fileExists(atPath: machine.storePath))
    }

    @Test func whatIsCommittedIsRead() throws {
        let machine = Machine()
        let ledger = try machine.makeLedger()
        let answer = try ledger.commit { snapshot throws -> Judgement<String> in
            #expect(try snapshot.document("policies/p1.json") == nil)
            return .commit(
                Transaction(
                    event: "policy created",
                    details: ["name": "P1"],
                    changes: [
                        .put("policies/p1.json", ["name": "P1", "n": 1]),
                        .put("devices/abc/d.json", ["x": [1, 2.5, nil]]),
                        .row("expiry/day.jsonl", ["serial": "01"]),
                    ],
                    keys: [KeyFile(name: "k1.pem", bytes: [1, 2, 3])]
                ),
                "done"
            )
        }
        #expect(answer == "done")
        try ledger.read { snapshot in
            #expect(try snapshot.document("policies/p1.json") == ["name": "P1", "n": 1])
            #expect(try snapshot.documents(under: "policies/").map { $0.path } == ["policies/p1.json"])
            #expect(try snapshot.names(under: "devices/") == ["devices/abc/d.json"])
            #expect(try snapshot.names(under: "") == ["devices/abc/d.json", "namespace.json", "policies/p1.json"])
            #expect(try snapshot.key("k1.pem") == [1, 2, 3])
            #expect(try snapshot.key("none") == nil)
            #expect(!snapshot.keyIsExposed("k1.pem"))
            #expect(snapshot.end.number == 2)
            #expect(snapshot.lastTime == 1_700_000_000)
            let rows = try snapshot.rows("expiry/day.jsonl")
            #expect(rows.count == 1)
            let entry = try ledger.entry(at: try #require(rows.first?["place"]))
            #expect(entry.number == 2)
            #expect(entry.event == "policy created")
            #expect(entry.who == "tester")
            #expect(entry.details == ["name": "P1"])
            #expect(entry.changes.count == 3)
            #expect(entry.hash == snapshot.end.hash)
        }
        try ledger.commit { _ in .commit(Transaction(event: "gone", changes: [.remove("policies/p1.json")]), ()) }
        #expect(try ledger.read { try $0.names(under: "policies/") } == [])
        #expect(try ledger.read { try $0.document("policies/p1.json") } == nil)
    }

    @Test func lineAndDocumentHaveTheFormThatIsPromised() throws {
        let machine = Machine()
        let ledger = try machine.makeLedger()
        try ledger.commit { _ in
            .commit(Transaction(event: "e", changes: [.put("policies/p.json", ["b": 1, "a": "é"])]), ())
        }
        let lines = String(decoding: machine.bytes("ledger/00000001.jsonl") ?? [], as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2)
        let first = try #require(lines.first)
        let second = try #require(lines.last)
        let firstHash = String(first.dropFirst(9).prefix(64))
        #expect(second.hasPrefix("{\"hash\":\""))
        #expect(
            second.dropFirst(9 + 64 + 2)
                == #""changes":[{"body":{"a":"é","b":1},"path":"policies/p.json"}],"details":{},"event":"e","number":2,"#
                + #""previous":"\#(firstHash)","schemaVersion":1,"time":"2023-11-14T22:13:20Z","who":"tester"}"#
        )
        let document = String(decoding: machine.bytes("policies/p.json") ?? [], as: UTF8.self)
        #expect(document.hasPrefix("{\n  \"a\": \"é\",\n  \"b\": 1,\n  \"digest\": \"sha256:"))
        #expect(document.hasSuffix("\",\n  \"schemaVersion\": 1\n}\n"))
    }

    @Test func modesAreNeverWider() throws {
        let machine = Machine()
        let ledger = try machine.makeLedger()
        try ledger.commit { _ in
            .commit(
                Transaction(
                    event: "e",
                    changes: [put("devices/abc/d.json", 1), .row("expiry/x.jsonl", [:])],
                    keys: [
                        KeyFile(name: "k", bytes: [1])
                    ]
                ),
                ()
            )
        }
        try machine.store.withLock { locked in
            try locked.writeIndex(["names": [:]])
            try locked.writeServerFile("ca.key", [1])
        }
        let walk = FileManager.default.enumerator(atPath: machine.storePath)
        var count = 0
        while let path = walk?.nextObject() as? String {
            let status = try SystemFiles().fstatat(AT_FDCWD, machine.storePath + "/" + path)
            #expect(status.mode & 0o7777 == (status.isFolder ? 0o700 : 0o600), "\(path)")
            count += 1
        }
        #expect(count > 15)
    }

    /// The price of a commit: one flush of the ledger, one write to it, nothing else flushed.
    @Test func oneCommitIsOneFlush() throws {
        let machine = Machine()
        try machine.makeLedger()
        let (files, store) = machine.process()
        let ledger = try live(store)
        files.forgetLog()
        try ledger.commit { snapshot in
            _ = try snapshot.document("devices/abc/d.json")
            return .commit(
                Transaction(event: "e", changes: [put("devices/abc/d.json", 1), .row("expiry/x.jsonl", ["s": 1])]),
                ()
            )
        }
        #expect(files.count("fdatasync") == 1)
        #expect(files.count("fdatasync", "ledger/00000001.jsonl") == 1)
        #expect(files.count("fsync") == 0)
        #expect(files.count("syncfs") == 0)
        #expect(files.count("pwrite", "ledger/00000001.jsonl") == 1)
        files.forgetLog()
        _ = try ledger.read { try $0.document("devices/abc/d.json") }
        #expect(files.count("fdatasync") == 0)
        #expect(files.count("flock") == 0)
        #expect(files.log.count < 16, "\(files.log)")
    }

    @Test func anAnswerWritesNothing() throws {
        let machine = Machine()
        let ledger = try machine.makeLedger()
        let before = machine.bytes("ledger/00000001.jsonl")
        #expect(try ledger.commit { .answer(try $0.document("namespace.json")) } == ["name": "ns"])
        #expect(machine.bytes("ledger/00000001.jsonl") == before)
    }

    struct Refused: Error {}

    @Test func errorsOfTheBodyAreGivenOn() throws {
        let ledger = try Machine().makeLedger()
        #expect(throws: Refused.self) { try ledger.read { _ in throw Refused() } }
        #expect(throws: Refused.self) { try ledger.commit { _ -> Judgement<Int> in throw Refused() } }
        #expect(throws: Refused.self) { try ledger.forEachEntry { _ in throw Refused() } }
    }

    @Test func aLineThatNamesWhatWasLookedAtMakesItBeJudgedAgain() throws {
        let machine = Machine()
        let ledger = try machine.makeLedger()
        var judgements = 0
        for (other, expected) in [("policies/q.json", 2), ("devices/abc/x.json", 1)] {
            judgements = 0
            try ledger.commit { snapshot in
                _ = try snapshot.names(under: "policies/")
                _ = try snapshot.document("devices/abc/y.json")
                judgements += 1
                if judgements == 1 {
                    try machine.ledger().commit { _ in
                        .commit(Transaction(event: "other", changes: [put(other, 1)]), ())
                    }
                }
                return .commit(Transaction(event: "own", changes: [put("devices/abc/y.json", 1)]), ())
            }
            #expect(judgements == expected)
        }
        judgements = 0
        let error = #expect(throws: StoreError.self) {
            try ledger.commit { snapshot in
                _ = try snapshot.document("policies/r.json")
                judgements += 1
                try machine.ledger().commit { _ in
                    .commit(Transaction(event: "other", changes: [put("policies/r.json", 1)]), ())
                }
                return .commit(
                    Transaction(
                        event: "own",
                        changes: [put("devices/abc/y.json", 1)],
                        keys: [KeyFile(name: "k", bytes: [])]
                    ),
                    ()
                )
            }
        }
        #expect(error?.kind == .conflict)
        #expect(judgements == 3)
        #expect(machine.bytes("keys/k") == nil)
    }

    @Test func timeNeverGoesBack() throws {
        let machine = Machine()
        let ledger = try machine.makeLedger()
        machine.clock.withLock { $0 = 1_600_000_000 }
        try ledger.commit { _ in .commit(Transaction(event: "e"), ()) }
        machine.clock.withLock { $0 = 1_800_000_000 }
        try ledger.commit { _ in .commit(Transaction(event: "e"), ()) }
        var times: [Int64] = []
        try ledger.forEachEntry { times.append($0.time) }
        #expect(times == [1_700_000_000, 1_700_000_000, 1_800_000_000])
    }

    @Test func namesThatWouldLeaveTheFolderAreRefused() throws {
        let ledger = try Machine().makeLedger()
        for path in [
            "../x.json", "/x.json", "a//x.json", "policies/../../x.json", ".x.json", "policies/.x.json", "views.json",
            "keys/x.json", "ledger/x.json", "policies/x", "é.json", "a b.json", "a\u{00}.json", "",
        ] {
            #expect(throws: StoreError.self, "\(path)") {
                try ledger.commit { _ in .commit(Transaction(event: "e", changes: [put(path, 1)]), ()) }
            }
            #expect(throws: StoreError.self, "\(path)") { try ledger.read { try $0.document(path) } }
        }
        #expect(throws: StoreError.self) {
            try ledger.commit { _ in
                .commit(Transaction(event: "e", keys: [KeyFile(name: "../x", bytes: [])]), ())
            }
        }
        #expect(throws: StoreError.self) {
            try ledger.commit { _ in .commit(Transaction(event: "e", changes: [.put("a.json", [1])]), ()) }
        }
        #expect(throws: StoreError.self) {
            try ledger.commit { _ in .commit(Transaction(event: "e", changes: [.put("a.json", ["digest": 1])]), ()) }
        }
        #expect(try stateByLedger(ledger).entries == 1)
    }

    @Test func segmentsChangeAndAreReadAcross() throws {
        let machine = Machine(segmentSize: 700)
        let ledger = try machine.makeLedger()
        for number in 1...30 {
            try ledger.commit { snapshot in
                _ = try snapshot.document("policies/p.json")
                return .commit(
                    Transaction(
                        event: "e",
                        changes: [
                            put("policies/p.json", Int64(number)),
                            .row("expiry/day.jsonl", ["s": .integer(Int64(number))]),
                        ]
                    ),
                    ()
                )
            }
        }
        let segments = try FileManager.default.contentsOfDirectory(atPath: machine.file("ledger"))
        #expect(segments.count > 8)
        let flushed = FlushedRecord(machine.bytes("flushed.json"))
        #expect(flushed?.mark.segment == Int64(segments.count))
        #expect(flushed?.sure == flushed?.mark)
        for row in try ledger.read({ try $0.rows("expiry/day.jsonl") }) {
            let entry = try ledger.entry(at: try #require(row["place"]))
            #expect(entry.number == (row["s"]?.integerValue ?? 0) + 1)
        }
        try expectSound(machine, "after segments")
        try FileManager.default.removeItem(atPath: machine.file("views.json"))
        try expectSound(machine, "without views.json")
    }

    @Test func fourThreadsLoseNothing() throws {
        let machine = Machine(segmentSize: 20_000)
        try machine.makeLedger()
        let group = DispatchGroup()
        for thread in 0..<4 {
            DispatchQueue.global().async(group: group) {
                for number in 0..<50 {
                    do {
                        try machine.ledger().commit { snapshot in
                            let own = "devices/abc/t\(thread).json"
                            let old = try snapshot.number(own) ?? 0
                            #expect(old == Int64(number))
                            return .commit(
                                Transaction(
                                    event: "t\(thread)",
                                    changes: [
                                        put(own, old + 1), .row("expiry/day.jsonl", ["t": "\(thread) \(number)"]),
                                    ]
                                ),
                                ()
                            )
                        }
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
        }
        group.wait()
        let ledger = try machine.ledger()
        var events: [String: Int] = [:]
        try ledger.forEachEntry { events[$0.event, default: 0] += 1 }
        #expect(events == ["created": 1, "t0": 50, "t1": 50, "t2": 50, "t3": 50])
        #expect(
            try ledger.read { Set(try $0.rows("expiry/day.jsonl").compactMap { $0["t"]?.stringValue }).count } == 200
        )
        #expect(try machine.documentsInFiles() == stateByLedger(ledger).documents)
        try expectSound(machine, "after threads")
    }

    /// Readers beside writers: two documents always written together are never seen apart.
    @Test func readersSeeWholeTransactions() throws {
        let machine = Machine()
        try machine.makeLedger()
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            for number in 1...100 {
                do {
                    try machine.ledger().commit { _ in
                        .commit(
                            Transaction(
                                event: "e",
                                changes: [
                                    put("policies/a.json", Int64(number)), put("policies/b.json", Int64(number)),
                                ]
                            ),
                            ()
                        )
                    }
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        DispatchQueue.global().async(group: group) {
            do {
                let ledger = try machine.ledger()
                var last: Int64 = 0
                while last < 100 {
                    let (a, b, listed) = try ledger.read {
                        (
                            try $0.number("policies/a.json"), try $0.number("policies/b.json"),
                            try $0.names(under: "policies/")
                        )
                    }
                    #expect(a == b)
                    #expect(listed.count == (a == nil ? 0 : 2))
                    #expect(a ?? 0 >= last)
                    last = a ?? 0
                }
            } catch {
                Issue.record("\(error)")
            }
        }
        group.wait()
    }
}
