import Glibc

/// A folder held open: everything in it is reached through its descriptor, so that all of it is one and the same
/// folder whatever happens to the path meanwhile.
final class Folder {
    /// Absolute, for messages.
    let path: String
    let access: FileAccess
    let file: OpenFile

    private init(file: OpenFile) {
        self.file = file
        self.path = file.path
        self.access = file.access
    }

    private static let flags = O_RDONLY | O_DIRECTORY

    /// Opens the folder at that absolute path, `nil` when there is none.
    static func open(at path: String, _ access: FileAccess) throws(StoreError) -> Folder? {
        guard let file = try open(AT_FDCWD, path, flags, 0, in: nil, access) else { return nil }
        return Folder(file: file)
    }

    /// Opens a folder below this one, `nil` when there is none.
    func folder(_ path: String) throws(StoreError) -> Folder? {
        guard let file = try open(path, Self.flags) else { return nil }
        return Folder(file: file)
    }

    /// Opens a folder below this one that must be there.
    func presentFolder(_ path: String) throws(StoreError) -> Folder {
        guard let folder = try folder(path) else { throw missing(path) }
        return folder
    }

    func absolute(_ path: String) -> String { OpenFile.path(path, in: self.path) }

    func missing(_ path: String) -> StoreError {
        StoreError(FileError(errno: ENOENT, operation: "openat", path: path), doing: "open", path: absolute(path))
    }

    private static func open(
        _ folder: Int32,
        _ path: String,
        _ flags: Int32,
        _ mode: UInt32,
        in parent: String?,
        _ access: FileAccess
    ) throws(StoreError) -> OpenFile? {
        do throws(FileError) {
            let descriptor = try access.open(folder, path, flags, mode: mode)
            return OpenFile(path, in: parent, descriptor: descriptor, access: access)
        } catch {
            if error.errno == ENOENT { return nil }
            let absolute = OpenFile.path(path, in: parent)
            throw StoreError(error, doing: flags & O_CREAT == 0 ? "open" : "make", path: absolute)
        }
    }

    /// Opens a file below this folder, `nil` when it (or, with `O_CREAT`, the folder it belongs into) is not there.
    func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(StoreError) -> OpenFile? {
        try Self.open(file.descriptor, path, flags, mode, in: self.path, access)
    }

