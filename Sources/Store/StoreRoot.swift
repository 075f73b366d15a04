import Glibc
import JSON

/// A store: a folder with an index, a server's files and ledgers in folders below `groups`.
///
/// Reading makes nothing: a store that is not there is an empty one.
package final class StoreRoot: Sendable {
    /// Absolute.
    package let path: String
    let environment: StoreEnvironment

    /// Touches nothing. A relative path is taken from the current folder.
    package init(path: String, environment: StoreEnvironment) {
        self.path = Self.absolute(path)
        self.environment = environment
    }

    private static func absolute(_ path: String) -> String {
        var result = path
        if !path.hasPrefix("/") {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            if getcwd(&buffer, buffer.count) != nil {
                let length = buffer.firstIndex(of: 0) ?? 0
                result = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self) + "/" + path
            }
        }
        while result.utf8.count > 1 && result.hasSuffix("/") { result.removeLast() }
        return result
    }

    var access: FileAccess { FileAccess(operations: environment.files) }

    /// The body of `store.json`, `nil` when there is none (yet). Throws `.newerSchema` for a store of a later version.
    package func index() throws(StoreError) -> JSONValue? {
        guard let bytes = try read(LockedStore.indexName) else { return nil }
        return .object(try DocumentForm.decode(bytes, path: path + "/" + LockedStore.indexName))
    }

    /// Where a file lies below the store: `groups/…/policies/p1.json`; `nil` when it lies elsewhere. A relative path is
    /// taken from the current folder; links on the way are followed, as far as there is something to follow.
    package func place(ofFile file: String) -> String? {
        for (file, store) in [(Self.real(file), Self.real(path)), (Self.absolute(file), path)] {
            if file.hasPrefix(store + "/") { return String(file.dropFirst(store.count + 1)) }
        }
        return nil
    }

    /// The folder of the store that a file at that path is one of the files of, or would be; nil for any other file, also
    /// one that lies beside them.
    package static func store(withFile file: String) -> String? {
        // What is not there yet lies where its folder does; a link lies where it leads.
        let parts = absolute(file).split(separator: "/")
        let way =
            Glibc.access(file, F_OK) == 0
            ? real(file).split(separator: "/")
            : real("/" + parts.dropLast().joined(separator: "/")).split(separator: "/") + parts.suffix(1)
        let own = [
            LockedStore.indexName, LockedStore.lockName, LockedStore.serverFolder, LockedStore.groupsFolder,
        ]
        for depth in way.indices where own.contains(String(way[depth])) {
            let store = "/" + way[..<depth].joined(separator: "/")
            if Glibc.access(store + "/" + LockedStore.indexName, F_OK) == 0 { return store }
        }
        return nil
    }

    private static func real(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return absolute(path) }
        defer { free(found) }
        return String(cString: found)
    }

    /// The names of the folders in the folder at that path below the store, sorted; none when it is not there.
    package func folders(in path: String) throws(StoreError) -> [String] {
        guard path.isEmpty || StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a folder") }
        let absolute = path.isEmpty ? self.path : self.path + "/" + path
        guard let folder = try Folder.open(at: absolute, access) else { return [] }
        var found: [String] = []
        for entry in try folder.contents() where try folder.isFolder(entry) == true { found.append(entry.name) }
        return found.sorted(by: String.byteOrder)
    }

    /// The ledger in the folder at that path below the store. `nil` when there is no folder, or its ledger has no
    /// first line, or has ended; that is certain then, whatever power cut comes.
    package func ledger(at path: String) throws(StoreError) -> Ledger? {
        guard StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a ledger's folder") }
        let absolute = self.path + "/" + path
        guard let folder = try LedgerFolder(at: absolute, environment, forWriting: false) else { return nil }
        guard try folder.isLive() else { return nil }
        return Ledger(path: absolute, environment: environment)
    }

    /// The same ledger, unlooked at: reading and committing find out whether it is there, and throw `absence` if not.
    package func ledger(
        at path: String,
        absence: @escaping @Sendable () -> any Error
    ) throws(StoreError) -> Ledger {
        guard StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a ledger's folder") }
        return Ledger(path: self.path + "/" + path, environment: environment, absence: absence)
    }

    /// The file `server/<name>`, `nil` when there is none.
    package func readServerFile(_ name: String) throws(StoreError) -> [UInt8]? {
        guard StorePath.isSafeName(name) else { throw StorePath.refusal(name, neededFor: "a server file") }
        return try read(LockedStore.serverFolder + "/" + name)
    }

    private func read(_ name: String) throws(StoreError) -> [UInt8]? {
        guard let folder = try Folder.open(at: path, access) else { return nil }
        return try folder.read(name)
    }

    /// Calls the body under the store's lock: for what concerns names in the whole store, and the life of ledgers.
    /// Makes the store's folder (0700) if need be. Must not be nested, nor called from within a ledger's commit.
    ///
    /// Throws `StoreError` and the body's errors.
    package func withLock<T>(_ body: (LockedStore) throws -> T) throws -> T {
        while true {
            let folder = try openOrMake()
            let isNew = try folder.status(of: LockedStore.lockName) == nil
            let lock = try folder.openPresent(LockedStore.lockName, O_RDWR | O_CREAT, mode: 0o600)
            defer { lock.close() }
            try lock.lock(exclusive: true)
            let held = try lock.status()
            guard let current = try Folder.status(at: path + "/" + LockedStore.lockName, access),
                current.inode == held.inode && current.device == held.device
            else { continue }
            if isNew { flushWay() }
            return try body(LockedStore(folder: folder, environment: environment))
        }
    }

    private func openOrMake() throws(StoreError) -> Folder {
        if let folder = try Folder.open(at: path, access) { return folder }
        var way = ""
        for component in path.split(separator: "/") {
            way += "/" + component
            if try Folder.status(at: way, access) == nil { try Folder.make(at: way, access) }
        }
        guard let folder = try Folder.open(at: path, access) else {
            throw StoreError(kind: .io, message: "cannot open \(path), which was just made", path: path)
        }
        return folder
    }

    /// The store's own name reaches the disk, as far up as its user may look. A folder that cannot be opened was there
    /// before the store.
    private func flushWay() {
        var way = path
        while way.utf8.count > 1 {
            way = String(StorePath.split(way).folder.dropLast())
            guard let folder = try? Folder.open(at: way.isEmpty ? "/" : way, access) else { return }
            try? folder.file.flush()
        }
    }
}

extension LedgerFolder {
    /// Whether the ledger has a first line and no last one. Either answer rests on flushed lines.
    func isLive() throws(StoreError) -> Bool {
        do {
            let snapshot = try Snapshot(self, lock: nil)
            try snapshot.flush()
            return snapshot.position.number > 0 && !snapshot.isDeleted
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(kind: .io, message: "cannot read the ledger in \(path): \(error)", path: path)
        }
    }
}
