import CommandTable
import JSON
import OpenSSL
import Registry
import Store

extension Group where Context == Invocation {
    static var hub: Group {
        Group(
            "hub",
            summary: "Manage IoT hubs, and connect to them as a device.",
            commands: {
                [HubCommands.create, HubCommands.show, HubCommands.list, HubCommands.delete, HubCommands.connect]
            },
            groups: { [.hubCertificate, .hubDeviceIdentity] }
        )
    }
}

private enum HubCommands {
    private static let namespaceResourceID = Argument<(subscription: String, key: NamespaceKey)>(
        "--ns-resource-id",
        value: "ID",
        help: "Resource id of the namespace it belongs to, for life."
    ) { try ResourceID.namespaceKey(from: $0.last ?? "") }
    static let create = Command<Invocation>(
        "hub create",
        summary: "Create a hub that belongs to a namespace.",
        description: "It trusts nothing until 'credential sync' pushes the issuing CAs to it.",
        arguments: [
            .required(Options.hubItself), .optional(Options.resourceGroup), .optional(OwnerOptions.namespace),
            .optional(namespaceResourceID), .optional(Options.location), .optional(Options.tags),
        ] + CloudOptions.hub,
        examples: [
            Example(summary: "A hub of a namespace", command: "adr hub create --name hub-1 --namespace factory")
        ],
        effect: .writes
    ) { arguments, invocation in
        let group = try invocation.group(arguments)
        let owner = try OwnerOptions.owner(
            by: namespaceResourceID,
            group,
            arguments,
            example: "adr hub create --name hub-1 --namespace factory"
        )
        let request = HubRequest(
            name: try arguments.required(Options.hubItself),
            namespace: owner.key,
            subscription: owner.subscription,
            group: group,
            location: try arguments.value(Options.location),
            tags: try arguments.tags()
        )
        try invocation.print(try invocation.registry(arguments).createHub(request), arguments)
    }

    static let show = Command<Invocation>(
        "hub show",
        summary: "Show a hub.",
        arguments: [.required(Options.hubItself), .optional(Options.resourceGroup)],
        examples: [Example(summary: "Show a hub", command: "adr hub show --name hub-1")],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(try registry.showHub(try arguments.required(Options.hubItself)), arguments)
    }

    static let list = Command<Invocation>(
        "hub list",
        summary: "List hubs, of one resource group or of all.",
        arguments: [.optional(Options.resourceGroup)],
        examples: [Example(summary: "List all hubs", command: "adr hub list")],
        effect: .reads
    ) { arguments, invocation in
        let group = try arguments.value(Options.resourceGroup)
        try invocation.print(.array(try invocation.registry(arguments).listHubs(in: group)), arguments)
    }

    static let delete = Command<Invocation>(
        "hub delete",
        summary: "Delete a hub with the identities in it.",
        arguments: [.required(Options.hubItself), .optional(Options.resourceGroup)],
        examples: [Example(summary: "Delete a hub", command: "adr hub delete --name hub-1")],
        effect: .writes
    ) { arguments, invocation in
        let name = try arguments.required(Options.hubItself)
        if try !invocation.registry(arguments).deleteHub(name) {
            invocation.host.note("there is no hub '\(name.text)'; nothing to delete")
        }
    }

    private static let tls = Argument<String>.choice("--tls", help: "TLS version.", choices: ["1.2", "1.3"])

    static let connect = Command<Invocation>(
        "hub connect",
        summary: "Connect to a hub as a device: a real TLS handshake, judged as the hub judges.",
        description: "Prints who was authenticated, or the reason for the refusal. Writes nothing.",
        arguments: [
            .required(Options.hub), .required(Options.certificateFile), .required(Options.keyFile), .optional(tls),
        ],
        examples: [
            Example(
                summary: "With the chain and the key of a device",
                command: "adr hub connect --hub-name hub-1 --certificate-file-path device-01.pem "
                    + "--key-file-path device-01.key"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let chainPath = try arguments.required(Options.certificateFile)
        let keyPath = try arguments.required(Options.keyFile)
        try invocation.files.checkReadOnce(("--certificate-file-path", chainPath), ("--key-file-path", keyPath))
        let chain = try invocation.files.readChain(chainPath)
        let key = try invocation.files.readKey(keyPath)
        let version: TLSSession.Version? =
            switch try arguments.value(tls) {
            case "1.2": .tls12
            case "1.3": .tls13
            default: nil
            }
        let registry = try invocation.registry(arguments)
        let connection = try registry.connect(
            to: try arguments.required(Options.hub),
            chain: chain,
            key: key,
            version: version
        )
        try invocation.print(description(of: connection), arguments)
    }

    private static func description(of connection: HubConnection) -> JSONValue {
        guard case .object(var object) = connection.device.value else { return .null }
        object["tlsVersion"] = .string(connection.tlsVersion)
        return .object(object)
    }
}

extension AuthenticatedDevice {
    var value: JSONValue {
        [
            "authenticated": true,
            "deviceId": .string(deviceID),
            "deviceName": .string(deviceName),
            "hubName": .string(hubName),
            "policyName": .string(policyName),
            "serialNumber": .string(serialNumber),
            "notAfter": .string(Timestamp.text(notAfter)),
            "trustAnchor": .string(trustAnchor),
        ]
    }
}
