import CommandTable
import JSON
import OpenSSL
import PKI
import Registry

extension Group where Context == Invocation {
    static var registration: Group {
        Group(
            "registration",
            summary: "Register devices with a provisioning service, and see what was registered.",
            commands: {
                [
                    RegistrationCommands.create, RegistrationCommands.show, RegistrationCommands.list,
                    RegistrationCommands.delete,
                ]
            }
        )
    }
}

private enum RegistrationCommands {
    private static let group = Argument<RegistrationID>(
        "--enrollment-group-id",
        "--group-id",
        "--gid",
        value: "ID",
        help: "Enrollment group whose key the device's is derived from, where none is given.",
        completion: .names("enrollment-group")
    ) { try RegistrationID($0.last ?? "") }
    private static let idScope = Argument<String>.text(
        "--id-scope",
        "--scope",
        value: "SCOPE",
        help:
            "ID scope of the provisioning service, instead of its name; given with the name it must be that service's."
    )
    private static let computeKey = Argument<Bool>.flag(
        "--compute-key",
        "--ck",
        help: "The symmetric key given is the group's: derive the device's from it."
    )
    private static let passphrase = Argument<String>.text(
        "--passphrase",
        "--pass",
        help: "Passphrase of the private key; not there yet."
    )
    private static let payload = Argument<JSONValue>(
        "--payload",
        value: "JSON",
        help: "What the device tells a custom allocation, JSON."
    ) { words in
        try JSONText.value(words.last ?? "", of: "--payload")
    }
    static let create = Command<Invocation>(
        "registration create",
        summary: "Register a device: play the device that asks its provisioning service for a hub.",
        description:
            "The device proves itself by a symmetric key or an onboarding certificate; without either, the key of "
            + "its enrollment is looked up. With a CSR it gets a certificate, if its enrollment names a policy. "
            + "Registering again renews the certificate.",
        arguments: [
            .required(Options.enrolledID), .optional(EnrollmentOptions.service), .optional(idScope),
            .optional(Options.resourceGroup),
            .optional(group), .optional(DeviceKeyOptions.key), .optional(DeviceKeyOptions.keyFile),
            .optional(computeKey), .optional(Options.certificateFile), .optional(Options.keyFile),
            .optional(passphrase), .optional(payload), .optional(Options.deviceCSR),
            .optional(RegistrationArguments.generate),
            .optional(RegistrationArguments.keyOut),
            .optional(Options.chainOut), .optional(Options.acceptClock), CloudOptions.provisioningHost,
        ] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "With a new key and CSR; the chain is what the device presents to its hub",
                command: "adr registration create --dps-name factory-dps --registration-id device-04 --group-id line-1 "
                    + "--generate --key-out device-04.key --out device-04.pem"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let id = try arguments.required(Options.enrolledID)
        if arguments.has(passphrase) {
            throw ServiceError.refused(
                "NotSupported",
                "encrypted private keys are not there yet",
                hint: "Decrypt the key with 'openssl pkey -in FILE -out KEY.pem', and leave out --passphrase."
            )
        }
        guard arguments.has(EnrollmentOptions.service) || arguments.has(idScope) else {
            throw UsageError(
                "the following arguments are required: --dps-name/-n, or --id-scope/--scope",
                recommendations: [
                    "Example: adr registration create --dps-name factory-dps --registration-id \(id.text)"
                ]
            )
        }
        try DeviceRequest.check(arguments, id)
        let outPath = try arguments.value(Options.chainOut)
        try invocation.files.checkDistinct(
            ("--key-out", try arguments.value(RegistrationArguments.keyOut)),
            ("--out", outPath)
        )
        let csrPath = try arguments.value(Options.deviceCSR)
        if csrPath != "-" { try invocation.files.checkDistinct(("--csr", csrPath), ("--out", outPath)) }
        if let outPath { try invocation.files.checkWritable(outPath) }
        let registry = try invocation.registry(arguments)
        let service = try service(arguments, registry)
        let proof = try proof(service, id, registry, arguments, invocation)
        let device = try DeviceRequest(id, arguments, invocation)
        let outcome: RegistrationOutcome
        do {
            outcome = try registry.register(
                RegistrationRequest(
                    service: service,
                    registrationID: id,
                    proof: proof,
                    csr: device.csr,
                    csrName: device.csrName,
                    payload: try arguments.value(payload)
                )
            )
        } catch {
            device.takeBack()
            throw error
        }
        if outcome.chain == nil { device.takeBack() }
        // A CSR made here can only be wrong in the ID's case, and remaking it by hand mends nothing.
        let spelling = outcome.value["registrationState"]?["registrationId"]?.stringValue ?? id.text
        let hint =
            arguments.has(RegistrationArguments.generate) && spelling != id.text && outcome.status == .failed
            ? "Register again with --registration-id \(spelling), as the ID is spelled on record." : outcome.hint
        try invocation.finish(
            outcome,
            hint,
            of: try registry.namespaceKey(ofService: service),
            out: outPath,
            arguments
        )
    }

    // MARK: - The operator's side

