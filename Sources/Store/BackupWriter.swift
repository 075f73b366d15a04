import Glibc
import JSON
import OpenSSL

extension StoreRoot {
    /// Writes a backup: every ledger up to the entry that was its last when its turn came, while others go on writing.
    ///
    /// The positions of all ledgers are noted first and the index is read after them: a name too many in it is free, one
    /// too few would be lost. Keys are those that are there at the position, since a writer wipes under the lock.
    ///
    /// - Parameters:
    ///   - folders: of the ledgers, below the store; one that has ended meanwhile is left out.
    ///   - describing: what the header is to say of a ledger.
    ///   - sealing: makes files of keys unreadable to others; nil for a backup without them.
    package func writeBackup(
        of folders: [String],
        describing: (Snapshot) throws -> JSONObject,
        sealing: (([BackupKey]) throws -> JSONValue)?,
        to sink: @escaping ([UInt8]) throws -> Void
    ) throws -> BackupHeader {
        let createdAt = environment.now()
        let sources = try folders.compactMap {
            try BackupSource(at: $0, in: self, describing: describing, withKeys: sealing != nil)
        }
        let header = BackupHeader(
            createdAt: createdAt,
            createdBy: environment.who,
            includesKeys: sealing != nil,
            index: try index(),
            ledgers: sources.map(\.noted)
        )
        let output = BackupOutput(sink)
        try output.write(header.json)
        for source in sources { try source.writeLines(to: output) }
        if let sealing {
            let keys = try serverFiles() + sources.flatMap(\.keys)
            for portion in Self.portions(of: keys) { try output.write(["keys": sealing(portion)]) }
        }
        try output.writeEnd()
        return header
    }

    private func serverFiles() throws(StoreError) -> [BackupKey] {
        guard let folder = try Folder.open(at: path + "/" + LockedStore.serverFolder, access) else { return [] }
        var files: [BackupKey] = []
        for name in try folder.names().sorted(by: String.byteOrder) {
            guard let bytes = try folder.read(name) else { continue }
            files.append(BackupKey(path: LockedStore.serverFolder + "/" + name, bytes: bytes))
        }
        return files
    }

    private static func portions(of keys: [BackupKey]) -> [[BackupKey]] {
        var portions: [[BackupKey]] = [[]]
        var size = 0
        for key in keys {
            if size > BackupFormat.sealedPortion {
                portions.append([])
                size = 0
            }
            portions[portions.count - 1].append(key)
            size += key.bytes.count + key.path.utf8.count
        }
        return portions
    }
}

/// One ledger at the position that its backup ends with.
private struct BackupSource {
    let noted: BackupLedger
    let keys: [BackupKey]
    private let ledger: LedgerFolder
    private let end: LedgerPosition

    private static let readings = 3

    /// Nil when there is no live ledger.
    init?(
        at path: String,
        in root: StoreRoot,
        describing: (Snapshot) throws -> JSONObject,
        withKeys: Bool
    ) throws {
        guard let live = try root.ledger(at: path) else { return nil }
        let description = try live.read(describing)
        for reading in 1... {
            guard let ledger = try LedgerFolder(at: live.path, root.environment, forWriting: false) else { return nil }
            let lock = try ledger.lockForReading()
            defer { lock?.close() }
            let snapshot = try Snapshot(ledger, lock: lock)
            if snapshot.isDeleted || snapshot.end.number == 0 { return nil }
            try snapshot.flush()
            let names = withKeys ? try ledger.folder.folder(KeyFolder.name)?.names() ?? [] : []
            // There may be many keys, and writers wait for the lock.
            if reading < Self.readings { lock?.close() }
            guard let keys = try Self.read(names, of: ledger, at: path) else { continue }
            noted = BackupLedger(
                path: path,
                description: description,
                number: snapshot.end.number,
                hash: snapshot.end.hash,
                time: snapshot.lastTime
            )
            self.keys = keys
            self.ledger = ledger
            end = snapshot.position
            return
        }
        return nil
    }

    /// Nil when one of them was wiped meanwhile: the position has moved.
    private static func read(
        _ names: [String],
        of ledger: LedgerFolder,
        at path: String
    ) throws(StoreError) -> [BackupKey]? {
        var keys: [BackupKey] = []
        for name in names.sorted(by: String.byteOrder) {
            let file = KeyFolder.name + "/" + name
            guard let bytes = try ledger.folder.read(file) else { return nil }
            keys.append(BackupKey(path: path + "/" + file, bytes: bytes))
        }
        return keys
    }

    func writeLines(to output: BackupOutput) throws {
        struct Enough: Error {}
        var segment: Int64 = 0
        do {
            _ = try ledger.scan(from: .start, known: [end]) { _, place in
                if place.number > end.number { throw Enough() }
                if place.segment != segment {
                    segment = place.segment
                    try output.write(["segment": ["ledger": .string(noted.path), "number": .integer(segment)]])
                }
                try output.write(try ledger.line(at: place))
            }
        } catch is Enough {}
    }
}

/// Where a backup goes to, with what its last line has to say.
private final class BackupOutput {
    private let sink: ([UInt8]) throws -> Void
    private let digest = RunningDigest(.sha256)
    private var lines: Int64 = 0

    init(_ sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    func write(_ value: JSONValue) throws { try write(value.compact() + [UInt8(ascii: "\n")]) }

    /// A line with its newline.
    func write(_ line: [UInt8]) throws {
        digest.add(line)
        lines += 1
        try sink(line)
    }

    func writeEnd() throws {
        let sum = DocumentForm.hex(digest.finish())
        let end: JSONValue = ["end": ["lines": .integer(lines), "sha256": .string(sum)]]
        try sink(end.compact() + [UInt8(ascii: "\n")])
    }
}
