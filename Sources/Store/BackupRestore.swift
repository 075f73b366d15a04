import Glibc
import JSON

extension StoreRoot {
    /// Whether there is anything that a restored store would have to share its folder with.
    package func isEmpty() throws(StoreError) -> Bool {
        guard let folder = try Folder.open(at: path, access) else { return true }
        return try folder.holdsNoLedgers()
    }
}

extension Folder {
    fileprivate func holdsNoLedgers() throws(StoreError) -> Bool {
        guard try status(of: LockedStore.groupsFolder) != nil else { return true }
        return try presentFolder(LockedStore.groupsFolder).allNames().isEmpty
    }
}

extension LockedStore {
    static let stagingPrefix = ".restore-"

    /// Makes the store that a backup holds, in a store that is empty.
    ///
    /// Everything is made in a folder beside, with documents written anew from the ledgers, and flushed; one rename then
    /// makes all of it the store. Before that, whatever happens leaves the store empty.
    ///
    /// - Parameters:
    ///   - keys: the files of keys that are to be restored.
    ///   - last: the entry that each ledger gets, so that it says where it came from.
    ///
    /// Throws `StoreError.exists` when the store is not empty, and `.damaged` when the file is no longer what it was.
    package func restore(
        _ backup: BackupFile,
        keys: [BackupKey],
        last: (BackupLedger) -> Transaction
    ) throws {
        guard try root.holdsNoLedgers() else {
            throw StoreError(
                kind: .exists,
                message: "the store \(root.path) is not empty, and a backup is restored into an empty one only",
                hint: "name another folder with --store",
                path: root.path
            )
        }
        try check(keys, of: backup)
        for name in try root.allNames() where name.hasPrefix(Self.stagingPrefix) { try root.removeTree(name) }
        let staging = Self.stagingPrefix + (try environment.randomName())
        var written: [String] = []
        do {
            try root.make(staging)
            try makeLedgers(of: backup, keys, in: staging, last)
            try root.file.flushFileSystem()
            for ledger in backup.header.ledgers { try mark(staging + "/" + ledger.path) }
            for key in keys where StorePath.split(key.path).folder == Self.serverFolder + "/" {
                // What cannot be flushed may be there all the same.
                written.append(key.path)
                try writeServerFile(StorePath.split(key.path).name, key.bytes)
            }
            if let index = backup.header.index {
                written.append(Self.indexName)
                try writeIndex(index)
            }
            try putInPlace(staging + "/" + Self.groupsFolder)
        } catch {
            for name in written { _ = try? root.remove(name) }
            try? root.removeTree(staging)
            throw error
        }
        try root.file.flush()
        do throws(StoreError) {
            try root.removeTree(staging)
        } catch {
            environment.note("everything is restored, but \(root.absolute(staging)) is left: \(error.message)")
        }
    }

    /// Every key must belong where keys are, whatever the backup says.
    private func check(_ keys: [BackupKey], of backup: BackupFile) throws(StoreError) {
        let folders = backup.header.ledgers.map { $0.path + "/" + KeyFolder.name + "/" } + [Self.serverFolder + "/"]
        for key in keys {
            let (folder, name) = StorePath.split(key.path)
            guard folders.contains(folder), StorePath.isSafeName(name) else {
                throw StoreError(
                    kind: .damaged,
                    message: "\(backup.path) is damaged: it holds a key for \"\(key.path)\", where none belongs",
                    path: backup.path
                )
            }
        }
    }

    private func putInPlace(_ groups: String) throws(StoreError) {
        do throws(FileError) {
            try root.rename(groups, to: Self.groupsFolder)
        } catch {
            throw StoreError(error, doing: "make", path: root.absolute(Self.groupsFolder))
        }
    }

    /// The environment of what is made beside the store: what happens to its folders there is nobody's concern.
    private var quietly: StoreEnvironment {
        var environment = environment
        environment.note = { _ in }
        return environment
    }

    private func makeLedgers(
        of backup: BackupFile,
        _ keys: [BackupKey],
        in staging: String,
        _ last: (BackupLedger) -> Transaction
    ) throws {
        var segment: OpenFile?
        var pending: [UInt8] = []
        func flushSegment() throws {
            try segment?.write(pending)
            pending.removeAll(keepingCapacity: true)
        }
        func closeSegment() throws {
            try flushSegment()
            try segment?.flush()
            segment?.close()
            segment = nil
        }
        try backup.forEachItem { item in
            switch item {
            case .segment(let ledger, let number):
                try closeSegment()
                let path = staging + "/" + backup.header.ledgers[ledger].path
                try root.makeFlushed(path + "/ledger")
                let name = path + "/" + LedgerFolder.segmentName(number)
                segment = try root.openPresent(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            case .line(_, let bytes, _):
                pending += bytes
                if pending.count >= 1 << 20 { try flushSegment() }
            case .keys:
                break
            }
        }
        try closeSegment()
        for ledger in backup.header.ledgers {
            try begin(ledger, at: staging + "/" + ledger.path, keys.filter { $0.path.hasPrefix(ledger.path + "/") })
            let path = root.absolute(staging + "/" + ledger.path)
            try Ledger(path: path, environment: quietly).commit { _ in .commit(last(ledger), ()) }
        }
    }

    /// Makes of a folder that has a ledger and nothing else one with documents and keys.
    private func begin(_ noted: BackupLedger, at path: String, _ keys: [BackupKey]) throws {
        guard let bare = try LedgerFolder(at: root.absolute(path), quietly, forWriting: true) else {
            throw root.missing(path)
        }
        let ledger = try makeFolders(at: path, try bare.fixedFolders(), quietly)
        var end = LedgerPosition.start
        _ = try ledger.scan(from: .start) { _, place in
            end = LedgerPosition(after: place, hash: noted.hash)
        }
        // What was backed up was on a disk: nothing of it is ever taken for the trace of a power cut.
        try ledger.writeFlushedRecord(FlushedRecord(mark: .start, sure: end, rebuilds: 0))
        var folder = KeyFolder(of: ledger.folder)
        try folder.write(keys.map { KeyFile(name: StorePath.split($0.path).name, bytes: $0.bytes) })
        guard let lock = try ledger.lockForWriting() else { throw ledger.folder.missing(LedgerFolder.lockName) }
        defer { lock.close() }
        try ledger.rebuild(because: "restored")
    }

    /// The documents are on the disk: they need not be made again after a power cut.
    private func mark(_ path: String) throws {
        guard let ledger = try LedgerFolder(at: root.absolute(path), quietly, forWriting: true) else {
            throw root.missing(path)
        }
        let bytes = try ledger.folder.read(FlushedRecord.name)
        guard let applied = try ViewsRecord(in: ledger.folder)?.applied else { return }
        try ledger.moveMark(to: applied, flushed: bytes)
    }
}
