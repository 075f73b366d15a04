import Glibc

/// A system call that failed.
package struct FileError: Error, Sendable {
    /// The number the system gave (`errno`).
    package let errno: Int32
    /// The call, by the name of its manual page.
    package let operation: String
    /// The path as it was given to the call; empty for a call that takes a descriptor alone.
    package let path: String

    package init(errno: Int32, operation: String, path: String) {
        self.errno = errno
        self.operation = operation
        self.path = path
    }
}

/// What the store asks of `fstat` and `fstatat`.
package struct FileStatus: Sendable {
    package var device: UInt64
    package var inode: UInt64
    /// Bytes.
    package var size: Int64
    /// Type and permission bits, as in `st_mode`.
    package var mode: UInt32
    /// Last change of the contents, nanoseconds since 1970.
    package var modified: Int64

    package init(device: UInt64, inode: UInt64, size: Int64, mode: UInt32, modified: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.mode = mode
        self.modified = modified
    }

    package var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
}

/// Every system call the store makes: one call each, no retry, nothing added.
///
/// Paths are relative to a folder's descriptor (`AT_FDCWD` for none). Retrying after a signal and finishing short
/// reads and writes is the business of `FileAccess`, the only caller.
package protocol FileOperations: Sendable {
    func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32
    func close(_ descriptor: Int32)
    func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int
    /// Appends at the descriptor's position, at the end of the file when it was opened with `O_APPEND`.
    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int
    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int
    func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError)
    func fsync(_ descriptor: Int32) throws(FileError)
    func fdatasync(_ descriptor: Int32) throws(FileError)
    func syncfs(_ descriptor: Int32) throws(FileError)
    func renameat(_ folder: Int32, _ path: String, to newFolder: Int32, _ newPath: String) throws(FileError)
    func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError)
    func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError)
    func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus
    func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus
    func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError)
    /// The names in the folder, without `.` and `..`, in no order.
    func list(_ descriptor: Int32) throws(FileError) -> [String]
    /// The same with what the folder itself says of each name, so that not every one has to be asked for.
    func listKinds(_ descriptor: Int32) throws(FileError) -> [ListedName]
}

/// A name in a folder, and what it stands for.
package struct ListedName: Sendable {
    package let name: String
    /// `nil` where the folder does not say, as for a symbolic link.
    package let isFolder: Bool?

    package init(name: String, isFolder: Bool?) {
        self.name = name
        self.isFolder = isFolder
    }
}

extension FileOperations {
    package func listKinds(_ descriptor: Int32) throws(FileError) -> [ListedName] {
        try list(descriptor).map { ListedName(name: $0, isFolder: nil) }
    }
}
