import Glibc
import Store

/// File operations that only read: whatever would change a file is refused as a read-only disk refuses it.
///
/// Locks and flushes seem to succeed and are not done. So a look at the store waits for nobody, and an answer may rest
/// on a line that a power cut takes back: good enough for a name that is offered.
struct ReadingFiles: FileOperations {
    private let files: any FileOperations

    init(_ files: any FileOperations) { self.files = files }

    private func refusal(_ operation: String, _ path: String = "") -> FileError {
        FileError(errno: EROFS, operation: operation, path: path)
    }

    func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
        guard flags & (O_ACCMODE | O_CREAT | O_TRUNC) == O_RDONLY else { throw refusal("openat", path) }
        return try files.openat(folder, path, flags: flags, mode: mode)
    }

    func close(_ descriptor: Int32) { files.close(descriptor) }

    func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        try files.pread(descriptor, into: buffer, at: offset)
    }

    func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus { try files.fstat(descriptor) }

    func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus {
        try files.fstatat(folder, path)
    }

    func list(_ descriptor: Int32) throws(FileError) -> [String] { try files.list(descriptor) }
    func listKinds(_ descriptor: Int32) throws(FileError) -> [ListedName] { try files.listKinds(descriptor) }

    func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError) {}
    func fsync(_ descriptor: Int32) throws(FileError) {}
    func fdatasync(_ descriptor: Int32) throws(FileError) {}
    func syncfs(_ descriptor: Int32) throws(FileError) {}

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        throw refusal("write")
    }

    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        throw refusal("pwrite")
    }

    func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError) { throw refusal("ftruncate") }

    func renameat(_ folder: Int32, _ path: String, to newFolder: Int32, _ newPath: String) throws(FileError) {
        throw refusal("renameat", path)
    }

    func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError) { throw refusal("unlinkat", path) }

    func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError) { throw refusal("mkdirat", path) }
}
