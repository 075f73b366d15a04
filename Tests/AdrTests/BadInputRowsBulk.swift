extension BadInput {
    private static let bulk = "adr cert issue --namespace factory --policy-name default --batch"

    /// Lines that issue for many. One that gets as far as judging entries brings a copied store's documents up first.
    static let bulkRows: [BadInput] = [
        BadInput("\(bulk) batch --csr device-02.csr", 2, .option, "--batch cannot go with --csr"),
        BadInput("\(bulk) batch --registration-id device-02", 2, .option, "cannot go with --registration-id"),
        BadInput("\(bulk) batch --out x", 2, .option, "cannot go with --out", "--out-dir"),
        BadInput("\(bulk) batch --jobs two", 2, .value, "'two'"),
        BadInput("\(bulk) batch --jobs 0", 1, .range, "0 jobs", "--jobs takes 1 to 256"),
        BadInput("\(bulk) batch --jobs 257", 1, .range, "257 jobs"),
        BadInput("\(bulk) batch --progress often", 2, .value, "'often'"),
        BadInput("\(bulk) batch --output table", 2, .option, "JSON Lines, not table"),
        BadInput("\(issueOne) --jobs 2", 2, .option, "--jobs needs --batch"),
        BadInput("\(issueOne) --reissue", 2, .option, "--reissue needs --batch"),
        BadInput("\(issueOne) --out-dir folder", 2, .option, "--out-dir needs --batch"),
        BadInput("\(bulk) nowhere", 1, .file, "No such file"),
        BadInput("\(bulk) ''", 1, .file, "''"),
        BadInput("\(bulk) loop", 1, .file, "symbolic links"),
        BadInput("\(bulk) empty --out-dir nowhere", 1, .file, "mkdir -p nowhere"),
        BadInput("\(bulk) empty --out-dir text", 1, .file, "Not a directory"),
        BadInput("\(bulk) text", 1, .csr, "(EntriesRefused)", "WARNING: text, line 1: ", "no JSON").printing.keeping,
        BadInput("\(bulk) device-02.csr", 1, .csr, "device-02.csr, line 1: ").printing.keeping,
        BadInput("\(bulk) zeros", 1, .csr, "65536 at most").printing.keeping,
        BadInput("\(bulk) - < text", 1, .csr, "WARNING: standard input, line 1: ").printing.keeping,
        BadInput(
            "adr cert issue --namespace nowhere --policy-name default --batch empty",
            3,
            .notFound,
            "'nowhere'"
        ),
        BadInput("adr cert issue --namespace bare --policy-name default --batch empty", 3, .notFound, "'bare'"),
        BadInput("adr cert issue --namespace factory --policy-name none --batch empty", 3, .notFound, "'none'"),
        BadInput("\(bulk) empty --hub-name nowhere", 3, .notFound, "'nowhere'"),
    ]

    private static let issueOne = "adr cert issue --namespace factory --policy-name default --csr device-02.csr"
}
