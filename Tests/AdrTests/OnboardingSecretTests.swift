import CommandTable
import Foundation
import JSON
import OpenSSL
import TestSupport
import Testing

/// No key of an enrollment, a CA or the local server shows anywhere but in its own file and where it is asked for.
struct OnboardingSecretTests {
    /// What an operator with a store full of keys types, and everything that could then tell a key.
    private final class Watch {
        let person: Operator
        /// What was said, and what every process that was started could see, by the line that was typed.
        private(set) var places: [(name: String, data: Data)] = []
        /// Every key there ever was, by its name; a deleted one must not show either.
        private(set) var secrets: [String: Secret] = [:]
        private var typed: [[String]] = []

        init(_ person: Operator) throws {
            self.person = person
            try collect()
        }

        /// Keys are told apart by what they are: a file whose key was replaced is two.
        func add(_ secret: Secret) { secrets["\(secret.name) \(secret.forms[0].hashValue)"] = secret }

        private func collect() throws { for secret in try person.secrets() { add(secret) } }

        private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

        /// A line that reads: what it says.
        func read(_ line: String, status: Int32 = 0, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
            typed.append(words(line))
            let outcome = try person.adr("\(line) --debug")
            #expect(outcome.status == status, "\(line): \(outcome)", sourceLocation: sourceLocation)
            places.append((line, Data(outcome.stdout + outcome.stderr)))
        }

        /// A line that writes: what it says, and the command line and environment of every process it starts.
        ///
        /// - Parameter keyIsOnTheLine: somebody typed a key, and so it is on the command line of the one process that his
        ///   shell starts for him. Of that process only what the program starts in turn is looked at.
        func write(
            _ line: String,
            status: Int32 = 0,
            keyIsOnTheLine: Bool = false,
            _ sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            typed.append(words(line))
            let outcome = try Run.command(
                [
                    // Strings in hexadecimal, whole, so that not even a raw octet is told in a form of strace's own.
                    "strace", "-f", "-v", "-xx", "-s", "1000000", "-e", "trace=execve,execveat", "-o",
                    person.scratch.file("trace"), person.binary,
                ] + words(line) + ["--debug"],
                environment: person.environment,
                directory: person.scratch.path
            )
            #expect(outcome.status == status, "\(line): \(outcome)", sourceLocation: sourceLocation)
            places.append((line, Data(outcome.stdout + outcome.stderr)))
            var trace = Self.octets(try person.scratch.read("trace")).split(separator: 0x0A)
            let first = try #require(trace.first, "\(line) started nothing", sourceLocation: sourceLocation)
            for words in [words(line).joined(separator: "\", \""), "ADR_HOME=\(person.store)"] {
                #expect(first.range(of: Data(words.utf8)) != nil, "\(words)", sourceLocation: sourceLocation)
            }
            if keyIsOnTheLine { trace.removeFirst() }
            places.append(("the processes of: \(line)", Data(trace.joined(separator: [0x0A]))))
            try FileManager.default.removeItem(atPath: person.scratch.file("trace"))
            try collect()
        }

        /// What `\x41` stands for; a newline becomes a blank, since a line of the trace is a process.
        private static func octets(_ trace: [UInt8]) -> Data {
            var octets = Data()
            var rest = trace[...]
            while let octet = rest.first {
                if octet == 0x5C, rest.dropFirst().first == 0x78,
                    let value = UInt8(String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self), radix: 16)
                {
                    octets.append(value == 0x0A ? 0x20 : value)
                    rest = rest.dropFirst(4)
                } else {
                    octets.append(octet)
                    rest = rest.dropFirst()
                }
            }
            return octets
        }

        /// No key is in what was said or started, in the store beside its folders for keys, or in any other file.
        func expectNoKeyShows() throws {
            for (name, bytes) in try person.storeContents() where !Operator.isSecretFile(name) {
                places.append((name, Data(bytes)))
            }
            // Those of a restored store have the same places.
            let isKept = { (name: String) in
                Operator.isSecretFile(name) || name.hasSuffix(".key") || name.hasSuffix(".symmetric")
            }
            for name in try person.scratchFiles() where !isKept(name) {
                places.append((name, Data(try person.scratch.read(name))))
            }
            for (name, data) in places {
                for secret in secrets.values where secret.isIn(data) {
                    Issue.record("\(secret.name) shows in: \(name)")
                }
            }
        }

