import CommandTable
import JSON
import OpenSSL
import Registry

extension Group where Context == Invocation {
    static var credential: Group {
        Group(
            "credential",
            summary: "Manage the credential of a namespace: its root CA.",
            commands: {
                [
                    CredentialCommands.create, CredentialCommands.show, CredentialCommands.sync,
                    CredentialCommands.delete, CredentialCommands.crl,
                ]
            }
        )
    }
}

private enum CredentialCommands {
    private static let certificate = Argument<Bool>.flag(
        "--certificate",
        help: "Give the root certificate, PEM, instead of the resource."
    )
    private static let prune = Argument<Bool>.flag(
        "--prune",
        help: "Also take the CA certificates of deleted policies from the hubs."
    )

    static let create = Command<Invocation>(
        "credential create",
        summary: "Create the credential of a namespace, a new root CA.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .optional(Options.tags),
            .optional(Options.acceptClock),
        ],
        examples: [
            Example(summary: "Make the root CA of a namespace", command: "adr credential create --namespace factory")
        ],
        effect: .writes
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.createCredential(try invocation.namespace(arguments), tags: try arguments.tags()),
            arguments
        )
    }

    static let show = Command<Invocation>(
        "credential show",
        summary: "Show the credential of a namespace, or its root certificate.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .optional(certificate),
            .optional(Options.out),
        ],
        examples: [
            Example(summary: "Show a credential", command: "adr credential show --namespace factory"),
            Example(
                summary: "Write the root certificate to a file",
                command: "adr credential show --namespace factory --certificate --out root.pem"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let key = try invocation.namespace(arguments)
        guard arguments.has(certificate) else {
            try invocation.refuseOutWithout(certificate, arguments)
            return try invocation.print(try registry.showCredential(key), arguments)
        }
        if let out = try arguments.value(Options.out) { try invocation.files.checkWritable(out) }
        try invocation.writeCertificates([try registry.rootCertificate(key)], arguments)
    }

    static let sync = Command<Invocation>(
        "credential sync",
        summary: "Push every policy's issuing CA to every hub of the namespace.",
        description: "Until then a hub trusts none of the policy's certificates. Repeating it changes nothing. "
            + "Prints nothing on standard output, as az does; what was done stands on standard error.",
        arguments: [.required(Options.namespace), .optional(Options.resourceGroup), .optional(prune)],
        examples: [
            Example(
                summary: "Let the hubs of a namespace trust its policies",
                command: "adr credential sync --namespace factory"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let key = try invocation.namespace(arguments)
        let reports = try invocation.registry(arguments).synchronizeCredential(key, pruning: arguments.has(prune))
        if reports.isEmpty {
            invocation.host.note("the namespace '\(key.name.text)' has no hub; 'adr hub create' makes one")
        }
        for report in reports { invocation.describe(report) }
    }

    static let delete = Command<Invocation>(
        "credential delete",
        summary: "Delete the credential of a namespace; refused while it has policies.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .optional(Options.wipeKey),
            .optional(Options.acceptClock),
        ],
        examples: [
            Example(
                summary: "Delete a credential without being asked",
                command: "adr credential delete --namespace factory --yes"
            )
        ],
        effect: .writes,
        confirmation: "A deleted root CA cannot be brought back."
    ) { arguments, invocation in
        let key = try invocation.namespace(arguments)
        let registry = try invocation.registry(arguments)
        let deleted = try registry.deleteCredential(key)
        let wiped = arguments.has(Options.wipeKey) ? try registry.wipeKeys(ofDeletedCredential: key) : []
        invocation.describe(deleted: deleted, wiped, nothing: "the namespace has no credential; nothing to delete")
    }

    static let crl = Command<Invocation>(
        "credential crl",
        summary: "Sign the CRL of each root: which issuing CAs were revoked.",
        description:
            "It is what a verifier needs that checks the whole chain. Roots of deleted credentials are among them "
            + "as long as their keys are kept.",
        arguments: [.required(Options.namespace), .optional(Options.resourceGroup)] + RevocationListOptions.all,
        examples: [
            Example(
                summary: "Write the root's CRL to a file",
                command: "adr credential crl --namespace factory --out root.crl.pem"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let key = try invocation.namespace(arguments)
        try RevocationListOptions.run(arguments, invocation) { try registry.credentialCRLs(key, $0) }
    }
}

extension Invocation {
    /// `--out` is for certificates: the resource itself goes to standard output.
    func refuseOutWithout(_ flag: Argument<Bool>, _ arguments: Arguments) throws {
        guard arguments.has(Options.out) else { return }
        throw UsageError(
            "--out needs \(flag.shape.names[0])",
            recommendations: ["The resource itself goes to standard output."]
        )
    }

    /// Certificates as PEM, to `--out` or standard output.
    func writeCertificates(_ certificates: [[UInt8]], _ arguments: Arguments) throws {
        let pem = certificates.flatMap { PEM.encode(label: "CERTIFICATE", der: $0) }
        try files.write(pem, to: try arguments.value(Options.out) ?? "-")
    }

    fileprivate func describe(_ report: HubSyncReport) {
        for name in report.added { host.note("\(report.hub): added \(name)") }
        for name in report.removed { host.note("\(report.hub): removed \(name)") }
        for name in report.orphaned {
            host.note("\(report.hub): kept \(name), whose policy was deleted; --prune takes it away")
        }
        if report.added.isEmpty, report.removed.isEmpty {
            let trusted = (report.kept + report.orphaned).sorted()
            host.note(
                "\(report.hub): up to date, trusts \(trusted.isEmpty ? "nothing" : trusted.joined(separator: ", "))"
            )
        }
    }
}
