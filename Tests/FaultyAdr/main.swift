// `adr` whose process ends right after the store's n-th file operation, n from ADR_EXIT_AFTER. Its exit status is then
// 99, which no command has. Built for the tests alone.

import AdrCLI
import Glibc
import Store
import Synchronization

/// Passes every operation on to the system, and ends the process after the n-th.
private struct ExitingFiles: FileOperations {
    private let system = SystemFiles()
    private let count: Counter

    init(after limit: Int) { count = Counter(limit: limit) }

    /// A bulk works on several threads.
    private final class Counter: Sendable {
        private let limit: Int
        private let done = Atomic(0)

        init(limit: Int) { self.limit = limit }

        func next() {
            if done.add(1, ordering: .relaxed).newValue == limit { _exit(99) }
        }
    }

    private func counted<Value>(_ operation: () throws(FileError) -> Value) throws(FileError) -> Value {
        defer { count.next() }
        return try operation()
    }

    func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
        try counted { () throws(FileError) in try system.openat(folder, path, flags: flags, mode: mode) }
    }

    func close(_ descriptor: Int32) {
        system.close(descriptor)
        count.next()
    }

    func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        try counted { () throws(FileError) in try system.pread(descriptor, into: buffer, at: offset) }
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        try counted { () throws(FileError) in try system.write(descriptor, bytes) }
    }

    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        try counted { () throws(FileError) in try system.pwrite(descriptor, bytes, at: offset) }
    }

    func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError) {
        try counted { () throws(FileError) in try system.ftruncate(descriptor, to: size) }
    }

    func fsync(_ descriptor: Int32) throws(FileError) {
        try counted { () throws(FileError) in try system.fsync(descriptor) }
    }

    func fdatasync(_ descriptor: Int32) throws(FileError) {
        try counted { () throws(FileError) in try system.fdatasync(descriptor) }
    }

    func syncfs(_ descriptor: Int32) throws(FileError) {
        try counted { () throws(FileError) in try system.syncfs(descriptor) }
    }

    func renameat(_ folder: Int32, _ path: String, to newFolder: Int32, _ newPath: String) throws(FileError) {
        try counted { () throws(FileError) in try system.renameat(folder, path, to: newFolder, newPath) }
    }

    func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError) {
        try counted { () throws(FileError) in try system.unlinkat(folder, path, flags: flags) }
    }

    func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError) {
        try counted { () throws(FileError) in try system.mkdirat(folder, path, mode: mode) }
    }

    func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus {
        try counted { () throws(FileError) in try system.fstat(descriptor) }
    }

    func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus {
        try counted { () throws(FileError) in try system.fstatat(folder, path) }
    }

    func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError) {
        try counted { () throws(FileError) in try system.flock(descriptor, operation) }
    }

    func list(_ descriptor: Int32) throws(FileError) -> [String] {
        try counted { () throws(FileError) in try system.list(descriptor) }
    }
}

var host = Host.system()
host.files = ExitingFiles(after: getenv("ADR_EXIT_AFTER").flatMap { Int(String(cString: $0)) } ?? 0)
exit(Program.run(Array(CommandLine.arguments.dropFirst()), host))
