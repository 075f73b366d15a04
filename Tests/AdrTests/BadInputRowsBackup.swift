/// `adr store backup` and `adr store restore`.
extension BadInput {
    private static let backup = "adr store backup --out x"
    private static let restore = "adr store restore backup.jsonl --store new"
    private static let restoreKeys = "adr store restore keys.jsonl --store new"

    static let backupRows: [BadInput] = [
        BadInput("adr store backup", 2, .option, "required: --out"),
        BadInput("\(backup) --passphrase-file passphrase", 2, .option, "--include-keys"),
        BadInput("\(backup) --passphrase-fd 3", 2, .option, "--include-keys"),
        BadInput(
            "\(backup) --include-keys --passphrase-file passphrase --passphrase-fd 0",
            2,
            .option,
            "cannot go together"
        ),
        BadInput("\(backup) --include-keys --passphrase-fd three", 2, .value, "'three'"),
        BadInput("\(backup) --include-keys --passphrase-fd -1", 1, .file, "no descriptor"),
        BadInput("\(backup) --include-keys --passphrase-fd 42", 1, .file, "descriptor 42"),
        BadInput("\(backup) --include-keys --passphrase-file nowhere", 1, .file, "No such file"),
        BadInput("\(backup) --include-keys --passphrase-file empty", 1, .key, "empty line"),
        BadInput("\(backup) --include-keys --passphrase-file zeros", 1, .key, "4096 bytes"),
        BadInput("\(backup) --include-keys < /dev/null", 1, .state, "no terminal", "--passphrase-file"),
        BadInput("adr store backup --out folder", 1, .file, "Is a directory"),
        BadInput("adr store backup --out nowhere/x", 1, .file, "mkdir -p nowhere"),
        BadInput("adr store backup --out full", 1, .file, "No space left"),
        BadInput("adr store backup --out device-01.key", 1, .key, "is a private key"),
        BadInput("\(backup) --store folder", 3, .notFound, "there is no namespace"),
        BadInput(backup, 1, .store, "(StoreDamaged)", "00000001.jsonl").after(
            "sed -i 's/HubCreated/HubImagined/' store/groups/default/namespaces/factory/ledger/00000001.jsonl"
        ),

        BadInput("adr store restore", 2, .option, "required: FILE"),
        BadInput("adr store restore backup.jsonl", 1, .conflict, "(Conflict)", "not empty", "--store"),
        BadInput("\(restore) --compare nowhere", 3, .notFound, "nowhere", "nothing to compare"),
        BadInput("\(restore) --checkpoint text", 1, .chain, "(InvalidCheckpoint)"),
        BadInput("\(restore) --checkpoint stranger.cms", 1, .chain, "(InvalidCheckpoint)", "not in the backup"),
        BadInput("adr store restore nowhere --store new", 1, .file, "nowhere"),
        BadInput("adr store restore folder --store new", 1, .store, "is no backup"),
        BadInput("adr store restore /dev/zero --store new", 1, .store, "is no backup"),
        BadInput("adr store restore pipe --store new", 1, .store, "is no backup"),
        BadInput("adr store restore empty --store new", 1, .store, "is no backup"),
        BadInput("adr store restore zeros --store new", 1, .store, "is no backup"),
        BadInput("adr store restore device-01.pem --store new", 1, .store, "is no backup"),
        BadInput("adr store restore cut.jsonl --store new", 1, .store, "(StoreDamaged)", "cut off after line"),
        BadInput("adr store restore edited.jsonl --store new", 1, .store, "(StoreDamaged)", "line 3", "hash"),
        BadInput("adr store restore longer.jsonl --store new", 1, .store, "(StoreDamaged)", "behind its last line"),
        BadInput("adr store restore older.jsonl --store new", 1, .store, "(StoreDamaged)", "SHA-256"),
        BadInput("adr store restore later.jsonl --store new", 1, .store, "(StoreNewer)", "format 9"),
        BadInput("\(restoreKeys) --passphrase-file text", 1, .key, "(WrongPassphrase)", "--without-keys"),
        BadInput("\(restoreKeys) --passphrase-file empty", 1, .key, "empty line"),
        BadInput("\(restoreKeys) < /dev/null", 1, .state, "no terminal", "--passphrase-file"),
        BadInput("\(restore) --store text", 1, .store, "text"),
    ]
}
