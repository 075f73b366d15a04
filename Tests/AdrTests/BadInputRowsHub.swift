/// `adr hub …`.
extension BadInput {
    private static let namespaces = "resourceGroups/default/providers/Microsoft.DeviceRegistry/namespaces"

    static let hubRows: [BadInput] = [
        BadInput("adr hub create", 2, .option, "required: --name/-n"),
        BadInput("adr hub create --name hub-1", 2, .option, "--namespace/--ns, --ns-resource-id"),
        BadInput("adr hub create --name hub-1 --namespace factory --unit many", 2, .value, "invalid int value: 'many'"),
        BadInput("adr hub create --name h --namespace factory", 1, .name, "has 1 character\n", "3 to 50"),
        BadInput("adr hub create --name hub- --namespace factory", 1, .name, "ends with '-'"),
        BadInput("adr hub create --name .azure-devices.net --namespace factory", 1, .name, "the hub name ''"),
        BadInput("adr hub create --name hub.example.com --namespace factory", 1, .name, "'.'"),
        BadInput("adr hub create --name hub-1 --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr hub create --name plant-hub-1 --namespace factory", 1, .conflict, "'plant'", "for life"),
        BadInput("adr hub create --name PLANT-HUB-1 --namespace factory", 1, .conflict, "'plant'"),
        BadInput("adr hub create --name factory-hub --namespace factory --location westeurope", 1, .conflict, "eastus"),
        BadInput("adr hub create --name factory-hub --namespace factory -g other", 3, .notFound, "'other'"),
        BadInput("adr hub create --name hub-1 --ns-resource-id factory", 1, .name, "no resource id of a namespace"),
        BadInput("adr hub create --name hub-1 --ns-resource-id ''", 1, .name, "''"),
        BadInput(
            "adr hub create --name hub-1 --ns-resource-id /subscriptions/$SUBSCRIPTION/\(namespaces)/nowhere",
            3,
            .notFound,
            "'nowhere'"
        ),
        BadInput(
            "adr hub create --name hub-1 --ns-resource-id /subscriptions/$SUBSCRIPTION/\(namespaces)/factory/devices/x",
            1,
            .name,
            "no resource id of a namespace"
        ),
        BadInput(
            "adr hub create --name hub-1 "
                + "--ns-resource-id /subscriptions/00000000-0000-0000-0000-000000000000/\(namespaces)/factory",
            1,
            .name,
            "the subscription '00000000-0000-0000-0000-000000000000'",
            "adr ns show"
        ),
        BadInput(
            "adr hub create --name hub-1 --namespace factory "
                + "--ns-resource-id /subscriptions/$SUBSCRIPTION/\(namespaces)/factory",
            2,
            .option,
            "cannot go together"
        ),

        BadInput("adr hub show", 2, .option, "required: --name/-n"),
        BadInput("adr hub show --name nowhere", 3, .notFound, "'nowhere'", "adr hub list"),
        BadInput("adr hub show --name factory_hub", 1, .name, "'_', character 8"),
        BadInput("adr hub show --name factory-hub --hub-name factory-hub", 2, .option, "--hub-name factory-hub"),
        BadInput("adr hub show --name nowhere.azure-devices.net", 3, .notFound, "'nowhere'"),

        BadInput("adr hub list --namespace factory", 2, .option, "--namespace factory"),
        BadInput("adr hub list now", 2, .option, "unrecognized arguments: now"),
        BadInput("adr hub list -g '*'", 1, .name, "'*'"),
        BadInput("adr hub list --store text", 1, .store, "not a directory"),

        BadInput("adr hub delete", 2, .option, "required: --name/-n"),
        BadInput("adr hub delete --name h", 1, .name, "3 to 50"),
        BadInput("adr hub delete --name factory-hub --yes", 2, .option, "unrecognized arguments: --yes"),
        BadInput("adr hub delete factory-hub", 2, .option, "Nothing takes these: factory-hub"),
    ]

    private static let connect = "adr hub connect --hub-name factory-hub"
    private static let files = "--certificate-file-path device-01.pem --key-file-path device-01.key"

