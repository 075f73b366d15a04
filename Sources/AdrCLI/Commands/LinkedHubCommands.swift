import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var linkedHub: Group {
        Group(
            "dps linked-hub",
            summary: "Manage the hubs a provisioning service assigns devices to.",
            commands: {
                [
                    LinkedHubCommands.create, LinkedHubCommands.show, LinkedHubCommands.list,
                    LinkedHubCommands.update, LinkedHubCommands.delete,
                ]
            }
        )
    }
}

private enum LinkedHubCommands {
    private static let service = Argument<ProvisioningServiceName>(
        "--dps-name",
        value: "NAME",
        help: "Name of the provisioning service.",
        completion: .names("dps")
    ) { try ProvisioningServiceName($0.last ?? "") }
    private static let newHub = Argument<HubName>(
        "--hub-name",
        "--hn",
        value: "NAME",
        help: "Name of the IoT hub to link; of the same namespace.",
        completion: .names("hub")
    ) { try HubName($0.last ?? "") }
    private static let hub = Argument<HubName>(
        "--linked-hub",
        value: "NAME",
        help: "Name or host name of the linked hub.",
        completion: .names("linked-hub")
    ) { try HubName($0.last ?? "") }
    private static let hubGroup = Argument<String>.text(
        "--hub-resource-group",
        "--hrg",
        help: "Resource group of the hub; has no effect."
    )
    private static let connectionString = Argument<String>.text(
        "--connection-string",
        "--cs",
        help: "Connection string of the hub; has no effect."
    )
    private static let allocated = Argument<Bool>.threeState(
        "--apply-allocation-policy",
        help: "Whether the hub takes part in allocation."
    )
    private static let weight = Argument<Int>.integer(
        "--allocation-weight",
        help: "Share of the hub in an even spread, 0 to 1000; 1 if left out."
    )
    private static let latency = Argument<Int>.integer(
        "--latency-ms",
        value: "MILLISECONDS",
        help: "How far away the hub is said to be, for the geoLatency policy: there is no network to measure."
    )

    static let create = Command<Invocation>(
        "dps linked-hub create",
        summary: "Link a hub to a provisioning service.",
        arguments: [
            .required(service), .required(newHub), .optional(Options.resourceGroup), .optional(allocated),
            .optional(weight), .optional(latency),
            .accepted(hubGroup, "hubs are found by their name alone"),
            .accepted(connectionString, "hubs are found by their name alone"),
            .accepted(Options.location, "hubs are found by their name alone"), CloudOptions.waiting,
        ],
        examples: [
            Example(
                summary: "Link a hub with twice the share of the others",
                command: "adr dps linked-hub create --dps-name factory-dps --hub-name hub-1 --allocation-weight 2"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let request = try request(try arguments.required(newHub), arguments)
        let hubs = try invocation.registry(arguments).createLinkedHub(try arguments.required(service), request)
        try invocation.print(.array(hubs), arguments)
    }

    private static func request(_ hub: HubName, _ arguments: Arguments) throws -> LinkedHubRequest {
        LinkedHubRequest(
            hub: hub,
            weight: try arguments.value(weight),
            isAllocated: try arguments.value(allocated),
            latencyMilliseconds: try arguments.value(latency)
        )
    }

    static let show = Command<Invocation>(
        "dps linked-hub show",
        summary: "Show a hub linked to a provisioning service.",
        arguments: [.required(service), .required(hub), .optional(Options.resourceGroup)],
        examples: [
            Example(
                summary: "Show a linked hub",
                command: "adr dps linked-hub show --dps-name factory-dps --linked-hub hub-1"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.showLinkedHub(try arguments.required(service), try arguments.required(hub)),
            arguments
        )
    }

    static let list = Command<Invocation>(
        "dps linked-hub list",
        summary: "List the hubs linked to a provisioning service.",
        arguments: [.required(service), .optional(Options.resourceGroup)],
        examples: [
            Example(summary: "List linked hubs", command: "adr dps linked-hub list --dps-name factory-dps")
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(.array(try registry.listLinkedHubs(try arguments.required(service))), arguments)
    }

    static let update = Command<Invocation>(
        "dps linked-hub update",
        summary: "Update how a linked hub takes part in allocation.",
        arguments: [
            .required(service), .required(hub), .optional(Options.resourceGroup), .optional(allocated),
            .optional(weight), .optional(latency), CloudOptions.waiting,
        ],
        examples: [
            Example(
                summary: "Assign no more devices to a hub",
                command: "adr dps linked-hub update --dps-name factory-dps --linked-hub hub-1 "
                    + "--apply-allocation-policy false"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let request = try request(try arguments.required(hub), arguments)
        let hubs = try invocation.registry(arguments).updateLinkedHub(try arguments.required(service), request)
        try invocation.print(.array(hubs), arguments)
    }

    static let delete = Command<Invocation>(
        "dps linked-hub delete",
        summary: "Unlink a hub from a provisioning service.",
        description: "Devices in the hub stay there until they register again.",
        arguments: [.required(service), .required(hub), .optional(Options.resourceGroup), CloudOptions.waiting],
        examples: [
            Example(
                summary: "Unlink a hub",
                command: "adr dps linked-hub delete --dps-name factory-dps --linked-hub hub-1"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let hub = try arguments.required(hub)
        if try !invocation.registry(arguments).deleteLinkedHub(try arguments.required(service), hub) {
            invocation.host.note("the hub '\(hub.text)' is not linked; nothing to delete")
        }
    }
}
