import Glibc
import JSON

/// What may be done under the store's lock: the index, the server's files, the life of ledgers.
package final class LockedStore {
    static let indexName = "store.json"
    static let lockName = "lock"
    static let serverFolder = "server"
    static let groupsFolder = "groups"

    let root: Folder
    let environment: StoreEnvironment

    init(folder: Folder, environment: StoreEnvironment) {
        root = folder
        self.environment = environment
    }

    /// Writes `store.json`, flushed with its folder.
    package func writeIndex(_ body: JSONValue) throws(StoreError) {
        let body = try DocumentForm.body(body, path: root.absolute(Self.indexName))
        try replace(Self.indexName, with: DocumentForm.encode(body))
    }

    /// Writes `server/<name>` (0600), flushed with its folder.
    package func writeServerFile(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
        guard StorePath.isSafeName(name) else { throw StorePath.refusal(name, neededFor: "a server file") }
        try root.makeFlushed(Self.serverFolder)
        try replace(Self.serverFolder + "/" + name, with: bytes)
    }

    /// Takes `server/<name>` away again.
    package func removeServerFile(_ name: String) throws(StoreError) {
        guard StorePath.isSafeName(name) else { throw StorePath.refusal(name, neededFor: "a server file") }
        try root.remove(Self.serverFolder + "/" + name)
    }

    private func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
        guard try root.replace(path, with: bytes, .flushed, random: try environment.randomName()) else {
            throw root.missing(path)
        }
    }

    // MARK: Life of a ledger

    /// Begins a ledger in the folder at that path below the store: it exists from its first line on.
    ///
    /// `fixedFolders` are made with it and are known to be made with it, so that their loss is noticed; folders below
    /// them are made as documents come. What an earlier ledger left under the name is cleared of keys and moved to
    /// `remainsTo`. Throws `StoreError.exists` when a live ledger is there, and the errors of `first` unchanged.
    package func createLedger<T>(
        at path: String,
        remainsTo: String,
        fixedFolders: [String],
        first: () throws -> (Transaction, T)
    ) throws -> T {
        guard StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a ledger's folder") }
        for folder in fixedFolders where !StorePath.isDocument(folder + "/x.json") {
            throw StorePath.refusal(folder, neededFor: "a folder for documents")
        }
        if let existing = try LedgerFolder(at: root.absolute(path), environment, forWriting: true) {
            if try existing.isLive() {
                throw StoreError(
                    kind: .exists,
                    message: "there is a live ledger in \(existing.path) already",
                    path: existing.path
                )
            }
            try clear(existing, at: path, movedTo: remainsTo)
        }
        let (transaction, value) = try first()
        try LedgerLine.check(transaction)
        var hasBegun = false
        // What has no first line is nothing, and is not left for others to wonder at.
        defer { if !hasBegun { try? root.removeTree(path) } }
        let ledger = try makeFolders(at: path, fixedFolders, environment)
        guard let lock = try ledger.lockForWriting() else { throw ledger.folder.missing(LedgerFolder.lockName) }
        defer { lock.close() }
        _ = try ledger.makeSegment(1)
        // Last of what lies in the folder itself, which it flushes.
        try ledger.writeFlushedRecord(FlushedRecord(mark: .start, sure: .start, rebuilds: 0))
        var keys = KeyFolder(of: ledger.folder)
        try keys.write(transaction.keys)
        var writer = try LedgerWriter(ledger)
        defer {
            hasBegun = writer.hasAppended
            if !hasBegun { keys.takeBack() }
        }
        _ = try writer.append([transaction], fixedFolders: fixedFolders)
        return value
    }

    /// Makes the ledger's folder and all in it that is made with it, and flushes each and the way up to the store.
    func makeFolders(
        at path: String,
        _ fixedFolders: [String],
        _ environment: StoreEnvironment
    ) throws(StoreError) -> LedgerFolder {
        try root.makeFlushed(path)
        guard let ledger = try LedgerFolder(at: root.absolute(path), environment, forWriting: true) else {
            throw root.missing(path)
        }
        var made: [String] = []
        for folder in fixedFolders + ["ledger", KeyFolder.name] {
            var way = ""
            for component in folder.split(separator: "/") {
                way += (way.isEmpty ? "" : "/") + component
                if try ledger.folder.make(way) { made.append(way) }
            }
        }
        for folder in made.reversed() {
            try ledger.folder.flushFolder(folder)
        }
        return ledger
    }

    /// Ends a ledger with the line that `last` gives, then removes its keys and moves its folder. The ledger has ended
    /// when its last line is on the disk: if what comes after that fails, the error says so, and
    /// ``clearRemains(at:movedTo:)`` finishes it.
    ///
    /// Throws `StoreError.notFound` when it has ended already, `.conflict` as ``Ledger/commit(_:)`` does, and the
    /// errors of `last` unchanged.
    package func deleteLedger<T>(
        _ ledger: Ledger,
        movedTo: String,
        last: (Snapshot) throws -> (Transaction, T)
    ) throws -> T {
        guard ledger.path.hasPrefix(root.path + "/") else { throw root.missing(ledger.path) }
        let path = String(ledger.path.dropFirst(root.path.count + 1))
        return try ledger.commit(isLast: true) { snapshot in
            let (transaction, value) = try last(snapshot)
            return .commit(transaction, value)
        } finish: { folder in
            do throws(StoreError) {
                try self.wipeAndMove(folder, at: path, movedTo: movedTo)
            } catch {
                throw StoreError(
                    kind: error.kind,
                    message: "the ledger has ended, but its folder could not be cleared: \(error.message)",
                    hint: error.hint,
                    path: error.path
                )
            }
        }
    }

    /// Finishes what a crash left undone: of a folder whose ledger has ended, or never began, the keys are removed and
    /// the rest is moved. `false` when there is no such folder or its ledger is live.
    @discardableResult
    package func clearRemains(at path: String, movedTo: String) throws -> Bool {
        guard StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a ledger's folder") }
        guard let folder = try LedgerFolder(at: root.absolute(path), environment, forWriting: true),
            try !folder.isLive()
        else { return false }
        try clear(folder, at: path, movedTo: movedTo)
        return true
    }

    private func clear(_ folder: LedgerFolder, at path: String, movedTo: String) throws(StoreError) {
        guard let lock = try folder.lockForWriting() else { throw folder.folder.missing(LedgerFolder.lockName) }
        defer { lock.close() }
        try wipeAndMove(folder, at: path, movedTo: movedTo)
    }

    /// Keys first: if this is interrupted, the folder is found under its old name again.
    private func wipeAndMove(_ ledger: LedgerFolder, at path: String, movedTo: String) throws(StoreError) {
        guard StorePath.isSafe(movedTo) else { throw StorePath.refusal(movedTo, neededFor: "a folder") }
        try KeyFolder(of: ledger.folder).wipe()
        let parent = String(StorePath.split(movedTo).folder.dropLast())
        if !parent.isEmpty { try root.makeFlushed(parent) }
        do throws(FileError) {
            try root.rename(path, to: movedTo)
        } catch {
            guard error.errno == EEXIST || error.errno == ENOTEMPTY else {
                throw StoreError(error, doing: "move", path: root.absolute(path))
            }
            let free = movedTo + "-" + (try environment.randomName())
            do throws(FileError) {
                try root.rename(path, to: free)
            } catch {
                throw StoreError(error, doing: "move", path: root.absolute(path))
            }
        }
        try root.flushFolder(parent)
        try root.flushFolder(String(StorePath.split(path).folder.dropLast()))
    }
}
