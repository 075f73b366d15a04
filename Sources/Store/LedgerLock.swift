import Glibc

extension LedgerFolder {
    static let lockName = "lock"

    /// Takes the ledger's lock. `nil` when the folder is no longer the one at its path: it was deleted, or deleted and
    /// made again, between opening it and getting the lock.
    func lockForWriting() throws(StoreError) -> OpenFile? {
        // A backup brings no lock file back.
        let lock = try folder.openPresent(Self.lockName, O_RDWR | O_CREAT, mode: 0o600)
        try lock.lock(exclusive: true)
        let held = try lock.status()
        guard let current = try Folder.status(at: path + "/" + Self.lockName, folder.access),
            current.inode == held.inode && current.device == held.device
        else {
            lock.close()
            return nil
        }
        return lock
    }

    /// Opens a ledger's folder and takes its lock; `nil` when there is none at the path.
    static func openLocked(
        at path: String,
        _ environment: StoreEnvironment
    ) throws(StoreError) -> (LedgerFolder, OpenFile)? {
        while let ledger = try LedgerFolder(at: path, environment, forWriting: true) {
            if let lock = try ledger.lockForWriting() { return (ledger, lock) }
        }
        return nil
    }

    /// Keeps writers out while reading; `nil` where there is no lock file, as on a copy on a read-only disk.
    func lockForReading() throws(StoreError) -> OpenFile? {
        guard let lock = try folder.open(Self.lockName, O_RDONLY) else { return nil }
        try lock.lock(exclusive: false)
        return lock
    }

    /// Whether what follows that position, the last good line, may be the trace of a power cut. Asked under the lock.
    ///
    /// Only when `views.json` is of another boot or absent; never anything at or before a point that is known to have
    /// been flushed; never without `flushed.json`, which tells the latter.
    func mayBeCut(after position: LedgerPosition) throws(StoreError) -> Bool {
        let base = try self.base()
        return !base.isOfThisBoot && base.hasFlushedRecord && base.known.allSatisfy { $0.number <= position.number }
    }

    /// Flushes the lines up to that position; segments before its own are flushed already. When that fails, the kernel
    /// has forgotten which pages it lost: they are written again, once.
    func flushLines(upTo position: LedgerPosition, isLocked: Bool) throws(StoreError) {
        guard let file = try segment(position.segment) else { return }
        do throws(StoreError) {
            try file.flushData()
        } catch {
            let lock = isLocked ? nil : try lockForWriting()
            defer { lock?.close() }
            guard isLocked || lock != nil else { throw error }
            try writeAgain(upTo: position)
        }
    }

    /// Writes the lines after `applied` again in place and flushes them. Under the lock.
    func writeAgain(upTo position: LedgerPosition) throws(StoreError) {
        let base = try self.base()
        let from = base.isOfThisBoot && base.position.segment == position.segment ? base.position.offset : 0
        guard let file = try folder.open(Self.segmentName(position.segment), O_RDWR) else {
            throw folder.missing(Self.segmentName(position.segment))
        }
        defer { file.close() }
        let step = 1 << 20
        var offset = from
        while offset < position.offset {
            let bytes = try file.read(at: offset, count: Int(min(Int64(step), position.offset - offset)))
            if bytes.isEmpty { break }
            try file.writeAll(bytes, at: offset)
            offset += Int64(bytes.count)
        }
        try file.flushData()
    }
}
