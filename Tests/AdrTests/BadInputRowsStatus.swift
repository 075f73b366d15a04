/// `adr cert list` and `adr status`.
extension BadInput {
    private static let list = "adr cert list --namespace factory"
    private static let folder = "store/groups/default/namespaces/factory"

    static let certListRows: [BadInput] = [
        BadInput("adr cert list", 2, .option, "required: --namespace/--ns"),
        BadInput("adr cert list --namespace nowhere", 3, .notFound, "'nowhere'", "adr ns list"),
        BadInput("adr cert list --namespace fac_tory", 1, .name, "'_'"),
        BadInput("\(list) --policy-name nothere", 3, .notFound, "'nothere'", "Its policies: default"),
        BadInput("\(list) --policy-name 'no such'", 1, .name, "a blank"),
        BadInput("\(list) --device-name nothere", 3, .notFound, "'nothere'", "adr device list"),
        BadInput("\(list) --device-name ''", 1, .name, "empty"),
        BadInput("\(list) --expiring-in", 2, .option, "--expiring-in: expected one argument"),
        BadInput("\(list) --expiring-in 14", 2, .value, "invalid duration value: '14'", "e.g. 14d"),
        BadInput("\(list) --expiring-in d", 2, .value, "invalid duration value: 'd'"),
        BadInput("\(list) --expiring-in ''", 2, .value, "invalid duration value: ''"),
        BadInput("\(list) --expiring-in 14m", 2, .value, "h, d or w for hours, days or weeks"),
        BadInput("\(list) --expiring-in 1.5d", 2, .value, "invalid duration value: '1.5d'"),
        BadInput("\(list) --expiring-in=-3d", 2, .value, "invalid duration value: '-3d'"),
        BadInput("\(list) --expiring-in 0d", 2, .value, "from 1h to 36500d"),
        BadInput("\(list) --expiring-in 99999999999999999999d", 2, .value, "from 1h to 36500d"),
        BadInput("\(list) --expiring-in '14 d'", 2, .value, "invalid duration value: '14 d'"),
        BadInput("\(list) --expiring-in 14d --expired", 2, .option, "cannot go together"),
        BadInput("\(list) --all", 2, .option, "--all goes with --expiring-in alone"),
        BadInput("\(list) --revoked yes", 2, .option, "unrecognized arguments: yes"),
        BadInput("\(list) --serial 1234", 2, .option, "unrecognized arguments: --serial 1234"),
        BadInput("\(list) > /dev/full", 1, .stream, "standard output"),
        BadInput("\(list) >&-", 1, .stream, "standard output"),
        BadInput(list, 1, .store, "(StoreDamaged)", "ledger").after(
            "sed -i 's/\"offset\":[0-9]*/\"offset\":7/' \(folder)/expiry/*.jsonl"
        ),
    ]

    static let statusRows: [BadInput] = [
        BadInput("adr status now", 2, .option, "unrecognized arguments: now", "Help: adr status --help"),
        BadInput("adr status --namespace nowhere", 3, .notFound, "'nowhere'", "adr ns list"),
        BadInput("adr status --namespace factory -g other", 3, .notFound, "'factory'", "'other'"),
        BadInput("adr status --namespace fac_tory", 1, .name, "'_'"),
        BadInput("adr status --check yes", 2, .option, "unrecognized arguments: yes"),
        BadInput("adr status --output xml", 2, .value, "'xml' is not a valid value for '--output'"),
        BadInput("adr status --query '['", 2, .value, "jmespath"),
        BadInput("adr status --store ''", 2, .value, "--store is empty"),
        BadInput("adr status > /dev/full", 1, .stream, "standard output"),
        BadInput("adr status >&-", 1, .stream, "standard output"),
        BadInput("adr status", 1, .store, "(StoreDamaged)", "namespace.json").after(
            "adr ns update --name factory --tags settled=yes --output none; echo '{}' > \(folder)/namespace.json"
        ).printing,
        BadInput("adr status", 1, .store, "(StoreDamaged)", "store.json").after("echo garbage > store/store.json")
            .printing,
        BadInput("adr status --check", 1, .store, "(StoreNewer)").after(
            #"sed -i 's/"schemaVersion": 1/"schemaVersion": 9/' store/store.json"#
        ),
    ]
}
