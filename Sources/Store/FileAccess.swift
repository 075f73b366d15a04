import Glibc

/// The one place above the system calls: repeats what a signal interrupted, finishes short reads and writes, and tells
/// failures in the store's words.
struct FileAccess: Sendable {
    let operations: any FileOperations

    /// One call, again as long as a signal interrupts it.
    func call<T>(_ body: (any FileOperations) throws(FileError) -> T) throws(FileError) -> T {
        while true {
            do throws(FileError) {
                return try body(operations)
            } catch {
                if error.errno != EINTR { throw error }
            }
        }
    }

    /// Opens a file relative to a folder's descriptor; never inherited by a child process.
    func open(_ folder: Int32, _ path: String, _ flags: Int32, mode: UInt32 = 0) throws(FileError) -> Int32 {
        try call { (files) throws(FileError) in try files.openat(folder, path, flags: flags | O_CLOEXEC, mode: mode) }
    }
}

/// An open file or folder. Closed with the last reference to it, or earlier by ``close()``.
final class OpenFile {
    /// The absolute path of the folder it was opened in; nil for a file that was opened by its absolute path.
    private let folder: String?
    private let name: String
    let descriptor: Int32
    let access: FileAccess
    private var isOpen = true

    /// Absolute, for messages: put together when there is one, since nearly all files are opened without any.
    var path: String { Self.path(name, in: folder) }

    /// - Parameter folder: nil for a name that is absolute already.
    static func path(_ name: String, in folder: String?) -> String { folder.map { $0 + "/" + name } ?? name }

    init(_ name: String, in folder: String?, descriptor: Int32, access: FileAccess) {
        self.folder = folder
        self.name = name
        self.descriptor = descriptor
        self.access = access
    }

    deinit { close() }

    func close() {
        if isOpen {
            isOpen = false
            access.operations.close(descriptor)
        }
    }

    private func call<T>(
        _ doing: String,
        _ body: (any FileOperations) throws(FileError) -> T
    ) throws(StoreError) -> T {
        do throws(FileError) {
            return try access.call(body)
        } catch {
            throw StoreError(error, doing: doing, path: path)
        }
    }

    /// Up to that many bytes from that offset, fewer only where the file ends.
    func read(at offset: Int64, count: Int) throws(StoreError) -> [UInt8] {
        var failure: StoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(StoreError) {
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                    let place = offset + Int64(filled)
                    let got = try call("read") { (files) throws(FileError) in
                        try files.pread(descriptor, into: rest, at: place)
                    }
                    if got == 0 { break }
                    filled += got
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Everything in the file, as long as it is when this begins.
    func readAll() throws(StoreError) -> [UInt8] { try read(at: 0, count: Int(try status().size)) }

    /// Writes all bytes behind the descriptor's position.
    func write(_ bytes: [UInt8]) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            done += try call("write") { (files) throws(FileError) in
                try Self.rest(of: bytes, from: done) { (rest) throws(FileError) in try files.write(descriptor, rest) }
            }
        }
    }

    /// One write at that offset; how many bytes it took.
    func writeOnce(_ bytes: [UInt8], at offset: Int64) throws(StoreError) -> Int {
        try call("write") { (files) throws(FileError) in
            try Self.rest(of: bytes, from: 0) { (all) throws(FileError) in
                try files.pwrite(descriptor, all, at: offset)
            }
        }
    }

    /// Writes all bytes at that offset.
    func writeAll(_ bytes: [UInt8], at offset: Int64) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            done += try call("write") { (files) throws(FileError) in
                try Self.rest(of: bytes, from: done) { (rest) throws(FileError) in
                    try files.pwrite(descriptor, rest, at: offset + Int64(done))
                }
            }
        }
    }

    private static func rest(
        of bytes: [UInt8],
        from start: Int,
        _ body: (UnsafeRawBufferPointer) throws(FileError) -> Int
    ) throws(FileError) -> Int {
        let result: Result<Int, FileError> = bytes.withUnsafeBytes { buffer in
            do throws(FileError) {
                return .success(try body(UnsafeRawBufferPointer(rebasing: buffer[start...])))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func truncate(to size: Int64) throws(StoreError) {
        try call("cut back") { (files) throws(FileError) in try files.ftruncate(descriptor, to: size) }
    }

    /// Contents and everything about the file reach the disk; of a folder, its entries.
    func flush() throws(StoreError) {
        try call("flush") { (files) throws(FileError) in try files.fsync(descriptor) }
    }

    /// Contents and size reach the disk.
    func flushData() throws(StoreError) {
        try call("flush") { (files) throws(FileError) in try files.fdatasync(descriptor) }
    }

    /// Everything written so far to the file system of this file reaches the disk.
    func flushFileSystem() throws(StoreError) {
        try call("flush the file system of") { (files) throws(FileError) in try files.syncfs(descriptor) }
    }

    func status() throws(StoreError) -> FileStatus {
        try call("look at") { (files) throws(FileError) in try files.fstat(descriptor) }
    }

    /// Waits for the lock; it is released by ``close()`` or the end of the process.
    func lock(exclusive: Bool) throws(StoreError) {
        try call("lock") { (files) throws(FileError) in
            try files.flock(descriptor, exclusive ? LOCK_EX : LOCK_SH)
        }
    }
}

extension StoreError {
    /// A system call that failed, told with the file it failed on.
    init(_ error: FileError, doing: String, path: String) {
        switch error.errno {
        case ENOSPC, EDQUOT:
            self.init(
                kind: .noSpace,
                message: "cannot \(doing) \(path): the disk is full",
                hint: "make room on that disk and repeat the command",
                path: path
            )
        case EROFS:
            self.init(
                kind: .readOnly,
                message: "cannot \(doing) \(path): the disk is mounted read-only",
                hint: "mount it writable, or name another store with --store",
                path: path
            )
        case EACCES, EPERM:
            self.init(
                kind: .permission,
                message: "cannot \(doing) \(path): permission denied",
                hint: "run the command as the user who owns the store",
                path: path
            )
        default:
            let reason = String(cString: strerror(error.errno))
            self.init(
                kind: .io,
                message: "cannot \(doing) \(path): \(reason.prefix(1).lowercased() + reason.dropFirst())",
                path: path
            )
        }
    }
}
