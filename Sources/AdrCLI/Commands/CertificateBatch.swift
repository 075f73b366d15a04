import CommandTable
import JMESPath
import JSON
import Registry
import Store

/// `cert issue --batch`: certificates for many CSRs, told as JSON Lines in the order of the entries.
enum CertificateBatch {
    static let batch = Argument<String>.file(
        "--batch",
        help: "Issue for many: a folder of CSR files (*.csr), or JSON Lines with registrationId and csr; '-' for "
            + "standard input."
    )
    private static let jobs = Argument<Int>.integer(
        "--jobs",
        help: "With --batch: how many threads judge and sign. Else as many as there are processors."
    )
    private static let outDir = Argument<String>.file(
        "--out-dir",
        value: "DIR",
        help: "With --batch: folder for the chains, each as <registration ID>.pem."
    )
    private static let reissue = Argument<Bool>.flag(
        "--reissue",
        help: "With --batch: new certificates also for devices that have one."
    )
    private static let progress = Argument<String>.choice(
        "--progress",
        help: "With --batch: how standard error tells how far it is; auto does on a terminal.",
        choices: ["auto", "json", "none"],
        default: "auto"
    )

    static let arguments: [ArgumentUse] = [
        .optional(batch), .optional(jobs), .optional(outDir), .optional(reissue), .optional(progress),
    ]

    private static let mostJobs = 256

    /// Refuses what says something of a batch where there is none.
    static func refuseWithout(_ arguments: Arguments) throws {
        for (name, isGiven) in [
            ("--jobs", arguments.has(jobs)), ("--out-dir", arguments.has(outDir)),
            ("--reissue", arguments.has(reissue)),
        ] where isGiven {
            throw UsageError("\(name) needs --batch", recommendations: ["--batch FILE issues many at once."])
        }
    }

    static func run(
        _ key: NamespaceKey,
        _ arguments: Arguments,
        _ invocation: Invocation,
        excluding single: [(name: String, isGiven: Bool)]
    ) throws {
        for option in single where option.isGiven {
            throw UsageError(
                "--batch cannot go with \(option.name)",
                recommendations: ["Each entry has its own CSR and registration ID; --out-dir takes the chains."]
            )
        }
        let path = try arguments.required(batch)
        let output = try BatchOutput(arguments, invocation, path)
        let jobs = try arguments.value(jobs) ?? min(mostJobs, invocation.host.processors())
        guard (1...mostJobs).contains(jobs) else {
            throw ServiceError.invalid("\(jobs) jobs are none", hint: "--jobs takes 1 to \(mostJobs).")
        }
        if let folder = try arguments.value(outDir) { try invocation.files.checkFolder(folder) }
        var bulk = BulkIssuance(
            namespace: key,
            policy: try arguments.required(Options.policy),
            hub: try arguments.value(Options.hub),
            jobs: jobs,
            reissues: arguments.has(reissue)
        )
        let host = invocation.host
        if arguments.has(Options.debug) { bulk.times = StageTimes(used: host.used, clock: host.clock) }
        let folder = try BatchFolder(path)
        let teller = BatchTeller(
            output,
            BatchProgress(try arguments.value(progress) ?? "auto", host),
            outDir: try arguments.value(outDir)
        )
        let entries = BatchEntries(name: path == "-" ? "standard input" : path, files: invocation.files)
        let registry = try invocation.registry(arguments)
        do {
            if let folder {
                try registry.issueCertificates(bulk, from: folder, read: entries.read) {
                    try teller.tell($0, progress: nil)
                }
                if folder.others > 0 { host.note("WARNING: \(folder.others) files of \(path) are not called *.csr.") }
            } else {
                let lines = try BatchLines(path, host: host)
                try registry.issueCertificates(bulk, from: lines, read: entries.read) {
                    try teller.tell($0, progress: lines.progress)
                }
            }
        } catch {
            // What was told stands, and what is on record is found again.
            teller.end()
            throw error
        }
        teller.end()
        if let times = bulk.times { tell(times, host) }
        if let issued = teller.sample { invocation.hint(issued, key) }
        try teller.checkAllDone()
    }

    /// Where the time went, of all threads together.
    private static func tell(_ times: StageTimes, _ host: Host) {
        for stage in Stage.allCases {
            host.note("INFO: \(stage) \(times.spent(stage) / 1000) µs")
        }
        host.note("INFO: waiting \(times.waited / 1000) µs")
    }
}

/// Takes the entries of a batch apart.
private struct BatchEntries: Sendable {
    let name: String
    let files: UserFiles

    private static let example =
        #"Make each line of --batch like {"registrationId": "device-01", "csr": "MIIB…"}."#

    var read: @Sendable (BulkItem) throws -> BulkEntry { { item in try entry(item) } }

