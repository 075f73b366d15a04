/// Stores that something has happened to: each line runs in a copy that a script has spoiled.
extension BadInput {
    private static let folder = "store/groups/default/namespaces/factory"
    private static let issue = "adr cert issue --namespace factory --policy-name default --csr device-02.csr --out x"
    /// Documents are only looked at in the folder that they were written in: what was copied is read from the ledger.
    private static let settle = "adr ns update --name factory --tags settled=yes --output none; "
    private static let connect =
        "adr hub connect --hub-name factory-hub --cp device-01.pem --kp device-01.key"

    static let storeRows: [BadInput] = [
        BadInput("adr hub list", 1, .store, "(StoreDamaged)", "store.json").after("echo garbage > store/store.json"),
        BadInput("adr hub list", 1, .store, "(StoreDamaged)", "store.json").after(": > store/store.json"),
        BadInput("adr ns show --name factory", 1, .store, "store.json").after(
            "rm store/store.json; mkdir store/store.json"
        ),
        BadInput("adr hub list", 1, .store, "(StoreNewer)").after(
            #"sed -i 's/"schemaVersion": 1/"schemaVersion": 9/' store/store.json"#
        ),
        BadInput("adr ns show --name factory", 1, .store, "(StoreDamaged)", "namespace.json").after(
            settle + "echo '{}' > \(folder)/namespace.json"
        ),
        BadInput("adr policy list --namespace factory", 1, .store, "(StoreDamaged)", "default.json").after(
            settle + "printf '\\377' > \(folder)/policies/default.json"
        ),
        BadInput("adr device list --namespace factory", 1, .store, "(StoreDamaged)", "device-01.json").after(
            settle + "sed -i 's/device-01/device-99/' \(folder)/devices/*/device-01.json"
        ),
        BadInput("adr credential show --namespace factory", 1, .store, "(StoreNewer)").after(
            settle + #"sed -i 's/"schemaVersion": 1/"schemaVersion": 2/' \#(folder)/credential.json"#
        ),
        BadInput("adr device list --namespace factory", 1, .store, "(StoreDamaged)", "ledger").after(
            settle + "truncate -s -10 \(folder)/ledger/00000001.jsonl"
        ),
        BadInput(issue, 1, .store, "(StoreDamaged)", "ledger").after(
            settle + "sed -i 's/NamespaceCreated/NamespaceImagined/' \(folder)/ledger/00000001.jsonl"
        ),
        BadInput("adr ns show --name factory", 1, .store, "ledger").after(
            "rm \(folder)/ledger/00000001.jsonl; mkdir \(folder)/ledger/00000001.jsonl"
        ),
        BadInput(issue, 1, .store, "lock").after("rm \(folder)/lock; mkdir \(folder)/lock"),
        BadInput("adr ns create --name newone", 1, .store, "lock").after("rm store/lock; mkdir store/lock"),
        BadInput("adr ns create --name newone", 1, .store, "groups").after("rm -r store/groups; : > store/groups"),
        BadInput(issue, 1, .key, "(KeyNotFound)", "ica-", "backup").after("rm \(folder)/keys/ica-*"),
        BadInput(issue, 1, .key, "(InvalidKey)", "ica-", "backup").after(
            "for f in \(folder)/keys/ica-*; do : > $f; done"
        ),
        BadInput(issue, 1, .key, "(InvalidKey)", "encrypted").after(
            "for f in \(folder)/keys/ica-*; do cat encrypted.key > $f; done"
        ),
        BadInput(issue, 1, .key, "(IssuerKeyMismatch)", "backup").after(
            "for f in \(folder)/keys/ica-*; do cat self.key > $f; done"
        ),
        BadInput(issue, 1, .key, "(IssuerKeyMismatch)", "backup").after(
            "for f in \(folder)/keys/ica-*; do cat rsa.key > $f; done"
        ),
        BadInput("adr policy create --namespace factory --name second", 1, .key, "(KeyNotFound)", "rootca-").after(
            "rm \(folder)/keys/rootca-*"
        ),
        BadInput(connect, 1, .key, "(ServerCANotFound)", "adr hub create").after("rm store/server/ca.key"),
        BadInput(connect, 1, .store, "(InvalidCertificate)", "backup").after("echo garbage > store/server/ca.pem"),
        BadInput(connect, 1, .key, "server", "backup").after("echo garbage > store/server/ca.key"),
        BadInput(connect, 1, .key, "server", "backup").after("cat self.key > store/server/ca.key"),
        BadInput(issue + " --registration-id device-02", 1, .state, "isabled", "adr device update").after(
            "adr cert issue --namespace factory --policy-name default --csr device-02.csr; "
                + "adr device update --namespace factory --name device-02 --enabled false"
        ),
        BadInput("adr cert verify device-01.pem --namespace quiet", 1, .chain, "(UnknownIssuer)").after(":"),
        BadInput(issue, 3, .notFound, "adr credential create").after(
            "adr policy delete --namespace factory --name default --yes; adr credential delete --namespace factory --yes"
        ),
        BadInput("adr ns show --name lone", 3, .notFound, "'lone'").after("adr ns delete --name lone --yes"),
    ]
}
