import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var ns: Group {
        Group(
            "ns",
            summary: "Manage Device Registry namespaces.",
            also: ["credential", "policy", "device"],
            commands: {
                [
                    NamespaceCommands.create, NamespaceCommands.show, NamespaceCommands.list,
                    NamespaceCommands.update, NamespaceCommands.delete,
                ]
            }
        )
    }
}

private enum NamespaceCommands {
    private static let enableCertificateManagement = Argument<Bool>.threeState(
        "--enable-certificate-management",
        "--ecm",
        help: "Also create the credential, its root CA, and a policy, its issuing CA.",
        section: "Credential"
    )
    private static let policyName = Argument<PolicyName>(
        "--policy-name",
        "--pn",
        value: "NAME",
        help: "Name of the policy; 'default' if left out. Implies certificate management.",
        section: "Policy",
        completion: .names("policy")
    ) { try PolicyName($0.last ?? "") }

    private static let crlURLs = publication(
        "--crl-url",
        help: "Space-separated URLs where the CRLs of its CAs will be, {ca} for the CA's name. Use \"\" for none."
    )
    private static let certificateURLs = publication(
        "--ca-certificate-url",
        help: "Space-separated URLs where its CA certificates will be, {ca} for the CA's name. Use \"\" for none."
    )
    private static func publication(_ name: String, help: String) -> Argument<[PublicationURL]> {
        Argument(name, value: "URL", help: help, section: "Publication", arity: .zeroOrMore) { values in
            try values.filter { !$0.isEmpty }.map { try PublicationURL($0) }
        }
    }

    static let create = Command<Invocation>(
        "ns create",
        summary: "Create a namespace.",
        description: "With any policy or certificate option, root CA and issuing CA are made in the same step. "
            + "Repeating it changes nothing; other tags or another leaf validity are taken over.",
        arguments: [
            .required(Options.namespaceItself), .optional(Options.resourceGroup), .optional(Options.location),
            .optional(Options.tags), .optional(enableCertificateManagement), .optional(policyName),
            .optional(Options.keyType), .accepted(Options.subject, "the subject of a CA is chosen by the service"),
            .optional(Options.validityDays), .optional(Options.allowCSRKey), .optional(crlURLs),
            .optional(certificateURLs), .optional(Options.acceptClock),
        ],
        examples: [
            Example(
                summary: "A namespace with its own root CA and an issuing CA whose certificates live 30 days",
                command: "adr ns create --name factory --enable-certificate-management"
            ),
            Example(
                summary: "The same with a policy of another name and leaf validity",
                command: "adr ns create --name factory --policy-name line-1 --cert-validity-days 10"
            ),
        ],
        effect: .writes
    ) { arguments, invocation in
        let request = NamespaceRequest(
            key: NamespaceKey(
                group: try invocation.group(arguments),
                name: try arguments.required(Options.namespaceItself)
            ),
            location: try arguments.value(Options.location),
            tags: try arguments.tags(),
            crlURLs: try arguments.value(crlURLs),
            certificateURLs: try arguments.value(certificateURLs),
            policy: try policyRequest(arguments)
        )
        try invocation.print(try invocation.registry(arguments).createNamespace(request), arguments)
    }

    /// What is asked of the policy; nil when the line asks for no certificate management.
    private static func policyRequest(_ arguments: Arguments) throws -> PolicyRequest? {
        let given =
            arguments.has(policyName) || arguments.has(Options.keyType) || arguments.has(Options.subject)
            || arguments.has(Options.validityDays) || arguments.has(Options.allowCSRKey)
        let enabled = try arguments.value(enableCertificateManagement)
        if enabled == false, given {
            throw UsageError(
                "--enable-certificate-management false cannot go with policy or certificate options",
                recommendations: ["Leave out --enable-certificate-management false, or those options."]
            )
        }
        guard given || enabled == true else { return nil }
        return PolicyRequest(
            name: try arguments.value(policyName) ?? PolicyName("default"),
            leafValidityDays: try arguments.value(Options.validityDays),
            extraCurves: try arguments.value(Options.allowCSRKey)
        )
    }

    private static func key(_ arguments: Arguments, _ invocation: Invocation) throws -> NamespaceKey {
        NamespaceKey(group: try invocation.group(arguments), name: try arguments.required(Options.namespaceItself))
    }

    static let show = Command<Invocation>(
        "ns show",
        summary: "Show a namespace and the hubs linked to it.",
        arguments: [.required(Options.namespaceItself), .optional(Options.resourceGroup)],
        examples: [Example(summary: "Show a namespace", command: "adr ns show --name factory")],
        effect: .reads
    ) { arguments, invocation in
        try invocation.print(
            try invocation.registry(arguments).showNamespace(try key(arguments, invocation)),
            arguments
        )
    }

    static let list = Command<Invocation>(
        "ns list",
        summary: "List namespaces, of one resource group or of all.",
        arguments: [.optional(Options.resourceGroup)],
        examples: [Example(summary: "List all namespaces", command: "adr ns list")],
        effect: .reads
    ) { arguments, invocation in
        let group = try arguments.value(Options.resourceGroup)
        try invocation.print(.array(try invocation.registry(arguments).listNamespaces(in: group)), arguments)
    }

    static let update = Command<Invocation>(
        "ns update",
        summary: "Update the tags of a namespace, and where its CAs publish.",
        arguments: [
            .required(Options.namespaceItself), .optional(Options.resourceGroup), .optional(Options.tags),
            .optional(crlURLs), .optional(certificateURLs),
        ],
        examples: [
            Example(summary: "Tag a namespace", command: "adr ns update --name factory --tags site=berlin"),
            Example(
                summary: "Let new certificates say where CRLs are",
                command: "adr ns update --name factory --crl-url http://pki.example.com/{ca}.crl"
            ),
        ],
        effect: .writes
    ) { arguments, invocation in
        let request = NamespaceRequest(
            key: try key(arguments, invocation),
            tags: try arguments.tags(),
            crlURLs: try arguments.value(crlURLs),
            certificateURLs: try arguments.value(certificateURLs)
        )
        try invocation.print(try invocation.registry(arguments).updateNamespace(request), arguments)
    }

    static let delete = Command<Invocation>(
        "ns delete",
        summary: "Delete a namespace with its credential, policies and devices.",
        description:
            "Refused while a hub or a provisioning service is linked. The keys of its CAs are wiped, after a last "
            + "CRL of each; the records are kept under groups/<group>/deleted in the store.",
        arguments: [
            .required(Options.namespaceItself), .optional(Options.resourceGroup), .optional(Options.acceptClock),
        ],
        examples: [
            Example(summary: "Delete a namespace without being asked", command: "adr ns delete --name factory --yes")
        ],
        effect: .writes,
        confirmation: "Deleting a namespace deletes its credential, policies and devices, and wipes its CA keys."
    ) { arguments, invocation in
        let key = try key(arguments, invocation)
        let deleted = try invocation.registry(arguments).deleteNamespace(key)
        if !deleted { invocation.host.note("there is no namespace '\(key.name.text)'; nothing to delete") }
    }
}
