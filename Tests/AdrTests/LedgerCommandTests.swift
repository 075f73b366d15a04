import Foundation
import JSON
import TestSupport
import Testing

/// `adr ledger …` on the built binary, with openssl as the judge of checkpoints.
@Suite(.peer("openssl"))
struct LedgerCommandTests {
    private static let folder = "groups/default/namespaces/factory"

    private func factory(_ name: String = #function) throws -> Operator {
        let person = Operator(name)
        try person.setUpFactory()
        for id in ["device-01", "device-02", "d"] { try person.provision(id) }
        try person.expect("credential show --namespace factory --certificate --out root.pem")
        return person
    }

    private func segment(_ person: Operator) -> String { "store/\(Self.folder)/ledger/00000001.jsonl" }

    private func write(_ bytes: [UInt8], _ name: String, _ person: Operator) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: person.scratch.file(name)))
    }

    // MARK: show

    private func numbers(_ person: Operator, _ options: String) throws -> [Int64] {
        try person.expect("ledger show --namespace factory \(options)").arrayValue?
            .compactMap { $0["number"]?.integerValue } ?? [-1]
    }

    @Test func entriesAreSelected() throws {
        let person = try factory()
        #expect(try numbers(person, "") == [1, 2, 3, 4, 5, 6])
        #expect(try numbers(person, "--from 3") == [3, 4, 5, 6])
        #expect(try numbers(person, "--to 2") == [1, 2])
        #expect(try numbers(person, "--from 2 --to 3") == [2, 3])
        #expect(try numbers(person, "--last 2") == [5, 6])
        #expect(try numbers(person, "--to 4 --last 2") == [3, 4])
        #expect(try numbers(person, "--last 100") == [1, 2, 3, 4, 5, 6])
        #expect(try numbers(person, "--from 7") == [])
        #expect(try numbers(person, "--event certificateissued") == [4, 5, 6])
        #expect(try numbers(person, "--event CertificateIssued --last 2") == [5, 6])
        #expect(try numbers(person, "--device-name DEVICE-02") == [5])
        // An ID that is too short to be a name, by the ID and by the name that was made of it.
        let name = try person.expect("device show --namespace factory --name d")["name"]?.stringValue ?? ""
        #expect(name.hasPrefix("d-x"))
        #expect(try numbers(person, "--device-name d") == [6])
        #expect(try numbers(person, "--device-name \(name)") == [6])
        #expect(try numbers(person, "--device-name nobody") == [])
        try person.expect("device update --namespace factory --name device-01 --enabled false")
        #expect(try numbers(person, "--device-name device-01") == [4, 7])

        let entry = try #require(try person.expect("ledger show --namespace factory --from 5 --to 5").arrayValue?.first)
        let serial = try person.expect("cert show --namespace factory --device-name device-02")["serialNumber"]
        #expect(entry["details"]?["serialNumber"] == serial)
        #expect(entry["changes"]?.arrayValue?.compactMap { $0["change"]?.stringValue } == ["written", "row"])
        #expect(entry["changes"]?.arrayValue?.allSatisfy { $0["body"] == nil } == true)
    }

    /// What is printed while it is read is what the whole list would be printed as.
    @Test func aStreamIsTheListItself() throws {
        let person = try factory()
        for format in ["json", "jsonc", "yaml", "yamlc", "tsv"] {
            for which in ["", "--last 1", "--from 100"] {
                let streamed = try person.adr("ledger show --namespace factory \(which) -o \(format)")
                let whole = try person.adr("ledger show --namespace factory \(which) -o json --query @")
                try write(whole.stdout, "whole.json", person)
                let printed = try person.adr("query whole.json -o \(format)")
                #expect(streamed.status == 0 && whole.status == 0 && printed.status == 0, "\(printed)")
                // The members of a query's result keep their order in tsv: they come sorted already.
                #expect(streamed.stdout == printed.stdout, "\(format) \(which)")
            }
        }
        #expect(try person.adr("ledger show --namespace factory -o none").stdout == [])
        let table = try person.adr("ledger show --namespace factory -o table").output.split(separator: "\n")
        #expect(table.count == 8)
        #expect(table[0].hasPrefix("Number"))
        #expect(try person.adr("ledger show --namespace factory --from 100 -o table").output == "\n")
    }

    // MARK: export

    @Test func anExportIsTheLedgerByteForByte() throws {
        let person = try factory()
        try person.expect("ledger export --namespace factory --out out.jsonl")
        #expect(try person.scratch.read("out.jsonl") == person.scratch.read(segment(person)))
        #expect(try person.adr("ledger export --namespace factory").stdout == person.scratch.read("out.jsonl"))
    }

    // MARK: verify

    @Test func aTouchedLedgerIsNamed() throws {
        let person = try factory()
        let good = try person.scratch.read(segment(person))
        let text = String(decoding: good, as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0 + "\n" }
        #expect(try person.expect("ledger verify --namespace factory")["entries"] == 6)
        let touched: [(what: String, text: String, words: [String])] = [
            ("changed", text.replacingOccurrences(of: "HubCreated", with: "HubImagined"), ["after entry 1", "hash"]),
            ("removed", (lines[..<2] + lines[3...]).joined(), ["after entry 2", "entry 4, entry 3 was needed"]),
            ("moved", (lines[..<2] + [lines[3], lines[2]] + lines[4...]).joined(), ["entry 4, entry 3 was needed"]),
            ("cut", lines[..<4].joined(), ["shorter than it was", "entry 6"]),
        ]
        for (what, text, words) in touched {
            try write(Array(text.utf8), segment(person), person)
            let outcome = try person.adr("ledger verify --namespace factory")
            #expect(outcome.status == 1, "\(what): \(outcome)")
            #expect(outcome.stdout == [], "\(what)")
            for word in words + ["00000001.jsonl", "(StoreDamaged)"] {
                #expect(outcome.errors.contains(word), "\(what): \(outcome.errors)")
            }
        }
        try write(good, segment(person), person)
        try person.expect("ledger verify --namespace factory")
    }

    // MARK: checkpoint

    private func openssl(_ person: Operator, _ file: String, _ form: String = "PEM") throws -> Outcome {
        try person.run(
            "openssl",
            "cms",
            "-verify",
            "-inform",
            form,
            "-in",
            file,
            "-purpose",
            "any",
            "-CAfile",
            "root.pem",
            "-no-CApath",
            "-no-CAstore",
            "-signer",
            "signer.pem"
        )
    }

    @Test func opensslAcceptsACheckpoint() throws {
        let person = try factory()
        try person.expect("ledger checkpoint --namespace factory --out one.cms")
        let outcome = try openssl(person, "one.cms")
        #expect(outcome.status == 0, "\(outcome)")
        let content = try JSONValue(parsing: outcome.stdout.filter { $0 != 0x0D })
        let entry = try #require(try person.expect("ledger show --namespace factory --last 1").arrayValue?.first)
        #expect(content["entry"]?["number"] == 7)
        #expect(content["entry"]?["hash"] == entry["hash"])
        #expect(content["entry"]?["time"] == entry["time"])
        #expect(content["namespace"]?["id"] == (try person.expect("ns show --name factory"))["id"])
        #expect(content["namespace"]?["uuid"] == (try person.expect("ns show --name factory"))["properties"]?["uuid"])
        #expect(content["time"]?.stringValue?.hasSuffix("Z") == true)

        // The signer is what a third party may rely on, and no more.
        let signer = try person.run("openssl", "x509", "-in", "signer.pem", "-noout", "-text").output
        for words in ["CN = ledger-", "secp384r1", "CA:FALSE", "Digital Signature\n", "ecdsa-with-SHA384"] {
            #expect(signer.contains(words), "\(words)")
        }
        #expect(!signer.contains("Extended Key Usage"))
        let ends = try ["signer.pem", "root.pem"].map {
            try person.run("openssl", "x509", "-in", $0, "-noout", "-enddate").output
        }
        #expect(ends[0] == ends[1])
        let key = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "\(person.store)/\(Self.folder)/keys")
                .first { $0.hasPrefix("ledger-") }
        )
        let attributes = try FileManager.default.attributesOfItem(
            atPath: "\(person.store)/\(Self.folder)/keys/\(key)"
        )
        #expect(attributes[.posixPermissions] as? Int == 0o600)

        // Another one is of the same signer, and a message that was changed is refused by both.
        try person.expect("ledger checkpoint --namespace factory --out two.cms")
        #expect(try person.expect("ledger show --namespace factory --event LedgerSignerCreated").arrayValue?.count == 1)
        #expect(try person.adr("ledger verify --namespace factory --checkpoint two.cms").status == 0)
        #expect(try openssl(person, "two.cms").status == 0)
    }

    @Test func aCheckpointProvesGrowth() throws {
        let person = try factory()
        try person.expect("ledger checkpoint --namespace factory --out c.cms")
        let short = try person.scratch.read(segment(person))
        try person.expect("device update --namespace factory --name device-01 --enabled false")
        let grown = try person.expect("ledger verify --namespace factory --checkpoint c.cms")
        #expect(grown["checkpoint"]?["entriesSince"] == 1)

        // DER as well as PEM.
        _ = try person.run(
            "openssl",
            "cms",
            "-cmsout",
            "-in",
            "c.cms",
            "-inform",
            "PEM",
            "-outform",
            "DER",
            "-out",
            "c.der"
        )
        #expect(try person.adr("ledger verify --namespace factory --checkpoint c.der").status == 0)

        // The end is lost together with all that it caused: only the checkpoint knows.
        try person.expect("ledger checkpoint --namespace factory --out later.cms")
        try write(short, segment(person), person)
        try FileManager.default.removeItem(atPath: "\(person.store)/\(Self.folder)/views.json")
        #expect(try person.adr("ledger verify --namespace factory").status == 0)
        #expect(try person.adr("ledger verify --namespace factory --checkpoint c.cms").status == 0)
        let lost = try person.adr("ledger verify --namespace factory --checkpoint later.cms")
        #expect(lost.status == 1, "\(lost)")
        #expect(lost.errors.contains("(LedgerTruncated)") && lost.errors.contains("1 entry is missing"), "\(lost)")

        // Another history of the same length, every hash right.
        try person.expect("device update --namespace factory --name device-02 --enabled false")
        #expect(try person.adr("ledger verify --namespace factory").status == 0)
        let rewritten = try person.adr("ledger verify --namespace factory --checkpoint later.cms")
        #expect(rewritten.status == 1 && rewritten.errors.contains("(LedgerRewritten)"), "\(rewritten)")
    }

    /// The root vouches for devices as well: none of them may sign for the ledger.
    @Test func onlyTheSignerOfTheLedgerSigns() throws {
        let person = try factory()
        try person.expect("ledger checkpoint --namespace factory --out c.cms")
        let content = try openssl(person, "c.cms").stdout.filter { $0 != 0x0D }
        try write(content, "content", person)
        try person.expect("policy show --namespace factory --name default --certificate --out ica.pem")
        let signed = try person.run(
            "openssl",
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-in",
            "content",
            "-signer",
            "device-01.pem",
            "-inkey",
            "device-01.key",
            "-certfile",
            "ica.pem",
            "-outform",
            "PEM",
            "-out",
            "forged.cms"
        )
        #expect(signed.status == 0, "\(signed)")
        // To openssl a purpose is a purpose.
        #expect(try openssl(person, "forged.cms").status == 0)
        let forged = try person.adr("ledger verify --namespace factory --checkpoint forged.cms")
        #expect(forged.status == 1 && forged.errors.contains("may not sign for a ledger"), "\(forged)")

        // A checkpoint with a byte changed anywhere in it is none.
        let der = try person.run("openssl", "cms", "-cmsout", "-in", "c.cms", "-inform", "PEM", "-outform", "DER")
        let seed = UInt64.random(in: 0...UInt64.max)
        print("edits of a checkpoint: seed \(seed)")
        var chance = Chance(seed: seed)
        for _ in 0..<60 {
            var bytes = der.stdout
            let place = chance.below(bytes.count)
            bytes[place] ^= UInt8(1 << chance.below(8))
            try write(bytes, "edited.der", person)
            let outcome = try person.adr("ledger verify --namespace factory --checkpoint edited.der")
            if outcome.status == 0 {
                // Some bytes of the envelope say nothing, as its version, to openssl neither; what it says is still what
                // was signed.
                let said = try JSONValue(parsing: outcome.stdout)["checkpoint"]?["entry"]
                #expect(try said == JSONValue(parsing: content)["entry"], "seed \(seed), byte \(place)")
                #expect(!content.isEmpty)
                #expect(try openssl(person, "edited.der", "DER").status == 0, "seed \(seed), byte \(place)")
            } else {
                #expect(outcome.status == 1, "seed \(seed), byte \(place): \(outcome)")
            }
        }

        // One of a namesake that was made later is another's.
        try person.expect("ns create --name other --enable-certificate-management")
        try person.expect("ledger checkpoint --namespace other --out other.cms")
        let other = try person.adr("ledger verify --namespace factory --checkpoint other.cms")
        #expect(other.status == 1 && other.errors.contains("(InvalidCheckpoint)"), "\(other)")
    }

    /// A signer whose key is lost, or whose root is not the namespace's any more, is replaced; what it signed counts on.
    @Test func aSignerIsReplaced() throws {
        let person = Operator()
        try person.expect("ns create --name factory")
        let refused = try person.adr("ledger checkpoint --namespace factory --out c.cms")
        #expect(refused.status == 3 && refused.errors.contains("credential create"), "\(refused)")
        try person.expect("credential create --namespace factory")
        try person.expect("ledger checkpoint --namespace factory --out one.cms")
        let keys = "\(person.store)/\(Self.folder)/keys/"
        func ledgerKeys() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: keys).filter { $0.hasPrefix("ledger-") }
        }
        let first = try ledgerKeys()
        try FileManager.default.removeItem(atPath: keys + first[0])
        try person.expect("ledger checkpoint --namespace factory --out two.cms")
        try person.expect("credential delete --namespace factory --yes")
        try person.expect("ledger checkpoint --namespace factory --out three.cms")
        try person.expect("credential create --namespace factory")
        let second = try ledgerKeys()
        try person.expect("ledger checkpoint --namespace factory --out four.cms")
        #expect(try ledgerKeys().count == 1)
        #expect(try ledgerKeys() != second)
        for name in ["one", "two", "three", "four"] {
            let outcome = try person.adr("ledger verify --namespace factory --checkpoint \(name).cms")
            #expect(outcome.status == 0, "\(name): \(outcome)")
        }
        #expect(try person.expect("ledger show --namespace factory --event LedgerSignerCreated").arrayValue?.count == 3)
    }
}
