import CommandTable
import JMESPath
import JSON
import OpenSSL
import Registry

/// The arguments commands share, each defined once. az's names, aliases and short forms.
enum Options {
    // MARK: Global

    static let store = Argument<String>.file(
        "--store",
        value: "DIR",
        help: "Folder of the store. Else $ADR_HOME, $XDG_DATA_HOME/adr or ~/.local/share/adr.",
        environment: ["ADR_HOME"]
    )
    static let output = Argument<String>.choice(
        "--output",
        "-o",
        help: "Output format; jsonc and yamlc have colours on a terminal.",
        choices: ["json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"],
        default: "json",
        environment: ["AZURE_CORE_OUTPUT"]
    )
    static let query = Argument<JMESPath>(
        "--query",
        value: "JMESPATH",
        help: "JMESPath query whose result is printed instead. See https://jmespath.org.",
        kind: .expression(type: "jmespath_type") { text in
            do throws(JMESPathSyntaxError) {
                _ = try JMESPath(text)
                return nil
            } catch {
                return error.message.split(separator: "\n").map(String.init)
            }
        }
    ) { try JMESPath($0.last ?? "") }
    static let verbose = Argument<Bool>.flag("--verbose", help: "Say more on standard error.")
    static let debug = Argument<Bool>.flag("--debug", help: "Say everything on standard error.")
    static let onlyShowErrors = Argument<Bool>.flag(
        "--only-show-errors",
        help: "Only show errors, suppressing warnings."
    )
    static let subscription = Argument<String>.text(
        "--subscription",
        help: "Name or ID of a subscription; a store is its own, so it has no effect."
    )

    static let globals: [ArgumentUse] = [
        .optional(store), .optional(output), .optional(query), .optional(verbose), .optional(debug),
        .optional(onlyShowErrors),
        .accepted(subscription, "the store is its own subscription"),
    ]

    // MARK: Where

    static let resourceGroup = Argument<ResourceGroupName>(
        "--resource-group",
        "-g",
        value: "GROUP",
        help: "Resource group. Else 'group' of [defaults] in az's configuration, else 'default'.",
        environment: ["AZURE_DEFAULTS_GROUP"],
        completion: .names("group")
    ) { try ResourceGroupName($0.last ?? "") }

    static let location = Argument<Location>(
        "--location",
        "-l",
        value: "REGION",
        help: "Azure region, short or long form. Else 'location' of [defaults] in az's configuration.",
        environment: ["AZURE_DEFAULTS_LOCATION"]
    ) { try Location($0.last ?? "") }

    static let tags = Argument<[(String, String)]>.tags(
        "--tags",
        help: "Space-separated tags: key[=value] [key[=value] ...]. Use \"\" to clear."
    )

    // MARK: Names

    /// The namespace, in the groups beneath it.
    static let namespace = namespaceArgument("--namespace", "--ns")
    /// The namespace, where it is what the command is about.
    static let namespaceItself = Argument<NamespaceName>(
        "--namespace",
        "--name",
        "-n",
        value: "NAME",
        help: "Name of the ADR namespace.",
        completion: .names("namespace")
    ) { try NamespaceName($0.last ?? "") }

    private static func namespaceArgument(_ name: String, _ alias: String) -> Argument<NamespaceName> {
        Argument(
            name,
            alias,
            value: "NAME",
            help: "Name of the ADR namespace.",
            completion: .names("namespace")
        ) { try NamespaceName($0.last ?? "") }
    }

    static let policy = Argument<PolicyName>(
        "--policy-name",
        "--pn",
        "--name",
        "-n",
        value: "NAME",
        help: "Name of the policy.",
        completion: .names("policy")
    ) { try PolicyName($0.last ?? "") }

    static let device = Argument<String>(
        "--device-name",
        "--dn",
        "--name",
        "-n",
        value: "NAME",
        help: "Name of the device, or its registration ID.",
        completion: .names("device")
    ) { $0.last ?? "" }

    /// The device that a list is narrowed to.
    static let deviceFilter = Argument<String>.text(
        "--device-name",
        "--dn",
        value: "NAME",
        help: "Name of the device, or its registration ID.",
        completion: .names("device")
    )

