import CommandTable
import JSON
import OpenSSL
import Registry

extension Group where Context == Invocation {
    static var enrollmentGroup: Group {
        Group(
            "dps enrollment-group",
            summary: "Manage enrollments of many devices by one key or one CA.",
            commands: {
                [
                    EnrollmentGroupCommands.create, EnrollmentGroupCommands.show, EnrollmentGroupCommands.list,
                    EnrollmentGroupCommands.update, EnrollmentGroupCommands.delete,
                    EnrollmentGroupCommands.computeDeviceKey,
                ]
            }
        )
    }
}

private enum EnrollmentGroupCommands {
    private static let caName = Argument<String>.text(
        "--root-ca-name",
        "--ca-name",
        "--cn",
        help: "Name of an uploaded CA certificate; not there yet.",
        section: "Attestation"
    )
    private static let secondaryCAName = Argument<String>.text(
        "--secondary-root-ca-name",
        "--secondary-ca-name",
        "--scn",
        help: "Name of a second uploaded CA certificate; not there yet.",
        section: "Attestation"
    )
    private static let common: [ArgumentUse] = [
        .required(EnrollmentOptions.service), .required(EnrollmentOptions.group), .optional(Options.resourceGroup),
    ]

    private static func request(_ arguments: Arguments, _ invocation: Invocation) throws -> EnrollmentRequest {
        if arguments.has(caName) || arguments.has(secondaryCAName) {
            throw ServiceError.refused(
                "NotSupported",
                "uploaded CA certificates are not there yet",
                hint: "Pass the CA itself with --certificate-path, a second one with --secondary-certificate-path."
            )
        }
        let id = try arguments.required(EnrollmentOptions.group)
        return try EnrollmentOptions.request(.group(id), arguments, invocation)
    }

    static let create = Command<Invocation>(
        "dps enrollment-group create",
        summary: "Enroll many devices by one symmetric key or one CA.",
        description: "Without a certificate the group attests by symmetric key; its devices use keys derived from it.",
        arguments: common + EnrollmentOptions.settings + [.optional(caName), .optional(secondaryCAName)]
            + CloudOptions.signIn,
        examples: [
            Example(
                summary: "A group by symmetric key, with certificates by a policy",
                command: "adr dps enrollment-group create --dps-name factory-dps --group-id line-2 "
                    + "--credential-policy-name default"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let request = try request(arguments, invocation)
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.createEnrollment(try arguments.required(EnrollmentOptions.service), request),
            arguments
        )
    }

    static let show = Command<Invocation>(
        "dps enrollment-group show",
        summary: "Show an enrollment group.",
        arguments: common + [.optional(EnrollmentOptions.showKeys)] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Show an enrollment group with its keys",
                command: "adr dps enrollment-group show --dps-name factory-dps --group-id line-1 --show-keys"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let group = try invocation.registry(arguments).showEnrollment(
            try arguments.required(EnrollmentOptions.service),
            .group(try arguments.required(EnrollmentOptions.group)),
            showingKeys: try arguments.isOn(EnrollmentOptions.showKeys)
        )
        try invocation.print(group, arguments)
    }

    static let list = Command<Invocation>(
        "dps enrollment-group list",
        summary: "List the enrollment groups of a provisioning service.",
        arguments: [
            .required(EnrollmentOptions.service), .optional(Options.resourceGroup), .optional(EnrollmentOptions.top),
        ] + CloudOptions.signIn,
        examples: [
            Example(summary: "List enrollment groups", command: "adr dps enrollment-group list --dps-name factory-dps")
        ],
        effect: .reads
    ) { arguments, invocation in
        let groups = try invocation.registry(arguments).listEnrollments(
            try arguments.required(EnrollmentOptions.service),
            groups: true,
            top: try arguments.top()
        )
        try invocation.print(.array(groups), arguments)
    }

    static let update = Command<Invocation>(
        "dps enrollment-group update",
        summary: "Update an enrollment group.",
        arguments: common + EnrollmentOptions.settings + EnrollmentOptions.removals
            + [.optional(caName), .optional(secondaryCAName), .optional(Options.entityTag)] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Have another policy issue",
                command: "adr dps enrollment-group update --dps-name factory-dps --group-id line-1 "
                    + "--credential-policy-name default"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        var request = try request(arguments, invocation)
        try EnrollmentOptions.addUpdate(arguments, to: &request)
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.updateEnrollment(try arguments.required(EnrollmentOptions.service), request),
            arguments
        )
    }

