import CommandTable
import JSON
import Registry

extension Group where Context == Invocation {
    static var hubDeviceIdentity: Group {
        Group(
            "hub device-identity",
            summary: "Manage the device identities in a hub.",
            commands: {
                [
                    HubDeviceIdentityCommands.list, HubDeviceIdentityCommands.show,
                    HubDeviceIdentityCommands.update,
                ]
            }
        )
    }
}

private enum HubDeviceIdentityCommands {
    /// `--hub-name/-n`, as az names it in this group alone.
    private static let hub = Argument<HubName>(
        "--hub-name",
        "-n",
        value: "NAME",
        help: "Name or host name of the IoT hub.",
        completion: .names("hub")
    ) { try HubName($0.last ?? "") }
    private static let deviceID = Argument<String>.text(
        "--device-id",
        "-d",
        value: "ID",
        help: "Device ID, the registration ID it was provisioned under.",
        completion: .names("deviceID")
    )
    private static let top = Argument<Int>.integer(
        "--top",
        help: "At most so many identities; -1 for all.",
        default: "1000"
    )
    private static let status = Argument<String>.choice(
        "--status",
        "--sta",
        help: "Whether the device is let in.",
        choices: ["disabled", "enabled"]
    )
    private static let statusReason = Argument<String>.text(
        "--status-reason",
        "--star",
        help: "Why. Use \"\" to clear."
    )
    private static let edgeOnly = Argument<Bool>.threeState("--edge-enabled", "--ee", help: "IoT Edge devices alone.")
    /// What az's update takes besides, and is refused: nothing of it would be done.
    private static let notYet: [ArgumentUse] = [
        .optional(Argument<Bool>.threeState("--edge-enabled", "--ee", help: "IoT Edge device; not there yet.")),
        .optional(
            Argument<String>.choice(
                "--auth-method",
                "--am",
                help: "How the device authenticates; not there yet.",
                choices: ["shared_private_key", "x509_ca", "x509_thumbprint"]
            )
        ),
        .optional(Argument<String>.text("--primary-thumbprint", "--ptp", help: "Thumbprint; not there yet.")),
        .optional(Argument<String>.text("--secondary-thumbprint", "--stp", help: "Thumbprint; not there yet.")),
        .optional(Argument<String>.text("--primary-key", "--pk", help: "Symmetric key; not there yet.")),
        .optional(Argument<String>.text("--secondary-key", "--sk", help: "Symmetric key; not there yet.")),
        generic("--set"), generic("--add"), generic("--remove"),
        .optional(Argument<Bool>.flag("--force-string", help: "With --set or --add; not there yet.")),
    ]

    private static func generic(_ name: String) -> ArgumentUse {
        .optional(
            Argument<[String]>.list(
                name,
                help: "Change of any property; not there yet.",
                arity: .oneOrMore,
                extends: true
            )
        )
    }

    private static let common: [ArgumentUse] =
        [
            .required(hub), .optional(Options.resourceGroup),
        ] + CloudOptions.signIn

    static let list = Command<Invocation>(
        "hub device-identity list",
        summary: "List the device identities in a hub.",
        arguments: common + [.optional(top), .optional(edgeOnly)],
        examples: [
            Example(summary: "List the devices of a hub", command: "adr hub device-identity list --hub-name hub-1")
        ],
        effect: .reads
    ) { arguments, invocation in
        let top = try arguments.required(top)
        guard top >= -1, top != 0 else {
            throw ServiceError.invalid("--top is \(top)", hint: "--top takes 1 or more, or -1 for all.")
        }
        let identities = try invocation.registry(arguments)
            .listIdentities(
                try arguments.required(hub),
                top: top == -1 ? Int.max : top,
                edgeOnly: try arguments.isOn(edgeOnly)
            )
        try invocation.print(.array(identities), arguments)
    }

    static let show = Command<Invocation>(
        "hub device-identity show",
        summary: "Show a device identity in a hub.",
        arguments: common + [.required(deviceID)],
        examples: [
            Example(
                summary: "Show the identity of a device",
                command: "adr hub device-identity show --hub-name hub-1 --device-id device-01"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.showIdentity(try arguments.required(hub), try arguments.required(deviceID)),
            arguments
        )
    }

    static let update = Command<Invocation>(
        "hub device-identity update",
        summary: "Enable or disable a device identity in a hub.",
        arguments: common + [
            .required(deviceID), .optional(status), .optional(statusReason),
            .optional(Options.entityTag),
        ] + notYet,
        examples: [
            Example(
                summary: "Lock a device out of its hub",
                command: "adr hub device-identity update --hub-name hub-1 --device-id device-01 --status disabled"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let others = arguments.given(of: notYet)
        guard others.isEmpty else {
            throw ServiceError.refused(
                "NotSupported",
                "\(others.joined(separator: ", ")): of an identity only the status can be changed yet",
                hint: "Pass --status or --status-reason alone."
            )
        }
        let update = IdentityUpdate(
            enabled: try arguments.value(status).map { $0 == "enabled" },
            statusReason: try arguments.value(statusReason),
            entityTag: try arguments.value(Options.entityTag)
        )
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.updateIdentity(try arguments.required(hub), try arguments.required(deviceID), update),
            arguments
        )
    }
}
