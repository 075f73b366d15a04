import Foundation
import Store

/// The machine's files, and which of them were opened.
final class OpenedFiles: FileOperations, @unchecked Sendable {
    private let system = SystemFiles()
    private let lock = NSLock()
    private var opened: [String] = []

    /// Takes what was opened since the last time: paths as they were given.
    func take() -> [String] {
        lock.withLock {
            defer { opened = [] }
            return opened
        }
    }

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
        try system.pread(descriptor, into: buffer, at: offset)
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        try system.write(descriptor, bytes)
    }

    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        try system.pwrite(descriptor, bytes, at: offset)
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
    func list(_ descriptor: Int32) throws(FileError) -> [String] { try system.list(descriptor) }
    func listKinds(_ descriptor: Int32) throws(FileError) -> [ListedName] { try system.listKinds(descriptor) }
}
