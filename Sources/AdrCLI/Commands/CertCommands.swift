import CommandTable
import JSON
import OpenSSL
import PKI
import Registry
import Store

extension Group where Context == Invocation {
    static var cert: Group {
        Group(
            "cert",
            summary: "Issue, list, show, verify and renew device certificates.",
            commands: {
                [
                    CertCommands.issue, CertListCommand.list, CertCommands.show, CertCommands.verify,
                    CertRenewCommand.renew,
                ]
            }
        )
    }
}

private enum CertCommands {
    private static let csr = Argument<String>.file(
        "--csr",
        help: "The CSR: base64 of DER on one line, as DPS takes it; '-' for standard input."
    )
    private static let leafOut = Argument<String>.file("--out-leaf", help: "File for the leaf alone, PEM.")

    // MARK: issue

    static let issue = Command<Invocation>(
        "cert issue",
        summary: "Issue a certificate for a CSR: the operator's own word for a device.",
        description: "Creates device and hub identity if the device is new. Without --registration-id the CSR's CN "
            + "names the device, which must not exist yet. A known device keeps its earlier certificates.",
        arguments: [
            .required(Options.namespace), .optional(Options.resourceGroup), .required(Options.policy), .optional(csr),
            .optional(Options.registrationID), .optional(Options.hub), .optional(Options.chainOut), .optional(leafOut),
            .optional(Options.acceptClock),
        ] + CertificateBatch.arguments,
        examples: [
            Example(
                summary: "Issue and write the chain the device presents",
                command: "adr cert issue --namespace factory --policy-name default --registration-id device-01 "
                    + "--csr device-01.csr --out device-01.pem"
            ),
            Example(
                summary: "Issue for every *.csr of this folder, on all processors",
                command: "adr cert issue --namespace factory --policy-name default --batch . --out-dir ."
            ),
        ],
        effect: .writes
    ) { arguments, invocation in
        let key = try invocation.namespace(arguments)
        if arguments.has(CertificateBatch.batch) {
            let single = [
                ("--csr", arguments.has(csr)), ("--registration-id", arguments.has(Options.registrationID)),
                ("--out", arguments.has(Options.chainOut)), ("--out-leaf", arguments.has(leafOut)),
            ]
            return try CertificateBatch.run(key, arguments, invocation, excluding: single)
        }
        try CertificateBatch.refuseWithout(arguments)
        guard let path = try arguments.value(csr) else {
            throw UsageError(
                "the following arguments are required: --csr, or --batch for many",
                recommendations: [
                    "Example: adr cert issue --namespace \(key.name.text) --policy-name default "
                        + "--registration-id device-01 --csr device-01.csr"
                ]
            )
        }
        let out = try arguments.value(Options.chainOut)
        let leafPath = try arguments.value(leafOut)
        try invocation.files.checkDistinct(("--out", out), ("--out-leaf", leafPath))
        for file in [("--out", out), ("--out-leaf", leafPath)] {
            if path != "-" { try invocation.files.checkDistinct(("--csr", path), file) }
            if let target = file.1 { try invocation.files.checkWritable(target) }
        }
        let request = IssueRequest(
            namespace: key,
            policy: try arguments.required(Options.policy),
            csr: try invocation.files.read(path),
            csrName: path,
            registrationID: try arguments.value(Options.registrationID),
            hub: try arguments.value(Options.hub)
        )
        let issued = try invocation.registry(arguments).issueCertificate(request)
        try invocation.handOut(issued, out: out, leaf: leafPath, key, arguments)
        invocation.hint(issued, key)
    }

    // MARK: show

    private static let file = Argument<String>.file(
        "FILE",
        help: "A certificate or chain, PEM or DER; '-' for standard input."
    )
    private static let optionalNamespace = Argument<NamespaceName>(
        "--namespace",
        "--ns",
        value: "NAME",
        help: "The namespace that issued the certificate.",
        completion: .names("namespace")
    ) { try NamespaceName($0.last ?? "") }
    private static let serial = Argument<String>.text("--serial", value: "HEX", help: "Serial number, hexadecimal.")
    private static let device = Argument<String>.text(
        "--device-name",
        "--dn",
        value: "NAME",
        help: "Name of the device, or its registration ID: its newest certificate.",
        completion: .names("device")
    )

