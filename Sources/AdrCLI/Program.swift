import CommandTable
import Store

/// The program: a command line in, an exit status out.
package enum Program {
    package static let version = "0.1.0"

    /// Runs one command line.
    ///
    /// - Parameters:
    ///   - arguments: the words after the program's name.
    ///   - name: what the program was called, with or without a folder. Called `az`, it has az's words alone.
    /// - Returns: the exit status: 0 done, 1 refused or failed, 2 not understood, 3 not found.
    package static func run(_ arguments: [String], _ host: Host, name: String = "adr") -> Int32 {
        if arguments.first == Completion.word { return Completion.run(arguments.dropFirst(), host) }
        if let place = arguments.firstIndex(where: holdsNoText) {
            return report(to: host) {
                throw UsageError(
                    "argument \(place + 1) holds bytes that are no UTF-8: \(arguments[place])",
                    recommendations: ["Names and paths must be UTF-8. Help: adr --help"]
                )
            }
        }
        let isAz = name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } == "az"
        let table: CommandTable<Invocation> = isAz ? .az : .adr
        let host = isAz || arguments.contains("iot") ? host.telling(inTheWordsOf: arguments, table) : host
        let words: [String]
        do {
            words = try ValueFiles(host: host).expand(arguments)
        } catch {
            return report(to: host) { throw error }
        }
        return run(words, host, table)
    }

    private static func run(_ words: [String], _ host: Host, _ table: CommandTable<Invocation>) -> Int32 {
        if words == ["--version"] || words == ["-v"] {
            return report(to: host) { try host.writeOutput(Array("adr \(version)\n".utf8)) }
        }
        // The word of az for what everybody else writes as an option.
        let line = words.first?.lowercased() == "help" ? ["--help"] + words.dropFirst() : words
        switch table.parse(line, environment: host.environment) {
        case .help(let text):
            return report(to: host) { try host.writeOutput(Array(text.utf8)) }
        case .failure(let error, _):
            showConfigurationProblems(of: host)
            let origins = host.configurationOrigins().filter { origin in
                error.recommendations.contains { line in
                    line.split { !$0.isLetter && $0 != "_" }.contains { $0 == origin.variable }
                }
            }
            return report(to: host) {
                let taught = error.taught(line, in: table)
                throw (table.takesOnlyAliases ? taught.shownAsAz(line, table) : taught)
                    .adding(origins.map { "\($0.variable) is not set; its value is \($0.place)." })
            }
        case .run(let command, let parsed):
            let saysMore = parsed.has(Options.verbose) || parsed.has(Options.debug)
            let saysLess =
                parsed.has(Options.onlyShowErrors) || !saysMore && host.isSet("AZURE_CORE_ONLY_SHOW_ERRORS")
            let host = saysLess ? host.withoutWarnings() : host
            return report(to: host) {
                if parsed.has(Options.onlyShowErrors), saysMore { throw ContradictoryOptions() }
                showConfigurationProblems(of: host)
                if saysMore {
                    for (option, note) in parsed.ignored { host.note("INFO: \(option) has no effect: \(note)") }
                }
                if let subject = command.confirmation, try parsed.value(Standard.yes) != true,
                    !host.isSet("AZURE_CORE_DISABLE_CONFIRM_PROMPT")
                {
                    try confirm(subject, host)
                }
                // Lines that a command composes are words of the program's own, with nothing in them to expand.
                let invocation = Invocation(
                    host: host,
                    program: { run($0, $1, .adr) },
                    isWriting: command.effect == .writes
                )
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

    private static func showConfigurationProblems(of host: Host) {
        for problem in host.configurationProblems() { host.note("WARNING: \(problem)") }
    }

    /// Whether an argument was no UTF-8: what could not be read was replaced by U+FFFD, and the text is another one.
    private static func holdsNoText(_ argument: String) -> Bool {
        argument.utf8.contains(0xEF) && argument.unicodeScalars.contains("\u{FFFD}")
    }

    private static func report(to host: Host, _ body: () throws -> Void) -> Int32 {
        do {
            try body()
            return 0
        } catch let failed as FailedResult {
            return failed.status
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

extension Host {
    /// The same host, whose standard error tells commands in the words of the line: az's longer ones where the line has
    /// them.
    fileprivate func telling(inTheWordsOf line: [String], _ table: CommandTable<Invocation>) -> Host {
        var host = self
        let write = writeError
        host.writeError = { bytes in
            let told = table.told(String(decoding: bytes, as: UTF8.self), to: table.leadingWords(of: line))
            write(Array(told.utf8))
        }
        return host
    }
}
