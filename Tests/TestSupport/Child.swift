import Glibc

/// A started process, in a process group of its own, and our ends of its pipes.
struct Child: ~Copyable {
    private let pid: pid_t
    private var input: Descriptor?
    private var output: Descriptor?
    private var errors: Descriptor?

    /// Starts `program`. Without input the process reads `/dev/null`. It begins with an empty signal mask and with
    /// SIGPIPE in its default state, whatever the test process has.
    init(
        _ program: String,
        _ argv: [String],
        takesInput: Bool,
        _ environment: [String: String],
        _ directory: String?
    ) throws(RunError) {
        func check(_ errno: Int32) throws(RunError) {
            if errno != 0 { throw .notStarted(argv, directory: directory, errno: errno) }
        }
        var actions = posix_spawn_file_actions_t()
        try check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        try check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }

        var none = sigset_t()
        sigemptyset(&none)
        var pipeSignal = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        try check(posix_spawnattr_setsigmask(&attributes, &none))
        try check(posix_spawnattr_setsigdefault(&attributes, &pipeSignal))
        try check(posix_spawnattr_setpgroup(&attributes, 0))
        try check(
            posix_spawnattr_setflags(
                &attributes,
                Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
            )
        )

        let output = try Pipe(argv)
        let errors = try Pipe(argv)
        try check(posix_spawn_file_actions_adddup2(&actions, output.write.number, STDOUT_FILENO))
        try check(posix_spawn_file_actions_adddup2(&actions, errors.write.number, STDERR_FILENO))
        let input = takesInput ? try Pipe(argv) : nil
        if let input {
            try check(posix_spawn_file_actions_adddup2(&actions, input.read.number, STDIN_FILENO))
        } else {
            try check(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
        }
        if let directory {
            try check(addWorkingDirectory(to: &actions, directory))
        }

        var pid: pid_t = 0
        let failure = withCStrings(argv) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                // A program that a test has just written is busy as long as a child that another test is starting
                // holds the descriptor it was written through, which is until that child executes.
                for _ in 0..<200 {
                    let failure = posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
                    if failure != ETXTBSY { return failure }
                    usleep(10_000)
                }
                return ETXTBSY
            }
        }
        try check(failure)
        self.pid = pid
        self.input = input?.write
        self.output = output.read
        self.errors = errors.read
        for ours in [input?.write, output.read, errors.read] { ours?.makeNonBlocking() }
    }

    /// Moves all data, then waits for the end; at the deadline the whole process group is killed.
    consuming func finish(feeding bytes: [UInt8], by deadline: ContinuousClock.Instant) -> (
        outcome: Outcome, inTime: Bool
    ) {
        let pipeSignal = BlockedPipeSignal()
        defer { pipeSignal.restore() }
        var pending = bytes[...]
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        var inTime = true
        while output != nil || errors != nil {
            guard poll(until: deadline) else {
                inTime = false
                kill(-pid, SIGKILL)
                break
            }
            if input?.write(&pending) == .closed || pending.isEmpty { input = nil }
            if output?.read(into: &stdout) == .closed { output = nil }
            if errors?.read(into: &stderr) == .closed { errors = nil }
        }
        input = nil
        let status = inTime ? wait(until: deadline, &inTime) : wait()
        // What the killed left in the pipes; a process that escaped the group may hold them open, so no waiting here.
        _ = output?.read(into: &stdout)
        _ = errors?.read(into: &stderr)
        return (Outcome(waitStatus: status, stdout: stdout, stderr: stderr), inTime)
    }

    /// Sleeps until one of the pipes can move; false when the deadline has passed.
    private borrowing func poll(until deadline: ContinuousClock.Instant) -> Bool {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return false }
        // A negative descriptor is one that poll passes over.
        var set = [
            pollfd(fd: input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: output?.number ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors?.number ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        _ = Glibc.poll(&set, nfds_t(set.count), Int32(min(left / .milliseconds(1) + 1, 10_000)))
        return true
    }

    /// The wait status of a process that has closed its outputs and so is expected to end at once; one that does not
    /// is killed at the deadline.
    private borrowing func wait(until deadline: ContinuousClock.Instant, _ inTime: inout Bool) -> Int32 {
        var status: Int32 = 0
        var pause: UInt32 = 100
        while waitpid(pid, &status, WNOHANG) == 0 {
            if ContinuousClock.now >= deadline {
                inTime = false
                kill(-pid, SIGKILL)
                return wait()
            }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        return status
    }

    private borrowing func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1 && errno == EINTR {}
        return status
    }
}

/// An open file descriptor, closed with its last owner.
private final class Descriptor {
    enum State { case open, closed }

    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    func makeNonBlocking() {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }

    /// Appends what is there to be read, without waiting: one read, which takes all that a pipe can hold.
    func read(into bytes: inout [UInt8]) -> State {
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { buffer in
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
            return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR) ? .open : .closed
        }
    }

    /// Writes what there is room for, without waiting, and takes it from the front of `bytes`.
    func write(_ bytes: inout ArraySlice<UInt8>) -> State {
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR {
                return errno == EAGAIN ? .open : .closed
            }
        }
        return .open
    }
}

/// Both ends of a pipe; neither is inherited by a process that another test starts meanwhile.
private struct Pipe {
    let read: Descriptor
    let write: Descriptor

    init(_ argv: [String]) throws(RunError) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw .notStarted(argv, directory: nil, errno: errno)
        }
        read = Descriptor(ends[0])
        write = Descriptor(ends[1])
    }
}

/// SIGPIPE held back in this thread, so that writing to a process that has stopped reading is an errno.
private struct BlockedPipeSignal {
    private var before = sigset_t()

    init() {
        var signals = Self.set
        pthread_sigmask(SIG_BLOCK, &signals, &before)
    }

    func restore() {
        var before = before
        if sigismember(&before, SIGPIPE) == 0 {
            var signals = Self.set
            var now = timespec()
            while sigtimedwait(&signals, nil, &now) == -1 && errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private static var set: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        return signals
    }
}

/// Lends the strings as a C array that ends with a null pointer.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(&pointers)
}
