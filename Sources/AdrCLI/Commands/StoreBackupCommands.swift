import CommandTable
import JSON
import Registry
import Store

enum StoreBackupCommands {
    // MARK: backup

    private static let includeKeys = Argument<Bool>.flag(
        "--include-keys",
        help: "Include the keys, encrypted with a passphrase; without it a backup has none."
    )

    static let backup = Command<Invocation>(
        "store backup",
        summary: "Back up the store into one file, while others go on writing.",
        description:
            "The file is JSON Lines: the ledgers as they stand, and on request the keys, encrypted. Each ledger "
            + "goes up to the last entry it has when the command begins; documents are made anew from it. What deleted "
            + "namespaces left is not in it.",
        arguments: [
            .required(Options.out), .optional(includeKeys), .optional(Passphrase.file),
            .optional(Passphrase.descriptor),
        ],
        examples: [
            Example(summary: "Back up all but the keys", command: "adr store backup --out backup.jsonl"),
            Example(
                summary: "With the keys, the passphrase coming from a file",
                command: "adr store backup --out backup.jsonl --include-keys --passphrase-file passphrase.txt"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let out = try arguments.required(Options.out)
        let hasKeys = try arguments.isOn(includeKeys)
        guard hasKeys || !arguments.has(Passphrase.file) && !arguments.has(Passphrase.descriptor) else {
            throw UsageError(
                "a passphrase is for keys, and --include-keys is not there",
                recommendations: ["Add --include-keys, or leave out the passphrase."]
            )
        }
        try invocation.files.checkWritable(out)
        let passphrase = hasKeys ? try Passphrase.take(arguments, invocation.host, isNew: true) : nil
        let registry = try invocation.registry(arguments)
        let value = try invocation.files.writeStream(to: out, mode: 0o600, flushing: true) { sink in
            try registry.backUp(passphrase: passphrase, to: sink)
        }
        if !hasKeys {
            invocation.host.note(
                "the backup has no keys: a store restored from it can be read, and issues nothing; --include-keys adds them"
            )
        }
        if out != "-" { try invocation.print(value, arguments, layout: layout) }
    }

    private static let layout = TableLayout(
        rows: "namespaces",
        columns: [
            ("Name", "name"), ("ResourceGroup", "resourceGroup"), ("Entries", "entries"),
            ("LastEntry", "lastEntry.time"), ("Uuid", "uuid"),
        ]
    )

    // MARK: restore

    private static let file = Argument<String>.file("FILE", help: "The backup.")
    private static let withoutKeys = Argument<Bool>.flag(
        "--without-keys",
        help: "Leave the keys in the backup: the store can be read, and issues nothing."
    )
    private static let compare = Argument<String>.file(
        "--compare",
        value: "DIR",
        help: "Folder of a newer store: list what of it the backup lacks."
    )
    private static let dryRun = Argument<Bool>.flag("--dry-run", help: "Only say what would be restored and lost.")

    static let restore = Command<Invocation>(
        "store restore",
        summary: "Restore a backup into an empty store.",
        description:
            "Verifies everything first, says how old the backup is and what its last entries are, and leaves an "
            + "entry StoreRestored in each ledger. With --compare it lists every issuance and revocation that is lost, "
            + "with --checkpoint how many entries are missing.",
        arguments: [
            .required(file), .optional(withoutKeys), .optional(compare), .optional(LedgerOptions.checkpoint),
            .optional(dryRun), .optional(Passphrase.file), .optional(Passphrase.descriptor),
        ],
        examples: [
            Example(
                summary: "Restore into a new folder",
                command: "adr store restore backup.jsonl --store restored"
            ),
            Example(
                summary: "See what a backup lacks of the store that went on",
                command: "adr store restore backup.jsonl --store restored --compare store --dry-run"
            ),
        ],
        effect: .writes
    ) { arguments, invocation in
        let host = invocation.host
        let environment = invocation.storeEnvironment(arguments)
        let path = try arguments.required(file)
        let checkpoint = try arguments.value(LedgerOptions.checkpoint).map { try invocation.files.read($0) }
        let isTrial = try arguments.isOn(dryRun)
        // A trial without a passphrase at hand leaves the keys alone, and asks for none.
        let hasPassphrase = arguments.has(Passphrase.file) || arguments.has(Passphrase.descriptor)
        let leavesKeys = try arguments.isOn(withoutKeys) || isTrial && !hasPassphrase
        let request = RestoreRequest(
            path: path,
            passphrase: leavesKeys ? nil : { try Passphrase.take(arguments, host, isNew: false) },
            newer: try arguments.value(compare).map {
                Registry(root: StoreRoot(path: $0, environment: environment), environment: environment)
            },
            checkpoint: checkpoint,
            isTrial: isTrial
        )
        let report = try invocation.registry(arguments).restore(request)
        invocation.tell(report)
        try invocation.print(report, arguments, layout: layout)
    }
}

extension Invocation {
    /// What somebody who restores must not overlook.
    fileprivate func tell(_ report: JSONValue) {
        let age = Self.words(seconds: report["ageSeconds"]?.integerValue ?? 0)
        host.note("the backup is \(age) old: it was made at \(report["createdAt"]?.stringValue ?? "")")
        for namespace in report["namespaces"]?.arrayValue ?? [] {
            let last = namespace["lastEntry"]
            host.note(
                "\(namespace["name"]?.stringValue ?? ""): the last entry is \(last?["number"]?.integerValue ?? 0), "
                    + "\(last?["event"]?.stringValue ?? ""), of \(last?["time"]?.stringValue ?? "")"
            )
        }
        if let missing = report["checkpoint"]?["missingEntries"]?.integerValue, missing > 0 {
            host.note("WARNING: entries missing that the checkpoint covers: \(missing)")
        }
        if let lost = report["lost"], let entries = lost["entries"]?.integerValue, entries > 0 {
            host.note(
                "WARNING: entries of the newer store that the backup lacks: \(entries) "
                    + "(issuances: \(lost["issuances"]?.arrayValue?.count ?? 0), "
                    + "revocations: \(lost["revocations"]?.arrayValue?.count ?? 0))"
            )
        }
        if report["restored"] == true, report["keysRestored"] != true {
            host.note("WARNING: restored without keys: the store can be read, but issues, signs and revokes nothing")
        }
    }

    private static func words(seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) seconds"
        case ..<7200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3600) hours"
        default: "\(seconds / 86_400) days"
        }
    }
}
