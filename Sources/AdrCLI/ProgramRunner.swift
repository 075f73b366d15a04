import Glibc
import Registry

/// Runs a program that the operator named: JSON in, JSON out, within a time.
enum ProgramRunner {
    /// The most an answer may hold, in octets.
    private static let outputLimit = 1 << 20

    /// - Parameters:
    ///   - path: absolute.
    ///   - seconds: after these the program and all it started are killed.
    static func run(_ path: String, _ input: [UInt8], seconds: Int) -> ProgramOutcome {
        guard access(path, X_OK) == 0 else {
            return .failed("cannot be run: \(String(cString: strerror(errno)))")
        }
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        guard pipe(&toChild) == 0 else { return .failed("cannot be run: no pipe") }
        defer { toChild.forEach(closeIfOpen) }
        guard pipe(&fromChild) == 0 else { return .failed("cannot be run: no pipe") }
        defer { fromChild.forEach(closeIfOpen) }
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that what it starts ends with it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var child = pid_t()
        let words = [strdup(path), nil]
        defer { words.forEach { free($0) } }
        let status = posix_spawn(&child, path, &actions, &attributes, words, environ)
        guard status == 0 else { return .failed("cannot be run: \(String(cString: strerror(status)))") }
        closeIfOpen(toChild[0])
        closeIfOpen(fromChild[1])
        toChild[0] = -1
        fromChild[1] = -1
        return converse(child, &toChild[1], fromChild[0], input, milliseconds: seconds * 1000)
    }

    /// Feeds the child and reads from it at once, so that neither waits for the other, until it has ended.
    private static func converse(
        _ child: pid_t,
        _ writing: inout Int32,
        _ reading: Int32,
        _ input: [UInt8],
        milliseconds: Int
    ) -> ProgramOutcome {
        let deadline = monotonic() + Int64(milliseconds)
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        let oldHandler = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, oldHandler) }
        var output: [UInt8] = []
        var sent = 0
        var chunk = [UInt8](repeating: 0, count: 65_536)
        func end(_ why: String) -> ProgramOutcome {
            kill(-child, SIGKILL)
            var status: Int32 = 0
            waitpid(child, &status, 0)
            return .failed(why)
        }
        while true {
            let left = deadline - monotonic()
            guard left > 0 else { return end("did not answer within \(milliseconds / 1000) seconds and was killed") }
            var polled = [
                pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: writing, events: Int16(POLLOUT), revents: 0),
            ]
            if poll(&polled, writing < 0 ? 1 : 2, Int32(left)) < 0, errno != EINTR {
                return end("could not be waited for")
            }
            if writing >= 0, polled[1].revents != 0 {
                let count = input.withUnsafeBytes { buffer in
                    write(writing, buffer.baseAddress.map { $0 + sent }, buffer.count - sent)
                }
                if count > 0 { sent += count }
                // A program need not read all it is told.
                if sent == input.count || count < 0 && errno != EAGAIN && errno != EINTR {
                    closeIfOpen(writing)
                    writing = -1
                }
            }
            if polled[0].revents != 0 {
                let count = read(reading, &chunk, chunk.count)
                if count == 0 { break }
                if count > 0 { output += chunk[..<count] }
                if output.count > outputLimit { return end("answered with more than \(outputLimit) bytes") }
            }
        }
        // It has closed its output; it may still take until the deadline to end.
        while !hasEnded(child) {
            guard monotonic() < deadline else {
                return end("did not end within \(milliseconds / 1000) seconds and was killed")
            }
            usleep(1000)
        }
        // What it started and left behind goes with it, while the group's number cannot be another's yet.
        kill(-child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        if status & 0x7F != 0 { return .failed("was ended by signal \(status & 0x7F)") }
        let code = status >> 8 & 0xFF
        return code == 0 ? .output(output) : .failed("exited with status \(code)")
    }

    /// Leaves it to be waited for.
    private static func hasEnded(_ child: pid_t) -> Bool {
        var information = siginfo_t()
        let result = waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT)
        return result == 0 && information.si_signo == SIGCHLD
    }

    private static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func closeIfOpen(_ descriptor: Int32) {
        if descriptor >= 0 { close(descriptor) }
    }
}
