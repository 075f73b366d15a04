import CommandTable
import JSON
import OpenSSL
import PKI
import Registry

/// How `policy crl` and `credential crl` hand out what they sign.
enum RevocationListOptions {
    private static let out = Argument<String>.file(
        "--out",
        help: "File for the CRLs, '-' for standard output; several of them in PEM, one behind the other."
    )
    private static let outFolder = Argument<String>.file(
        "--out-dir",
        value: "DIR",
        help: "Folder for one file each, named after its CA: ica-0123....crl."
    )
    private static let format = Argument<String>.choice(
        "--format",
        help: "Encoding of the files.",
        choices: ["pem", "der"],
        default: "pem"
    )
    private static let days = Argument<Int>.integer(
        "--next-update-days",
        value: "DAYS",
        help: "After how many days the next CRL is promised, 1 to 366.",
        default: String(CRLRequest.standardDays)
    )

    static let all: [ArgumentUse] = [
        .optional(out), .optional(outFolder), .optional(format), .optional(days), .optional(Options.acceptClock),
    ]

    static let layout = TableLayout(columns: [
        ("Issuer", "issuer"), ("Policy", "policyName"), ("State", "issuerState"), ("Number", "crlNumber"),
        ("Revoked", "revokedCount"), ("NextUpdate", "nextUpdate"),
    ])

    /// Signs, writes the files that are asked for, and prints what was signed; without a file the CRLs are in there.
    static func run(
        _ arguments: Arguments,
        _ invocation: Invocation,
        sign: (CRLRequest) throws -> [HandedOutCRL]
    ) throws {
        let file = try arguments.value(out)
        let folder = try arguments.value(outFolder)
        if file != nil, folder != nil {
            throw UsageError(
                "--out and --out-dir cannot go together",
                recommendations: ["--out is one file for all, --out-dir a folder with one file for each CA."]
            )
        }
        if let target = file ?? folder.map({ "\($0)/x" }) { try invocation.files.checkWritable(target) }
        let isDER = try arguments.value(format) == "der"
        let lists = try sign(
            CRLRequest(days: try arguments.required(days), isSingle: isDER && file != nil)
        )
        func encoded(_ list: HandedOutCRL) -> [UInt8] {
            isDER ? list.crl.der : PEM.encode(label: "X509 CRL", der: list.crl.der)
        }
        if let file { try invocation.files.write(lists.flatMap(encoded), to: file) }
        if let folder {
            for list in lists {
                try invocation.files.write(encoded(list), to: "\(folder)/\(list.issuer).crl")
            }
        }
        for list in lists where list.isLast {
            invocation.host.note(
                "\(list.issuer): its key is wiped, and this is the last CRL it signed; later revocations are not on it"
            )
        }
        // Standard output that has the CRLs has them alone.
        if file == "-" { return }
        try invocation.print(
            .array(
                lists.map { list in
                    var object = list.value.objectValue ?? JSONObject()
                    if file == nil, folder == nil { object["crl"] = .string(Base64.encode(list.crl.der)) }
                    return .object(object)
                }
            ),
            arguments,
            layout: layout
        )
    }
}