    /// Opens a file below this folder that must be there, or with `O_CREAT` will be.
    func openPresent(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(StoreError) -> OpenFile {
        guard let file = try open(path, flags, mode: mode) else { throw missing(path) }
        return file
    }

    /// The whole file, `nil` when it is not there.
    func read(_ path: String) throws(StoreError) -> [UInt8]? {
        guard let file = try open(path, O_RDONLY) else { return nil }
        defer { file.close() }
        return try file.readAll()
    }

    /// What there is at that path, `nil` for nothing.
    func status(of path: String) throws(StoreError) -> FileStatus? {
        do throws(FileError) {
            return try access.call { (files) throws(FileError) in try files.fstatat(file.descriptor, path) }
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw StoreError(error, doing: "look at", path: absolute(path))
        }
    }

    /// What there is at that absolute path now, `nil` for nothing.
    static func status(at path: String, _ access: FileAccess) throws(StoreError) -> FileStatus? {
        do throws(FileError) {
            return try access.call { (files) throws(FileError) in try files.fstatat(AT_FDCWD, path) }
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw StoreError(error, doing: "look at", path: path)
        }
    }

    /// The names in this folder, in no order, without those that begin with a dot: left-over temporary files.
    func names() throws(StoreError) -> [String] {
        try allNames().filter { !$0.hasPrefix(".") }
    }

    /// The names in this folder as ``names()`` has them, with what the folder says of each.
    func contents() throws(StoreError) -> [ListedName] {
        try allContents().filter { !$0.name.hasPrefix(".") }
    }

    /// All names in this folder, with what the folder says of each.
    func allContents() throws(StoreError) -> [ListedName] {
        do throws(FileError) {
            return try access.call { (files) throws(FileError) in try files.listKinds(file.descriptor) }
        } catch {
            throw StoreError(error, doing: "list", path: path)
        }
    }

    /// Whether a listed name is a folder's; `nil` for one that is gone. Mostly the list has said so already.
    func isFolder(_ entry: ListedName) throws(StoreError) -> Bool? {
        if let isFolder = entry.isFolder { return isFolder }
        return try status(of: entry.name)?.isFolder
    }

    /// The names in this folder, in no order.
    func allNames() throws(StoreError) -> [String] {
        do throws(FileError) {
            return try access.call { (files) throws(FileError) in try files.list(file.descriptor) }
        } catch {
            throw StoreError(error, doing: "list", path: path)
        }
    }

    /// Makes a folder (0700); `false` when it was there.
    @discardableResult
    func make(_ path: String) throws(StoreError) -> Bool {
        do throws(FileError) {
            try access.call { (files) throws(FileError) in try files.mkdirat(file.descriptor, path, mode: 0o700) }
            return true
        } catch {
            if error.errno == EEXIST { return false }
            throw StoreError(error, doing: "make the folder", path: absolute(path))
        }
    }

    /// Makes the folder (0700) at that absolute path, if it is not there.
    static func make(at path: String, _ access: FileAccess) throws(StoreError) {
        do throws(FileError) {
            try access.call { (files) throws(FileError) in try files.mkdirat(AT_FDCWD, path, mode: 0o700) }
        } catch {
            if error.errno != EEXIST { throw StoreError(error, doing: "make the folder", path: path) }
        }
    }

    /// Removes a file; `false` when it was not there.
    @discardableResult
    func remove(_ path: String) throws(StoreError) -> Bool {
        do throws(FileError) {
            try access.call { (files) throws(FileError) in try files.unlinkat(file.descriptor, path, flags: 0) }
            return true
        } catch {
            if error.errno == ENOENT { return false }
            throw StoreError(error, doing: "remove", path: absolute(path))
        }
    }

    /// Removes a folder with everything in it, if it is there.
    func removeTree(_ path: String) throws(StoreError) {
        guard let below = try folder(path) else { return }
        for name in try below.allNames() {
            // A link's target is not looked into: the link itself is what goes.
            do throws(StoreError) {
                try below.remove(name)
            } catch {
                guard try below.status(of: name)?.isFolder == true else { throw error }
                try below.removeTree(name)
            }
        }
        below.file.close()
        do throws(FileError) {
            try access.call { (files) throws(FileError) in
                try files.unlinkat(file.descriptor, path, flags: AT_REMOVEDIR)
            }
        } catch {
            if error.errno != ENOENT { throw StoreError(error, doing: "remove", path: absolute(path)) }
        }
    }

    /// Renames within this folder and what is below it.
    func rename(_ path: String, to newPath: String) throws(FileError) {
        try access.call { (files) throws(FileError) in
            try files.renameat(file.descriptor, path, to: file.descriptor, newPath)
        }
    }

    /// How a file is replaced.
    enum Replacement {
        /// Readers see the old or the new file, whole; a power cut may show either, or neither.
        case atomic
        /// After a power cut, too, it is the new file.
        case flushed
    }

    /// Puts a file (0600) at that path through a temporary one beside it. `false`, and nothing written, when the folder
    /// it belongs into is not there.
    func replace(
        _ path: String,
        with bytes: [UInt8],
        _ kind: Replacement,
        random: String
    ) throws(StoreError) -> Bool {
        let (parent, name) = StorePath.split(path)
        let temporary = parent + "." + name + ".tmp-" + random
        guard let file = try open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600) else { return false }
        do throws(StoreError) {
            try file.write(bytes)
            if kind == .flushed { try file.flush() }
            file.close()
            do throws(FileError) {
                try rename(temporary, to: path)
            } catch {
                throw StoreError(error, doing: "replace", path: absolute(path))
            }
        } catch {
            file.close()
            _ = try? remove(temporary)
            throw error
        }
        if kind == .flushed {
            try flushFolder(parent.isEmpty ? "" : String(parent.dropLast()))
        }
        return true
    }

    /// The entries of the folder at that path (empty: of this one) reach the disk.
    func flushFolder(_ path: String) throws(StoreError) {
        if path.isEmpty {
            try file.flush()
        } else {
            let folder = try presentFolder(path)
            defer { folder.file.close() }
            try folder.file.flush()
        }
    }

    /// Makes the folder and those above it, down from this one, and flushes the entries of each of them: also of
    /// those that were there, since whoever made them may have died before flushing.
    func makeFlushed(_ path: String) throws(StoreError) {
        let components = path.split(separator: "/").map(String.init)
        for depth in components.indices {
            let parent = components[..<depth].joined(separator: "/")
            try make(components[...depth].joined(separator: "/"))
            try flushFolder(parent)
        }
    }
}
