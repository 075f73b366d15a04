import Glibc

/// The system calls themselves.
///
/// Paths go through `withCString`: given to a call as they are, each would be copied first.
package struct SystemFiles: FileOperations {
    package init() {}

    package func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
        try result(path.withCString { Glibc.openat(folder, $0, flags, mode_t(mode)) }, "openat", path)
    }

    package func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    package func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        try result(Glibc.pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)), "pread")
    }

    package func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        try result(Glibc.write(descriptor, bytes.baseAddress, bytes.count), "write")
    }

    package func pwrite(
        _ descriptor: Int32,
        _ bytes: UnsafeRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        try result(Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)), "pwrite")
    }

    package func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError) {
        _ = try result(Glibc.ftruncate(descriptor, off_t(size)), "ftruncate")
    }

    package func fsync(_ descriptor: Int32) throws(FileError) {
        _ = try result(Glibc.fsync(descriptor), "fsync")
    }

    package func fdatasync(_ descriptor: Int32) throws(FileError) {
        _ = try result(Glibc.fdatasync(descriptor), "fdatasync")
    }

    package func syncfs(_ descriptor: Int32) throws(FileError) {
        _ = try result(systemSync(descriptor), "syncfs")
    }

    package func renameat(
        _ folder: Int32,
        _ path: String,
        to newFolder: Int32,
        _ newPath: String
    ) throws(FileError) {
        let renamed = path.withCString { old in newPath.withCString { Glibc.renameat(folder, old, newFolder, $0) } }
        _ = try result(renamed, "renameat", path)
    }

    package func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError) {
        _ = try result(path.withCString { Glibc.unlinkat(folder, $0, flags) }, "unlinkat", path)
    }

    package func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError) {
        _ = try result(path.withCString { Glibc.mkdirat(folder, $0, mode_t(mode)) }, "mkdirat", path)
    }

    package func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus {
        var status = stat()
        _ = try result(Glibc.fstat(descriptor, &status), "fstat")
        return FileStatus(status)
    }

    package func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus {
        var status = stat()
        _ = try result(path.withCString { Glibc.fstatat(folder, $0, &status, 0) }, "fstatat", path)
        return FileStatus(status)
    }

    package func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError) {
        _ = try result(systemLock(descriptor, operation), "flock")
    }

    package func list(_ descriptor: Int32) throws(FileError) -> [String] {
        try listKinds(descriptor).map(\.name)
    }

    package func listKinds(_ descriptor: Int32) throws(FileError) -> [ListedName] {
        // The stream owns the descriptor it is given and moves its position: give it one of its own.
        let own = try openat(descriptor, ".", flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode: 0)
        guard let stream = fdopendir(own) else {
            let error = FileError(errno: Glibc.errno, operation: "fdopendir", path: "")
            close(own)
            throw error
        }
        defer { closedir(stream) }
        var names: [ListedName] = []
        while true {
            Glibc.errno = 0
            guard let entry = readdir(stream) else {
                if Glibc.errno != 0 {
                    throw FileError(errno: Glibc.errno, operation: "readdir", path: "")
                }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." {
                names.append(ListedName(name: name, isFolder: Self.isFolder(entry.pointee.d_type)))
            }
        }
    }

    private static func isFolder(_ type: UInt8) -> Bool? {
        switch Int(type) {
        case Int(DT_DIR): true
        case Int(DT_REG): false
        default: nil
        }
    }

    private func result<Value: BinaryInteger>(
        _ value: Value,
        _ operation: String,
        _ path: String = ""
    ) throws(FileError) -> Value {
        if value < 0 {
            throw FileError(errno: Glibc.errno, operation: operation, path: path)
        }
        return value
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            mode: UInt32(status.st_mode),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        )
    }
}

/// `flock(2)`: inside the type its name would mean the method, and qualified the structure of that name.
private func systemLock(_ descriptor: Int32, _ operation: Int32) -> Int32 {
    flock(descriptor, operation)
}

/// `syncfs(2)`: the C headers show it only to programs that ask for GNU's extensions, which Glibc's module does not.
@_silgen_name("syncfs")
private func systemSync(_ descriptor: Int32) -> Int32
