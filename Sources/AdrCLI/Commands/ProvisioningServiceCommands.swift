import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var dps: Group {
        Group(
            "dps",
            summary: "Manage device provisioning services and who may enroll.",
            also: ["registration"],
            commands: {
                [
                    ProvisioningServiceCommands.create, ProvisioningServiceCommands.show,
                    ProvisioningServiceCommands.list, ProvisioningServiceCommands.delete,
                ]
            },
            groups: { [.linkedHub, .enrollment, .enrollmentGroup] }
        )
    }
}

private enum ProvisioningServiceCommands {
    private static let name = Argument<ProvisioningServiceName>(
        "--name",
        "-n",
        value: "NAME",
        help: "Name of the provisioning service.",
        completion: .names("dps")
    ) { try ProvisioningServiceName($0.last ?? "") }
    private static let namespaceResourceID = Argument<(subscription: String, key: NamespaceKey)>(
        "--ns-resource-id",
        "--ns-id",
        value: "ID",
        help: "Resource id of the namespace it belongs to, for life."
    ) { try ResourceID.namespaceKey(from: $0.last ?? "") }
    private static let ids = Argument<[String]>.list(
        "--ids",
        value: "ID",
        help: "Resource ids, instead of --name.",
        arity: .oneOrMore
    )

    /// The services that a line names, one by name or any number by resource id.
    private static func names(
        _ arguments: Arguments,
        _ registry: Registry,
        to verb: String
    ) throws -> [ProvisioningServiceName] {
        switch (try arguments.value(name), try arguments.value(ids)) {
        case (let name?, nil): return [name]
        case (nil, let ids?): return try ids.map { id in try registry.provisioningService(withID: id) }
        case (.some, .some):
            throw UsageError(
                "--name and --ids cannot go together",
                recommendations: ["A resource id names the service and its resource group."]
            )
        case (nil, nil):
            throw UsageError(
                "the following arguments are required: --name/-n, or --ids",
                recommendations: ["Example: adr dps \(verb) --name factory-dps"]
            )
        }
    }

    static let create = Command<Invocation>(
        "dps create",
        summary: "Create a provisioning service that belongs to a namespace.",
        description: "It assigns devices to the hubs that are linked to it.",
        arguments: [
            .required(name), .optional(Options.resourceGroup), .optional(OwnerOptions.namespace),
            .optional(namespaceResourceID),
            .optional(Options.location), .optional(Options.tags),
        ] + CloudOptions.provisioningService,
        examples: [
            Example(
                summary: "A provisioning service of a namespace",
                command: "adr dps create --name factory-dps --namespace factory"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let group = try invocation.group(arguments)
        let owner = try OwnerOptions.owner(
            by: namespaceResourceID,
            group,
            arguments,
            example: "adr dps create --name factory-dps --namespace factory"
        )
        let request = ProvisioningServiceRequest(
            name: try arguments.required(name),
            namespace: owner.key,
            subscription: owner.subscription,
            group: group,
            location: try arguments.value(Options.location),
            tags: try arguments.tags()
        )
        try invocation.print(try invocation.registry(arguments).createProvisioningService(request), arguments)
    }

    static let show = Command<Invocation>(
        "dps show",
        summary: "Show a provisioning service.",
        arguments: [.optional(name), .optional(ids), .optional(Options.resourceGroup)],
        examples: [Example(summary: "Show a provisioning service", command: "adr dps show --name factory-dps")],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let services = try names(arguments, registry, to: "show").map(registry.showProvisioningService)
        try invocation.print(services.count == 1 ? services[0] : .array(services), arguments)
    }

    static let list = Command<Invocation>(
        "dps list",
        summary: "List provisioning services, of one resource group or of all.",
        arguments: [.optional(Options.resourceGroup)],
        examples: [Example(summary: "List all provisioning services", command: "adr dps list")],
        effect: .reads
    ) { arguments, invocation in
        let group = try arguments.value(Options.resourceGroup)
        try invocation.print(
            .array(try invocation.registry(arguments).listProvisioningServices(in: group)),
            arguments
        )
    }

    static let delete = Command<Invocation>(
        "dps delete",
        summary: "Delete a provisioning service with its enrollments.",
        description: "Devices stay where they were assigned.",
        arguments: [.optional(name), .optional(ids), .optional(Options.resourceGroup)],
        examples: [Example(summary: "Delete a provisioning service", command: "adr dps delete --name factory-dps")],
        effect: .writes
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        for name in try names(arguments, registry, to: "delete")
        where try !registry.deleteProvisioningService(name) {
            invocation.host.note("there is no provisioning service '\(name.text)'; nothing to delete")
        }
    }
}
