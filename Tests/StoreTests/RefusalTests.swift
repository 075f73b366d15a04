import Foundation
import JSON
import Synchronization
import Testing

@testable import Store

/// What the store refuses, and that it leaves everything as it was.
@Suite struct RefusalTests {
    private func change(_ ledger: Ledger, key: String? = nil) throws {
        try ledger.commit { snapshot in
            _ = try snapshot.document("policies/a.json")
            return .commit(
                Transaction(
                    event: "change",
                    changes: [put("policies/a.json", 1), .row("expiry/day.jsonl", ["n": 1])],
                    keys: key.map { [KeyFile(name: $0, bytes: [1, 2, 3])] } ?? []
                ),
                ()
            )
        }
    }

    private func prepared() throws -> Machine {
        let machine = Machine()
        try change(machine.makeLedger())
        return machine
    }

    /// Every file of the store.
    private func contents(_ machine: Machine) -> [String: Data] {
        var found: [String: Data] = [:]
        let walk = FileManager.default.enumerator(atPath: machine.storePath)
        while let path = walk?.nextObject() as? String {
            found[path] = FileManager.default.contents(atPath: machine.storePath + "/" + path)
        }
        return found
    }

    private func expectRefused(
        _ machine: Machine,
        _ kind: StoreError.Kind,
        _ file: String?,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ act: () throws -> Void
    ) {
        let before = contents(machine)
        let error = #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try act() }
        #expect(error?.kind == kind, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        if let file { #expect(error?.path == file, sourceLocation: sourceLocation) }
        #expect(error?.message.hasSuffix(".") == false, sourceLocation: sourceLocation)
        #expect(contents(machine) == before, sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ("hand edit", "\"n\": 1", "\"n\": 2"), ("bad JSON", "{\n", "{{\n"), ("no digest", "\"digest\"", "\"digess\""),
        ("no version", "schemaVersion", "schemaVersiom"), ("cut", "}\n", ""),
        ("text version", "sion\": 1", "sion\": \"1\""),
    ])
    func aDocumentOfAnotherHandIsDamage(_ name: String, _ old: String, _ new: String) throws {
        let machine = try prepared()
        let text = String(decoding: machine.bytes("policies/a.json") ?? [], as: UTF8.self)
        let edited = text.replacingOccurrences(of: old, with: new)
        #expect(edited != text)
        try machine.write("policies/a.json", Array(edited.utf8))
        let file = machine.file("policies/a.json")
        expectRefused(machine, .damaged, file) { _ = try machine.ledger().read { try $0.document("policies/a.json") } }
        expectRefused(machine, .damaged, file) {
            _ = try machine.ledger().read { try $0.documents(under: "policies/") }
        }
        expectRefused(machine, .damaged, file) { try change(machine.ledger()) }
        let error = #expect(throws: StoreError.self) { try change(machine.ledger()) }
        #expect(error?.hint?.contains("adr store accept \(file)") == true)
        #expect(error?.hint?.contains("adr store check --repair") == true)
        let found = try machine.check()
        #expect(found.map(\.kind) == [.documentAltered])
        try machine.store.repair(found, at: ns, isRemains: false)
        #expect(try machine.check() == [])
        #expect(try machine.ledger().read { try $0.number("policies/a.json") } == 1)
        try expectSound(machine, name)
    }

    @Test func aFileTheLedgerDoesNotKnowIsRepairedAway() throws {
        let machine = try prepared()
        try machine.write("policies/x.json", Array("{}".utf8))
        try machine.write("policies/README", Array("mine".utf8))
        expectRefused(machine, .damaged, machine.file("policies/x.json")) {
            _ = try machine.ledger().read { try $0.documents(under: "policies/") }
        }
        try machine.ledger().rebuild()
        #expect(machine.bytes("policies/x.json") == nil)
        #expect(machine.bytes("policies/README") == Array("mine".utf8))
        try expectSound(machine, "unknown file")
    }

    @Test func aLaterSchemaIsRefusedBeforeAnythingElse() throws {
        let machine = try prepared()
        try machine.write("policies/a.json", Array("{\"schemaVersion\": 2, \"digest\": 5}".utf8))
        expectRefused(machine, .newerSchema, machine.file("policies/a.json")) {
            _ = try machine.ledger().read { try $0.document("policies/a.json") }
        }
        let other = try prepared()
        let line = Array("{\"schemaVersion\":7,\"new\":true}\n".utf8)
        try other.write("ledger/00000001.jsonl", try #require(other.bytes("ledger/00000001.jsonl")) + line)
        let segment = other.file("ledger/00000001.jsonl")
        expectRefused(other, .newerSchema, segment) { _ = try other.store.ledger(at: ns) }
        let ledger = Ledger(path: other.ledgerPath, environment: other.environment(SystemFiles()))
        expectRefused(other, .newerSchema, segment) { try change(ledger) }
        expectRefused(other, .newerSchema, segment) { try ledger.rebuild() }
        let third = try prepared()
        try Data("{\"schemaVersion\": 99}".utf8).write(to: URL(filePath: third.storePath + "/store.json"))
        expectRefused(third, .newerSchema, third.storePath + "/store.json") { _ = try third.store.index() }
    }

    @Test func aShorterLedgerIsDamage() throws {
        for (boot, cutsFile) in [("boot 1", false), ("boot 2", false), ("boot 1", true), ("boot 2", true)] {
            let machine = try prepared()
            machine.boot.withLock { $0 = boot }
            if cutsFile {
                let bytes = try #require(machine.bytes("ledger/00000001.jsonl"))
                let firstLine = try #require(bytes.firstIndex(of: 0x0A))
                try machine.write("ledger/00000001.jsonl", Array(bytes[...firstLine]))
            } else {
                try FileManager.default.removeItem(atPath: machine.file("ledger/00000001.jsonl"))
            }
            let ledger = Ledger(path: machine.ledgerPath, environment: machine.environment(SystemFiles()))
            expectRefused(machine, .damaged, machine.file("ledger/00000001.jsonl")) {
                _ = try ledger.read { try $0.document("policies/a.json") }
            }
            expectRefused(machine, .damaged, nil) { try change(ledger) }
            expectRefused(machine, .damaged, nil) { try ledger.rebuild() }
        }
    }

    /// Within a boot a crash leaves nothing but bytes without a newline: a whole bad line is somebody's doing.
    @Test func aBadLineOfThisBootIsDamage() throws {
        let machine = try prepared()
        let good = try #require(machine.bytes("ledger/00000001.jsonl"))
        for line in ["nonsense\n", "{\"schemaVersion\":1}\n", "\n"] {
            try machine.write("ledger/00000001.jsonl", good + Array(line.utf8))
            let ledger = Ledger(path: machine.ledgerPath, environment: machine.environment(SystemFiles()))
            let file = machine.file("ledger/00000001.jsonl")
            expectRefused(machine, .damaged, file) { _ = try machine.store.ledger(at: ns) }
            expectRefused(machine, .damaged, file) { _ = try ledger.read { try $0.document("policies/a.json") } }
            expectRefused(machine, .damaged, file) { try change(ledger) }
            expectRefused(machine, .damaged, file) { try ledger.rebuild() }
        }
    }

    @Test func anyChangedByteOfTheLedgerIsFound() throws {
        let machine = try prepared()
        try change(machine.ledger())
        let good = try #require(machine.bytes("ledger/00000001.jsonl"))
        for place in stride(from: 0, to: good.count, by: 7) {
            var bytes = good
            bytes[place] ^= 1
            try Data(bytes).write(to: URL(filePath: machine.file("ledger/00000001.jsonl")))
            let ledger = Ledger(path: machine.ledgerPath, environment: machine.environment(SystemFiles()))
            let error = #expect(throws: StoreError.self, "byte \(place)") { try ledger.forEachEntry { _ in } }
            #expect(error?.kind == .damaged || error?.kind == .newerSchema)
        }
    }

    @Test func withoutFlushedRecordNothingIsCut() throws {
        let machine = try prepared()
        try FileManager.default.removeItem(atPath: machine.file("flushed.json"))
        try FileManager.default.removeItem(atPath: machine.file("views.json"))
        let good = try #require(machine.bytes("ledger/00000001.jsonl"))
        #expect(try machine.ledger().read { try $0.number("policies/a.json") } == 1)
        for tail in ["half", "bad\n"] {
            try machine.write("ledger/00000001.jsonl", good + Array(tail.utf8))
            let ledger = Ledger(path: machine.ledgerPath, environment: machine.environment(SystemFiles()))
            expectRefused(machine, .damaged, nil) { try change(ledger) }
        }
        try machine.write("ledger/00000001.jsonl", good)
        try expectSound(machine, "without flushed.json")
    }

    @Test func aFullDiskLeavesNothing() throws {
        for place in ["ledger short", "ledger", "key short", "key"] {
            let machine = try prepared()
            let (_, store) = machine.process { call in
                let isKey = call.path.contains("/keys/")
                guard place.hasPrefix("key") ? isKey : call.path.hasSuffix("00000001.jsonl") else { return .proceed }
                guard call.name == "pwrite" || call.name == "write" else { return .proceed }
                return place.hasSuffix("short") && !isKey ? .short(10) : .fail(ENOSPC)
            }
            let ledger = try live(store)
            expectRefused(machine, .noSpace, nil) { try change(ledger, key: "k") }
            try expectSound(machine, place)
        }
    }

    /// The line is on the disk: a document that cannot be written does not undo that.
    @Test func aFullDiskAfterTheCommitIsMadeUpForLater() throws {
        let machine = try prepared()
        let (files, store) = machine.process { call in
            call.path.contains("/policies/.") && call.name == "write" ? .fail(ENOSPC) : .proceed
        }
        let ledger = try live(store)
        try ledger.commit { _ in .commit(Transaction(event: "change", changes: [put("policies/a.json", 9)]), ()) }
        #expect(!files.hasEnded)
        #expect(machine.notes.withLock { $0.contains { $0.contains("the disk is full") } })
        #expect(try machine.ledger().read { try $0.number("policies/a.json") } == 9)
        try expectSound(machine, "after full disk")
    }

    @Test func aReadOnlyStoreIsReadAndNotWritten() throws {
        let machine = try prepared()
        for (errno, kind) in [(EROFS, StoreError.Kind.readOnly), (EACCES, .permission)] {
            // As the system does: opening for writing, making, replacing fail; looking and flushing do not.
            let (files, store) = machine.process()
            files.setHook { call in
                let isWritten = files.wantsWriting(call)
                return isWritten ? .fail(errno) : .proceed
            }
            let ledger = try live(store)
            #expect(try ledger.read { try $0.number("policies/a.json") } == 1)
            #expect(try ledger.commit { .answer(try $0.number("policies/a.json")) } == 1)
            try ledger.forEachEntry { _ in }
            expectRefused(machine, kind, nil) { try change(ledger, key: "k") }
            expectRefused(machine, kind, nil) { try ledger.rebuild() }
            expectRefused(machine, kind, nil) { try store.withLock { _ in } }
        }
    }

    @Test func aLiveLedgerIsNotMadeTwice() throws {
        let machine = try prepared()
        let store = machine.store
        expectRefused(machine, .exists, nil) {
            try store.withLock { locked in
                try locked.createLedger(at: ns, remainsTo: remains, fixedFolders: []) { (Transaction(event: "e"), ()) }
            }
        }
    }

    @Test func aKeyIsNeverReplaced() throws {
        let machine = try prepared()
        try change(machine.ledger(), key: "k")
        expectRefused(machine, .exists, machine.file("keys/k")) { try change(machine.ledger(), key: "k") }
    }

    @Test func anEndedLedgerIsNotThere() throws {
        let machine = try prepared()
        let ledger = try machine.ledger()
        let store = machine.store
        try store.withLock { locked in
            try locked.deleteLedger(ledger, movedTo: remains) { _ in (Transaction(event: "deleted"), ()) }
        }
        expectRefused(machine, .notFound, nil) { _ = try ledger.read { _ in } }
        expectRefused(machine, .notFound, nil) { try change(ledger) }
        expectRefused(machine, .notFound, nil) {
            try store.withLock { try $0.deleteLedger(ledger, movedTo: remains) { _ in (Transaction(event: "x"), ()) } }
        }
        #expect(try store.folders(in: "groups/rg/namespaces") == [])
        #expect(try store.folders(in: "groups/rg/deleted") == ["ns-1"])
    }
}
