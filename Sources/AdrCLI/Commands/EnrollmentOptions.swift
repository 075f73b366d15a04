import CommandTable
import JSON
import OpenSSL
import Registry

/// The arguments that individual enrollments and enrollment groups share, and what they ask for.
enum EnrollmentOptions {
    /// `--dps-name/-n`, as az names it for what is inside a provisioning service.
    static let service = Argument<ProvisioningServiceName>(
        "--dps-name",
        "-n",
        value: "NAME",
        help: "Name of the provisioning service.",
        completion: .names("dps")
    ) { try ProvisioningServiceName($0.last ?? "") }
    static let individual = Argument<RegistrationID>(
        "--enrollment-id",
        "--eid",
        value: "ID",
        help: "ID of the enrollment: the registration ID of its device.",
        completion: .names("enrollment")
    ) { try RegistrationID($0.last ?? "", calledA: "enrollment ID") }
    static let group = Argument<RegistrationID>(
        "--enrollment-id",
        "--eid",
        "--group-id",
        "--gid",
        value: "ID",
        help: "ID of the enrollment group.",
        completion: .names("enrollment-group")
    ) { try RegistrationID($0.last ?? "", calledA: "enrollment group ID") }
    /// The device, where no CSR is at stake.
    static let registrationID = Argument<RegistrationID>(
        "--registration-id",
        "--rid",
        value: "ID",
        help: "Registration ID of the device.",
        completion: .names("deviceID")
    ) { try RegistrationID($0.last ?? "") }
    static let showKeys = Argument<Bool>.threeState("--show-keys", "--keys", help: "Include the symmetric keys.")
    static let top = Argument<Int>.integer("--top", help: "At most so many.")

    static let certificate = Argument<String>.file(
        "--certificate-path",
        "--cp",
        help: "Certificate, PEM or DER: the device's own, or for a group the CA that signs its members.",
        section: "Attestation"
    )
    static let secondaryCertificate = Argument<String>.file(
        "--secondary-certificate-path",
        "--scp",
        help: "A second certificate, for a rollover.",
        section: "Attestation"
    )
    private static let removesCertificate = Argument<Bool>.threeState(
        "--remove-certificate",
        "--rc",
        help: "Remove the certificate; the secondary one must be there.",
        section: "Attestation"
    )
    private static let removesSecondaryCertificate = Argument<Bool>.threeState(
        "--remove-secondary-certificate",
        "--rsc",
        help: "Remove the secondary certificate.",
        section: "Attestation"
    )
    static let primaryKey = key("--primary-key", "--pk", "Primary symmetric key, base64; made if left out.")
    static let secondaryKey = key("--secondary-key", "--sk", "Secondary symmetric key, base64; made if left out.")
    private static let status = Argument<String>.choice(
        "--provisioning-status",
        "--ps",
        help: "Whether its devices may register.",
        choices: ["disabled", "enabled"]
    )
    private static let reprovision = Argument<String>.choice(
        "--reprovision-policy",
        "--rp",
        help: "What becomes of a device that registers again.",
        choices: ReprovisionPolicy.allCases.map(\.rawValue)
    )
    private static let allocation = Argument<String>.choice(
        "--allocation-policy",
        "--ap",
        help: "How a hub is chosen; hashed if left out.",
        choices: ["custom", "geoLatency", "hashed", "static"]
    )
    private static let hubs = Argument<[HubName]>(
        "--iot-hubs",
        "--ih",
        value: "HUBS",
        help: "Linked hubs to choose from, by name or host name; all if left out.",
        arity: .oneOrMore,
        completion: .names("linked-hub")
    ) { words in
        try words.flatMap { $0.split(separator: " ") }.map { try HubName(String($0)) }
    }
    private static let hub = Argument<HubName>(
        "--iot-hub-host-name",
        "--hn",
        value: "HUB",
        help: "The one linked hub to assign to: static allocation.",
        completion: .names("linked-hub")
    ) { try HubName($0.last ?? "") }
    private static let webhook = Argument<String>.text(
        "--webhook-url",
        "--wh",
        value: "PATH",
        help: "For custom allocation: absolute path of the executable that chooses the hub.",
        completion: .files
    )
    private static let webhookVersion = Argument<String>.text(
        "--api-version",
        "--av",
        value: "VERSION",
        help: "Version of the webhook's JSON, kept with the enrollment."
    )
    private static let twinTags = json(
        "--initial-twin-tags",
        "--tags",
        help: "Tags of the device's first twin, JSON."
    )
    private static let twinProperties = json(
        "--initial-twin-properties",
        "--props",
        help: "Desired properties of the device's first twin, JSON."
    )
    private static let edge = Argument<Bool>.threeState("--edge-enabled", "--ee", help: "IoT Edge device.")
    private static let policy = Argument<String>.text(
        "--credential-policy-name",
        "--cpn",
        value: "NAME",
        help: "Policy whose CA signs the CSRs of these devices. Use \"\" to clear.",
        completion: .names("policy")
    )
    static let deviceID = Argument<String>.text(
        "--device-id",
        "-d",
        value: "ID",
        help: "Device ID in the hub; the registration ID if left out."
    )
    static let deviceInformation = json("--device-information", "--info", help: "Information on the device, JSON.")