    /// az's `dps enrollment registration` names the registration by its enrollment.
    private static let enrollment = Argument<RegistrationID>(
        "--enrollment-id",
        "--eid",
        value: "ID",
        help: "The registration ID, as 'dps enrollment registration' has it.",
        completion: .names("enrollment")
    ) { try RegistrationID($0.last ?? "") }
    private static let optionalGroup = Argument<RegistrationID>(
        "--enrollment-id",
        "--eid",
        "--group-id",
        "--gid",
        value: "ID",
        help: "Only what was registered under this enrollment group.",
        completion: .names("enrollment-group")
    ) { try RegistrationID($0.last ?? "") }

    private static func registrationID(_ arguments: Arguments, to verb: String) throws -> RegistrationID {
        if let id = try arguments.value(EnrollmentOptions.registrationID) ?? arguments.value(enrollment) { return id }
        throw UsageError(
            "the following arguments are required: --registration-id/--rid",
            recommendations: [
                "Example: adr registration \(verb) --dps-name factory-dps --registration-id device-01"
            ]
        )
    }

    static let show = Command<Invocation>(
        "registration show",
        summary: "Show a device's last registration.",
        arguments: [
            .required(EnrollmentOptions.service), .optional(EnrollmentOptions.registrationID), .hidden(enrollment),
            .optional(Options.resourceGroup),
        ] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Show a registration",
                command: "adr registration show --dps-name factory-dps --registration-id device-01"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let service = try arguments.required(EnrollmentOptions.service)
        try invocation.print(
            try registry.showRegistration(service, try registrationID(arguments, to: "show")),
            arguments
        )
    }

    static let list = Command<Invocation>(
        "registration list",
        summary: "List what was registered with a provisioning service.",
        arguments: [
            .required(EnrollmentOptions.service), .optional(optionalGroup), .optional(Options.resourceGroup),
            .optional(EnrollmentOptions.top),
        ] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "List the registrations of a group",
                command: "adr registration list --dps-name factory-dps --group-id line-1"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let registrations = try invocation.registry(arguments).listRegistrations(
            try arguments.required(EnrollmentOptions.service),
            group: try arguments.value(optionalGroup),
            top: try arguments.top()
        )
        try invocation.print(.array(registrations), arguments)
    }

