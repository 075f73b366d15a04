/// `adr ledger …`.
extension BadInput {
    private static let show = "adr ledger show --namespace factory"
    private static let verify = "adr ledger verify --namespace factory"
    private static let checkpoint = "adr ledger checkpoint --namespace factory"
    private static let segment = "store/groups/default/namespaces/factory/ledger/00000001.jsonl"

    static let ledgerRows: [BadInput] = [
        BadInput("adr ledger show", 2, .option, "required: --namespace/--ns"),
        BadInput("\(show) --top 3", 2, .option, "unrecognized arguments: --top 3"),
        BadInput("\(show) --last few", 2, .value, "'few'"),
        BadInput("\(show) --last 0", 1, .range, "--last is 0", "counted from 1"),
        BadInput("\(show) --from -3", 1, .range, "--from is -3"),
        BadInput("\(show) --from 3 --to 2", 1, .range, "--from 3 lies behind --to 2"),
        BadInput("\(show) --device-name ''", 1, .name, "'' is empty"),
        BadInput("\(show) --device-name 'a b'", 1, .name, "'a b'"),
        BadInput("adr ledger show --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("\(show)", 1, .store, "(StoreDamaged)", "00000001.jsonl", "after entry 1").after(
            "sed -i 's/HubCreated/HubImagined/' \(segment)"
        ),

        BadInput("adr ledger verify", 2, .option, "required: --namespace/--ns"),
        BadInput("adr ledger verify --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("\(verify) --checkpoint nowhere", 1, .file, "No such file"),
        BadInput("\(verify) --checkpoint folder", 1, .file, "Is a directory"),
        BadInput("\(verify) --checkpoint huge", 1, .file, "16 MiB"),
        BadInput("\(verify) --checkpoint text", 1, .chain, "(InvalidCheckpoint)", "neither PEM"),
        BadInput("\(verify) --checkpoint device-01.pem", 1, .chain, "(InvalidCheckpoint)", "neither PEM"),
        BadInput("\(verify) --checkpoint leaf.der", 1, .chain, "(InvalidCheckpoint)", "no signed message"),
        BadInput("\(verify) --checkpoint quiet.cms", 1, .chain, "(InvalidCheckpoint)", "uuid"),
        BadInput("\(verify) --checkpoint other.cms", 1, .chain, "(InvalidCheckpoint)", "something else"),
        BadInput(
            "adr ledger verify --namespace quiet --checkpoint quiet.cms",
            1,
            .store,
            "(LedgerTruncated)",
            "missing"
        )
        .after(
            "f=store/groups/default/namespaces/quiet; head -n -1 $f/ledger/00000001.jsonl > x; "
                + "cat x > $f/ledger/00000001.jsonl; rm $f/views.json x"
        ),
        BadInput(verify, 1, .store, "(StoreDamaged)", "after entry 1", "00000001.jsonl").after(
            "sed -i 's/HubCreated/HubImagined/' \(segment)"
        ),
        BadInput(verify, 1, .store, "(StoreDamaged)", "entry 3 was needed").after("sed -i 3d \(segment)"),
        BadInput(verify, 1, .store, "(StoreDamaged)", "shorter").after("sed -i '$d' \(segment)"),

        BadInput("adr ledger export", 2, .option, "required: --namespace/--ns"),
        BadInput("adr ledger export --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr ledger export --namespace factory --out folder", 1, .file, "Is a directory"),
        BadInput("adr ledger export --namespace factory --out nowhere/x", 1, .file, "mkdir -p nowhere"),
        BadInput("adr ledger export --namespace factory --out full", 1, .file, "No space left"),
        BadInput("adr ledger export --namespace factory --out device-01.key", 1, .key, "is a private key"),

        BadInput("adr ledger checkpoint", 2, .option, "--namespace/--ns, --out"),
        BadInput(checkpoint, 2, .option, "required: --out"),
        BadInput("\(checkpoint) --out folder", 1, .file, "Is a directory"),
        BadInput("\(checkpoint) --out nowhere/x", 1, .file, "mkdir -p nowhere"),
        BadInput("adr ledger checkpoint --namespace nowhere --out x", 3, .notFound, "'nowhere'"),
        BadInput("adr ledger checkpoint --namespace bare --out x", 3, .notFound, "adr credential create"),
        BadInput("adr ledger checkpoint --namespace quiet --out x", 1, .key, "(InvalidKey)", "backup").after(
            "for f in store/groups/default/namespaces/quiet/keys/ledger-*; do cat self.key > $f; done"
        ),
        BadInput("\(checkpoint) --out x", 1, .key, "(KeyNotFound)", "rootca-").after(
            "rm store/groups/default/namespaces/factory/keys/rootca-*"
        ),
    ]
}
