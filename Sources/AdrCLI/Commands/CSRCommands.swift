import CommandTable
import JSON
import OpenSSL
import PKI
import Registry

extension Group where Context == Invocation {
    static var csr: Group {
        Group(
            "csr",
            summary: "Make, read and judge certificate signing requests.",
            commands: { [CSRCommands.generate, CSRCommands.show, CSRCommands.verify] }
        )
    }
}

private enum CSRCommands {
    private static let keyOut = Argument<String>.file("--key-out", help: "File for the new private key, mode 0600.")
    private static let format = Argument<String>.choice(
        "--format",
        help: "Encoding: base64 of DER on one line, as DPS takes it, DER, or PEM.",
        choices: ["base64", "der", "pem"]
    )
    private static let force = Argument<Bool>.flag("--force", help: "Replace a private key that is there.")
    private static let file = Argument<String>.file(
        "FILE",
        help: "A CSR in PEM, DER or base64; '-' for standard input."
    )

    /// A CSR in one of the three encodings.
    private static func encode(_ der: [UInt8], as format: CSREncoding) -> [UInt8] {
        switch format {
        case .base64: Array((Base64.encode(der) + "\n").utf8)
        case .der: der
        case .pem: PEM.encode(label: "CERTIFICATE REQUEST", der: der)
        }
    }

    // MARK: generate