    static let delete = Command<Invocation>(
        "registration delete",
        summary: "Forget a registration; device and identity stay.",
        arguments: [
            .required(EnrollmentOptions.service), .optional(EnrollmentOptions.registrationID), .hidden(enrollment),
            .optional(Options.resourceGroup), .optional(Options.entityTag),
        ] + CloudOptions.signIn,
        examples: [
            Example(
                summary: "Delete a registration",
                command: "adr registration delete --dps-name factory-dps --registration-id device-01"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let id = try registrationID(arguments, to: "delete")
        let service = try arguments.required(EnrollmentOptions.service)
        let tag = try arguments.value(Options.entityTag)
        if try !invocation.registry(arguments).deleteRegistration(service, id, ifMatching: tag) {
            invocation.host.note("nothing was registered under \(quoted(id.text)); nothing to delete")
        }
    }

    // MARK: - The device's side

    /// The service that the device addresses, by name, by ID scope, or by both, which must mean the same.
    private static func service(_ arguments: Arguments, _ registry: Registry) throws -> ProvisioningServiceName {
        guard let scope = try arguments.value(idScope) else { return try arguments.required(EnrollmentOptions.service) }
        guard let name = try arguments.value(EnrollmentOptions.service) else {
            return try registry.provisioningService(withIDScope: scope)
        }
        let own = try registry.showProvisioningService(name)["properties"]?["idScope"]?.stringValue ?? ""
        guard own.lowercased() == scope.lowercased() else {
            throw ServiceError.invalid(
                "the provisioning service '\(name.text)' has the ID scope '\(own)', and --id-scope is \(quoted(scope))",
                hint: "Leave out --dps-name or --id-scope, whichever is wrong."
            )
        }
        return name
    }

    /// What the device proves itself by.
    private static func proof(
        _ service: ProvisioningServiceName,
        _ id: RegistrationID,
        _ registry: Registry,
        _ arguments: Arguments,
        _ invocation: Invocation
    ) throws -> OnboardingProof {
        let given = try DeviceKeyOptions.value(arguments, invocation)
        if arguments.has(computeKey), given == nil {
            throw UsageError(
                "--compute-key needs --symmetric-key/--key",
                recommendations: ["--group-id alone derives the device's key from that of the group on record."]
            )
        }
        let group = try arguments.value(group)
        if let group { _ = try registry.showEnrollment(service, .group(group), showingKeys: false) }
        if let path = try arguments.value(Options.certificateFile) {
            guard given == nil, let keyPath = try arguments.value(Options.keyFile) else {
                throw UsageError(
                    given == nil
                        ? "--certificate-file-path needs --key-file-path/--kp"
                        : "--certificate-file-path cannot go with a symmetric key",
                    recommendations: ["A device proves itself by a certificate and its key, or by a symmetric key."]
                )
            }
            try invocation.files.checkReadOnce(("--certificate-file-path", path), ("--key-file-path", keyPath))
            let chain = try invocation.files.readChain(path)
            let key = try invocation.files.readKey(keyPath)
            return .certificates(try registry.presentOnboarding(to: service, chain: chain, key: key))
        }
        if arguments.has(Options.keyFile) {
            throw UsageError(
                "--key-file-path needs --certificate-file-path/--cp",
                recommendations: ["The key of a new CSR is made by --generate --key-out."]
            )
        }
        let key: [UInt8]
        switch (given, group) {
        case (let given?, _) where arguments.has(computeKey):
            key = try SharedAccessSignature.deviceKey(groupKey: given, registrationID: id.text)
        case (let given?, _): key = given
        case (nil, let group?):
            let groupKey = try registry.keys(service, .group(group)).primary
            key = try SharedAccessSignature.deviceKey(groupKey: groupKey, registrationID: id.text)
        case (nil, nil): key = try registry.keys(service, .individual(id)).primary
        }
        return .token(try registry.makeToken(for: service, id, key: key))
    }
}

/// Where the CSR of a device comes from.
private enum RegistrationArguments {
    static let generate = Argument<Bool>.flag("--generate", help: "Make a P-384 key and a CSR for it.")
    static let keyOut = Argument<String>.file("--key-out", help: "File for the new private key, mode 0600.")
}

/// The CSR a device registers with, and the key that was made for it.
private struct DeviceRequest {
    /// As DPS takes it; nil when the device sends none.
    let csr: [UInt8]?
    let csrName: String
    private let newKey: String?

    /// Refuses options that do not go together, before anything is looked up or made.
    static func check(_ arguments: Arguments, _ id: RegistrationID) throws {
        let generates = arguments.has(RegistrationArguments.generate)
        let hasKeyOut = arguments.has(RegistrationArguments.keyOut)
        if hasKeyOut, !generates {
            throw UsageError(
                "--key-out needs --generate",
                recommendations: ["Or pass --csr with a CSR of your own."]
            )
        }
        let hasCSR = arguments.has(Options.deviceCSR)
        if generates, hasCSR || !hasKeyOut {
            throw UsageError(
                hasCSR ? "--generate cannot go with --csr" : "--generate needs --key-out",
                recommendations: ["--generate --key-out \(id.text).key makes key and CSR."]
            )
        }
        if generates { try id.checkFitsCommonName() }
    }

    /// Reads the CSR, or makes key and CSR, as options say that ``check(_:_:)`` has passed.
    init(_ id: RegistrationID, _ arguments: Arguments, _ invocation: Invocation) throws {
        guard let keyOut = try arguments.value(RegistrationArguments.keyOut) else {
            let path = try arguments.value(Options.deviceCSR)
            newKey = nil
            csrName = path.flatMap { $0 == "-" ? nil : $0 } ?? "CSR"
            csr = try path.map(invocation.files.readDeviceCSR)
            return
        }
        try invocation.files.checkKeyOut(
            keyOut,
            replacing: false,
            hint: "Name another file for --key-out, or pass --csr with a CSR for the key that is there."
        )
        let key = try PrivateKey.generate(.p384)
        let request = try CSRBuilder.make(commonName: id.text, key: key)
        try invocation.files.writeNewKey(try key.pem(), to: keyOut, replacing: false)
        csr = Array(Base64.encode(request).utf8)
        csrName = "the CSR of \(keyOut)"
        newKey = keyOut
    }

    /// Removes the key that was made: no certificate came for it.
    func takeBack() {
        if let newKey { UserFiles.remove(newKey) }
    }
}

extension Invocation {
    /// Prints how a registration ended, writes the chain, and fails where the device did not get what it came for.
    fileprivate func finish(
        _ outcome: RegistrationOutcome,
        _ hint: String?,
        of key: NamespaceKey,
        out: String?,
        _ arguments: Arguments
    ) throws {
        if let out, let chain = outcome.chain {
            do {
                try files.write(chain.flatMap { PEM.encode(label: "CERTIFICATE", der: $0) }, to: out)
            } catch let problem as FileProblem {
                throw FileProblem(
                    problem.message + "; the certificate \(outcome.serialNumber ?? "") is issued and on record",
                    hint:
                        "adr cert show --namespace \(key.name.text) -g \(key.group.text) --serial \(outcome.serialNumber ?? "") --out FILE"
                )
            }
        }
        // Standard output that has the chain has it alone.
        if out != "-" || outcome.chain == nil { try print(outcome.value, arguments) }
        switch outcome.status {
        case .failed, .disabled:
            let code = outcome.value["registrationState"]?["errorCode"]?.integerValue.map(String.init) ?? "disabled"
            throw ServiceError.refused(code, outcome.reason ?? "the registration failed", hint: hint)
        case .assigned where outcome.chain == nil && out != nil:
            throw ServiceError.refused(
                "NoCertificate",
                "\(out ?? "") is not written: \(outcome.reason ?? "no certificate was issued")",
                hint: hint
            )
        case .assigned:
            guard let reason = outcome.reason else { return }
            host.note("WARNING: \(reason).")
            if let hint { host.note(hint) }
        }
    }
}
