import Glibc
import OpenSSL
import Registry
import Store

/// Everything a command may touch outside the program, so that below this value nobody reads the clock, the
/// environment or randomness, prints, or ends the process.
package struct Host: Sendable {
    /// The value of a variable; for those that az's configuration may give, what it gives where they are not set.
    package var environment: @Sendable (String) -> String?
    /// What was wrong with az's configuration where it was asked for something, each problem once.
    package var configurationProblems: @Sendable () -> [String] = { [] }
    /// The variables whose value az's configuration gave, and where it stands.
    package var configurationOrigins: @Sendable () -> [(variable: String, place: String)] = { [] }
    /// Standard output; throws when it cannot take what is written.
    package var writeOutput: @Sendable ([UInt8]) throws -> Void
    /// Standard error; what it cannot take is lost.
    package var writeError: @Sendable ([UInt8]) -> Void
    package var readInput: @Sendable (_ limit: Int) throws -> [UInt8]
    /// What an open descriptor gives up to its end, or a little more than the limit.
    package var readDescriptor: @Sendable (_ descriptor: Int32, _ limit: Int) throws -> [UInt8] = { descriptor, limit in
        try Descriptors.read(descriptor, limit: limit, name: "descriptor \(descriptor)")
    }
    /// Has the terminal show what is typed, or not.
    package var showTyping: @Sendable (Bool) -> Void = { Descriptors.showTyping($0) }
    package var inputIsTerminal: Bool
    package var outputIsTerminal: Bool
    package var errorIsTerminal: Bool
    package var files: any FileOperations
    /// Unix seconds, UTC.
    package var now: @Sendable () -> Int64
    /// Nanoseconds that have passed since some moment.
    package var clock: @Sendable () -> UInt64
    /// Nanoseconds of a processor that the calling thread has used.
    package var used: @Sendable () -> UInt64
    /// How many processors there are.
    package var processors: @Sendable () -> Int
    package var bootID: @Sendable () -> String?
    package var randomBytes: @Sendable (Int) throws -> [UInt8]
    /// Runs a program the operator named: its path, its standard input, seconds to answer in.
    package var runProgram: @Sendable (String, [UInt8], Int) -> ProgramOutcome
    /// Who is on record for what is done.
    package var user: String
    /// How large a ledger segment grows, in bytes.
    package var segmentSize: Int
    /// Whether notes and warnings are shown.
    package var showsNotes = true

    /// The process as it is.
    package static func system() -> Host {
        Descriptors.occupyStandardOnes()
        let configuration = AzureConfiguration { name in getenv(name).map { String(cString: $0) } }
        return Host(
            environment: { configuration.value(of: $0) },
            configurationProblems: { configuration.takeProblems() },
            configurationOrigins: { configuration.origins },
            writeOutput: { bytes in
                guard Descriptors.write(bytes, to: STDOUT_FILENO) == 0 else {
                    let hint =
                        errno == EBADF
                        ? "Open it, or pass --output none: '>&-' closes it."
                        : "Send it elsewhere, or make room where it goes."
                    throw FileProblem(errno, "write to", "standard output", hint: hint)
                }
            },
            writeError: { bytes in _ = Descriptors.write(bytes, to: STDERR_FILENO) },
            readInput: { limit in try Descriptors.read(STDIN_FILENO, limit: limit, name: "standard input") },
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            outputIsTerminal: isatty(STDOUT_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1,
            files: SystemFiles(),
            now: { Int64(time(nil)) },
            clock: { nanoseconds(CLOCK_MONOTONIC) },
            used: { nanoseconds(CLOCK_THREAD_CPUTIME_ID) },
            processors: { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) },
            bootID: StoreEnvironment.systemBootID,
            randomBytes: { count in try RandomBytes.generate(count) },
            runProgram: { path, input, seconds in ProgramRunner.run(path, input, seconds: seconds) },
            user: StoreEnvironment.systemUser(),
            segmentSize: 64 << 20
        )
    }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The same host, whose warnings and notes are not shown.
    func withoutWarnings() -> Host {
        var host = self
        host.showsNotes = false
        return host
    }

    /// One line of standard input without its newline; nil at the end.
    func readLine() throws -> String? {
        var line: [UInt8] = []
        while line.count < 4096 {
            guard let byte = try readInput(0).first else {
                return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
            }
            if byte == 0x0A { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// One line for a person, on standard error.
    package func note(_ line: String) {
        if showsNotes { writeError(Array((line + "\n").utf8)) }
    }
}

/// Whole reads and writes on descriptors that are no state: standard streams and the user's own files.
enum Descriptors {
    /// Opens those of the descriptors 0, 1 and 2 that the caller has closed, the wrong way round, so that using them
    /// still fails. Left free, the next file opened would get the number: messages would go into the ledger.
    static func occupyStandardOnes() {
        for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is taken, and that is this one.
            _ = open("/dev/null", flags)
        }
    }

    /// - Returns: 0, or -1 with `errno` set.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return -1
            }
            offset += count
        }
        return 0
    }

    /// Whether something can be read, or the end is there, without waiting.
    static func isReady(_ descriptor: Int32) -> Bool {
        var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wish, 1, 0) != 0
    }

    /// What there is to be read, at most `limit` octets; none at the end.
    static func readSome(_ descriptor: Int32, limit: Int, name: String) throws -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var got = -1
            repeat { got = Glibc.read(descriptor, buffer.baseAddress, limit) } while got < 0 && errno == EINTR
            code = got < 0 ? errno : 0
            count = max(0, got)
        }
        if code != 0 { throw FileProblem(code, "read", name) }
        return bytes
    }

    /// Everything up to the end, at most `limit` octets and one more, so that the caller sees when there is too much.
    static func read(_ descriptor: Int32, limit: Int, name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while bytes.count <= limit {
            let wanted = min(chunk.count, limit + 1 - bytes.count)
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, wanted) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileProblem(errno, "read", name)
            }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
