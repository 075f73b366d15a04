/// Lines that name no command, and streams that are closed or take nothing.
extension BadInput {
    static let wordRows: [BadInput] = [
        BadInput("adr nx create", 2, .words, "'nx' is misspelled or not recognized", "Help: adr --help"),
        BadInput("adr ns crate", 2, .words, "'crate'", "Did you mean 'create' ?", "Help: adr ns --help"),
        BadInput("adr create", 2, .words, "Did you mean 'adr ns create' ?"),
        BadInput("adr create ns --name factory", 2, .words, "'create'"),
        BadInput("adr nss list", 2, .words, "'nss'", "Did you mean 'ns' ?"),
        BadInput("adr ''", 2, .words, "''", "Help: adr --help"),
        BadInput("adr 'ns list'", 2, .words, "'ns list'"),
        BadInput("adr --bogus ns list", 2, .option, "unrecognized arguments: --bogus"),
        BadInput("adr --name factory ns show", 2, .words, "The options of a command stand after its words"),
        BadInput("adr -- ns list", 2, .words, "'--'"),
        BadInput(#"adr "$(printf 'n\ns')" list"#, 2, .words, #"n\u{A}s"#),
        BadInput(#"adr "$(printf 'n\033[31ms')""#, 2, .words, #"n\u{1B}[31ms"#),
        BadInput(#"adr "$(printf 'n\302\233s')""#, 2, .words, #"n\u{9B}s"#),
        BadInput(#"adr "$(printf 'n\342\200\256s')""#, 2, .words, #"n\u{202E}s"#),
        BadInput(#"adr "$(printf '\377')" list"#, 2, .words, "argument 1", "no UTF-8"),
        BadInput(#"adr ns list --store "$(printf 'st\377re')""#, 2, .value, "argument 4", "no UTF-8"),
        BadInput(#"adr "$(printf 'x%.0s' $(seq 100000))""#, 2, .words, "…"),
        BadInput("adr hub device-twin show", 2, .words, "'device-twin'"),
        BadInput("adr ns create show --name factory", 2, .option, "unrecognized arguments: show"),
    ]

    static let streamRows: [BadInput] = [
        BadInput("adr --help > /dev/full", 1, .stream, "standard output", "No space left", "Send it elsewhere"),
        BadInput("adr --version >&-", 1, .stream, "standard output", "'>&-' closes it"),
        BadInput("adr ns list > /dev/full", 1, .stream, "standard output"),
        BadInput("adr ns list >&-", 1, .stream, "standard output", "--output none"),
        BadInput("adr ns list <&- >&-", 1, .stream, "standard output"),
        BadInput("adr cert show device-01.pem > /dev/full", 1, .stream, "standard output"),
        BadInput("adr credential show --namespace factory --certificate > /dev/full", 1, .stream, "standard output"),
        BadInput("adr csr show device-02.csr --format pem > /dev/full", 1, .stream, "standard output"),
        BadInput("adr ns create --name late > /dev/full", 1, .stream, "done and on record").keeping,
        BadInput("adr hub create --name late-hub --namespace factory >&-", 1, .stream, "done and on record").keeping,
        BadInput(
            "adr cert issue --namespace factory --policy-name default --csr device-02.csr > /dev/full",
            1,
            .stream,
            "is issued and on record",
            "adr cert show --namespace factory -g default --serial "
        ).keeping,
        BadInput(
            "adr csr generate --registration-id device-03 --key-out k --out x > /dev/full",
            1,
            .stream,
            "the key k and the CSR x are there"
        ).keeping,
        // The key would be of no use: its CSR went nowhere.
        BadInput("adr csr generate --registration-id device-03 --key-out k > /dev/full", 1, .stream, "standard output"),
        BadInput("adr csr generate --registration-id device-03 --key-out k >&-", 1, .stream, "standard output"),
        BadInput("adr csr show - <&-", 1, .stream, "standard input", "Bad file descriptor"),
        BadInput("adr csr verify - < folder", 1, .stream, "standard input"),
        BadInput("adr quickstart > /dev/full", 1, .stream, "standard output"),
        BadInput("adr quickstart >&-", 1, .stream, "standard output"),
    ]

    static let quickstartRows: [BadInput] = [
        BadInput("adr quickstart now", 2, .option, "unrecognized arguments: now", "Help: adr quickstart --help"),
        BadInput("adr quickstart --name factory", 2, .option, "unrecognized arguments: --name factory"),
        BadInput("TMPDIR=$PWD/nowhere adr quickstart", 1, .file, "nowhere", "TMPDIR=DIR adr quickstart"),
        BadInput("TMPDIR=$PWD/text adr quickstart", 1, .file, "Not a directory", "TMPDIR=DIR adr quickstart"),
        BadInput("TMPDIR=/proc adr quickstart", 1, .file, "/proc", "TMPDIR=DIR adr quickstart"),
        BadInput("adr quickstart --store ''", 2, .value, "--store is empty"),
        BadInput("adr quickstart --store text", 1, .store, "the quickstart stops here", "text").printing,
        BadInput("adr quickstart --output xml", 2, .value, "'xml' is not a valid value for '--output'"),
    ]
}
