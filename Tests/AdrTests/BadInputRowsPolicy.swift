/// `adr credential …`, `adr policy …` and `adr device …`.
extension BadInput {
    /// Documents are only asked in the folder that they were written in.
    private static let losePolicy =
        "adr ns update --name factory --tags settled=yes --output none; "
        + "rm store/groups/default/namespaces/factory/policies/default.json"

    static let credentialRows: [BadInput] = [
        BadInput("adr credential create", 2, .option, "required: --namespace/--ns"),
        BadInput(
            "adr credential create --namespace nowhere",
            3,
            .notFound,
            "'nowhere'",
            "adr ns create --name nowhere"
        ),
        BadInput("adr ns credential create --ns factory --ns ''", 1, .name, "'' is empty"),
        BadInput("adr credential create --namespace bare --policy-name x", 2, .option, "--policy-name x"),

        BadInput(
            "adr credential show --namespace bare",
            3,
            .notFound,
            "(ParentResourceNotFound)",
            "adr credential create"
        ),
        BadInput("adr credential show --namespace factory --out root2.pem", 2, .option, "--out needs --certificate"),
        BadInput(
            "adr credential show --namespace factory --certificate yes",
            2,
            .option,
            "unrecognized arguments: yes"
        ),
        BadInput("adr credential show --namespace factory --certificate --out folder", 1, .file, "Is a directory"),
        BadInput("adr credential show --namespace factory --certificate --out nowhere/x", 1, .file, "mkdir -p nowhere"),
        BadInput("adr credential show --namespace factory --certificate --out text/x", 1, .file, "text", "is a file"),
        BadInput("adr credential show --namespace factory --certificate --out ''", 1, .file, "''", "Name a file"),
        BadInput("adr credential show --namespace factory --certificate --out loop", 1, .file, "loop"),
        BadInput("adr credential show --namespace factory --certificate --out full", 1, .file, "No space left"),
        BadInput(
            "adr credential show --namespace factory --certificate --out device-01.key",
            1,
            .key,
            "device-01.key is a private key",
            "Name another file"
        ),

        BadInput("adr credential sync", 2, .option, "required: --namespace/--ns"),
        BadInput("adr credential sync --namespace bare", 3, .notFound, "(ParentResourceNotFound)"),
        BadInput(
            "adr credential sync --namespace factory",
            1,
            .store,
            "a policy that nobody deleted",
            "adr store check"
        )
        .after(losePolicy),
        BadInput("adr credential sync --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr credential sync --namespace factory --prune false", 2, .option, "unrecognized arguments: false"),
        BadInput("adr credential sync --namespace factory --hub-name factory-hub", 2, .option, "--hub-name"),

        BadInput("adr credential delete --namespace factory", 1, .state, "Operation cancelled.", "--yes"),
        BadInput("adr credential delete --namespace factory --yes", 1, .conflict, "default", "adr policy delete"),
        BadInput("adr credential delete --namespace plant -y", 1, .conflict, "default, line-1, line-2"),
        BadInput("adr credential delete --namespace nowhere --yes", 3, .notFound, "'nowhere'"),
        BadInput("adr credential delete --yes", 2, .option, "required: --namespace"),
    ]