    static let hubConnectRows: [BadInput] = [
        BadInput("\(connect)", 2, .option, "--certificate-file-path/--cp, --key-file-path/--kp"),
        BadInput("\(connect) \(files) --etag x", 2, .option, "unrecognized arguments: --etag x"),
        BadInput("\(connect) --cp - --kp - < device-01.pem", 2, .option, "standard input can be read once"),
        BadInput("\(connect) \(files) --tls 1.1", 2, .value, "Allowed values: 1.2, 1.3"),
        BadInput("adr hub connect --hub-name nowhere \(files)", 3, .notFound, "'nowhere'"),
        BadInput("\(connect) --cp nowhere --kp device-01.key", 1, .file, "nowhere"),
        BadInput("\(connect) --cp device-01.pem --kp folder", 1, .file, "Is a directory"),
        BadInput("\(connect) --cp device-01.pem --kp device-02.key", 1, .key, "(KeyDoesNotMatch)", "--key-file-path"),
        BadInput("\(connect) --cp device-01.pem --kp p256.key", 1, .key, "(KeyDoesNotMatch)", "P-256", "P-384"),
        BadInput("\(connect) --cp device-01.pem --kp rsa.key", 1, .key, "(KeyDoesNotMatch)", "P-384"),
        BadInput("\(connect) --cp device-01.pem --kp encrypted.key", 1, .key, "encrypted"),
        BadInput("\(connect) --cp device-01.key --kp device-01.pem", 1, .chain, "no certificate, but PRIVATE KEY"),
        BadInput("\(connect) --cp public.der --kp device-01.key", 1, .chain, "public.der: "),
        BadInput("\(connect) --cp zeros --kp device-01.key", 1, .chain, "zeros holds no certificate"),
        BadInput("\(connect) --cp torn.pem --kp device-01.key", 1, .chain, "is damaged"),
        BadInput("\(connect) --cp backwards.pem --kp device-01.key", 1, .chain, "must be the first"),
        BadInput("\(connect) --cp stranger.pem --kp device-01.key", 1, .chain, "(UnknownIssuer)", "adr cert issue"),
        BadInput("\(connect) --cp self.pem --kp self.key", 1, .chain, "(UnknownIssuer)", "self-signed"),
        BadInput("adr hub connect --hub-name plant-hub-1 \(files)", 1, .chain, "(UnknownIssuer)", "--namespace plant"),
        BadInput("\(connect) \(files)", 1, .state, "(DeviceDisabled)", "adr device update").after(
            "adr device update --namespace factory --name device-01 --enabled false"
        ),
        BadInput("\(connect) \(files)", 1, .state, "(IdentityDisabled)", "adr hub device-identity update").after(
            "adr hub device-identity update --hub-name factory-hub --device-id device-01 --status disabled"
        ),
        BadInput("\(connect) \(files)", 1, .state, "(IssuerNotSynced)", "adr credential sync").after(
            "adr hub certificate delete --hub-name factory-hub --name "
                + #"$(adr hub certificate list --hub-name factory-hub | sed -n 's/.*"name": "\(.*\)".*/\1/p')"#
        ),
        BadInput("\(connect) \(files)", 1, .state, "(DeviceNotFound)").after(
            "adr hub delete --name factory-hub; adr hub create --name factory-hub --namespace factory; "
                + "adr credential sync --namespace factory"
        ),
    ]

    private static let identity = "adr hub device-identity"

    static let hubPartRows: [BadInput] = [
        BadInput("adr hub certificate list", 2, .option, "required: --hub-name"),
        BadInput("adr hub certificate list --hub-name nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr hub certificate list --hub-name a", 1, .name, "3 to 50"),
        BadInput("adr hub certificate list --name factory-hub", 2, .option, "Nothing takes these: --name factory-hub"),

        BadInput("adr hub certificate show --hub-name factory-hub", 2, .option, "required: --name/-n"),
        BadInput("adr hub certificate show --hub-name factory-hub --name none", 3, .notFound, "It has: default-"),
        BadInput("adr hub certificate show --hub-name plant-hub-1 --name none", 3, .notFound, "adr credential sync"),
        BadInput("adr hub certificate show --hub-name nowhere --name none", 3, .notFound, "'nowhere'"),

        BadInput("adr hub certificate delete --hub-name factory-hub", 2, .option, "required: --name/-n"),
        BadInput("adr hub certificate delete --hub-name nowhere --name none", 3, .notFound, "'nowhere'"),
        BadInput("adr hub certificate delete --hub-name ä-hub --name none", 1, .name, "U+00E4"),
        BadInput(
            "adr hub certificate delete --hub-name factory-hub --etag old --name "
                + #"$(adr hub certificate list --hub-name factory-hub | sed -n 's/.*"name": "\(.*\)".*/\1/p')"#,
            1,
            .conflict,
            "(412)",
            "adr hub certificate show"
        ),
        BadInput("adr hub certificate delete --hub-name factory-hub --name", 2, .option, "expected one argument"),

        BadInput("\(identity) list", 2, .option, "required: --hub-name/-n"),
        BadInput("\(identity) list --hub-name factory-hub --top 0", 1, .range, "--top is 0", "-1 for all"),
        BadInput("\(identity) list --hub-name factory-hub --top -2", 1, .range, "--top is -2"),
        BadInput("\(identity) list --hub-name factory-hub --top x", 2, .value, "invalid int value: 'x'"),
        BadInput("\(identity) list --hub-name nowhere", 3, .notFound, "'nowhere'"),

        BadInput("\(identity) list --hub-name factory-hub --ee maybe", 2, .value, "true, false"),

        BadInput("\(identity) show --hub-name factory-hub", 2, .option, "required: --device-id/-d"),
        BadInput(
            "\(identity) show --hub-name factory-hub --device-id none",
            3,
            .notFound,
            "'none'",
            "device-identity list"
        ),
        BadInput("\(identity) show --hub-name factory-hub --device-id ''", 3, .notFound, "''"),
        BadInput("\(identity) show --hub-name nowhere --device-id device-01", 3, .notFound, "'nowhere'"),

        BadInput("\(identity) update --hub-name factory-hub --status disabled", 2, .option, "--device-id"),
        BadInput("\(identity) update --hub-name factory-hub -d device-01 --status off", 2, .value, "disabled, enabled"),
        BadInput("\(identity) update --hub-name factory-hub -d device-01 --set a=1", 1, .range, "--set: ", "--status"),
        BadInput("\(identity) update --hub-name factory-hub -d device-01 --am x509_ca", 1, .range, "--auth-method"),
        BadInput("\(identity) update --hub-name factory-hub -d device-01 --am magic", 2, .value, "x509_thumbprint"),
        BadInput("\(identity) update --hub-name factory-hub -d d --status disabled --ee --pk K", 1, .range, "--edge-"),
        BadInput("\(identity) update --hub-name factory-hub -d none --status disabled", 3, .notFound, "'none'"),
        BadInput(
            "\(identity) update --hub-name plant-hub-1 -d device-01 --status disabled",
            3,
            .notFound,
            "'device-01'"
        ),
    ]
}