    private func entry(_ item: BulkItem) throws -> BulkEntry {
        switch item.content {
        case .file(let path):
            return BulkEntry(registrationID: nil, csr: try files.read(path), csrName: path)
        case .tooLong(let length):
            throw ServiceError.invalid(
                "it has \(length) bytes, a line has \(BatchLines.longestLine) at most",
                hint: Self.example
            )
        case .line(let bytes):
            let value: JSONValue
            do {
                value = try JSONValue(parsing: bytes)
            } catch {
                throw ServiceError.invalid("no JSON: \(error.message) (column \(error.column))", hint: Self.example)
            }
            guard let object = value.objectValue else {
                throw ServiceError.invalid("it is no JSON object", hint: Self.example)
            }
            for (member, _) in object where member != "registrationId" && member != "csr" {
                throw ServiceError.invalid("the member \(quoted(member)) is not known", hint: Self.example)
            }
            guard let id = object["registrationId"]?.stringValue, let csr = object["csr"]?.stringValue else {
                let missing = object["registrationId"]?.stringValue == nil ? "registrationId" : "csr"
                throw ServiceError.invalid("it has no \(missing) that is a string", hint: Self.example)
            }
            return BulkEntry(registrationID: try RegistrationID(id), csr: Array(csr.utf8), csrName: "-")
        }
    }
}

/// How results become bytes for standard output.
private struct BatchOutput {
    private let isSilent: Bool
    private let query: JMESPath?
    let invocation: Invocation
    /// What the batch is called.
    let name: String

    init(_ arguments: Arguments, _ invocation: Invocation, _ path: String) throws {
        let format = try Output(arguments).format
        guard format == .json || format == .none else {
            throw UsageError(
                "--batch prints JSON Lines, not \(format.rawValue)",
                recommendations: ["Leave out --output, or pass --output none."]
            )
        }
        isSilent = format == .none
        query = try arguments.value(Options.query)
        self.invocation = invocation
        name = path == "-" ? "standard input" : path
    }

    func append(_ value: JSONValue, to bytes: inout [UInt8]) throws {
        if isSilent { return }
        let selected = try query?.search(value) ?? value
        // A chain of three certificates and what is said of it.
        bytes += selected.compact(capacity: 8192)
        bytes.append(0x0A)
    }
}

/// Tells the answers, and counts them.
private final class BatchTeller {
    private let output: BatchOutput
    private var progress: BatchProgress
    private let outDir: String?
    private var counts = BatchCounts()
    /// What is to be written; its memory serves again and again.
    private var bytes: [UInt8] = []
    /// A certificate that shows what stands between it and an accepted connection.
    private(set) var sample: IssuedCertificate?

    init(_ output: BatchOutput, _ progress: BatchProgress, outDir: String?) {
        self.output = output
        self.progress = progress
        self.outDir = outDir
    }

    func tell(_ answers: [BulkAnswer], progress done: Double?) throws {
        bytes.removeAll(keepingCapacity: true)
        for answer in answers {
            do {
                let issued = try answer.result.get()
                if let outDir { try write(issued, to: outDir) }
                try output.append(issued.value, to: &bytes)
                sample = sample ?? issued
                if issued.isReused { counts.reused += 1 } else { counts.issued += 1 }
            } catch let error as JMESPathError {
                throw error
            } catch {
                counts.refused += 1
                try output.append(refusal(ErrorReport(error), answer), to: &bytes)
            }
        }
        do {
            if !bytes.isEmpty { try output.invocation.host.writeOutput(bytes) }
        } catch let problem as FileProblem {
            throw FileProblem(
                problem.message + "; what was issued is on record",
                hint: "Send it elsewhere and repeat the command: --batch answers what is on record with that."
            )
        }
        progress.show(counts, done)
    }

    private func write(_ issued: IssuedCertificate, to folder: String) throws {
        let files = output.invocation.files
        let path = "\(folder)/\(issued.registrationID).pem"
        do {
            if files.exists(path) { try files.checkWritable(path) }
            try files.write(issued.chain.flatMap(Invocation.pem), to: path)
        } catch let problem as FileProblem {
            throw FileProblem(
                problem.message + "; the certificate \(issued.serialNumber) is issued and on record",
                hint: problem.hint
            )
        }
    }

    /// What is told of an entry that was refused, on standard output and to a person.
    private func refusal(_ report: ErrorReport, _ answer: BulkAnswer) -> JSONValue {
        var object = JSONObject()
        let place: String
        switch answer.item.content {
        case .file(let path):
            object["file"] = .string(path)
            place = path
        case .line, .tooLong:
            object["line"] = .integer(Int64(answer.item.number))
            place = "\(output.name), line \(answer.item.number)"
        }
        if let id = answer.entry?.registrationID { object["registrationId"] = .string(id.text) }
        var error = JSONObject()
        if let code = report.code { error["code"] = .string(code) }
        error["message"] = .string(report.message)
        if !report.hints.isEmpty { error["hint"] = .string(report.hints.joined(separator: "\n")) }
        object["error"] = .object(error)
        progress.clear()
        if let line = report.lines.first {
            output.invocation.host.note("WARNING: \(place): \(line.dropFirst("ERROR: ".count))")
        }
        return .object(object)
    }

    func end() { progress.end(counts) }

    func checkAllDone() throws {
        guard counts.refused > 0 else {
            return output.invocation.host.note("INFO: \(counts.sentence).")
        }
        throw ServiceError.refused(
            "EntriesRefused",
            "\(counts.refused) of \(counts.done) entries got no certificate; \(counts.sentence)",
            hint: "Put right what the warnings name and repeat the command: --batch answers what is on record already "
                + "with the certificate that is."
        )
    }
}