    static let policyRows: [BadInput] = [
        BadInput("adr policy create --namespace factory", 2, .option, "required: --policy-name"),
        BadInput("adr policy create --name second", 2, .option, "required: --namespace/--ns"),
        BadInput("adr policy create --namespace factory --name xy", 1, .name, "'xy' has 2 characters", "3 to 63"),
        BadInput("adr policy create --namespace factory --name default", 1, .store, "that nobody deleted").after(
            losePolicy
        ),
        BadInput("adr policy create --namespace factory --name -policy", 2, .option, "--name=-policy"),
        BadInput("adr policy create --namespace factory --name ../../x", 1, .name, "'../../x'"),
        BadInput(#"adr policy create --namespace factory --name "$(printf 'p%.0s' $(seq 64))""#, 1, .name, "64"),
        BadInput("adr policy create --namespace factory --name pölicy", 1, .name, "U+00F6"),
        BadInput(
            "adr policy create --namespace bare --name default",
            3,
            .notFound,
            "adr credential create --namespace bare"
        ),
        BadInput("adr policy create --namespace plant --name fourth", 1, .conflict, "3 policies", "adr policy delete"),
        BadInput("adr policy create --namespace nowhere --name default", 3, .notFound, "'nowhere'"),
        BadInput("adr policy create --namespace factory --name second --enable-byor", 1, .range, "(NotSupported)"),
        BadInput("adr policy create --namespace factory --name second --cert-validity-days 6", 1, .range, "7 to 90"),
        BadInput(
            "adr policy create --namespace factory --name second --allow-csr-key P-256,",
            1,
            .range,
            "P-256,P-521"
        ),
        BadInput(
            "adr policy create --namespace factory --name second --allow-csr-key 'P-256 P-521'",
            1,
            .range,
            "'P-256 P-521'"
        ),

        BadInput(
            "adr policy show --namespace factory --name nothere",
            3,
            .notFound,
            "'nothere'",
            "default",
            "adr policy list"
        ),
        BadInput("adr policy show --namespace bare --name default", 3, .notFound, "(ParentResourceNotFound)"),
        BadInput(
            "adr policy show --namespace factory --name default --chain",
            2,
            .option,
            "--chain needs --certificate"
        ),
        BadInput("adr policy show --namespace factory --name default --out x", 2, .option, "--out needs --certificate"),
        BadInput(
            "adr policy show --namespace factory --name default --certificate --out nowhere/x",
            1,
            .file,
            "nowhere"
        ),
        BadInput(
            "adr policy show --namespace factory --name default --certificate --out device-01.key",
            1,
            .key,
            "private key"
        ),

        BadInput("adr policy list", 2, .option, "required: --namespace/--ns"),
        BadInput("adr policy list --namespace bare", 3, .notFound, "(ParentResourceNotFound)"),
        BadInput("adr policy list --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr policy list --namespace factory --top 3", 2, .option, "--top 3"),

        BadInput(
            "adr policy update --namespace factory --name nothere --cert-validity-days 10",
            3,
            .notFound,
            "'nothere'"
        ),
        BadInput("adr policy update --namespace factory --name default --cert-validity-days 6", 1, .range, "7 to 90"),
        BadInput("adr policy update --namespace factory --name default --cert-validity-days ten", 2, .value, "'ten'"),
        BadInput("adr policy update --namespace factory --name default --enable-byor", 2, .option, "--enable-byor"),
        BadInput(
            "adr policy update --namespace factory --name default --allow-csr-key secp256k1",
            1,
            .range,
            "secp256k1"
        ),

        BadInput("adr policy delete --namespace factory --name default", 1, .state, "Operation cancelled.", "--yes"),
        BadInput("adr policy delete --namespace nowhere --name default --yes", 3, .notFound, "'nowhere'"),
        BadInput("adr policy delete --namespace factory --name a_b --yes", 1, .name, "'_', character 2"),
        BadInput("adr policy delete --namespace factory --yes", 2, .option, "required: --policy-name"),
    ]

    private static let update = "adr device update --namespace factory --name device-01"
    private static let policies = "resourceGroups/default/providers/Microsoft.DeviceRegistry/namespaces"

    static let deviceRows: [BadInput] = [
        BadInput("adr device list", 2, .option, "required: --namespace/--ns"),
        BadInput("adr device list --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr device list --namespace factory --hub-name factory-hub", 2, .option, "--hub-name factory-hub"),
        BadInput("adr device list --namespace 'fac tory'", 1, .name, "a blank"),

        BadInput("adr device show --namespace factory --name nothere", 3, .notFound, "'nothere'", "adr device list"),
        BadInput("adr device show --namespace factory --name ''", 1, .name, "the device name '' is empty"),
        BadInput("adr device show --namespace factory --name ../default", 1, .name, "'/', character 3"),
        BadInput("adr device show --namespace factory --name device-01.", 1, .name, "ends with '.'"),
        BadInput(#"adr device show --namespace factory --name "$(printf 'd%.0s' $(seq 129))""#, 1, .name, "129", "128"),
        BadInput("adr device show --namespace factory --name dеvice-01", 1, .name, "U+0435"),
        BadInput("adr device show --namespace factory", 2, .option, "required: --device-name"),

        BadInput("adr device update --namespace factory --name nothere --enabled false", 3, .notFound, "'nothere'"),
        BadInput("\(update) --enabled perhaps", 2, .value, "Allowed values: true, false"),
        BadInput("\(update) --attributes '[1]'", 1, .range, "a list, not a JSON object"),
        BadInput("\(update) --attributes null", 1, .range, "null, not a JSON object"),
        BadInput("\(update) --attributes 7", 1, .range, "a number, not a JSON object"),
        BadInput("\(update) --attributes '{'", 1, .range, "no JSON", "line 1, column 2"),
        BadInput("\(update) --attributes \"{'a': 1}\"", 1, .range, "double quotes"),
        BadInput(#"\#(update) --attributes '{"a":1,"a":2}'"#, 1, .range, "twice"),
        BadInput(#"\#(update) --attributes '{"a":1} x'"#, 1, .range, "follows the end"),
        BadInput(#"\#(update) --attributes '{"a":1e999}'"#, 1, .range, "larger than a double"),
        BadInput(#"\#(update) --attributes '{"a":"\ud800"}'"#, 1, .range, "surrogate"),
        BadInput(#"\#(update) --attributes "$(printf '[%.0s' $(seq 600))""#, 1, .range, "512 levels"),
        BadInput("\(update) --attributes @text", 1, .range, "no JSON"),
        BadInput("\(update) --policy-resource-id default", 1, .name, "'default' is no resource id of a policy"),
        BadInput(
            "\(update) --policy-resource-id /subscriptions/$SUBSCRIPTION/\(policies)/factory",
            1,
            .name,
            "no resource id of a policy"
        ),
        BadInput(
            "\(update) --policy-resource-id "
                + "/subscriptions/$SUBSCRIPTION/\(policies)/quiet/credentials/default/policies/default",
            1,
            .name,
            "'quiet'",
            "adr policy list --namespace factory"
        ),
        BadInput(
            "\(update) --policy-resource-id "
                + "/subscriptions/$SUBSCRIPTION/\(policies)/factory/credentials/default/policies/nothere",
            3,
            .notFound,
            "'nothere'"
        ),
        BadInput(
            "\(update) --policy-resource-id /subscriptions/00000000-0000-0000-0000-000000000000/"
                + "\(policies)/factory/credentials/default/policies/default",
            1,
            .name,
            "the subscription '00000000-0000-0000-0000-000000000000'",
            "adr policy show"
        ),
    ]
}
