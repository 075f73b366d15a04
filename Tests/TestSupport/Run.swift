import Foundation

/// Runs programs to their end.
package enum Run {
    /// Runs a program, feeds it `input`, and waits until it has ended and its standard output and error are closed
    /// (a process it left behind that still holds them is waited for too).
    ///
    /// Input and both outputs move at the same time, so no amount of data can deadlock. The call blocks its thread.
    ///
    /// - Parameters:
    ///   - argv: The program and its arguments. A name without `/` is looked up in `PATH`, that of `environment` if it
    ///     has one; a relative path is taken from `directory`.
    ///   - input: The whole of standard input; none is `/dev/null`. What the program does not read is dropped.
    ///   - environment: All the variables the program sees; `nil` is the environment of the tests.
    ///   - directory: Where the program runs; `nil` is the working directory of the tests.
    ///   - timeout: Seconds. What has not ended by then is killed, with every process of its group.
    /// - Throws: ``RunError``. An exit status other than 0 is no error.
    package static func command(
        _ argv: [String],
        input: [UInt8] = [],
        environment: [String: String]? = nil,
        directory: String? = nil,
        timeout: Double = 60
    ) throws -> Outcome {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let path = environment["PATH"] ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
        let deadline = ContinuousClock.now + .seconds(timeout)
        guard let name = argv.first, let program = Executable.find(name, path: path) else {
            throw RunError.notFound(argv.first ?? "", path: path)
        }
        let child = try Child(program, argv, takesInput: !input.isEmpty, environment, directory)
        let ended = child.finish(feeding: input, by: deadline)
        guard ended.inTime else {
            throw RunError.timedOut(argv, seconds: timeout, ended.outcome)
        }
        return ended.outcome
    }
}

/// Why a program could not be run to its end.
package enum RunError: Error, CustomStringConvertible {
    /// No executable file of this name stands in this `PATH`.
    case notFound(String, path: String)
    /// The system call that was to start it failed, with this `errno`.
    case notStarted([String], directory: String?, errno: Int32)
    /// It was killed after this many seconds; the outcome holds what it had written by then.
    case timedOut([String], seconds: Double, Outcome)

    package var description: String {
        switch self {
        case .notFound(let name, let path):
            "\(name): no such program in PATH=\(path)"
        case .notStarted(let argv, let directory, let errno):
            "cannot start \(argv.joined(separator: " "))\(directory.map { " in \($0)" } ?? ""): \(String(cString: strerror(errno)))"
        case .timedOut(let argv, let seconds, let outcome):
            """
            killed after \(seconds) s: \(argv.joined(separator: " "))
            \(outcome)
            """
        }
    }
}
