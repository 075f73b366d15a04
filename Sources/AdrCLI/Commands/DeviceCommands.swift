import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var device: Group {
        Group(
            "device",
            summary: "Manage the devices of a namespace.",
            commands: { [DeviceCommands.list, DeviceCommands.show, DeviceCommands.update] }
        )
    }
}

private enum DeviceCommands {
    private static let enabled = Argument<Bool>.threeState(
        "--enabled",
        help: "Whether the device gets certificates and is let in by its hub."
    )
    private static let systemVersion = Argument<String>.text("--os-version", help: "Operating system version.")
    private static let attributes = Argument<JSONObject>(
        "--attributes",
        value: "JSON",
        help: "Attributes as a JSON object. Use \"\" to clear."
    ) { values in
        let text = values.last ?? ""
        if text.isEmpty { return JSONObject() }
        return try JSONText.object(text, of: "--attributes")
    }
    private static let policyResourceID = Argument<String>.text(
        "--policy-resource-id",
        value: "ID",
        help: "Resource id of the policy that is to issue for the device. Use \"\" to clear."
    )

    static let list = Command<Invocation>(
        "device list",
        summary: "List the devices of a namespace.",
        arguments: [.required(Options.namespace), .optional(Options.resourceGroup)],
        examples: [Example(summary: "List the devices of a namespace", command: "adr device list --namespace factory")],
        effect: .reads
    ) { arguments, invocation in
        try invocation.print(
            .array(try invocation.registry(arguments).listDevices(try invocation.namespace(arguments))),
            arguments
        )
    }

    static let show = Command<Invocation>(
        "device show",
        summary: "Show a device.",
        arguments: [.required(Options.device), .required(Options.namespace), .optional(Options.resourceGroup)],
        examples: [Example(summary: "Show a device", command: "adr device show --namespace factory --name device-01")],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.showDevice(try invocation.namespace(arguments), try arguments.required(Options.device)),
            arguments
        )
    }

    static let update = Command<Invocation>(
        "device update",
        summary: "Update a device: enabled or not, policy, attributes, tags.",
        arguments: [
            .required(Options.device), .required(Options.namespace), .optional(Options.resourceGroup),
            .optional(enabled), .optional(Options.tags), .optional(systemVersion), .optional(attributes),
            .optional(policyResourceID),
        ],
        examples: [
            Example(
                summary: "Lock a device out",
                command: "adr device update --namespace factory --name device-01 --enabled false"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let update = DeviceUpdate(
            enabled: try arguments.value(enabled),
            operatingSystemVersion: try arguments.value(systemVersion),
            attributes: try arguments.value(attributes),
            policyResourceID: try arguments.value(policyResourceID),
            tags: try arguments.tags()
        )
        let registry = try invocation.registry(arguments)
        let name = try arguments.required(Options.device)
        try invocation.print(try registry.updateDevice(try invocation.namespace(arguments), name, update), arguments)
    }
}
