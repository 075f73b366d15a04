import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var hubCertificate: Group {
        Group(
            "hub certificate",
            summary: "Manage the CA certificates a hub trusts.",
            commands: { [HubCertificateCommands.list, HubCertificateCommands.show, HubCertificateCommands.delete] }
        )
    }
}

private enum HubCertificateCommands {
    private static let name = Argument<String>.text(
        "--name",
        "-n",
        value: "NAME",
        help: "Name of the certificate.",
        completion: .names("certificate")
    )

    /// Without it the table would be empty: all that is listed lies within `value`.
    private static let layout = TableLayout(
        rows: "value",
        columns: [
            ("Name", "name"), ("Expiry", "properties.expiry"), ("Subject", "properties.subject"),
            ("Thumbprint", "properties.thumbprint"), ("Orphaned", "properties.orphaned"),
        ]
    )

    static let list = Command<Invocation>(
        "hub certificate list",
        summary: "List the CA certificates a hub trusts.",
        arguments: [.required(Options.hub), .optional(Options.resourceGroup)],
        examples: [Example(summary: "List what a hub trusts", command: "adr hub certificate list --hub-name hub-1")],
        effect: .reads
    ) { arguments, invocation in
        let hub = try arguments.required(Options.hub)
        let certificates = try invocation.registry(arguments).listHubCertificates(hub)
        try invocation.print(["value": .array(certificates.map(\.resource))], arguments, layout: layout)
        for certificate in certificates where certificate.isOrphaned { invocation.explain(certificate, hub) }
    }

    static let show = Command<Invocation>(
        "hub certificate show",
        summary: "Show a CA certificate a hub trusts.",
        arguments: [.required(Options.hub), .required(name), .optional(Options.resourceGroup)],
        examples: [
            Example(
                summary: "Show one of the certificates",
                command: "adr hub certificate show --hub-name hub-1 --name default-1a2b3c4d"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let hub = try arguments.required(Options.hub)
        let certificate = try invocation.registry(arguments)
            .showHubCertificate(hub, named: try arguments.required(name))
        try invocation.print(certificate.resource, arguments)
        if certificate.isOrphaned { invocation.explain(certificate, hub) }
    }

    static let delete = Command<Invocation>(
        "hub certificate delete",
        summary: "Take a CA certificate from a hub.",
        description: "The hub trusts none of its leaves any more. The next 'credential sync' brings back that of a "
            + "policy that exists.",
        arguments: [
            .required(Options.hub), .required(name), .optional(Options.resourceGroup),
            .optional(Options.entityTag),
        ],
        examples: [
            Example(
                summary: "Let a hub trust an issuing CA no longer",
                command: "adr hub certificate delete --hub-name hub-1 --name default-1a2b3c4d"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let hub = try arguments.required(Options.hub)
        let name = try arguments.required(name)
        let tag = try arguments.value(Options.entityTag)
        if try !invocation.registry(arguments).deleteHubCertificate(hub, named: name, ifMatching: tag) {
            invocation.host.note("the hub '\(hub.text)' has no certificate \(quoted(name)); nothing to delete")
        }
    }
}

extension Invocation {
    fileprivate func explain(_ certificate: HubCertificateView, _ hub: HubName) {
        host.note("\(certificate.name) is orphaned: its policy was deleted, and its certificates are still let in.")
        host.note("adr hub certificate delete --hub-name \(hub.text) --name \(certificate.name)")
    }
}