    /// The hub, where it is what the command is about.
    static let hubItself = Argument<HubName>(
        "--name",
        "-n",
        value: "NAME",
        help: "Name of the IoT hub.",
        completion: .names("hub")
    ) { try HubName($0.last ?? "") }

    static let hub = Argument<HubName>(
        "--hub-name",
        value: "NAME",
        help: "Name of the IoT hub.",
        completion: .names("hub")
    ) { try HubName($0.last ?? "") }

    static let registrationID = registrationIDArgument(completion: .none)
    /// The registration ID, where it is enrolled already.
    static let enrolledID = registrationIDArgument(completion: .names("enrollment"))

    private static func registrationIDArgument(completion: CompletionSource) -> Argument<RegistrationID> {
        Argument(
            "--registration-id",
            "--rid",
            value: "ID",
            help: "Registration ID of the device, which the CN of its CSR equals byte for byte.",
            completion: completion
        ) { try RegistrationID($0.last ?? "") }
    }

    // MARK: Policy settings

    static let keyType = Argument<String>.choice(
        "--cert-key-type",
        help: "Key type of the CA.",
        section: "Policy Certificate",
        choices: ["ECC"],
    )
    static let subject = Argument<String>.text(
        "--cert-subject",
        value: "SUBJECT",
        help: "Requested CA subject. The service picks the subject itself, so it has no effect.",
        section: "Policy Certificate"
    )
    static let validityDays = Argument<Int>.integer(
        "--cert-validity-days",
        value: "DAYS",
        help: "How long device certificates live, 7 to 90 days; 30 if left out.",
        section: "Policy Certificate"
    )
    static let allowCSRKey = Argument<[NamedCurve]>(
        "--allow-csr-key",
        value: "CURVES",
        help: "Curves besides P-384 that CSRs may use: P-256, P-521, or both with a comma. Use \"\" for none.",
        section: "Policy Certificate"
    ) { values in
        let text = values.last ?? ""
        // "" allows none; of everything else, each part must be a curve.
        let words = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return try words.compactMap { word in
            switch word.uppercased() {
            case "P-256": .p256
            case "P-384": nil
            case "P-521": .p521
            default:
                throw ServiceError.invalid(
                    "\(quoted(word)) is no curve that a policy can allow",
                    hint: "--allow-csr-key takes P-256, P-521 or P-256,P-521; P-384 is always allowed, RSA never."
                )
            }
        }
    }
    static let enableBYOR = Argument<Bool>.threeState(
        "--enable-byor",
        help: "Use an issuing CA signed by a root of your own; fixed at creation.",
        section: "Bring Your Own Root"
    )

    // MARK: Files

    static let out = Argument<String>.file("--out", help: "File to write the result to.")
    static let chainOut = Argument<String>.file("--out", help: "File for the chain, PEM: leaf, issuing CA, root.")
    static let certificateFile = Argument<String>.file(
        "--certificate-file-path",
        "--cp",
        help: "The device's certificate or chain, PEM or DER."
    )
    /// The CSR of a device that speaks for itself.
    static let deviceCSR = Argument<String>.file(
        "--csr",
        "--csr-file-path",
        help: "The device's CSR in PEM, DER or base64; '-' for standard input."
    )
    static let keyFile = Argument<String>.file(
        "--key-file-path",
        "--kp",
        help: "The device's private key, PEM."
    )

    // MARK: Others

    static let entityTag = Argument<EntityTag>(
        "--etag",
        "-e",
        value: "ETAG",
        help: "Only if this is its entity tag still; * for whatever it is."
    ) { EntityTag($0.last ?? "") }
    static let wipeKey = Argument<Bool>.flag(
        "--wipe-key",
        help: "Wipe the CA's key at once, after a last CRL; revocations after that are on no CRL."
    )
    static let acceptClock = Argument<Bool>.flag(
        "--accept-clock",
        help: "Go on although the clock stands before the last ledger entry; the ledger records it."
    )
}

extension Arguments {
    /// Tags as a resource has them; nil where the line gave none.
    func tags() throws -> JSONObject? {
        try value(Options.tags).map { JSONObject($0.map { ($0.0, JSONValue.string($0.1)) }) }
    }
}
