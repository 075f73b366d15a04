import Foundation
import Store

/// The system's files, which of them were opened, and how many bytes went through them.
final class WatchedFiles: FileOperations {
    /// Bytes that were read and written, names of folders included.
    struct Bytes: CustomStringConvertible {
        var read = 0
        var written = 0

        var description: String { "\(read) bytes read, \(written) written" }
    }

    private let system = SystemFiles()
    private let lock = NSLock()
    nonisolated(unsafe) private var bytes = Bytes()
    nonisolated(unsafe) private var opened: [String] = []

    /// What went through since this was asked for last.
    func takeBytes() -> Bytes {
        lock.withLock {
            defer { bytes = Bytes() }
            return bytes
        }
    }

    /// What was opened since this was asked for last: paths as they were given.
    func takeOpened() -> [String] {
        lock.withLock {
            defer { opened = [] }
            return opened
        }
    }

    private func note(read count: Int) { lock.withLock { bytes.read += count } }
    private func note(written count: Int) { lock.withLock { bytes.written += count } }

    func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
        lock.withLock { opened.append(path) }
        return try system.openat(folder, path, flags: flags, mode: mode)
    }

    func close(_ descriptor: Int32) { system.close(descriptor) }

    func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        let count = try system.pread(descriptor, into: buffer, at: offset)
        note(read: count)
        return count
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        let count = try system.write(descriptor, bytes)
        note(written: count)
        return count
    }

    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        let count = try system.pwrite(descriptor, bytes, at: offset)
        note(written: count)
        return count
    }

    func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError) {
        try system.ftruncate(descriptor, to: size)
    }

    func fsync(_ descriptor: Int32) throws(FileError) { try system.fsync(descriptor) }

    func fdatasync(_ descriptor: Int32) throws(FileError) { try system.fdatasync(descriptor) }

    func syncfs(_ descriptor: Int32) throws(FileError) { try system.syncfs(descriptor) }

    func renameat(_ folder: Int32, _ path: String, to newFolder: Int32, _ newPath: String) throws(FileError) {
        try system.renameat(folder, path, to: newFolder, newPath)
    }

    func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError) {
        try system.unlinkat(folder, path, flags: flags)
    }

    func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError) {
        try system.mkdirat(folder, path, mode: mode)
    }

    func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus { try system.fstat(descriptor) }

    func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus {
        try system.fstatat(folder, path)
    }

    func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError) { try system.flock(descriptor, operation) }

    func list(_ descriptor: Int32) throws(FileError) -> [String] {
        let names = try system.list(descriptor)
        note(read: names.reduce(0) { $0 + $1.utf8.count })
        return names
    }

    func listKinds(_ descriptor: Int32) throws(FileError) -> [ListedName] {
        let names = try system.listKinds(descriptor)
        note(read: names.reduce(0) { $0 + $1.name.utf8.count })
        return names
    }
}
