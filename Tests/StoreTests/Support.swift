import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Store

/// One machine: a disk and a boot. Processes come and go.
final class Machine: Sendable {
    let disk: Disk
    let boot: Mutex<String?>
    let notes = Mutex<[String]>([])
    let clock = Mutex<Int64>(1_700_000_000)
    let segmentSize: Int

    init(_ disk: Disk = Disk(), boot: String? = "boot 1", segmentSize: Int = 64 << 20) {
        self.disk = disk
        self.boot = Mutex(boot)
        self.segmentSize = segmentSize
    }

    var storePath: String { disk.path + "/store" }

    func environment(_ files: any FileOperations) -> StoreEnvironment {
        StoreEnvironment(
            files: files,
            now: { self.clock.withLock { $0 } },
            bootID: { self.boot.withLock { $0 } },
            randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
            note: { line in self.notes.withLock { $0.append(line) } },
            who: "tester",
            segmentSize: segmentSize
        )
    }

    /// A process with its files and its store.
    func process(_ hook: (@Sendable (ProcessFiles.Call) -> ProcessFiles.Fate)? = nil) -> (ProcessFiles, StoreRoot) {
        let files = ProcessFiles(disk, hook: hook)
        return (files, StoreRoot(path: storePath, environment: environment(files)))
    }

    var store: StoreRoot { process().1 }

    var ledgerPath: String { storePath + "/" + ns }

    /// The machine after a power cut.
    func afterPowerCut(_ random: inout Chance) -> Machine {
        Machine(disk.afterPowerCut(&random), boot: "boot after", segmentSize: segmentSize)
    }

    /// A live ledger made by a process of its own.
    @discardableResult
    func makeLedger(fixedFolders: [String] = ["policies", "devices", "expiry"]) throws -> Ledger {
        let store = self.store
        try store.withLock { locked in
            try locked.createLedger(at: ns, remainsTo: remains, fixedFolders: fixedFolders) {
                (Transaction(event: "created", changes: [.put("namespace.json", ["name": "ns"])]), ())
            }
        }
        return try #require(try store.ledger(at: ns))
    }

    /// What a check finds in the ledger's folder.
    func check() throws -> [StoreFinding] {
        try #require(try store.ledgerCheck(at: ns, isRemains: false)).run().filter { $0.kind != .permissions }
    }

    func ledger() throws -> Ledger { try #require(try store.ledger(at: ns)) }

    func file(_ name: String) -> String { ledgerPath + "/" + name }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: file(name)).map { [UInt8]($0) } }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
        disk.adopt()
    }

    /// The documents as they lie in the files, their digests verified, and the rows as they can be read.
    func documentsInFiles() throws -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        let walk = FileManager.default.enumerator(atPath: ledgerPath)
        while let path = walk?.nextObject() as? String {
            guard StorePath.isDocument(path), !path.contains("/.") else { continue }
            found[path] = .object(try DocumentForm.decode(bytes(path) ?? [], path: path))
        }
        return found
    }
}

let ns = "groups/rg/namespaces/ns"
let remains = "groups/rg/deleted/ns-1"

/// The live ledger of a process's store.
func live(_ store: StoreRoot) throws -> Ledger { try #require(try store.ledger(at: ns)) }

/// Sets one counter document.
func put(_ path: String, _ number: Int64) -> Change {
    .put(path, ["n": .integer(number)])
}

extension Snapshot {
    func number(_ path: String) throws -> Int64? { try document(path)?["n"]?.integerValue }

    /// Every document there is.
    func everything() throws -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: try documents(under: "").map { ($0.path, $0.body) })
    }
}

/// What the ledger says, by its lines alone.
func stateByLedger(_ ledger: Ledger) throws -> (documents: [String: JSONValue], rows: [String: Int], entries: Int64) {
    var documents: [String: JSONValue] = [:]
    var rows: [String: Int] = [:]
    var entries: Int64 = 0
    try ledger.forEachEntry { entry in
        entries = entry.number
        for change in entry.changes {
            switch change.kind {
            case .document(let body): documents[change.path] = body
            case .gone: documents[change.path] = nil
            case .row: rows[change.path, default: 0] += 1
            }
        }
    }
    return (documents, rows, entries)
}

/// Reads, commits once more, and compares what is seen, what the files hold and what the ledger says.
func expectSound(_ machine: Machine, _ comment: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let ledger = try machine.ledger()
    let before = try stateByLedger(ledger)
    let seen = try ledger.read { ($0.end.number, try $0.everything(), try $0.rows("expiry/day.jsonl").count) }
    #expect(seen.0 == before.entries, "\(comment)", sourceLocation: sourceLocation)
    #expect(seen.1 == before.documents, "\(comment)", sourceLocation: sourceLocation)
    #expect(seen.2 == before.rows["expiry/day.jsonl"] ?? 0, "\(comment)", sourceLocation: sourceLocation)
    try ledger.commit { snapshot in
        let old = try snapshot.number("devices/abc/probe.json") ?? 0
        return .commit(
            Transaction(
                event: "probe",
                changes: [put("devices/abc/probe.json", old + 1), .row("expiry/day.jsonl", ["serial": "probe"])]
            ),
            ()
        )
    }
    let after = try stateByLedger(ledger)
    #expect(after.entries == before.entries + 1, "\(comment)", sourceLocation: sourceLocation)
    #expect(try machine.documentsInFiles() == after.documents, "\(comment)", sourceLocation: sourceLocation)
    #expect(try ledger.read { try $0.everything() } == after.documents, "\(comment)", sourceLocation: sourceLocation)
    #expect(
        try ledger.read { try $0.rows("expiry/day.jsonl").count } == after.rows["expiry/day.jsonl"] ?? 0,
        "\(comment)",
        sourceLocation: sourceLocation
    )
}
