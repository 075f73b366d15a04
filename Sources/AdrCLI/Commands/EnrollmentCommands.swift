import CommandTable
import JSON
import OpenSSL
import Registry

extension Group where Context == Invocation {
    static var enrollment: Group {
        Group(
            "dps enrollment",
            summary: "Manage the enrollments of single devices.",
            commands: {
                [
                    EnrollmentCommands.create, EnrollmentCommands.show, EnrollmentCommands.list,
                    EnrollmentCommands.update, EnrollmentCommands.delete,
                ]
            }
        )
    }
}

private enum EnrollmentCommands {
    private static let type = Argument<String>.choice(
        "--attestation-type",
        "--at",
        help: "How the device proves itself.",
        choices: ["symmetricKey", "tpm", "x509"]
    )
    private static let batch = Argument<String>.file(
        "--batch",
        help: "Make many, instead of --enrollment-id: JSON Lines, each an individualEnrollment of the service's API."
    )
    private static let endorsementKey = Argument<String>.text(
        "--endorsement-key",
        "--ek",
        help: "TPM endorsement key; TPM attestation is not there yet."
    )
    private static let common: [ArgumentUse] = [
        .required(EnrollmentOptions.service), .required(EnrollmentOptions.individual),
        .optional(Options.resourceGroup),
    ]
    private static let own: [ArgumentUse] = [
        .optional(EnrollmentOptions.deviceID), .optional(EnrollmentOptions.deviceInformation),
        .optional(endorsementKey),
    ]
    private static let kind: [ArgumentUse] = [.optional(EnrollmentOptions.individual), .optional(type)]
    /// What says how one enrollment is to be; in a batch each line says it for itself.
    private static let ofOne = kind + EnrollmentOptions.settings + own