    static let delete = Command<Invocation>(
        "dps enrollment-group delete",
        summary: "Delete an enrollment group and its keys.",
        description: "Devices that registered under it stay where they are.",
        arguments: common + [.optional(Options.entityTag)] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Delete an enrollment group",
                command: "adr dps enrollment-group delete --dps-name factory-dps --group-id line-1"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let id = try arguments.required(EnrollmentOptions.group)
        let service = try arguments.required(EnrollmentOptions.service)
        let tag = try arguments.value(Options.entityTag)
        if try !invocation.registry(arguments).deleteEnrollment(service, .group(id), ifMatching: tag) {
            invocation.host.note("there is no enrollment group \(quoted(id.text)); nothing to delete")
        }
    }

    static let computeDeviceKey = Command<Invocation>(
        "dps enrollment-group compute-device-key",
        summary: "Derive a device's key from that of its group.",
        description: "From the group's primary key, unless a key is given; then the store is not looked at.",
        arguments: [
            .required(EnrollmentOptions.registrationID), .optional(EnrollmentOptions.group),
            .optional(EnrollmentOptions.service), .optional(Options.resourceGroup), .optional(DeviceKeyOptions.key),
            .optional(DeviceKeyOptions.keyFile),
        ] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Derive the key of a device",
                command: "adr dps enrollment-group compute-device-key --dps-name factory-dps --group-id line-1 "
                    + "--registration-id device-03"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let id = try arguments.required(EnrollmentOptions.registrationID)
        let groupKey: [UInt8]
        if let given = try DeviceKeyOptions.value(arguments, invocation) {
            groupKey = given
        } else {
            guard let service = try arguments.value(EnrollmentOptions.service),
                let group = try arguments.value(EnrollmentOptions.group)
            else {
                throw UsageError(
                    "the following arguments are required: --dps-name/-n and --enrollment-id/--eid/--group-id/--gid, "
                        + "or --symmetric-key/--key",
                    recommendations: [
                        "Example: adr dps enrollment-group compute-device-key --dps-name factory-dps --group-id line-1 "
                            + "--registration-id \(id.text)"
                    ]
                )
            }
            groupKey = try invocation.registry(arguments).keys(service, .group(group)).primary
        }
        let key = try SharedAccessSignature.deviceKey(groupKey: groupKey, registrationID: id.text)
        try invocation.print(.string(Base64.encode(key)), arguments)
    }
}

/// A symmetric key on the line or, so that it need not stand there, in a file.
enum DeviceKeyOptions {
    static let key = Argument<String>.text(
        "--symmetric-key",
        "--key",
        value: "KEY",
        help: "Symmetric key, base64. Others can read it in the list of processes: prefer --symmetric-key-file."
    )
    static let keyFile = Argument<String>.file(
        "--symmetric-key-file",
        help: "File that holds the symmetric key, base64; '-' for standard input."
    )

    /// The key in octets; nil when neither was given.
    static func value(_ arguments: Arguments, _ invocation: Invocation) throws -> [UInt8]? {
        let text: String
        switch (try arguments.value(key), try arguments.value(keyFile)) {
        case (nil, nil): return nil
        case (let given?, nil): text = given
        case (nil, let path?):
            let words = String(decoding: try invocation.files.read(path), as: UTF8.self).split { $0.isWhitespace }
            text = words.count == 1 ? String(words[0]) : ""
        case (.some, .some):
            throw UsageError(
                "--symmetric-key and --symmetric-key-file cannot go together",
                recommendations: ["Pass one of the two."]
            )
        }
        if let key = Base64.decodeStrict(Array(text.utf8)), !key.isEmpty { return key }
        throw ServiceError.invalid(
            "the symmetric key is no base64",
            hint: "'adr dps enrollment show --show-keys' shows an enrollment's."
        )
    }
}
