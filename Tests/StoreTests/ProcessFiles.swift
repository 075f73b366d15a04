import Foundation
import Synchronization

@testable import Store

/// The system calls of one process: real ones on a `Disk`, counted, and each one open to a hook that runs before it and
/// may make it fail or end the process there.
final class ProcessFiles: FileOperations {
    /// One system call about to happen.
    struct Call {
        /// From 1.
        let number: Int
        let name: String
        /// Relative to the disk's folder, absolute for what lies elsewhere.
        let path: String

        /// Whether the call may change what a next process finds; a file opened for making is called `create`.
        var isChange: Bool { !["openat", "pread", "fstat", "fstatat", "list"].contains(name) }
    }

    enum Fate {
        case proceed
        case fail(Int32)
        /// Of a write only so many bytes are taken; other calls proceed.
        case short(Int)
        /// The process ends before the call.
        case end
        /// The process ends when a write has taken so many bytes.
        case endAfter(Int)
    }

    /// No system gives this number: the process is no more.
    static let ended: Int32 = 4095

    private struct State {
        var calls: [(name: String, path: String)] = []
        var paths: [Int32: String] = [:]
        var hasEnded = false
        var inheritable: [String] = []
        var lastFlags: Int32 = 0
        var hook: (@Sendable (Call) -> Fate)?
    }

    let disk: Disk
    private let system = SystemFiles()
    private let state: Mutex<State>

    init(_ disk: Disk, hook: (@Sendable (Call) -> Fate)? = nil) {
        self.disk = disk
        state = Mutex(State(hook: hook))
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Every call so far, as `name path`.
    var log: [String] { state.withLock { $0.calls.map { "\($0.name) \($0.path)" } } }

    /// Files that were opened so that a child process would inherit them.
    var inheritable: [String] { state.withLock { $0.inheritable } }

    /// Whether a call needs a disk that can be written.
    func wantsWriting(_ call: Call) -> Bool {
        switch call.name {
        case "openat", "create": state.withLock { $0.lastFlags } & (O_WRONLY | O_RDWR) != 0
        case "mkdirat", "renameat", "unlinkat", "write", "pwrite", "ftruncate": true
        default: false
        }
    }

    func forgetLog() { state.withLock { $0.calls = [] } }

    func count(_ name: String, _ suffix: String = "") -> Int {
        state.withLock { $0.calls.count { $0.name == name && $0.path.hasSuffix(suffix) } }
    }

    func setHook(_ hook: (@Sendable (Call) -> Fate)?) { state.withLock { $0.hook = hook } }

    /// The process ends: descriptors are closed, locks released, and no later call does anything.
    func end() {
        let descriptors = state.withLock { state in
            state.hasEnded = true
            defer { state.paths = [:] }
            return Array(state.paths.keys)
        }
        for descriptor in descriptors { system.close(descriptor) }
    }

    private func path(_ folder: Int32, _ path: String) -> String {
        if path.hasPrefix("/") || folder == AT_FDCWD { return path }
        let base = state.withLock { $0.paths[folder] } ?? "?"
        return base + "/" + path
    }

    private func relative(_ absolute: String) -> String {
        absolute.hasPrefix(disk.path + "/") ? String(absolute.dropFirst(disk.path.count + 1)) : absolute
    }

    private func of(_ descriptor: Int32) -> String { state.withLock { $0.paths[descriptor] } ?? "?" }

    /// How many bytes a write may take, `nil` for all; after that, whether the process ends.
    private func before(
        _ name: String,
        _ absolute: String
    ) throws(FileError) -> (limit: Int?, endsAfter: Bool) {
        let path = relative(absolute)
        let (hook, number): ((@Sendable (Call) -> Fate)?, Int) = state.withLock { state in
            if state.hasEnded { return (nil, 0) }
            state.calls.append((name, path))
            return (state.hook, state.calls.count)
        }
        if number == 0 { throw FileError(errno: Self.ended, operation: name, path: path) }
        switch hook?(Call(number: number, name: name, path: path)) ?? .proceed {
        case .proceed: break
        case .fail(let errno): throw FileError(errno: errno, operation: name, path: path)
        case .short(let count): return (count, false)
        case .endAfter(let count):
            if name == "write" || name == "pwrite" { return (count, true) }
            fallthrough
        case .end:
            end()
            throw FileError(errno: Self.ended, operation: name, path: path)
        }
        if hasEnded { throw FileError(errno: Self.ended, operation: name, path: path) }
        return (nil, false)
    }

    func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
        let absolute = self.path(folder, path)
        state.withLock { state in
            state.lastFlags = flags
            if flags & O_CLOEXEC == 0 { state.inheritable.append(absolute) }
        }
        _ = try before(flags & O_CREAT == 0 ? "openat" : "create", absolute)
        let existed = (try? system.fstatat(folder, path)) != nil
        let descriptor = try system.openat(folder, path, flags: flags, mode: mode)
        state.withLock { $0.paths[descriptor] = absolute }
        disk.opened(absolute, created: flags & O_CREAT != 0 && !existed)
        return descriptor
    }

