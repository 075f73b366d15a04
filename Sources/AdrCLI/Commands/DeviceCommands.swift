import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var device: Group {
        Group(
            "device",
            summary: "Manage the devices of a namespace.",
            commands: {
                [
                    DeviceCommands.list, DeviceCommands.show, DeviceCommands.update, DeviceCommands.revoke,
                    DeviceCommands.delete,
                ]
            }
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

    private static let disable = Argument<Bool>.threeState(
        "--disable",
        help: "Also disable the device, so that it gets no new certificate."
    )
    private static let which: [ArgumentUse] = [
        .required(Options.device), .required(Options.namespace), .optional(Options.resourceGroup),
    ]

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
        arguments: which,
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
        arguments: which + [
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

    static let revoke = Command<Invocation>(
        "device revoke",
        summary: "Revoke every certificate that was issued to a device.",
        description:
            "Hubs refuse them from then on, and those alive go onto the CRLs of the CAs that issued them. The device "
            + "stays enabled and works again with a new certificate, unless it is disabled too.",
        arguments: which + [
            .optional(disable), .optional(RevocationOptions.reason), .optional(Options.acceptClock),
        ],
        examples: [
            Example(
                summary: "Lock out whoever holds the key of a device",
                command: "adr device revoke --namespace factory --name device-01 --reason keyCompromise --yes"
            ),
            Example(
                summary: "Let the device get no new one either",
                command: "adr device revoke --namespace factory --name device-01 --disable --yes"
            ),
        ],
        effect: .writes,
        confirmation: "Every certificate of the device is revoked for good."
    ) { arguments, invocation in
        let report = try invocation.registry(arguments).revokeDevice(
            try invocation.namespace(arguments),
            try arguments.required(Options.device),
            reason: try arguments.required(RevocationOptions.reason),
            disabling: try arguments.value(disable) == true
        )
        invocation.describe(report)
    }

    static let delete = Command<Invocation>(
        "device delete",
        summary: "Delete a device, its hub identity and registration; revoke its certificates.",
        description:
            "What was issued to it stays listed. Its enrollment stays too: registering again makes a new device of "
            + "the same name.",
        arguments: which + [.optional(Options.acceptClock)],
        examples: [
            Example(
                summary: "Delete a device without being asked",
                command: "adr device delete --namespace factory --name device-01 --yes"
            )
        ],
        effect: .writes,
        confirmation: "Every certificate of the device is revoked for good."
    ) { arguments, invocation in
        let name = try arguments.required(Options.device)
        let key = try invocation.namespace(arguments)
        if let report = try invocation.registry(arguments).deleteDevice(key, name) {
            invocation.describe(report)
        } else {
            invocation.host.note("there is no device \(quoted(name)); nothing to delete")
        }
    }
}
