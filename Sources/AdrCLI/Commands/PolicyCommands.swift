import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var policy: Group {
        Group(
            "policy",
            summary: "Manage the policies of a namespace: its issuing CAs.",
            commands: {
                [
                    PolicyCommands.create, PolicyCommands.show, PolicyCommands.list, PolicyCommands.update,
                    PolicyCommands.delete, PolicyCommands.revokeIssuer, PolicyCommands.crl,
                ]
            }
        )
    }
}

private enum PolicyCommands {
    private static let certificate = Argument<Bool>.flag(
        "--certificate",
        help: "Give the issuing CA's certificate, PEM, instead of the resource."
    )
    private static let chain = Argument<Bool>.flag(
        "--chain",
        help: "With --certificate: the root certificate behind it."
    )
    private static let which: [ArgumentUse] = [
        .required(Options.policy), .required(Options.namespace), .optional(Options.resourceGroup),
    ]

    static let create = Command<Invocation>(
        "policy create",
        summary: "Create a policy with its issuing CA.",
        description: "At most three per namespace. Repeating it changes nothing; another leaf validity is taken over.",
        arguments: which + [
            .optional(Options.tags), .optional(Options.keyType),
            .accepted(Options.subject, "the subject of a CA is chosen by the service"),
            .optional(Options.validityDays), .optional(Options.allowCSRKey), .optional(Options.enableBYOR),
            .optional(Options.acceptClock),
        ],
        examples: [
            Example(
                summary: "Certificates that live ten days",
                command: "adr policy create --namespace factory --name line-2 --cert-validity-days 10"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        if try arguments.value(Options.enableBYOR) == true {
            throw ServiceError.refused(
                "NotSupported",
                "bringing your own root is not there yet",
                hint: "Leave out --enable-byor for an issuing CA under the namespace's own root."
            )
        }
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.createPolicy(try invocation.namespace(arguments), try request(arguments)),
            arguments
        )
    }

    private static func request(_ arguments: Arguments) throws -> PolicyRequest {
        PolicyRequest(
            name: try arguments.required(Options.policy),
            leafValidityDays: try arguments.value(Options.validityDays),
            extraCurves: try arguments.value(Options.allowCSRKey),
            tags: try arguments.tags()
        )
    }

    static let show = Command<Invocation>(
        "policy show",
        summary: "Show a policy, or the certificate of its issuing CA.",
        arguments: which + [.optional(certificate), .optional(chain), .optional(Options.out)],
        examples: [
            Example(summary: "Show a policy", command: "adr policy show --namespace factory --name default"),
            Example(
                summary: "Write the issuing CA and the root to a file",
                command: "adr policy show --namespace factory --name default --certificate --chain --out ca.pem"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let key = try invocation.namespace(arguments)
        let name = try arguments.required(Options.policy)
        guard arguments.has(certificate) else {
            try invocation.refuseOutWithout(certificate, arguments)
            if arguments.has(chain) {
                throw UsageError(
                    "--chain needs --certificate",
                    recommendations: ["--certificate --chain gives the issuing CA's certificate and the root's, PEM."]
                )
            }
            return try invocation.print(try registry.showPolicy(key, name), arguments)
        }
        if let out = try arguments.value(Options.out) { try invocation.files.checkWritable(out) }
        let certificates = try registry.policyChain(key, name)
        try invocation.writeCertificates(arguments.has(chain) ? certificates : Array(certificates.prefix(1)), arguments)
    }

    static let list = Command<Invocation>(
        "policy list",
        summary: "List the policies of a namespace.",
        arguments: [.required(Options.namespace), .optional(Options.resourceGroup)],
        examples: [
            Example(summary: "List the policies of a namespace", command: "adr policy list --namespace factory")
        ],
        effect: .reads
    ) { arguments, invocation in
        try invocation.print(
            .array(try invocation.registry(arguments).listPolicies(try invocation.namespace(arguments))),
            arguments
        )
    }

    static let update = Command<Invocation>(
        "policy update",
        summary: "Update a policy: leaf validity, allowed CSR keys, tags.",
        arguments: which + [
            .optional(Options.tags), .optional(Options.validityDays), .optional(Options.allowCSRKey),
        ],
        examples: [
            Example(
                summary: "Let certificates live a week",
                command: "adr policy update --namespace factory --name default --cert-validity-days 7"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.updatePolicy(try invocation.namespace(arguments), try request(arguments)),
            arguments
        )
    }

    static let delete = Command<Invocation>(
        "policy delete",
        summary: "Delete a policy.",
        description:
            "Its issuing CA signs no certificate any more, and CRLs as long as one that it issued can be alive. "
            + "Those stay valid until they expire, as long as hubs hold the CA: 'credential sync --prune' takes it from "
            + "them.",
        arguments: which + [.optional(Options.wipeKey), .optional(Options.acceptClock)],
        examples: [
            Example(
                summary: "Delete a policy without being asked",
                command: "adr policy delete --namespace factory --name default --yes"
            )
        ],
        effect: .writes,
        confirmation: "A deleted policy cannot be brought back; one of the same name gets a new CA."
    ) { arguments, invocation in
        let name = try arguments.required(Options.policy)
        let key = try invocation.namespace(arguments)
        let registry = try invocation.registry(arguments)
        let deleted = try registry.deletePolicy(key, name)
        let wiped = arguments.has(Options.wipeKey) ? try registry.wipeKeys(ofDeletedPolicy: name, key) : []
        invocation.describe(deleted: deleted, wiped, nothing: "there is no policy '\(name.text)'; nothing to delete")
    }

    static let revokeIssuer = Command<Invocation>(
        "policy revoke-issuer",
        summary: "Revoke the issuing CA of a policy and give it a new one.",
        description:
            "The old CA goes onto the root's CRL and from every hub: all its devices must be provisioned again. "
            + "Hubs trust the new one after 'credential sync'.",
        arguments: which + [.optional(RevocationOptions.reason), .optional(Options.acceptClock)],
        examples: [
            Example(
                summary: "Replace a CA whose key was stolen",
                command: "adr policy revoke-issuer --namespace factory --name default --reason cACompromise --yes"
            )
        ],
        effect: .writes,
        confirmation: "Every device with a certificate of this policy is locked out until it is provisioned again."
    ) { arguments, invocation in
        let key = try invocation.namespace(arguments)
        let report = try invocation.registry(arguments).revokeIssuer(
            key,
            try arguments.required(Options.policy),
            reason: try arguments.required(RevocationOptions.reason)
        )
        try invocation.print(report.value, arguments)
        invocation.host.note(
            "\(report.devices.count) device\(report.devices.count == 1 ? "" : "s") must be provisioned again; "
                + "'adr credential sync --namespace \(key.name.text)\(Registry.groupOption(key.group))' makes hubs trust "
                + "\(report.newIssuer)"
        )
    }

    static let crl = Command<Invocation>(
        "policy crl",
        summary: "Sign the CRL of each issuing CA with certificates that can be alive.",
        description:
            "Without --policy-name those of the whole namespace, of deleted policies too. A CA whose key was wiped "
            + "hands out its last one. IoT hubs read no CRL; other verifiers may.",
        arguments: [
            .optional(Options.policy), .required(Options.namespace), .optional(Options.resourceGroup),
        ] + RevocationListOptions.all,
        examples: [
            Example(
                summary: "Write the CRLs of a policy to a file",
                command: "adr policy crl --namespace factory --name default --out default.crl.pem"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let key = try invocation.namespace(arguments)
        let name = try arguments.value(Options.policy)
        try RevocationListOptions.run(arguments, invocation) { try registry.policyCRLs(key, name, $0) }
    }
}
