/// What a finished child process left behind.
package struct Outcome: Sendable {
    /// The exit status; `128 + signal` where a signal ended the process, as a shell counts it.
    package var status: Int32
    /// The signal that ended the process, if one did.
    package var signal: Int32?
    package var stdout: [UInt8]
    package var stderr: [UInt8]

    /// Standard output as UTF-8 text.
    package var output: String { String(decoding: stdout, as: UTF8.self) }
    /// Standard error as UTF-8 text.
    package var errors: String { String(decoding: stderr, as: UTF8.self) }
}
