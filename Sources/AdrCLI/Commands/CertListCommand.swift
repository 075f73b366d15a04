import CommandTable
import JSON
import Registry

enum CertListCommand {
    private static let policy = Argument<PolicyName>(
        "--policy-name",
        "--pn",
        value: "NAME",
        help: "Name of the policy.",
        completion: .names("policy")
    ) { try PolicyName($0.last ?? "") }
    private static let revoked = Argument<Bool>.flag("--revoked", help: "Only revoked ones.")
    private static let expired = Argument<Bool>.flag("--expired", help: "Only expired ones.")
    private static let expiringIn = Argument<TimeSpan>.duration(
        "--expiring-in",
        help: "Only devices' newest certificates that end within so long: 36h, 14d, 2w."
    )
    private static let all = Argument<Bool>.flag(
        "--all",
        help: "With --expiring-in: also those that were replaced by a newer one."
    )

    private static let layout = TableLayout(columns: [
        ("Device", "deviceName"), ("Status", "status"), ("NotAfter", "notAfter"), ("Policy", "policyName"),
        ("SerialNumber", "serialNumber"),
    ])

    static let list = Command<Invocation>(
        "cert list",
        summary: "List the certificates of a namespace, those that end soonest first.",
        description: "Everything that was ever issued, narrowed by all the options that are given. --expiring-in tells "
            + "which devices go dark.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .optional(policy),
            .optional(Options.deviceFilter),
            .optional(revoked), .optional(expired), .optional(expiringIn), .optional(all),
        ],
        examples: [
            Example(
                summary: "Which devices go dark within two weeks",
                command: "adr cert list --namespace factory --expiring-in 14d --output table"
            ),
            Example(
                summary: "Every certificate that a device ever got",
                command: "adr cert list --namespace factory --device-name device-01"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let key = try invocation.namespace(arguments)
        var query = CertificateQuery()
        query.policy = try arguments.value(policy)
        query.device = try arguments.value(Options.deviceFilter)
        query.isRevoked = try arguments.isOn(revoked)
        query.isExpired = try arguments.isOn(expired)
        query.expiringIn = try arguments.value(expiringIn)?.seconds
        query.includesReplaced = try arguments.isOn(all)
        if query.isExpired, query.expiringIn != nil {
            throw UsageError(
                "--expired and --expiring-in cannot go together",
                recommendations: ["--expired lists what has ended, --expiring-in what will."]
            )
        }
        if query.includesReplaced, query.expiringIn == nil {
            throw UsageError(
                "--all goes with --expiring-in alone",
                recommendations: ["Without --expiring-in replaced certificates are listed anyway."]
            )
        }
        let registry = try invocation.registry(arguments)
        try invocation.printList(arguments, layout: layout) { print in
            try registry.listCertificates(key, query) { try print($0.value) }
        }
    }
}
