/// What `store check` and `store accept` refuse.
extension BadInput {
    private static let folder = "store/groups/default/namespaces/factory"
    private static let policy = folder + "/policies/default.json"
    /// Documents are only asked in the folder that they were written in.
    private static let settle = "adr ns update --name factory --tags settled=yes --output none; "

    static let storeCheckRows: [BadInput] = [
        BadInput("adr store check extra", 2, .words, "extra"),
        BadInput("adr store check --repair --store \"\"", 2, .value, "--store"),
        BadInput("adr store mend", 2, .words, "mend", "adr store"),
        BadInput("adr store check", 1, .store, "(StoreDamaged)", "default.json", "store accept", "--repair").after(
            settle + "sed -i 's/\"leafValidityDays\": 30/\"leafValidityDays\": 31/' \(policy)"
        ).printing,
        BadInput("adr store check", 1, .store, "(StoreDamaged)", "ledger", "backup").after(
            "sed -i 's/NamespaceCreated/NamespaceImagined/' \(folder)/ledger/00000001.jsonl"
        ).printing,
        BadInput("adr store check --repair", 1, .store, "(StoreDamaged)", "README", "Move away").after(
            "install -m 600 text \(folder)/policies/README"
        ).printing,
        BadInput("adr store check --repair", 1, .key, "(StoreDamaged)", "ica-", "backup").after(
            "for f in \(folder)/keys/ica-*; do cat self.key > $f; done"
        ).printing,
        BadInput("adr store check", 1, .store, "(StoreDamaged)", "chmod").after("chmod 644 store/store.json").printing,
        BadInput("adr store accept", 2, .option, "FILE"),
        BadInput("adr store accept device-01.pem", 1, .file, "(InvalidDocument)", "does not lie in the store"),
        BadInput("adr store accept store/store.json", 1, .file, "(InvalidDocument)", "outside"),
        BadInput("adr store accept \(folder)/ledger/00000001.jsonl", 1, .file, "(InvalidDocument)", "ledger"),
        BadInput("adr store accept \(folder)/views.json", 1, .file, "(InvalidDocument)", "no document"),
        BadInput("adr store accept \(folder)/expiry/2020-01-01.jsonl", 1, .file, "(InvalidDocument)", "rows"),
        BadInput("adr store accept store/groups/default/namespaces/nowhere/namespace.json", 1, .file, "no namespace"),
        BadInput("adr store accept \(folder)/policies/none.json", 3, .notFound, "none.json", "--repair"),
        BadInput("adr store accept \(policy)", 1, .state, "(Conflict)", "older", "--repair"),
        BadInput("adr store accept \(policy)", 1, .store, "(StoreDamaged)", "JSON").after(
            settle + "echo garbage > \(policy)"
        ),
        BadInput("adr store accept \(policy)", 1, .store, "(StoreNewer)").after(
            settle + #"sed -i 's/"schemaVersion": 1/"schemaVersion": 9/' \#(policy)"#
        ),
        BadInput("adr store accept \(policy)", 1, .store, "(InvalidDocument)", "leafValidityDays").after(
            settle + "sed -i 's/\"leafValidityDays\": 30/\"leafValidityDays\": 300/' \(policy)"
        ),
        BadInput("adr store accept \(policy)", 1, .store, "(InvalidDocument)", "policies/other.json").after(
            settle + "sed -i 's/\"name\": \"default\"/\"name\": \"other\"/' \(policy)"
        ),
        BadInput("adr store accept \(policy)", 1, .store, "(InvalidDocument)", "not one this program wrote").after(
            settle + "cp \(folder)/credential.json \(policy)"
        ),
        BadInput("adr store accept \(policy)", 1, .store, "(InvalidDocument)", "'comment'").after(
            settle + "sed -i 's/^{/{\"comment\": \"mine\",/' \(policy)"
        ),
        BadInput("adr store accept \(folder)/policies/new.json", 1, .store, "(InvalidDocument)", "create").after(
            settle + "cp \(policy) \(folder)/policies/new.json"
        ),
    ]
}