        /// Every command of the program was typed that has this effect, but for these, so that a new one is not forgotten.
        func expectAllTyped(_ effect: Effect, but exceptions: Set<String>) {
            let commands = TableTests.commands.filter { $0.effect == effect }
            let missing = commands.filter { command in !typed.contains { $0.starts(with: command.words) } }
            #expect(Set(missing.map(TableTests.name)) == exceptions)
        }
    }

    @Test(.peer("strace"), .peer("openssl")) func keysShowNowhere() throws {
        var person = try OnboardingFactory.makeOperator()
        person.environment["TMPDIR"] = person.scratch.path
        let watch = try Watch(person)
        let service = "--dps-name factory-dps"
        let program = try person.makeProgram(
            "choose",
            #"""
            cd "$(dirname "$0")"
            { cat; env; cat /proc/$$/cmdline /proc/$PPID/cmdline /proc/$PPID/environ; ls -l /proc/self/fd; } > witnessed
            echo '{"iotHubHostName": "hub-1"}'
            """#
        )
        // A factory beside the one there is, whose going away is watched as well.
        let second = "--namespace second"
        for line in [
            "ns create --name second --enable-certificate-management", "ns update --name second --tags a=b",
            "policy create \(second) --name extra", "policy update \(second) --name extra --cert-validity-days 20",
            "hub create --name second-hub \(second)", "credential sync \(second)",
            "dps create --name second-dps \(second)",
            "dps linked-hub create --dps-name second-dps --hub-name second-hub",
            "dps linked-hub update --dps-name second-dps --linked-hub second-hub --allocation-weight 2",
        ] { try watch.write(line) }
        // Enrollments with keys of every origin: made, replaced, by batch; and by certificate.
        person.scratch.write(
            "batch",
            (1...20).map { #"{"registrationId": "b-\#($0)", "credentialPolicyName": "default"}"# + "\n" }.joined()
        )
        for line in [
            "dps enrollment create \(service) --enrollment-id device-03 --at symmetricKey --cpn default",
            "dps enrollment create \(service) --enrollment-id device-02 --at x509 --certificate-path device-02.self.pem "
                + "--cpn default",
            "dps enrollment create \(service) --batch batch",
            "dps enrollment-group create \(service) --group-id line-1 --cpn default",
            "dps enrollment-group create \(service) --group-id line-2 --cpn default --allocation-policy custom "
                + "--webhook-url \(program)",
            "dps enrollment-group create \(service) --group-id line-3 --cpn default --certificate-path root.pem",
            "dps enrollment-group update \(service) --group-id line-1 --provisioning-status enabled",
        ] { try watch.write(line) }
        #expect(watch.secrets.count > 50)
        let replaced = Base64.encode(Array("a key that is on the command line".utf8))
        try watch.write(
            "dps enrollment update \(service) --enrollment-id b-1 --primary-key \(replaced)",
            keyIsOnTheLine: true
        )
        // Group members' keys, which exist nowhere but on the way, are what this command is asked for.
        for (group, id) in [("line-1", "member-1"), ("line-2", "member-2")] {
            let line = "dps enrollment-group compute-device-key \(service) --group-id \(group) --registration-id \(id)"
            let outcome = try person.adr("\(line) --debug")
            let text = try #require(try JSONValue(parsing: outcome.stdout).stringValue)
            let key = Secret("key of \(id)", try #require(Base64.decodeStrict(Array(text.utf8))))
            #expect(key.isIn(outcome.stdout))
            #expect(!key.isIn(outcome.stderr))
            watch.add(key)
            person.scratch.write("\(id).symmetric", text)
        }
        let keys = try person.expect("dps enrollment-group show \(service) --group-id line-1 --show-keys")
        let key = try #require(keys["attestation"]?["symmetricKey"]?["primaryKey"]?.stringValue)
        person.scratch.write("line-1.symmetric", key)
        // Registrations by each attestation, and with a program that tells all it can see.
        for (id, proof) in [
            ("device-03", ""), ("b-1", ""), ("member-1", "--symmetric-key-file member-1.symmetric"),
            ("member-3", "--symmetric-key-file line-1.symmetric --compute-key --group-id line-1"),
            ("member-2", "--symmetric-key-file member-2.symmetric"),
            ("device-02", "--certificate-file-path device-02.self.chain --key-file-path device-02.self.key"),
            (
                "device-01",
                "--certificate-file-path device-01.onboarding.chain --key-file-path device-01.onboarding.key"
            ),
        ] {
            try watch.write(
                "registration create \(service) --registration-id \(id) --generate --key-out \(id).key --out \(id).pem "
                    + proof
            )
        }
        // The program gets its three streams, and none of the store's files.
        let witnessed = try person.scratch.text("witnessed")
        #expect(witnessed.contains("member-2"))
        #expect(!witnessed.contains(person.store + "/groups"))
        // What refuses tells no key either.
        for (id, proof, status) in [
            ("device-03", "--symmetric-key c3RyYW5nZXJzIGtleQ==", 1),
            ("member-9", "--symmetric-key c3RyYW5nZXJzIGtleQ==", 1), ("stranger", "", 3),
        ] as [(String, String, Int32)] {
            try watch.write("registration create \(service) --registration-id \(id) \(proof)", status: status)
        }
        // A certificate by the operator's word, and what else is written where devices are.
        try watch.read("csr generate --registration-id device-04 --key-out device-04.key --out device-04.csr")
        for line in [
            "cert issue --namespace factory --policy-name default --registration-id device-04 --csr device-04.csr "
                + "--hub-name hub-1 --out device-04.pem",
            "cert renew --hub-name hub-1 --certificate-file-path device-04.pem --key-file-path device-04.key --csr "
                + "device-04.csr --out device-04.pem",
            "device update --namespace factory --name device-04 --tags a=b",
            "hub device-identity update --hub-name hub-1 --device-id device-04 --status enabled",
            "policy crl --namespace factory --out policy.crl", "credential crl --namespace factory --out root.crl",
            "ledger checkpoint --namespace factory --out checkpoint.pem", "store check", "store check --repair",
            "quickstart --store \(person.store)",
        ] { try watch.write(line) }
        person.scratch.write("passphrase", "no key, but nobody's business\n")

        // Everything there is to read, first of all what is to show and list.
        let listed = try person.expect("hub certificate list --hub-name hub-1")["value"]?.arrayValue
        let certificate = try #require(listed?.first?["name"]?.stringValue)
        for line in [
            "ns show --name factory", "ns list", "credential show --namespace factory",
            "credential show --namespace factory --certificate", "policy list --namespace factory",
            "policy show --namespace factory --name default",
            "policy show --namespace factory --name default --certificate", "device list --namespace factory",
            "device show --namespace factory --name device-01", "hub list", "hub show --name hub-1",
            "hub certificate list --hub-name hub-1", "hub certificate show --hub-name hub-1 --name \(certificate)",
            "hub device-identity list --hub-name hub-1",
            "hub device-identity show --hub-name hub-1 --device-id device-04",
            "hub connect --hub-name hub-1 --certificate-file-path device-04.pem --key-file-path device-04.key",
            "cert show --namespace factory --device-name device-01", "cert show device-04.pem",
            "cert list --namespace factory", "cert verify device-04.pem --hub-name hub-1",
            "csr generate --registration-id device-04 --key-file-path device-04.key --out again.csr",
            "csr show device-04.csr", "csr verify device-04.csr", "dps list", "dps show --name factory-dps",
            "dps linked-hub list \(service)", "dps linked-hub show \(service) --linked-hub hub-1",
            "dps enrollment list \(service)", "dps enrollment show \(service) --enrollment-id device-03",
            "dps enrollment show \(service) --enrollment-id device-02",
            "dps enrollment show \(service) --enrollment-id b-1", "dps enrollment-group list \(service)",
            "dps enrollment-group show \(service) --enrollment-id line-1",
            "dps enrollment-group show \(service) --enrollment-id line-3", "registration list \(service)",
            "registration show \(service) --registration-id device-01", "registration show \(service) --rid member-2",
            "ledger show --namespace factory", "ledger export --namespace factory --out ledger.jsonl",
            "ledger verify --namespace factory --checkpoint checkpoint.pem", "status", "status --output json",
            "store backup --out backup", "query again.json",
            "store backup --out backup-with-keys --include-keys --passphrase-file passphrase",
        ] {
            if line.hasPrefix("query") {
                person.scratch.write("again.json", try person.adr("ns list").stdout)
            }
            for format in ["json", "yamlc", "table", "tsv"] {
                try watch.read(line.contains("--output") ? line : "\(line) --output \(format)")
            }
        }
        watch.expectAllTyped(.reads, but: ["dps enrollment-group compute-device-key"])

        // And all that ends something.
        for line in [
            "store restore backup-with-keys --passphrase-file passphrase --store \(person.scratch.file("restored"))",
            "registration delete \(service) --registration-id b-1",
            "device revoke --namespace factory --name device-04 --yes",
            "device delete --namespace factory --name device-04 --yes",
            "policy revoke-issuer --namespace factory --name default --yes",
            "dps enrollment delete \(service) --enrollment-id b-1",
            "dps enrollment-group delete \(service) --group-id line-2", "credential sync \(second)",
            "dps linked-hub delete --dps-name second-dps --linked-hub second-hub", "dps delete --name second-dps",
            "hub certificate delete --hub-name hub-1 --name \(certificate)", "hub delete --name second-hub",
            "policy delete \(second) --name default --yes", "policy delete \(second) --name extra --yes",
            "credential delete \(second) --yes", "credential create \(second)", "ns delete --name second --yes",
        ] { try watch.write(line) }
        watch.expectAllTyped(.writes, but: ["store accept"])

        let names = watch.secrets.values.map(\.name)
        for kind in ["/keys/ica-", "/keys/rootca-", "server/", "/keys/enrollment", "device-03.key", "device-04.key"] {
            #expect(names.contains { $0.contains(kind) }, "\(kind) is among what is looked for")
        }
        try watch.expectNoKeyShows()
        // Where it is asked for, it shows, and only that enrollment's.
        for line in [
            "dps enrollment show \(service) --enrollment-id device-03 --show-keys",
            "dps enrollment-group show \(service) --group-id line-1 --show-keys true",
        ] {
            let shown = try person.adr(line)
            #expect(watch.secrets.values.count { $0.isIn(shown.stdout) } == 2, "\(line)")
        }
    }

    /// That the search above would find something: keys of every kind, printed in the ways in which programs print.
    @Test(.peer("openssl")) func everyFormOfAKeyIsFound() throws {
        let person = try OnboardingFactory.makeOperator()
        try person.expect("dps enrollment create --dps-name factory-dps --enrollment-id device-03 --at symmetricKey")
        try person.expect("cert list --namespace factory")
        func expectFound(_ secret: Secret, in text: String, _ form: String) {
            expectFound(secret, in: Data(text.utf8), form)
        }
        func expectFound(_ secret: Secret, in data: Data, _ form: String) {
            let planted = Data("before ".utf8) + data + Data(" after".utf8)
            #expect(secret.isIn(planted), "\(secret.name), \(form)")
        }
        /// A key or a file as octets.
        func expectFoundPrinted(_ secret: Secret, _ octets: Data) {
            let base64 = octets.base64EncodedString()
            let hex = octets.map { String(format: "%02x", $0) }.joined()
            let percent = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
            expectFound(secret, in: octets, "raw")
            expectFound(secret, in: base64, "base64")
            expectFound(secret, in: base64.replacing("=", with: ""), "base64 without padding")
            expectFound(secret, in: base64.replacing("+", with: "-").replacing("/", with: "_"), "base64url")
            expectFound(secret, in: base64.replacing("/", with: "\\/"), "base64 in JSON")
            expectFound(
                secret,
                in: base64.addingPercentEncoding(withAllowedCharacters: percent) ?? "",
                "base64, percent-encoded"
            )
            for ending: Data.Base64EncodingOptions in [
                .endLineWithLineFeed, [.endLineWithCarriageReturn, .endLineWithLineFeed],
            ] {
                for length: Data.Base64EncodingOptions in [.lineLength64Characters, .lineLength76Characters] {
                    let broken = octets.base64EncodedString(options: [length, ending])
                    expectFound(secret, in: broken, "base64 in lines")
                    expectFound(secret, in: "\(JSONValue.string(broken))", "base64 in lines, in JSON")
                }
            }
            for shift in 1...2 {
                let inside = (Data(count: shift) + octets + Data(count: 7)).base64EncodedString()
                expectFound(secret, in: inside, "base64 of something longer, shifted by \(shift)")
            }
            expectFound(secret, in: hex, "hex")
            expectFound(secret, in: hex.uppercased(), "hex in capitals")
            expectFound(secret, in: octets.map { String(format: "%%%02X", $0) }.joined(), "percent-encoded")
            expectFound(secret, in: octets.map { String(format: "%%%02x", $0) }.joined(), "percent-encoded, small")
        }
        var kinds: Set<String> = []
        for (name, bytes) in try person.storeContents() where Operator.isSecretFile(name) {
            guard name.hasSuffix(".json") else {
                let text = String(decoding: bytes, as: UTF8.self)
                for secret in try Secret.inPEM(name, bytes) {
                    kinds.insert(String(name.split(separator: "/").last?.prefix { $0 != "-" } ?? ""))
                    expectFound(secret, in: text, "as it is stored")
                    expectFound(secret, in: "\(JSONValue.string(text))", "as it is stored, in JSON")
                    // The two lines that hold the private number, each alone.
                    for line in text.split(separator: "\n")[1...2] { expectFound(secret, in: String(line), "\(line)") }
                    expectFoundPrinted(secret, Data(try #require(PEM.blocks(bytes).first).der))
                    for form in ["-traditional", "-outform=DER"] {
                        let converted = try Run.command(["openssl", "pkey", form], input: bytes)
                        #expect(converted.status == 0, "\(converted)")
                        expectFound(secret, in: Data(converted.stdout), "openssl pkey \(form)")
                    }
                    let open = try Run.command(["openssl", "pkey", "-pubout"], input: bytes)
                    #expect(!secret.isIn(open.stdout), "the public half is none")
                }
                continue
            }
            let pair = try JSONValue(parsing: bytes)
            for secret in try person.secrets() where secret.name.hasPrefix(name) {
                let member = try #require(secret.name.split(separator: " ").last)
                let key = try #require(pair[String(member)]?.stringValue)
                kinds.insert("enrollment")
                expectFound(secret, in: String(decoding: bytes, as: UTF8.self), "as it is stored")
                expectFoundPrinted(secret, try #require(Data(base64Encoded: key)))
            }
        }
        #expect(kinds == ["enrollment", "ica", "rootca", "ca.key"])
    }

    /// Keys that are let go of are gone from the disk, and all there are is for the owner alone.
    @Test(.peer("openssl")) func keyFilesComeAndGo() throws {
        let person = try OnboardingFactory.makeOperator()
        let service = "--dps-name factory-dps"
        func files() throws -> Set<String> {
            let folder = person.store + "/groups/default/namespaces/factory/keys"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                $0.hasPrefix("enrollment")
            }
            for name in names {
                let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions]
                #expect(mode as? Int == 0o600)
            }
            return Set(names)
        }
        #expect(try files().isEmpty)
        try person.expect("dps enrollment create \(service) --enrollment-id device-01 --at symmetricKey")
        try person.expect("dps enrollment-group create \(service) --group-id line-1")
        try person.expect("dps enrollment-group create \(service) --group-id line-2 --certificate-path root.pem")
        person.scratch.write("batch", (1...12).map { #"{"registrationId": "b-\#($0)"}"# + "\n" }.joined())
        try person.expect("dps enrollment create \(service) --batch batch")
        let all = try files()
        #expect(all.count == 14)
        // Settings that are no keys leave them; a new key replaces the file, for those of a batch too.
        try person.expect("dps enrollment update \(service) --enrollment-id b-3 --provisioning-status disabled")
        #expect(try files() == all)
        let key = Base64.encode([UInt8](repeating: 7, count: 32))
        for id in ["device-01", "b-3"] {
            let before = try files()
            try person.expect("dps enrollment update \(service) --enrollment-id \(id) --primary-key \(key)")
            let after = try files()
            #expect(after.count == 14)
            #expect(after.intersection(before).count == 13)
            // The same key again is no change.
            try person.expect("dps enrollment update \(service) --enrollment-id \(id) --primary-key \(key)")
            #expect(try files() == after)
        }
        for (count, line) in [
            (13, "dps enrollment delete \(service) --enrollment-id device-01"),
            (12, "dps enrollment delete \(service) --enrollment-id b-3"),
            (11, "dps enrollment-group delete \(service) --group-id line-1"),
            (11, "dps enrollment-group delete \(service) --group-id line-2"), (0, "dps delete --name factory-dps"),
        ] {
            try person.expect(line)
            #expect(try files().count == count, "\(line)")
        }
        try StoreAudit.expectViewsEqualLedger(person.store)
    }
}