    /// Octets of a symmetric key, as the service takes them.
    static let keyLengths = 16...64

    private static func key(_ name: String, _ alias: String, _ help: String) -> Argument<[UInt8]> {
        Argument(name, alias, value: "KEY", help: help, section: "Attestation") { words in
            guard let key = Base64.decodeStrict(Array((words.last ?? "").utf8)), keyLengths.contains(key.count) else {
                throw ServiceError.invalid(
                    "\(name) is no base64 of 16 to 64 octets",
                    hint: "Leave it out to have one made, or pass e.g. the output of 'openssl rand -base64 32'."
                )
            }
            return key
        }
    }

    private static func json(_ name: String, _ alias: String, help: String) -> Argument<JSONValue> {
        Argument(name, alias, value: "JSON", help: help) { words in
            .object(try JSONText.object(words.last ?? "", of: name))
        }
    }

    /// What create and update take alike.
    static let settings: [ArgumentUse] = [
        .optional(certificate), .optional(secondaryCertificate), .optional(primaryKey), .optional(secondaryKey),
        .optional(status), .optional(reprovision), .optional(allocation), .optional(hubs), .optional(hub),
        .optional(webhook), .optional(webhookVersion), .optional(twinTags), .optional(twinProperties),
        .optional(edge), .optional(policy),
    ]

    /// What update takes besides.
    static let removals: [ArgumentUse] = [.optional(removesCertificate), .optional(removesSecondaryCertificate)]

    /// The change that the settings ask of an enrollment that is there.
    static func addUpdate(_ arguments: Arguments, to request: inout EnrollmentRequest) throws {
        request.entityTag = try arguments.value(Options.entityTag)
        request.removesPrimary = try arguments.isOn(removesCertificate)
        request.removesSecondary = try arguments.isOn(removesSecondaryCertificate)
        for (path, isRemoved, names) in [
            (certificate, request.removesPrimary, "--certificate-path and --remove-certificate"),
            (
                secondaryCertificate, request.removesSecondary,
                "--secondary-certificate-path and --remove-secondary-certificate"
            ),
        ] where isRemoved && arguments.has(path) {
            throw UsageError(
                "\(names) cannot go together",
                recommendations: [
                    "A certificate that is named takes the place of the one that is there: name it alone."
                ]
            )
        }
    }

    /// What the settings ask for.
    static func request(
        _ id: EnrollmentID,
        _ arguments: Arguments,
        _ invocation: Invocation
    ) throws -> EnrollmentRequest {
        var request = EnrollmentRequest(id: id)
        request.attestation = try attestation(arguments, invocation)
        request.isEnabled = try arguments.value(status).map { $0 == "enabled" }
        request.policyName = try arguments.value(policy)
        request.allocation = try arguments.value(allocation).flatMap(AllocationPolicy.init(rawValue:))
        request.hubs = try arguments.value(hubs)
        if let hub = try arguments.value(hub) {
            guard request.hubs == nil, request.allocation == nil || request.allocation == .fixed else {
                throw UsageError(
                    "--iot-hub-host-name cannot go with --iot-hubs or another --allocation-policy than static",
                    recommendations: ["Pass --iot-hubs with the hubs to choose from."]
                )
            }
            request.hubs = [hub]
            request.allocation = .fixed
        }
        request.webhook = try arguments.value(webhook)
        request.webhookVersion = try arguments.value(webhookVersion)
        request.reprovision = try arguments.value(reprovision).flatMap(ReprovisionPolicy.init(rawValue:))
        request.twinTags = try arguments.value(twinTags)
        request.twinProperties = try arguments.value(twinProperties)
        request.isEdge = try arguments.value(edge)
        return request
    }

    private static func attestation(
        _ arguments: Arguments,
        _ invocation: Invocation
    ) throws -> AttestationRequest? {
        func first(_ argument: Argument<String>) throws -> [UInt8]? {
            try arguments.value(argument).map { path in try invocation.files.readCertificates(path)[0] }
        }
        let primary = try first(certificate)
        let secondary = try first(secondaryCertificate)
        let keys = (try arguments.value(primaryKey), try arguments.value(secondaryKey))
        let hasKeys = keys.0 != nil || keys.1 != nil
        if primary != nil || secondary != nil {
            guard !hasKeys else {
                throw UsageError(
                    "certificates and symmetric keys cannot go together",
                    recommendations: ["An enrollment attests by one of the two."]
                )
            }
            return .x509(primary: primary, secondary: secondary)
        }
        return hasKeys ? .symmetricKey(primary: keys.0, secondary: keys.1) : nil
    }
}
