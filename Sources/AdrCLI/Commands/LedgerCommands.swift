import CommandTable
import JSON
import OpenSSL
import Registry

extension Group where Context == Invocation {
    static var ledger: Group {
        Group(
            "ledger",
            summary: "Read and verify the ledger of a namespace: all that ever happened in it.",
            commands: {
                [LedgerCommands.show, LedgerCommands.verify, LedgerCommands.export, LedgerCommands.checkpoint]
            }
        )
    }
}

enum LedgerOptions {
    static let checkpoint = Argument<String>.file(
        "--checkpoint",
        help: "Checkpoint of a ledger, as 'adr ledger checkpoint' writes it: what it covers must be there."
    )
}

private enum LedgerCommands {
    // MARK: show

    private static let from = Argument<Int>.integer("--from", help: "Number of the first entry to show.")
    private static let to = Argument<Int>.integer("--to", help: "Number of the last entry to show.")
    private static let last = Argument<Int>.integer("--last", help: "Look at so many of the last entries only.")
    private static let event = Argument<String>.text(
        "--event",
        value: "NAME",
        help: "Show entries of this event only, e.g. CertificateIssued."
    )

    private static let layout = TableLayout(
        columns: [
            ("Number", "number"), ("Time", "time"), ("Event", "event"), ("Who", "who"),
            ("Device", "details.deviceName"),
            ("RegistrationId", "details.registrationId"), ("Subject", "details.subject"), ("Hash", "hash"),
        ]
    )

    static let show = Command<Invocation>(
        "ledger show",
        summary: "Show the entries of a ledger.",
        description: "Entries are printed as they are read, however many there are; a table and --query need all of "
            + "them at once, which --last keeps few. The contents of documents are left out: 'ledger export' has them.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .optional(from), .optional(to),
            .optional(last), .optional(event), .optional(Options.deviceFilter),
        ],
        examples: [
            Example(
                summary: "See what happened last",
                command: "adr ledger show --namespace factory --last 20 --output table"
            ),
            Example(
                summary: "See all that was done to a device",
                command: "adr ledger show --namespace factory --device-name device-01"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let selection = LedgerSelection(
            from: try arguments.value(from).map(Int64.init),
            to: try arguments.value(to).map(Int64.init),
            last: try arguments.value(last).map(Int64.init),
            event: try arguments.value(event),
            device: try arguments.value(Options.deviceFilter)
        )
        let registry = try invocation.registry(arguments)
        let key = try invocation.namespace(arguments)
        try invocation.printList(arguments, layout: layout) { add in
            try registry.forEachLedgerEntry(key, selection, add)
        }
    }

    // MARK: verify

    static let verify = Command<Invocation>(
        "ledger verify",
        summary: "Verify a ledger: no entry changed, removed, moved or cut off.",
        description:
            "Names the segment, the entry and what is wrong; exit status 1. The loss of whole entries at the end, "
            + "together with all that they caused, shows against a checkpoint only.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .optional(LedgerOptions.checkpoint),
        ],
        examples: [
            Example(summary: "Verify a ledger from its first entry", command: "adr ledger verify --namespace factory"),
            Example(
                summary: "Prove that a ledger has only grown since a checkpoint",
                command: "adr ledger verify --namespace factory --checkpoint factory.cms"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let path = try arguments.value(LedgerOptions.checkpoint)
        let checkpoint = try path.map { try invocation.files.read($0) }
        let value = try registry.verifyLedger(try invocation.namespace(arguments), checkpoint: checkpoint)
        if let leftover = value["leftover"]?.stringValue { invocation.host.note("WARNING: \(leftover)") }
        try invocation.print(value, arguments)
    }

    // MARK: export

    static let export = Command<Invocation>(
        "ledger export",
        summary: "Write the lines of a ledger as they stand in it, JSON Lines.",
        description: "Up to the last entry there is when the command begins, also while others write. Each line is "
            + "verified on its way.",
        arguments: [.required(Options.namespace), .optional(Options.resourceGroup), .optional(Options.out)],
        examples: [
            Example(
                summary: "Keep the whole history in a file",
                command: "adr ledger export --namespace factory --out factory.jsonl"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let key = try invocation.namespace(arguments)
        let out = try arguments.value(Options.out) ?? "-"
        try invocation.files.checkWritable(out)
        try invocation.files.writeStream(to: out) { sink in try registry.exportLedger(key, sink) }
    }

    // MARK: checkpoint

    static let checkpoint = Command<Invocation>(
        "ledger checkpoint",
        summary: "Sign a receipt for a ledger that a third party keeps.",
        description:
            "It says position, hash and time, and is CMS, written in PEM, signed by a key of the ledger's own that the root "
            + "certifies: the first checkpoint makes it. 'openssl cms -verify -inform PEM -purpose any -CAfile root.pem' "
            + "accepts it, 'adr ledger verify --checkpoint' proves that the ledger has only grown since.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .required(Options.out),
            .optional(Options.acceptClock),
        ],
        examples: [
            Example(
                summary: "Give a third party a receipt of the ledger as it is",
                command: "adr ledger checkpoint --namespace factory --out factory.cms"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let out = try arguments.required(Options.out)
        try invocation.files.checkWritable(out)
        let (message, value) = try invocation.registry(arguments).checkpointLedger(try invocation.namespace(arguments))
        try invocation.files.write(PEM.encode(label: "CMS", der: message), to: out)
        if out != "-" { try invocation.print(value, arguments) }
    }
}
