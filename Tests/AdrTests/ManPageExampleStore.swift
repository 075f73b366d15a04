import Foundation
import TestSupport

/// A folder and a store in which the examples of help and manual pages can be run as they stand.
enum ManPageExampleStore {
    /// What an example may take for granted: the namespace `factory`, its policies `default` and `line-1`, the hub
    /// `hub-1`, linked to the provisioning service `factory-dps` with its enrollment `device-01` and its enrollment
    /// group `line-1`, and the device `device-01`, registered, with its files.
    private static let prepared = """
        $ adr ns create --name factory --enable-certificate-management --output none
        $ adr policy create --namespace factory --name line-1 --output none
        $ adr hub create --name hub-1 --namespace factory --output none
        $ adr csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr --output none
        $ adr csr show device-01.csr --format pem --out device-01.csr.pem
        $ adr credential sync --namespace factory
        ...
        $ adr dps create --name factory-dps --namespace factory --output none
        $ adr dps linked-hub create --dps-name factory-dps --hub-name hub-1 --output none
        $ adr dps enrollment create --dps-name factory-dps --enrollment-id device-01 \\
              --attestation-type symmetricKey --credential-policy-name default --output none
        $ adr dps enrollment-group create --dps-name factory-dps --group-id line-1 \\
              --credential-policy-name default --output none
        $ adr registration create --dps-name factory-dps --registration-id device-01 --csr device-01.csr \\
              --out device-01.pem --output none
        """

    /// What has to be otherwise, by the beginning of the line that needs it.
    private static let otherwise: [(line: String, before: [String])] = [
        ("adr ns create", [#"rm -r "$ADR_HOME""#]),
        ("adr ns delete", ["adr dps delete --name factory-dps", "adr hub delete --name hub-1"]),
        (
            "adr credential create",
            [#"rm -r "$ADR_HOME""#, "adr ns create --name factory --output none"]
        ),
        (
            "adr credential delete",
            [
                "adr policy delete --namespace factory --name default --yes",
                "adr policy delete --namespace factory --name line-1 --yes",
            ]
        ),
        ("adr hub create", ["adr hub delete --name hub-1"]),
        // Documents are only asked in the folder that they were written in, and this is a copy.
        ("adr store accept", ["adr ns update --name factory --tags settled=yes"]),
        ("adr csr generate --registration-id device-01 --key-out", ["rm device-01.key"]),
        (
            "adr ledger verify",
            ["adr ledger checkpoint --namespace factory --out factory.cms --output none"]
        ),
        ("adr store backup", ["echo secret > passphrase.txt"]),
        (
            "adr store restore",
            ["adr store backup --out backup.jsonl --output none", #"cp -a "$ADR_HOME" store"#]
        ),
    ]

    /// The name that chance gives a hub's certificate; whoever reads an example puts in the one that is listed.
    private static let madeUpName = "default-1a2b3c4d"
    private static let listedName =
        #"$(adr hub certificate list --hub-name hub-1 | sed -n 's/.*"name": "\(default-[0-9a-f]*\)".*/\1/p')"#

    /// The prepared folder, made once; every example gets a copy.
    private static let template: Result<Scratch, any Error> = Result {
        let scratch = Scratch("ManPageExamples")
        let mismatches = try Session(prepared).run(in: scratch)
        guard mismatches.isEmpty else { throw Unprepared(mismatches: mismatches.map(\.description)) }
        return scratch
    }

    struct Unprepared: Error {
        let mismatches: [String]
    }

    /// A copy of the prepared folder.
    static func scratch(_ name: String = #function) throws -> Scratch {
        let copy = Scratch(name)
        let outcome = try Run.command(["cp", "-a", "\(try template.get().path)/.", copy.path])
        guard outcome.status == 0 else { throw Unprepared(mismatches: [outcome.errors]) }
        return copy
    }

    /// Lines that a page folded, as the one they are, without the prompt.
    static func unfolded(_ lines: [String]) -> String {
        let text = lines.joined(separator: "\n").replacingOccurrences(of: "\\\n    ", with: "")
        return String(text.dropFirst(2))
    }

    /// Runs lines as a page shows them, behind prompts, and returns what went otherwise than a reader expects.
    static func play(_ lines: [String], in scratch: Scratch) throws -> [String] {
        let first = unfolded(lines)
        var session = ["$ export TMPDIR=$PWD"]
        for need in otherwise where first.hasPrefix(need.line) {
            session += need.before.flatMap { ["$ \($0)", "..."] }
        }
        for line in lines {
            session.append(line.replacingOccurrences(of: madeUpName, with: listedName))
            if !line.hasSuffix("\\") { session.append("...") }
        }
        return try Session(session.joined(separator: "\n")).run(in: scratch).map(\.description)
    }
}
