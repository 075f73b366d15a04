// `adr` in whose file operations one fault happens, for the tests alone.
//
// ADR_FAULT names it: `crash` ends the process right after the operation, with the exit status 99 that no command has;
// `EIO`, `ENOSPC` and `EINTR` make the operation fail; `short` has a read or write do half of what was asked. ADR_FAULT_AT
// is the number of the operation, counted among those that the fault can happen to, from 1; at 0 nothing happens.
// ADR_FAULT_COUNT names a file to which the number of these operations is written. ADR_EXIT_AFTER=N is a crash at N.

import AdrCLI
import Glibc
import Store
import Synchronization

private enum Fault: String {
    case crash, short
    case inputOutput = "EIO"
    case noSpace = "ENOSPC"
    case interrupted = "EINTR"

    /// The operations it can happen to, by the names of their manual pages; nil for every one.
    private static let makingRoom: Set<String> = [
        "creat", "write", "pwrite", "mkdirat", "renameat", "fsync", "fdatasync", "syncfs",
    ]
    private static let waiting: Set<String> = [
        "openat", "creat", "pread", "write", "pwrite", "fsync", "fdatasync", "syncfs", "flock", "ftruncate",
    ]

    func mayHappen(to operation: String) -> Bool {
        switch self {
        case .crash: true
        case .inputOutput: operation != "close"
        case .noSpace: Self.makingRoom.contains(operation)
        case .interrupted: Self.waiting.contains(operation)
        case .short: ["pread", "write", "pwrite"].contains(operation)
        }
    }

    var errno: Int32 {
        switch self {
        case .inputOutput: Glibc.EIO
        case .noSpace: Glibc.ENOSPC
        case .interrupted: Glibc.EINTR
        case .crash, .short: 0
        }
    }
}

/// Passes every operation on to the system, but for the one in which the fault happens.
private struct FaultyFiles: FileOperations {
    private let system = SystemFiles()
    private let fault: Fault
    private let count: Counter

    init(_ fault: Fault, at place: Int) {
        self.fault = fault
        count = Counter(place: place)
    }

    var operations: Int { count.done }

    /// A bulk works on several threads.
    private final class Counter: Sendable {
        private let place: Int
        private let count = Atomic(0)

        init(place: Int) { self.place = place }

        var done: Int { count.load(ordering: .relaxed) }

        func next() -> Bool { count.add(1, ordering: .relaxed).newValue == place }
    }

    /// Whether the fault happens in this operation, now.
    private func happens(in operation: String) -> Bool { fault.mayHappen(to: operation) && count.next() }

    private func call<Value>(
        _ operation: String,
        _ path: String = "",
        _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        let isNow = happens(in: operation)
        if isNow, fault.errno != 0 { throw FileError(errno: fault.errno, operation: operation, path: path) }
        // Failed or not, it is done by then.
        defer { if isNow, fault == .crash { _exit(99) } }
        return try body()
    }

    /// How many of so many octets are asked for.
    private func share(of count: Int, _ isNow: Bool) -> Int { isNow && fault == .short ? (count + 1) / 2 : count }

    private func transfer(
        _ operation: String,
        _ count: Int,
        _ body: (Int) throws(FileError) -> Int
    ) throws(FileError) -> Int {
        let isNow = happens(in: operation)
        if isNow, fault.errno != 0 { throw FileError(errno: fault.errno, operation: operation, path: "") }
        defer { if isNow, fault == .crash { _exit(99) } }
        return try body(share(of: count, isNow))
    }

    func openat(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
        try call(flags & O_CREAT == 0 ? "openat" : "creat", path) { () throws(FileError) in
            try system.openat(folder, path, flags: flags, mode: mode)
        }
    }

    func close(_ descriptor: Int32) {
        system.close(descriptor)
        if happens(in: "close") { _exit(99) }
    }

    func pread(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(FileError) -> Int {
        try transfer("pread", buffer.count) { (count) throws(FileError) in
            try system.pread(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: offset)
        }
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        try transfer("write", bytes.count) { (count) throws(FileError) in
            try system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
    }

    func pwrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        try transfer("pwrite", bytes.count) { (count) throws(FileError) in
            try system.pwrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
        }
    }

    func ftruncate(_ descriptor: Int32, to size: Int64) throws(FileError) {
        try call("ftruncate") { () throws(FileError) in try system.ftruncate(descriptor, to: size) }
    }

    func fsync(_ descriptor: Int32) throws(FileError) {
        try call("fsync") { () throws(FileError) in try system.fsync(descriptor) }
    }

    func fdatasync(_ descriptor: Int32) throws(FileError) {
        try call("fdatasync") { () throws(FileError) in try system.fdatasync(descriptor) }
    }

    func syncfs(_ descriptor: Int32) throws(FileError) {
        try call("syncfs") { () throws(FileError) in try system.syncfs(descriptor) }
    }

    func renameat(_ folder: Int32, _ path: String, to newFolder: Int32, _ newPath: String) throws(FileError) {
        try call("renameat", path) { () throws(FileError) in
            try system.renameat(folder, path, to: newFolder, newPath)
        }
    }

    func unlinkat(_ folder: Int32, _ path: String, flags: Int32) throws(FileError) {
        try call("unlinkat", path) { () throws(FileError) in try system.unlinkat(folder, path, flags: flags) }
    }

    func mkdirat(_ folder: Int32, _ path: String, mode: UInt32) throws(FileError) {
        try call("mkdirat", path) { () throws(FileError) in try system.mkdirat(folder, path, mode: mode) }
    }

    func fstat(_ descriptor: Int32) throws(FileError) -> FileStatus {
        try call("fstat") { () throws(FileError) in try system.fstat(descriptor) }
    }

    func fstatat(_ folder: Int32, _ path: String) throws(FileError) -> FileStatus {
        try call("fstatat", path) { () throws(FileError) in try system.fstatat(folder, path) }
    }

    func flock(_ descriptor: Int32, _ operation: Int32) throws(FileError) {
        try call("flock") { () throws(FileError) in try system.flock(descriptor, operation) }
    }

    func list(_ descriptor: Int32) throws(FileError) -> [String] {
        try call("readdir") { () throws(FileError) in try system.list(descriptor) }
    }
}

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private let files = FaultyFiles(
    variable("ADR_FAULT").flatMap(Fault.init) ?? .crash,
    at: (variable("ADR_FAULT_AT") ?? variable("ADR_EXIT_AFTER")).flatMap { Int($0) } ?? 0
)
var host = Host.system()
host.files = files
let status = Program.run(Array(CommandLine.arguments.dropFirst()), host)
if let path = variable("ADR_FAULT_COUNT"), let file = fopen(path, "w") {
    fputs("\(files.operations)\n", file)
    fclose(file)
}
exit(status)
