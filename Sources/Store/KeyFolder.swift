import Glibc

/// The folder `keys`: secrets, the only things outside the ledger. A key is on the disk before the line that makes it
/// count, and one that no document names is the rubbish of a crash.
struct KeyFolder {
    static let name = "keys"

    private let folder: Folder
    private var written: [String] = []

    init(of folder: Folder) {
        self.folder = folder
    }

    /// So many keys are flushed one by one; more of them with the whole file system, which waits for the disk once.
    private static let flushedSingly = 8

    /// Writes keys under names that no file has yet, and flushes them and their folder. Removes them again when it
    /// fails.
    mutating func write(_ keys: [KeyFile]) throws(StoreError) {
        if keys.isEmpty { return }
        let areMany = keys.count > Self.flushedSingly
        do throws(StoreError) {
            for key in keys {
                try write(key, flushing: !areMany)
            }
            if areMany { try folder.file.flushFileSystem() }
            try folder.flushFolder(Self.name)
        } catch {
            takeBack()
            throw error
        }
    }

    /// Writes those of the keys again that are gone. To be called under the lock: before that, a repair takes a key that
    /// no document names yet for the rubbish of a crash.
    mutating func ensure(_ keys: [KeyFile]) throws(StoreError) {
        var lost: [KeyFile] = []
        for key in keys where try folder.status(of: Self.name + "/" + key.name) == nil { lost.append(key) }
        try write(lost)
    }

    private mutating func write(_ key: KeyFile, flushing: Bool) throws(StoreError) {
        let path = Self.name + "/" + key.name
        if try folder.status(of: path) != nil {
            throw StoreError(
                kind: .exists,
                message: "the key file \(folder.absolute(path)) is there already, a new name was needed",
                hint: "if no document names it, move it away",
                path: folder.absolute(path)
            )
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL
        var file = try folder.open(path, flags, mode: 0o600)
        if file == nil {
            // A backup without keys brings no folder back.
            try folder.makeFlushed(Self.name)
            file = try folder.openPresent(path, flags, mode: 0o600)
        }
        guard let file else { return }
        defer { file.close() }
        written.append(key.name)
        try file.write(key.bytes)
        if flushing { try file.flush() }
    }

    /// Removes what ``write(_:)`` wrote: the line that would have made it count was not written.
    mutating func takeBack() {
        for name in written {
            // What cannot be removed is named by no document and found by a check.
            _ = try? folder.remove(Self.name + "/" + name)
        }
        written = []
    }

    /// Removes keys that a line on the disk has let go of. One that is gone already is no error.
    func wipe(_ names: [String]) throws(StoreError) {
        if names.isEmpty { return }
        for name in names {
            _ = try folder.remove(Self.name + "/" + name)
        }
        try folder.flushFolder(Self.name)
    }

    /// Removes every key of a ledger that has ended.
    func wipe() throws(StoreError) {
        guard let keys = try folder.folder(Self.name) else { return }
        for name in try keys.allNames() {
            try keys.remove(name)
        }
        try keys.file.flush()
    }
}
