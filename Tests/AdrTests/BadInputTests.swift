import Foundation
import JSON
import TestSupport
import Testing

/// Bad input: a clear error, the right exit status, and nothing written.
struct BadInputTests {
    /// Runs a line that must be refused and leave the store as it was.
    private func expectRefused(
        _ person: Operator,
        _ line: String,
        status: Int32,
        _ words: String...,
        input: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try person.storeContents()
        let outcome = try person.adr(line, input: input)
        #expect(outcome.status == status, "\(line): \(outcome.output)\(outcome.errors)", sourceLocation: sourceLocation)
        let error = outcome.errors.split(separator: "\n").first { !$0.hasPrefix("WARNING: ") }
        #expect(error?.hasPrefix("ERROR: ") == true, "\(outcome.errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.errors.contains(word), "\(line): \(outcome.errors)", sourceLocation: sourceLocation)
        }
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        let isUntouched = try person.storeContents() == before
        #expect(isUntouched, "\(line) wrote something", sourceLocation: sourceLocation)
    }

    private static let issue = "cert issue --namespace factory --policy-name default --registration-id device-01 --csr"

    @Test func encodingsOfACSR() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr")
        try person.expect("csr show device-01.csr --format pem --out device-01.csr.pem")
        try person.expect("csr show device-01.csr --format der --out device-01.csr.der")
        let base64 = try person.scratch.text("device-01.csr").trimmingCharacters(in: .newlines)
        let der = try person.scratch.read("device-01.csr.der")

        try expectRefused(
            person,
            "\(Self.issue) device-01.csr.pem",
            status: 1,
            "PEM",
            "adr csr show device-01.csr.pem --format base64"
        )
        try expectRefused(person, "\(Self.issue) device-01.csr.der", status: 1, "DER", "--format base64")
        for (name, text) in [
            ("spaces", base64.prefix(40) + " " + base64.dropFirst(40)),
            ("breaks", base64.prefix(64) + "\n" + base64.dropFirst(64)),
            ("padding", base64 + "="),
            ("twice", base64 + base64),
            ("newlines", base64 + "\n\n"),
        ] {
            person.scratch.write(name, String(text))
            try expectRefused(person, "\(Self.issue) \(name)", status: 1, "(InvalidCertificateSigningRequest)")
        }
        for (name, bytes) in [
            ("empty", []), ("truncated", Array(der.dropLast(5))), ("trailing", der + [0]),
        ] as [(String, [UInt8])] {
            person.scratch.write(name, Data(bytes).base64EncodedString())
            try expectRefused(person, "\(Self.issue) \(name)", status: 1, "(InvalidCertificateSigningRequest)")
        }
        person.scratch.write("huge", [UInt8](repeating: 0x41, count: 10 << 20))
        try expectRefused(person, "\(Self.issue) huge", status: 1, "8192")
        try expectRefused(person, "\(Self.issue) nowhere", status: 1, "nowhere", "No such file")
        // The very same request, as DPS takes it, is issued; with or without one final newline.
        for (name, ending) in [("bare", ""), ("unix", "\n"), ("windows", "\r\n")] {
            person.scratch.write(name, base64 + ending)
            try person.expect("\(Self.issue) \(name)")
        }
    }

    @Test func identities() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr")
        let other = "cert issue --namespace factory --policy-name default --csr device-01.csr --registration-id"
        try expectRefused(person, "\(other) DEVICE-01", status: 1, "case")
        try expectRefused(person, "\(other) device-02", status: 1, "device-02")
        try expectRefused(person, "\(other) device.", status: 1, "registration ID")
        try expectRefused(person, "\(other) device/1", status: 1, "registration ID")
        try expectRefused(person, "\(other) \(String(repeating: "x", count: 129))", status: 1, "129")
        try person.expect("\(other) device-01")
        // The CN alone does not authorize a second certificate, and the refusal prints the line that works.
        let again = try person.adr("cert issue --namespace factory --policy-name default --csr device-01.csr")
        #expect(again.status == 1)
        let line = try #require(again.errors.split(separator: "\n").first { $0.hasPrefix("adr cert issue ") })
        try person.expect(String(line.dropFirst(4)))
        // One identity whatever its case: the spelling of the first registration is kept.
        try person.expect("csr generate --registration-id DEVICE-01 --key-out upper.key --out upper.csr")
        try expectRefused(
            person,
            "cert issue --namespace factory --policy-name default --csr upper.csr --registration-id DEVICE-01",
            status: 1,
            "device-01"
        )
    }

    @Test func thingsThatDoNotExist() throws {
        let person = Operator()
        try expectRefused(person, "ns show --name nowhere", status: 3, "nowhere", "adr ns list")
        try expectRefused(person, "hub show --name nowhere", status: 3, "nowhere")
        try person.setUpFactory()
        try person.expect("csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr")
        let csr = "--registration-id device-01 --csr device-01.csr"
        try expectRefused(person, "cert issue --namespace nowhere --policy-name default \(csr)", status: 3, "nowhere")
        try expectRefused(
            person,
            "cert issue --namespace factory --policy-name none \(csr)",
            status: 3,
            "none",
            "default"
        )
        try expectRefused(
            person,
            "cert issue --namespace factory --policy-name default --hub-name none \(csr)",
            status: 3,
            "none"
        )
        try expectRefused(person, "policy show --namespace factory --name none", status: 3, "none")
        try expectRefused(person, "device show --namespace factory --name none", status: 3, "none")
        try expectRefused(person, "hub certificate show --hub-name factory-hub --name none", status: 3, "none")
        try expectRefused(
            person,
            "hub device-identity show --hub-name factory-hub --device-id none",
            status: 3,
            "none"
        )
        try expectRefused(person, "cert show --namespace factory --serial 00", status: 3, "00")
        try person.expect("ns create --name bare")
        try expectRefused(
            person,
            "policy create --namespace bare --name default",
            status: 3,
            "(ParentResourceNotFound)",
            "adr credential create --namespace bare"
        )
    }

    @Test func namesAndRanges() throws {
        let person = Operator()
        for name in ["ab", "Factory", "-x-", "factory-", "a_b", String(repeating: "n", count: 65)] {
            try expectRefused(person, "ns create --name=\(name)", status: 1, "(InvalidResourceName)")
        }
        try expectRefused(person, "ns create --name factory -g ../../etc", status: 1, "(InvalidResourceName)")
        for days in [-1, 0, 6, 91, 3650] {
            try expectRefused(person, "ns create --name factory --cert-validity-days=\(days)", status: 1, "7 to 90")
        }
        try expectRefused(person, "ns create --name factory --cert-validity-days x", status: 2, "invalid int")
        try expectRefused(person, "ns create --name factory --cert-key-type RSA", status: 2, "ECC")
        try expectRefused(
            person,
            "ns create --name factory --ecm false --policy-name p-1",
            status: 2,
            "certificate options"
        )
        try person.setUpFactory()
        try expectRefused(person, "policy create --namespace factory --name xy", status: 1, "(InvalidResourceName)")
        try person.expect("policy create --namespace factory --name second")
        try person.expect("policy create --namespace factory --name third")
        try expectRefused(person, "policy create --namespace factory --name fourth", status: 1, "(Conflict)", "3")
        try expectRefused(
            person,
            "policy create --namespace factory --name fourth --enable-byor",
            status: 1,
            "not there yet"
        )
        try expectRefused(person, "ns create --name factory --location westeurope", status: 1, "(Conflict)", "eastus")
        try person.expect("ns create --name other")
        try expectRefused(person, "hub create --name factory-hub --namespace other", status: 1, "(Conflict)", "factory")
        try expectRefused(person, "ns delete --name factory --yes", status: 1, "(Conflict)", "factory-hub")
        try expectRefused(person, "credential delete --namespace factory --yes", status: 1, "(Conflict)", "default")
        try expectRefused(person, "ns delete --name factory", status: 1, "Operation cancelled.", "--yes")
        try expectRefused(person, "policy crate --namespace factory", status: 2, "misspelled", "create")
        try expectRefused(person, "policy create --namspace factory", status: 2)
    }

    @Test func keysAndCertificates() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try expectRefused(
            person,
            "csr generate --registration-id device-01 --key-out device-01.key --out x.csr",
            status: 1,
            "never overwritten",
            "--force"
        )
        #expect(!FileManager.default.fileExists(atPath: person.scratch.file("x.csr")))
        let connect = "hub connect --hub-name factory-hub --certificate-file-path"
        try expectRefused(person, "\(connect) device-01.csr --key-file-path device-01.key", status: 1, "no certificate")
        try expectRefused(person, "\(connect) device-01.pem --key-file-path device-01.csr", status: 1, "no private key")
        let exposed = person.scratch.file("device-01.key")
        chmod(exposed, 0o644)
        let outcome = try person.connect("device-01")
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("WARNING") && outcome.errors.contains("chmod 600"))
    }

    @Test(.peer("unshare")) func readOnlyAndFullDisks() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("csr generate --registration-id device-02 --key-out device-02.key --out device-02.csr")
        let issue =
            "cert issue --namespace factory --policy-name default --registration-id device-02 --csr device-02.csr"
        func mounted(_ script: String) throws -> Outcome {
            var environment = person.environment
            environment["ADR"] = person.binary
            return try Run.command(
                ["unshare", "-rm", "sh", "-c", script],
                environment: environment,
                directory: person.scratch.path
            )
        }
        let before = try person.storeContents()
        let readOnly = try mounted(
            "mount --bind -o ro store store && mount -o remount,bind,ro store && \"$ADR\" \(issue)"
        )
        #expect(readOnly.status == 1, "\(readOnly.output)\(readOnly.errors)")
        #expect(readOnly.errors.hasPrefix("ERROR: (ReadOnlyStore) "), "\(readOnly.errors)")
        let isUntouched = try person.storeContents() == before
        #expect(isUntouched)
        // Reading works there.
        let reading = try mounted(
            "mount --bind -o ro store store && mount -o remount,bind,ro store && \"$ADR\" device list --namespace factory"
        )
        #expect(reading.status == 0, "\(reading.errors)")

        let full = try mounted(
            """
            mkdir full && mount -t tmpfs -o size=2m none full && cp -a store/. full/ && export ADR_HOME=$PWD/full
            "$ADR" device list --namespace factory > /dev/null || exit 90
            head -c 4m /dev/zero > full/filler 2> /dev/null
            # The last page of the ledger may have room for a line still; then that line counts.
            tries=0
            while "$ADR" \(issue) > /dev/null 2> errors; do
              tries=$((tries + 1)); [ $tries -lt 5 ] || exit 91
            done
            cat errors >&2
            before=$(wc -l < full/groups/default/namespaces/factory/ledger/00000001.jsonl)
            [ $before = $((4 + tries)) ] || exit 92
            rm full/filler
            "$ADR" \(issue) > /dev/null || exit 93
            """
        )
        #expect(full.status == 0, "\(full.status) \(full.errors)")
        #expect(full.errors.contains("ERROR: (NoSpace) "), "\(full.errors)")
    }

    @Test func damagedAndNewerStores() throws {
        let person = Operator()
        try person.setUpFactory()
        let folder = person.store + "/groups/default/namespaces/factory"
        let document = folder + "/policies/default.json"
        let good = try String(contentsOfFile: document, encoding: .utf8)
        func expectDamage(_ text: String, _ code: String, _ words: String...) throws {
            try text.write(toFile: document, atomically: false, encoding: .utf8)
            let before = try person.storeContents()
            for line in [
                "policy show --namespace factory --name default",
                "policy update --namespace factory --name default --cert-validity-days 10",
            ] {
                let outcome = try person.adr(line)
                #expect(outcome.status == 1, "\(line): \(outcome.output)")
                #expect(outcome.errors.hasPrefix("ERROR: (\(code)) "), "\(outcome.errors)")
                #expect(outcome.errors.contains(document), "\(outcome.errors)")
                for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
            }
            let isUntouched = try person.storeContents() == before
            #expect(isUntouched)
        }
        try expectDamage("garbage", "StoreDamaged", "adr store accept \(document)", "adr store check --repair")
        try expectDamage("", "StoreDamaged")
        try expectDamage(
            good.replacingOccurrences(of: "\"leafValidityDays\": 30", with: "\"leafValidityDays\": 90"),
            "StoreDamaged"
        )
        try expectDamage(
            good.replacingOccurrences(of: "\"schemaVersion\": 1", with: "\"schemaVersion\": 2"),
            "StoreNewer",
            "2"
        )
        // The ways out that the error names.
        try "garbage".write(toFile: document, atomically: false, encoding: .utf8)
        try person.expect("store check --repair")
        try person.expect("policy show --namespace factory --name default")
        let mended = try String(contentsOfFile: document, encoding: .utf8)
        #expect(mended == good)
        try good.replacingOccurrences(of: "\"leafValidityDays\": 30", with: "\"leafValidityDays\": 31")
            .write(toFile: document, atomically: false, encoding: .utf8)
        try person.expect("store accept \(document)")
        let shown = try person.expect("policy show --namespace factory --name default")
        let leaf = shown["properties"]?["certificate"]?["leafCertificateConfiguration"]
        #expect(leaf?["validityPeriodInDays"] == 31)
        #expect(try person.expect("store check") == [])

        let index = person.store + "/store.json"
        let text = try String(contentsOfFile: index, encoding: .utf8)
        try text.replacingOccurrences(of: "\"schemaVersion\": 1", with: "\"schemaVersion\": 9")
            .write(toFile: index, atomically: false, encoding: .utf8)
        let newer = try person.adr("hub list")
        #expect(newer.status == 1)
        #expect(newer.errors.hasPrefix("ERROR: (StoreNewer) "), "\(newer.errors)")

        try "garbage".write(toFile: index, atomically: false, encoding: .utf8)
        let damaged = try person.adr("ns list")
        #expect(damaged.status == 1)
        #expect(damaged.errors.contains("adr store check --repair"), "\(damaged.errors)")
        try person.expect("store check --repair")
        #expect(try String(contentsOfFile: index, encoding: .utf8) == text)
    }

    @Test func aCAKeyThatIsNotTheCAs() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr")
        let keys = person.store + "/groups/default/namespaces/factory/keys"
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: keys).first { $0.hasPrefix("ica-") }
        )
        let good = try Data(contentsOf: URL(fileURLWithPath: "\(keys)/\(name)"))
        try Data(try person.scratch.read("device-01.key")).write(to: URL(fileURLWithPath: "\(keys)/\(name)"))
        try expectRefused(person, "\(Self.issue) device-01.csr", status: 1, "key")
        try good.write(to: URL(fileURLWithPath: "\(keys)/\(name)"))
        chmod("\(keys)/\(name)", 0o644)
        let outcome = try person.adr("\(Self.issue) device-01.csr")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("WARNING") && outcome.errors.contains(name))
    }
}
