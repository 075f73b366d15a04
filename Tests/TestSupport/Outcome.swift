/// What a finished child process left behind.
package struct Outcome: Sendable {
    /// The exit status; 128 + the signal's number where a signal ended the process, as a shell counts it.
    package var status: Int32
    /// The number of the signal that ended the process, if one did.
    package var signal: Int32?
    package var stdout: [UInt8]
    package var stderr: [UInt8]

    /// Standard output, read as UTF-8.
    package var output: String { String(decoding: stdout, as: UTF8.self) }
    /// Standard error, read as UTF-8.
    package var errors: String { String(decoding: stderr, as: UTF8.self) }

    init(waitStatus: Int32, stdout: [UInt8], stderr: [UInt8]) {
        let signal = waitStatus & 0x7f
        self.signal = signal == 0 ? nil : signal
        self.status = signal == 0 ? (waitStatus >> 8) & 0xff : 128 + signal
        self.stdout = stdout
        self.stderr = stderr
    }
}

/// A failed expectation shows what the program said, not arrays of numbers.
extension Outcome: CustomStringConvertible, CustomReflectable {
    package var description: String {
        """
        \(signal.map { "killed by signal \($0)" } ?? "exited \(status)")
        standard output: \(Self.beginning(of: stdout))
        standard error: \(Self.beginning(of: stderr))
        """
    }

    package var customMirror: Mirror {
        Mirror(self, children: ["description": description])
    }

    private static func beginning(of bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(4_096), as: UTF8.self)
            + (bytes.count > 4_096 ? " … (\(bytes.count) bytes in all)" : "")
    }
}