    static let generate = Command<Invocation>(
        "csr generate",
        summary: "Make a P-384 key and a CSR in the form DPS wants.",
        description: "A key is never overwritten without --force; --key-file-path uses one that is there.",
        arguments: [
            .required(Options.registrationID), .optional(keyOut), .optional(Options.keyFile), .optional(Options.out),
            .optional(format), .optional(force),
        ],
        examples: [
            Example(
                summary: "A new key and a CSR for it",
                command: "adr csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr"
            ),
            Example(
                summary: "A CSR for a key that is there, as PEM",
                command: "adr csr generate --registration-id device-01 --key-file-path device-01.key "
                    + "--format pem --out device-01.csr.pem"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let id = try arguments.required(Options.registrationID)
        try id.checkFitsCommonName()
        let encoding = CSREncoding(rawValue: try arguments.value(format) ?? "base64") ?? .base64
        let out = try arguments.value(Options.out)
        let newKey = try arguments.value(keyOut)
        let oldKey = try arguments.value(Options.keyFile)
        try invocation.files.checkDistinct(("--key-out", newKey), ("--out", out))
        try invocation.files.checkDistinct(("--key-file-path", oldKey), ("--out", out))
        if let out { try invocation.files.checkWritable(out) }
        switch (newKey, oldKey) {
        case (let path?, nil):
            let replacing = arguments.has(force)
            try invocation.files.checkKeyOut(path, replacing: replacing)
            let key = try PrivateKey.generate(.p384)
            let request = try CSRBuilder.make(commonName: id.text, key: key)
            try invocation.files.writeNewKey(try key.pem(), to: path, replacing: replacing)
            do {
                try invocation.files.write(encode(request, as: encoding), to: out ?? "-")
            } catch let problem as FileProblem {
                // A key that nobody has seen a CSR of would only stand in the way of the next attempt.
                if !replacing { UserFiles.remove(path) }
                throw problem
            }
            try invocation.report(id, key: path, csr: out, encoding, arguments)
        case (nil, let path?):
            let key = try invocation.files.readKey(path)
            guard key.curve == .p384 else {
                throw ServiceError.refused(
                    "InvalidKey",
                    "the key \(path) is no P-384 key (it is \(key.curve?.rawValue ?? "RSA or of another kind"))",
                    hint: "Leave out --key-file-path and pass --key-out for a new key."
                )
            }
            let request = try CSRBuilder.make(commonName: id.text, key: key)
            try invocation.files.write(encode(request, as: encoding), to: out ?? "-")
            try invocation.report(id, key: path, csr: out, encoding, arguments)
        case (nil, nil):
            throw UsageError(
                "one of the following arguments is required: --key-out, --key-file-path/--kp",
                recommendations: [
                    "adr csr generate --registration-id \(id.text) --key-out \(id.text).key --out \(id.text).csr"
                ]
            )
        case (.some, .some):
            throw UsageError(
                "--key-out and --key-file-path cannot go together",
                recommendations: ["--key-out makes a new key, --key-file-path uses one that is there."]
            )
        }
    }

    // MARK: show

    static let show = Command<Invocation>(
        "csr show",
        summary: "Print what is in a CSR, or convert it.",
        arguments: [.required(file), .optional(format), .optional(Options.out)],
        examples: [
            Example(summary: "Print what is in it", command: "adr csr show device-01.csr"),
            Example(
                summary: "Convert it to the form DPS wants",
                command: "adr csr show device-01.csr.pem --format base64 --out device-01.csr"
            ),
        ],
        effect: .reads
    ) { arguments, invocation in
        let path = try arguments.required(file)
        let judgement = CSRAcceptance.judge(
            try invocation.files.read(path),
            rules: CSRRules(encodings: [.base64, .der, .pem], fileName: path == "-" ? nil : path)
        )
        guard let request = judgement.request else {
            _ = try judgement.accepted()
            return
        }
        let name = try arguments.value(format)
        guard let name, let encoding = CSREncoding(rawValue: name) else {
            if arguments.has(Options.out) {
                throw UsageError("--out needs --format", recommendations: ["--format base64 is the form DPS wants."])
            }
            return try invocation.print(description(of: request, judgement.encoding), arguments)
        }
        let out = try arguments.value(Options.out) ?? "-"
        try invocation.files.checkWritable(out)
        try invocation.files.write(encode(request.der, as: encoding), to: out)
    }

    private static func description(of request: CertificationRequest, _ encoding: CSREncoding?) -> JSONValue {
        [
            "encoding": encoding.map { .string($0.rawValue) } ?? .null,
            "subject": .string(request.subject.description),
            "commonName": .string(request.commonName),
            "publicKey": .string(request.keyDescription),
            "signatureAlgorithm": .string(request.signatureAlgorithm),
            "requestedExtensions": .array(request.requestedExtensions.map(JSONValue.string)),
            "sha256": .string(Hex.upper(request.digest)),
        ]
    }

    // MARK: verify

    private static let requirements = TableLayout(
        rows: "requirements",
        columns: [
            ("Outcome", "outcome"), ("Requirement", "requirement"), ("Title", "title"), ("Found", "found"),
            ("Remedy", "remedy"),
        ]
    )

    static let verify = Command<Invocation>(
        "csr verify",
        summary: "Judge a CSR against every requirement of DPS.",
        description: "Prints each requirement with pass or fail and how to mend it. Exit status 1 if any fails.",
        arguments: [.required(file), .optional(Options.registrationID), .optional(Options.allowCSRKey)],
        examples: [
            Example(
                summary: "Judge a CSR for a device",
                command: "adr csr verify device-01.csr --registration-id device-01"
            )
        ],
        effect: .reads
    ) { arguments, invocation in
        let path = try arguments.required(file)
        let judgement = CSRAcceptance.judge(
            try invocation.files.read(path),
            rules: CSRRules(
                registrationID: try arguments.value(Options.registrationID)?.text,
                allowedCurves: [.p384] + (try arguments.value(Options.allowCSRKey) ?? []),
                fileName: path == "-" ? nil : path
            )
        )
        let failed = judgement.findings.contains { $0.outcome == .fail }
        try invocation.print(
            [
                "accepted": .bool(!failed),
                "encoding": judgement.encoding.map { .string($0.rawValue) } ?? .null,
                "requirements": .array(judgement.findings.map(description)),
            ],
            arguments,
            layout: requirements
        )
        if failed { _ = try judgement.accepted() }
    }

    private static func description(of finding: CSRFinding) -> JSONValue {
        var object = JSONObject()
        object["requirement"] = .string(finding.requirement.id)
        object["title"] = .string(finding.requirement.title)
        object["source"] = .string(finding.requirement.source)
        object["outcome"] = .string(finding.outcome.rawValue)
        for (key, text) in [
            ("found", finding.found), ("needed", finding.needed), ("remedy", finding.remedy), ("note", finding.note),
        ] {
            if let text { object[key] = .string(text) }
        }
        return .object(object)
    }
}

extension Invocation {
    /// What `csr generate` wrote; nothing when the CSR itself went to standard output.
    fileprivate func report(
        _ id: RegistrationID,
        key: String,
        csr: String?,
        _ encoding: CSREncoding,
        _ arguments: Arguments
    ) throws {
        guard let csr, csr != "-" else { return }
        do {
            try print(
                [
                    "registrationId": .string(id.text), "keyFile": .string(key), "csrFile": .string(csr),
                    "format": .string(encoding.rawValue),
                ],
                arguments
            )
        } catch let problem as FileProblem {
            throw FileProblem(problem.message + "; the key \(key) and the CSR \(csr) are there", hint: problem.hint)
        }
    }
}

extension RegistrationID {
    /// Refuses an ID that no CSR can bear, before a key is made for it.
    func checkFitsCommonName() throws(ServiceError) {
        let limit = CommonNameRule.maximumLength
        guard text.utf8.count > limit else { return }
        throw .invalid(
            "the registration ID has \(text.utf8.count) characters, and a CN holds \(limit) at most",
            hint: "Use a registration ID of up to \(limit) characters."
        )
    }
}