    static let create = Command<Invocation>(
        "dps enrollment create",
        summary: "Enroll a device.",
        description: "Symmetric keys are made if none are given; 'dps enrollment show --show-keys' gives them. With "
            + "--credential-policy-name the device gets a certificate for the CSR it registers with.",
        arguments: [.required(EnrollmentOptions.service)] + kind
            + [.optional(batch), .optional(Options.resourceGroup)] + EnrollmentOptions.settings + own
            + CloudOptions.signIn,
        examples: [
            Example(
                summary: "A device by symmetric key, with certificates by a policy",
                command: "adr dps enrollment create --dps-name factory-dps --enrollment-id device-02 "
                    + "--attestation-type symmetricKey --credential-policy-name default"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let service = try arguments.required(EnrollmentOptions.service)
        let registry = try invocation.registry(arguments)
        if let path = try arguments.value(batch) {
            let others = arguments.given(of: ofOne)
            guard others.isEmpty else {
                throw UsageError(
                    "--batch cannot go with \(others.joined(separator: ", "))",
                    recommendations: ["Say it in each line of the file. \(EnrollmentBatch.example)"]
                )
            }
            let requests = try EnrollmentBatch(try invocation.files.read(path), name: UserFiles.shown(path))
                .requests
            let (made, present) = try registry.createEnrollments(service, requests)
            return try invocation.print(
                ["created": .integer(Int64(made)), "unchanged": .integer(Int64(present))],
                arguments
            )
        }
        let missing = [
            arguments.has(EnrollmentOptions.individual) ? nil : "--enrollment-id/--eid",
            arguments.has(type) ? nil : "--attestation-type/--at",
        ].compactMap { $0 }
        guard missing.isEmpty else {
            throw UsageError(
                "the following arguments are required: \(missing.joined(separator: ", "))",
                recommendations: [
                    "Example: adr dps enrollment create --dps-name \(service.text) --enrollment-id device-02 "
                        + "--attestation-type symmetricKey"
                ]
            )
        }
        let id = try arguments.required(EnrollmentOptions.individual)
        var request = try individual(id, arguments, invocation)
        request.attestation = try attestation(request.attestation, try arguments.required(type))
        try invocation.print(try registry.createEnrollment(service, request), arguments)
    }

    /// The attestation of the type the line names, refused where it does not fit what the line gives.
    private static func attestation(_ given: AttestationRequest?, _ type: String) throws -> AttestationRequest {
        switch (type, given) {
        case ("tpm", _):
            throw ServiceError.refused(
                "NotSupported",
                "TPM attestation is not there yet",
                hint: "Use --attestation-type symmetricKey or x509."
            )
        case ("symmetricKey", .x509), ("x509", .symmetricKey):
            throw UsageError(
                "--attestation-type \(type) does not fit the keys or certificates given",
                recommendations: ["x509 takes --certificate-path, symmetricKey takes --primary-key."]
            )
        case ("x509", nil):
            throw UsageError(
                "--attestation-type x509 needs --certificate-path/--cp",
                recommendations: ["Pass the device's onboarding certificate, PEM or DER."]
            )
        case (_, let given?): return given
        case (_, nil): return .symmetricKey(primary: nil, secondary: nil)
        }
    }

    private static func individual(
        _ id: RegistrationID,
        _ arguments: Arguments,
        _ invocation: Invocation
    ) throws -> EnrollmentRequest {
        if arguments.has(endorsementKey) {
            throw ServiceError.refused(
                "NotSupported",
                "TPM attestation is not there yet",
                hint: "Leave out --endorsement-key."
            )
        }
        var request = try EnrollmentOptions.request(.individual(id), arguments, invocation)
        request.deviceID = try arguments.value(EnrollmentOptions.deviceID)
        request.deviceInformation = try arguments.value(EnrollmentOptions.deviceInformation)
        return request
    }

    static let show = Command<Invocation>(
        "dps enrollment show",
        summary: "Show an enrollment.",
        arguments: common + [.optional(EnrollmentOptions.showKeys)] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Show an enrollment with its keys",
                command: "adr dps enrollment show --dps-name factory-dps --enrollment-id device-01 --show-keys"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let id = try arguments.required(EnrollmentOptions.individual)
        let enrollment = try invocation.registry(arguments).showEnrollment(
            try arguments.required(EnrollmentOptions.service),
            .individual(id),
            showingKeys: try arguments.isOn(EnrollmentOptions.showKeys)
        )
        try invocation.print(enrollment, arguments)
    }

    static let list = Command<Invocation>(
        "dps enrollment list",
        summary: "List the enrollments of a provisioning service.",
        arguments: [
            .required(EnrollmentOptions.service), .optional(Options.resourceGroup), .optional(EnrollmentOptions.top),
        ] + CloudOptions.signIn,
        examples: [
            Example(summary: "List enrollments", command: "adr dps enrollment list --dps-name factory-dps")
        ],
        effect: .reads
    ) { arguments, invocation in
        let enrollments = try invocation.registry(arguments).listEnrollments(
            try arguments.required(EnrollmentOptions.service),
            groups: false,
            top: try arguments.top()
        )
        try invocation.print(.array(enrollments), arguments)
    }

    static let update = Command<Invocation>(
        "dps enrollment update",
        summary: "Update an enrollment.",
        arguments: common + EnrollmentOptions.settings + EnrollmentOptions.removals + own
            + [.optional(Options.entityTag)] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Keep a device from registering",
                command: "adr dps enrollment update --dps-name factory-dps --enrollment-id device-01 "
                    + "--provisioning-status disabled"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let id = try arguments.required(EnrollmentOptions.individual)
        var request = try individual(id, arguments, invocation)
        try EnrollmentOptions.addUpdate(arguments, to: &request)
        let registry = try invocation.registry(arguments)
        try invocation.print(
            try registry.updateEnrollment(try arguments.required(EnrollmentOptions.service), request),
            arguments
        )
    }

    static let delete = Command<Invocation>(
        "dps enrollment delete",
        summary: "Delete an enrollment and its keys.",
        description: "A device that registered under it stays where it is.",
        arguments: common + [.optional(Options.entityTag)] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Delete an enrollment",
                command: "adr dps enrollment delete --dps-name factory-dps --enrollment-id device-01"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let id = try arguments.required(EnrollmentOptions.individual)
        let service = try arguments.required(EnrollmentOptions.service)
        let tag = try arguments.value(Options.entityTag)
        if try !invocation.registry(arguments).deleteEnrollment(service, .individual(id), ifMatching: tag) {
            invocation.host.note("there is no enrollment \(quoted(id.text)); nothing to delete")
        }
    }
}

extension Arguments {
    /// `--top`, which must be positive where it is given.
    func top() throws -> Int? {
        guard let top = try value(EnrollmentOptions.top) else { return nil }
        guard top > 0 else {
            throw ServiceError.invalid("--top is \(top)", hint: "--top takes 1 or more; leave it out for all.")
        }
        return top
    }
}