    static let show = Command<Invocation>(
        "cert show",
        summary: "Describe a certificate or chain, or give an issued one again.",
        arguments: [
            .optional(file), .optional(optionalNamespace), .optional(Options.resourceGroup), .optional(device),
            .optional(serial), .optional(Options.chainOut),
        ],
        examples: [
            Example(summary: "Describe the certificates of a file", command: "adr cert show device-01.pem"),
            Example(
                summary: "Give the chain of a device again",
                command: "adr cert show --namespace factory --device-name device-01 --out device-01.pem"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        if let path = try arguments.value(file) {
            let others = arguments.has(optionalNamespace) || arguments.has(device) || arguments.has(serial)
            guard !others, !arguments.has(Options.chainOut) else {
                throw UsageError(
                    "FILE cannot go with --namespace, --device-name, --serial or --out",
                    recommendations: ["A file is described; a namespace gives an issued chain again."]
                )
            }
            let outlines = try invocation.files.readCertificates(path).map { try CertificateOutline(lenient: $0) }
            return try invocation.print(.array(outlines.map(\.value)), arguments)
        }
        guard try arguments.value(optionalNamespace) != nil else {
            throw UsageError(
                "the following arguments are required: FILE, or --namespace/--ns with --device-name/--dn or --serial",
                recommendations: ["adr cert show device-01.pem"]
            )
        }
        let key = try invocation.namespace(arguments)
        let registry = try invocation.registry(arguments)
        let out = try arguments.value(Options.chainOut)
        if let out { try invocation.files.checkWritable(out) }
        let issued: IssuedCertificate
        switch (try arguments.value(device), try arguments.value(serial)) {
        case (let device?, nil): issued = try registry.certificate(ofDevice: device, key)
        case (nil, let serial?): issued = try registry.certificate(serialNumber: serial, key)
        case (.some, .some):
            throw UsageError(
                "--device-name and --serial cannot go together",
                recommendations: ["--device-name gives a device's newest certificate, --serial any that was issued."]
            )
        case (nil, nil):
            throw UsageError(
                "one of the following arguments is required: --device-name/--dn, --serial",
                recommendations: ["adr cert show --namespace \(key.name.text) --device-name device-01"]
            )
        }
        try invocation.handOut(issued, out: out, leaf: nil, key, arguments)
    }

    // MARK: verify

    private static let caFile = Argument<String>.file("--ca-file", help: "Root certificates to trust, PEM or DER.")

    static let verify = Command<Invocation>(
        "cert verify",
        summary: "Check a chain against a namespace, a hub or a CA file.",
        description: "Says exactly which link or rule fails. Exit status 1 if any does.",
        arguments: [
            .required(file), .optional(optionalNamespace), .optional(Options.resourceGroup), .optional(Options.hub),
            .optional(caFile),
        ],
        examples: [
            Example(
                summary: "As the hub of the device would judge it",
                command: "adr cert verify device-01.pem --hub-name hub-1"
            ),
            Example(
                summary: "Up to the root of a namespace",
                command: "adr cert verify device-01.pem --namespace factory"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let path = try arguments.required(file)
        let chain = try invocation.files.readChain(path)
        let registry = try invocation.registry(arguments)
        let namespace = try arguments.value(optionalNamespace)
        switch (namespace, try arguments.value(Options.hub), try arguments.value(caFile)) {
        case (.some, nil, nil):
            let verified = try registry.verify(chain, against: try invocation.namespace(arguments))
            try invocation.print(description(of: verified), arguments)
        case (nil, let hub?, nil):
            try invocation.print(try registry.verify(chain, againstHub: hub).value, arguments)
        case (nil, nil, let rootPath?):
            try invocation.files.checkReadOnce(("FILE", path), ("--ca-file", rootPath))
            let roots = try invocation.files.readCertificates(rootPath)
            try invocation.print(description(of: try registry.verify(chain, roots: roots)), arguments)
        default:
            throw UsageError(
                "exactly one of the following arguments is required: --namespace/--ns, --hub-name, --ca-file",
                recommendations: ["adr cert verify device-01.pem --hub-name hub-1"]
            )
        }
    }

    private static func description(of verified: VerifiedChain) -> JSONValue {
        [
            "verified": true,
            "chain": .array(
                verified.certificates.map {
                    [
                        "subject": .string($0.subject.description), "serialNumber": .string($0.serialNumber),
                        "notAfter": .string(Timestamp.text($0.notAfter)),
                    ]
                }
            ),
        ]
    }
}

extension CertificateOutline {
    /// A certificate as `cert show` describes it.
    fileprivate var value: JSONValue {
        var object = JSONObject()
        object["subject"] = .string(subject.description)
        object["issuer"] = .string(issuer.description)
        object["serialNumber"] = .string(serialNumber)
        object["version"] = .integer(Int64(version))
        object["notBefore"] = .string(Timestamp.text(notBefore))
        object["notAfter"] = .string(Timestamp.text(notAfter))
        object["publicKey"] = .string(keyDescription)
        object["signatureAlgorithm"] = .string(signatureAlgorithm)
        object["thumbprint"] = .string(thumbprintSHA1)
        object["thumbprintSha256"] = .string(thumbprintSHA256)
        if let basicConstraints {
            var constraints: JSONObject = JSONObject([("isCA", .bool(basicConstraints.isCA))])
            if let length = basicConstraints.pathLength { constraints["pathLength"] = .integer(Int64(length)) }
            object["basicConstraints"] = .object(constraints)
        }
        if let keyUsage { object["keyUsage"] = .array(keyUsage.map(JSONValue.string)) }
        if let extendedKeyUsage { object["extendedKeyUsage"] = .array(extendedKeyUsage.map(JSONValue.string)) }
        if !subjectAlternativeNames.isEmpty {
            object["subjectAlternativeNames"] = .array(subjectAlternativeNames.map(JSONValue.string))
        }
        if let subjectKeyIdentifier { object["subjectKeyIdentifier"] = .string(Hex.upper(subjectKeyIdentifier)) }
        if let authorityKeyIdentifier { object["authorityKeyIdentifier"] = .string(Hex.upper(authorityKeyIdentifier)) }
        if let deviceIdentifier { object["deviceIdentifier"] = .string(Hex.lower(deviceIdentifier)) }
        if !crlDistributionPoints.isEmpty {
            object["crlDistributionPoints"] = .array(crlDistributionPoints.map(JSONValue.string))
        }
        if !caIssuers.isEmpty { object["caIssuers"] = .array(caIssuers.map(JSONValue.string)) }
        if !otherExtensions.isEmpty {
            object["otherExtensions"] = .array(
                otherExtensions.map { ["oid": .string($0.oid), "critical": .bool($0.critical)] }
            )
        }
        return .object(object)
    }
}

extension Invocation {
    /// Writes an issued chain where it was asked for, and prints the certificate unless PEM went to standard output.
    /// It is on record already: whoever loses what is written gets it again.
    func handOut(
        _ issued: IssuedCertificate,
        out: String?,
        leaf: String?,
        _ key: NamespaceKey,
        _ arguments: Arguments
    ) throws {
        do {
            if let out { try files.write(issued.chain.flatMap(Self.pem), to: out) }
            if let leaf { try files.write(Self.pem(issued.chain[0]), to: leaf) }
            if out != "-", leaf != "-" { try emit(issued.value, arguments) }
        } catch {
            // Also a query that does not fit what is printed: nobody should issue again for it.
            throw FileProblem(
                ErrorReport(error).message + "; the certificate \(issued.serialNumber) is issued and on record",
                hint: "adr cert show --namespace \(key.name.text) -g \(key.group.text) --serial \(issued.serialNumber) "
                    + "--out FILE"
            )
        }
    }

    static func pem(_ der: [UInt8]) -> [UInt8] { PEM.encode(label: "CERTIFICATE", der: der) }

    /// What stands between the certificate and an accepted connection.
    func hint(_ issued: IssuedCertificate, _ key: NamespaceKey) {
        guard let hub = issued.hubName else {
            return host.note(
                "WARNING: no hub knows the device '\(issued.registrationID)': the namespace has none. "
                    + "'adr hub create --namespace \(key.name.text)\(Registry.groupOption(key.group)) --name <hub>', then "
                    + "issue again."
            )
        }
        if !issued.isTrustedByHub {
            host.note(
                "WARNING: the hub '\(hub)' does not hold the policy's issuing CA yet: "
                    + "'adr credential sync --namespace \(key.name.text)\(Registry.groupOption(key.group))'."
            )
        }
    }
}