    func close(_ descriptor: Int32) {
        let isOpen = state.withLock { $0.paths.removeValue(forKey: descriptor) != nil }
        if isOpen { system.close(descriptor) }
    }

    func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        _ = try before("pread", of(descriptor))
        return try system.pread(descriptor, into: buffer, at: offset)
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        try writing("write", descriptor, bytes) { (bytes) throws(FileError) in try system.write(descriptor, bytes) }
    }

    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        try writing("pwrite", descriptor, bytes) { (bytes) throws(FileError) in
            try system.pwrite(descriptor, bytes, at: offset)
        }
    }

    private func writing(
        _ name: String,
        _ descriptor: Int32,
        _ bytes: UnsafeRawBufferPointer,
        _ call: (UnsafeRawBufferPointer) throws(FileError) -> Int
    ) throws(FileError) -> Int {
        let absolute = of(descriptor)
        let (limit, endsAfter) = try before(name, absolute)
        let taken = UnsafeRawBufferPointer(rebasing: bytes[..<min(limit ?? bytes.count, bytes.count)])
        let count = try call(taken)
        disk.written(absolute, FileManager.default.contents(atPath: absolute).map { [UInt8]($0) } ?? [])
        if endsAfter {
            end()
            throw FileError(errno: Self.ended, operation: name, path: absolute)
        }
        return count
    }

    func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError) {
        let absolute = of(descriptor)
        _ = try before("ftruncate", absolute)
        try system.ftruncate(descriptor, to: size)
        disk.written(absolute, FileManager.default.contents(atPath: absolute).map { [UInt8]($0) } ?? [])
    }

    func fsync(_ descriptor: Int32) throws(FileError) {
        _ = try before("fsync", of(descriptor))
        disk.flushed(of(descriptor))
    }

    func fdatasync(_ descriptor: Int32) throws(FileError) {
        _ = try before("fdatasync", of(descriptor))
        disk.flushed(of(descriptor))
    }

    func syncfs(_ descriptor: Int32) throws(FileError) {
        _ = try before("syncfs", of(descriptor))
        disk.flushedAll()
    }

    func renameat(_ folder: Int32, _ path: String, to newFolder: Int32, _ newPath: String) throws(FileError) {
        let (old, new) = (self.path(folder, path), self.path(newFolder, newPath))
        _ = try before("renameat", new)
        try system.renameat(folder, path, to: newFolder, newPath)
        disk.renamed(old, to: new)
        state.withLock { state in
            for (descriptor, path) in state.paths where path == old || path.hasPrefix(old + "/") {
                state.paths[descriptor] = new + path.dropFirst(old.count)
            }
        }
    }

    func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError) {
        let absolute = self.path(folder, path)
        _ = try before("unlinkat", absolute)
        try system.unlinkat(folder, path, flags: flags)
        disk.removed(absolute)
    }

    func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError) {
        let absolute = self.path(folder, path)
        _ = try before("mkdirat", absolute)
        try system.mkdirat(folder, path, mode: mode)
        disk.made(absolute)
    }

    func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus {
        _ = try before("fstat", of(descriptor))
        return try system.fstat(descriptor)
    }

    func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus {
        _ = try before("fstatat", self.path(folder, path))
        return try system.fstatat(folder, path)
    }

    func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError) {
        _ = try before("flock", of(descriptor))
        try system.flock(descriptor, operation)
    }

    func list(_ descriptor: Int32) throws(FileError) -> [String] {
        _ = try before("list", of(descriptor))
        return try system.list(descriptor)
    }
}
