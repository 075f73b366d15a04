import Foundation

extension Session {
    /// Plays all commands, one after the other in one bash, in the folder of `scratch`, and compares.
    ///
    /// `adr` is the program under test. `HOME` is a folder below the scratch and the store (`ADR_HOME`) lies where it
    /// does by default in that home. Both stay, so sessions played in one scratch continue one another. Standard input
    /// is `/dev/null`. What runs in the background ends with the session.
    ///
    /// - Parameters:
    ///   - scratch: Where it is played; files the session needs may be there already.
    ///   - timeout: Seconds for the whole session.
    /// - Returns: Every command that differed, and every line that could not be understood; empty when all is well.
    /// - Throws: ``RunError`` if bash cannot be run.
    package func run(in scratch: Scratch, timeout: Double = 120) throws -> [Mismatch] {
        if !complaints.isEmpty { return complaints }
        let mark = "end-of-command-\(UInt64.random(in: .min ... .max))"
        var text: String
        var lateness: String?
        do {
            text = try Run.command(
                ["bash", "--noprofile", "--norc", "-c", script(mark: mark)],
                environment: try environment(in: scratch),
                directory: scratch.path,
                timeout: timeout
            ).output
        } catch RunError.timedOut(_, let seconds, let outcome) {
            text = outcome.output
            lateness = "had not ended when the session's \(seconds) s were over"
        }
        var mismatches: [Mismatch] = []
        for command in commands {
            guard let end = text.range(of: "\n\(mark) [0-9]+\n", options: .regularExpression) else {
                let reason = lateness ?? "ended the session, so that nothing after it was played"
                mismatches.append(
                    Mismatch(
                        line: command.line,
                        command: command.text,
                        reasons: [reason],
                        output: (command.expected, Self.output(text))
                    )
                )
                break
            }
            let status = text[end].split(separator: " ").last.flatMap { Int32($0.dropLast()) } ?? -1
            if let mismatch = command.mismatch(status: status, output: Self.output(String(text[..<end.lowerBound]))) {
                mismatches.append(mismatch)
            }
            text.removeSubrange(..<end.upperBound)
        }
        return mismatches
    }

    /// The commands as one program for bash, each followed by a line with the mark and its exit status. `eval` keeps a
    /// command that is no valid syntax from taking the others with it.
    private func script(mark: String) -> String {
        let prologue = """
            exec </dev/null 2>&1
            trap 'kill $(jobs -p) 2>/dev/null' EXIT

            """
        return commands.reduce(into: prologue) { script, command in
            script += """
                eval '\(command.text.replacingOccurrences(of: "'", with: #"'\''"#))'
                printf '\\n%s %s\\n' \(mark) "$?"

                """
        }
    }

    /// The variables of the tests, without those that would steer `adr` or bash, and with a home in the scratch.
    private func environment(in scratch: Scratch) throws -> [String: String] {
        let (binaries, home) = (scratch.file(".session/bin"), scratch.file(".session/home"))
        for folder in [binaries, home] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        try? FileManager.default.removeItem(atPath: "\(binaries)/adr")
        try FileManager.default.createSymbolicLink(atPath: "\(binaries)/adr", withDestinationPath: Binary.adr)

        let steering = ["BASH_ENV", "ENV", "BASHOPTS", "SHELLOPTS", "CDPATH", "GLOBIGNORE"]
        var variables = ProcessInfo.processInfo.environment.filter { name, _ in
            !(steering.contains(name) || name.hasPrefix("ADR_") || name.hasPrefix("XDG_"))
        }
        variables["PATH"] = "\(binaries):\(variables["PATH"] ?? "/usr/bin:/bin")"
        variables["HOME"] = home
        variables["ADR_HOME"] = "\(home)/.local/share/adr"
        variables["LC_ALL"] = "C.UTF-8"
        variables["TZ"] = "UTC"
        variables["TERM"] = "dumb"
        return variables
    }

    private static func output(_ text: String) -> [String] {
        Wildcard.trimmed(lines(of: text))
    }
}

extension Session.Command {
    /// What is wrong with this exit status and this output; `nil` where they are as expected.
    func mismatch(status got: Int32, output: [String]) -> Mismatch? {
        var mismatch = Mismatch(line: line, command: text, reasons: [])
        if got != status {
            mismatch.reasons.append("exited \(got), expected was \(status)")
        }
        if let index = Wildcard.difference(expected: expected, got: output) {
            let expected = Wildcard.trimmed(expected)
            mismatch.reasons.append(
                index < expected.count
                    ? "has no counterpart of line \(expectedLine + index): \(expected[index])"
                    : "printed more than expected"
            )
            mismatch.output = (expected, output)
        } else if got != status {
            mismatch.output = (Wildcard.trimmed(expected), output)
        }
        return mismatch.reasons.isEmpty ? nil : mismatch
    }
}
