import Glibc
import Registry
import Synchronization

/// The lines of a file or of standard input, read as they are asked for: however many there are, a few are in memory.
final class BatchLines: BulkSource {
    /// No CSR that is taken makes a line as long as this, in bytes.
    static let longestLine = 64 << 10

    private struct State {
        var buffer: [UInt8] = []
        /// Where the next line begins in it.
        var start = 0
        var number = 0
        /// How much of a line that is too long has been let go of.
        var skipped = 0
        var hasEnded = false
        var read = 0
    }

    private let descriptor: Int32
    private let name: String
    /// In bytes; nil of what is no file.
    private let size: Int?
    private let state = Mutex(State())
    private static let step = 256 << 10

    init(_ path: String, host: Host) throws {
        name = path == "-" ? "standard input" : path
        if path == "-" && host.inputIsTerminal { host.note("reading from the terminal, end with Ctrl-D") }
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(errno, "read", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileProblem(errno, "read", name) }
        if status.st_mode & S_IFMT == S_IFDIR { throw FileProblem(EISDIR, "read", name) }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    /// How much of the input has been read, from 0 to 1; nil where nobody knows how much there is.
    var progress: Double? {
        guard let size, size > 0 else { return nil }
        return state.withLock { min(1, Double($0.read - ($0.buffer.count - $0.start)) / Double(size)) }
    }

    func next(atMost limit: Int, waiting: (Bool) -> Void) throws -> [BulkItem] {
        // One thread asks at a time; the lock is for who asks how far it is.
        var items: [BulkItem] = []
        while true {
            let hasEnded = state.withLock { state in
                while items.count < limit, let item = Self.line(&state) { items.append(item) }
                return state.hasEnded
            }
            if !items.isEmpty || hasEnded { return items }
            let isReady = Descriptors.isReady(descriptor)
            if !isReady { waiting(true) }
            defer { if !isReady { waiting(false) } }
            let more = try Descriptors.readSome(descriptor, limit: Self.step, name: name)
            state.withLock { state in
                state.buffer.removeFirst(state.start)
                state.start = 0
                state.buffer += more
                state.read += more.count
                state.hasEnded = more.isEmpty
            }
        }
    }

    /// The next line that is not blank; nil where another reading may bring one.
    private static func line(_ state: inout State) -> BulkItem? {
        while state.start < state.buffer.count {
            let rest = state.buffer[state.start...]
            let newline = rest.firstIndex(of: 0x0A).map { $0 - rest.startIndex }
            guard newline != nil || state.hasEnded else {
                if rest.count > longestLine {
                    state.skipped += rest.count
                    state.start = state.buffer.count
                }
                return nil
            }
            let length = newline ?? rest.count
            let line = rest.prefix(length)
            state.start += length + (newline == nil ? 0 : 1)
            state.number += 1
            let whole = state.skipped + length
            state.skipped = 0
            if whole > longestLine { return BulkItem(number: state.number, content: .tooLong(whole)) }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            return BulkItem(number: state.number, content: .line(Array(line)))
        }
        guard state.hasEnded && state.skipped > 0 else { return nil }
        let length = state.skipped
        state.skipped = 0
        state.number += 1
        return BulkItem(number: state.number, content: .tooLong(length))
    }
}

/// The CSR files of a folder, in the order in which the folder lists them: it may have more than fit into memory.
final class BatchFolder: BulkSource {
    private struct State: @unchecked Sendable {
        let stream: OpaquePointer
        var number = 0
        var others = 0
    }

    private let path: String
    private let state: Mutex<State>

    /// Nil when there is no folder at the path.
    init?(_ path: String) throws {
        var status = stat()
        guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        guard let stream = opendir(path) else { throw FileProblem(errno, "list", path) }
        self.path = path
        state = Mutex(State(stream: stream))
    }

    deinit { state.withLock { _ = closedir($0.stream) } }

    /// How many files have been passed over because they are not called `….csr`.
    var others: Int { state.withLock { $0.others } }

    func next(atMost limit: Int, waiting: (Bool) -> Void) throws -> [BulkItem] {
        try state.withLock { state in
            var items: [BulkItem] = []
            while items.count < limit {
                errno = 0
                guard let entry = readdir(state.stream) else {
                    if errno != 0 { throw FileProblem(errno, "list", path) }
                    break
                }
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name.hasPrefix(".") { continue }
                guard name.hasSuffix(".csr") else {
                    state.others += 1
                    continue
                }
                state.number += 1
                items.append(BulkItem(number: state.number, content: .file(path + "/" + name)))
            }
            return items
        }
    }
}
