/// A command of a ``Session`` that did not do what was expected of it.
package struct Mismatch: Sendable, CustomStringConvertible {
    /// The line of the command in its document, counted from 1.
    package var line: Int
    /// The command; `nil` where the session itself could not be understood.
    package var command: String?
    /// In what it differs, one sentence each.
    package var reasons: [String]
    /// What it was to print and what it printed, where that differs.
    package var output: (expected: [String], got: [String])?

    /// All of it for a reader, over several lines.
    package var description: String {
        var lines = ["line \(line): \(command.map { "$ \($0)" } ?? "not a session")"]
        lines += reasons.map { "  \($0)" }
        if let output {
            lines += ["──────── expected ────────"] + output.expected
            lines += ["──────── got ─────────────"] + output.got
            lines += ["──────────────────────────"]
        }
        return lines.joined(separator: "\n")
    }
}
