import CommandTable
import Store

/// The program: a command line in, an exit status out.
package enum Program {
    package static let version = "0.1.0"

    /// Runs one command line.
    ///
    /// - Parameter arguments: the words after the program's name.
    /// - Returns: the exit status: 0 done, 1 refused or failed, 2 not understood, 3 not found.
    package static func run(_ arguments: [String], _ host: Host) -> Int32 {
        if let place = arguments.firstIndex(where: holdsNoText) {
            return report(to: host) {
                throw UsageError(
                    "argument \(place + 1) holds bytes that are no UTF-8: \(arguments[place])",
                    recommendations: ["Names and paths must be UTF-8. Help: adr --help"]
                )
            }
        }
        if arguments == ["--version"] || arguments == ["-v"] {
            return report(to: host) { try host.writeOutput(Array("adr \(version)\n".utf8)) }
        }
        switch CommandTable.adr.parse(arguments, environment: host.environment) {
        case .help(let text):
            return report(to: host) { try host.writeOutput(Array(text.utf8)) }
        case .failure(let error, _):
            return report(to: host) { throw error }
        case .run(let command, let parsed):
            let host = parsed.has(Options.onlyShowErrors) ? host.withoutWarnings() : host
            return report(to: host) {
                if parsed.has(Options.verbose) || parsed.has(Options.debug) {
                    for (option, note) in parsed.ignored { host.note("INFO: \(option) has no effect: \(note)") }
                }
                if let subject = command.confirmation, try parsed.value(Standard.yes) != true {
                    try confirm(subject, host)
                }
                let invocation = Invocation(host: host, program: run, isWriting: command.effect == .writes)
                do {
                    try command.run(parsed, invocation)
                } catch let error as UsageError {
                    throw UsageError(
                        error.message,
                        recommendations: error.recommendations
                            + ["Help: adr \(command.words.joined(separator: " ")) --help"]
                    )
                } catch let error as StoreError where error.hint == nil {
                    throw StoreError(
                        kind: error.kind,
                        message: error.message,
                        hint:
                            "--store or ADR_HOME names another store than \(try invocation.storePath(parsed)).",
                        path: error.path
                    )
                }
            }
        }
    }

    /// Whether an argument was no UTF-8: what could not be read was replaced by U+FFFD, and the text is another one.
    private static func holdsNoText(_ argument: String) -> Bool {
        argument.utf8.contains(0xEF) && argument.unicodeScalars.contains("\u{FFFD}")
    }

    private static func report(to host: Host, _ body: () throws -> Void) -> Int32 {
        do {
            try body()
            return 0
        } catch is FailedResult {
            return 1
        } catch {
            let report = ErrorReport(error)
            for line in report.lines { host.writeError(Array((line + "\n").utf8)) }
            return report.status
        }
    }

    /// Asks as az asks: until y or n; without a terminal the operation is cancelled.
    private static func confirm(_ subject: String, _ host: Host) throws {
        host.note("WARNING: \(subject)")
        guard host.inputIsTerminal else {
            host.note("WARNING: Unable to prompt for confirmation as no tty available. Use --yes.")
            throw Cancelled()
        }
        while true {
            host.writeError(Array("Are you sure you want to perform this operation? (y/n): ".utf8))
            guard let answer = try host.readLine() else { throw Cancelled() }
            switch answer.lowercased() {
            case "y", "yes": return
            case "n", "no": throw Cancelled()
            default: continue
            }
        }
    }
}

extension CommandTable where Context == Invocation {
    /// Everything `adr` understands.
    package static var adr: CommandTable {
        CommandTable(
            program: "adr",
            summary: "Azure Device Registry certificate management without the cloud.",
            groups: { [.ns, .credential, .policy, .device, .csr, .cert, .hub] },
            commands: { [.quickstart] },
            globals: Options.globals,
            aliases: [
                (["ns", "credential"], ["credential"]),
                (["ns", "policy"], ["policy"]),
                (["ns", "device"], ["device"]),
            ]
        )
    }
}
