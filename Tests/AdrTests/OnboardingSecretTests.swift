import Foundation
import JSON
import OpenSSL
import TestSupport
import Testing

/// No key of an enrollment, a CA or the local server shows anywhere but in its own file and where it is asked for.
struct OnboardingSecretTests {
    /// A key, in every form it could leak in.
    private struct Secret {
        let name: String
        let forms: [[UInt8]]

        init(_ name: String, _ key: [UInt8]) {
            self.name = name
            let base64 = Base64.encode(key)
            let hex = key.map { String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined()
            let escapes = key.map { "%" + String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined()
            let texts: [String] = [
                // Without padding it is found with padding too.
                String(base64.prefix { $0 != "=" }),
                String(base64.prefix { $0 != "=" }).replacing("+", with: "-").replacing("/", with: "_"),
                base64.replacing("/", with: "\\/"),
                base64.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D"),
                base64.replacing("+", with: "%2b").replacing("/", with: "%2f").replacing("=", with: "%3d"),
                hex, hex.uppercased(), escapes,
                escapes.uppercased(),
            ]
            forms = [key] + texts.map { Array($0.utf8) }
        }

        func isIn(_ data: Data) -> Bool { forms.contains { data.range(of: Data($0)) != nil } }
    }

    /// Every key in the store's own folders for keys.
    private static func secrets(_ person: Operator) throws -> [Secret] {
        try person.storeContents().filter { isSecretFile($0.key) }.flatMap { name, bytes -> [Secret] in
            if name.hasSuffix(".json") {
                let pair = try JSONValue(parsing: bytes)
                return try ["primaryKey", "secondaryKey"].map { member in
                    let text = try #require(pair[member]?.stringValue)
                    return Secret("\(name) \(member)", try #require(Base64.decodeStrict(Array(text.utf8))))
                }
            }
            return PEM.blocks(bytes).filter { $0.label.contains("PRIVATE") }.flatMap { block -> [Secret] in
                // The private number of P-384 and P-256: an OCTET STRING in the middle of the file.
                let scalars = [48, 32].compactMap { length -> [UInt8]? in
                    let head = Data([0x02, 0x01, 0x01, 0x04, UInt8(length)])
                    return Data(block.der).range(of: head).map { Array(block.der[$0.upperBound...].prefix(length)) }
                }
                return ([block.der] + scalars).map { Secret(name, $0) }
            }
        }
    }

    private static func isSecretFile(_ name: String) -> Bool {
        name.contains("/keys/") || name.hasPrefix("server/")
    }

    @Test(.peer("strace")) func keysShowNowhere() throws {
        let person = try OnboardingFactory.makeOperator()
        let service = "--dps-name factory-dps"
        let program = try person.makeProgram(
            "choose",
            #"""
            cd "$(dirname "$0")"
            { cat; env; cat /proc/$$/cmdline /proc/$PPID/cmdline /proc/$PPID/environ; ls -l /proc/self/fd; } > witnessed
            echo '{"iotHubHostName": "hub-1"}'
            """#
        )
        var said = Data()
        func run(_ line: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
            let outcome = try person.adr("\(line) --debug")
            #expect(outcome.status == 0, "\(line): \(outcome)", sourceLocation: sourceLocation)
            said += outcome.stdout + outcome.stderr
        }
        // Keys of every origin: made, given, replaced, by batch.
        try run("dps enrollment create \(service) --enrollment-id device-01 --at symmetricKey --cpn default")
        try run("dps enrollment-group create \(service) --group-id line-1 --cpn default")
        try run(
            "dps enrollment-group create \(service) --group-id line-2 --cpn default --allocation-policy custom "
                + "--webhook-url \(program)"
        )
        person.scratch.write("batch", (1...20).map { #"{"registrationId": "b-\#($0)"}"# + "\n" }.joined())
        try run("dps enrollment create \(service) --batch batch")
        var secrets = try Self.secrets(person)
        #expect(secrets.count > 50)
        let replaced = Base64.encode(Array("a key that is on the command line".utf8))
        try run("dps enrollment update \(service) --enrollment-id b-1 --primary-key \(replaced)")
        secrets += try Self.secrets(person)
        // Group members' keys, which exist nowhere but on the way.
        for (group, id) in [("line-1", "member-1"), ("line-2", "member-2")] {
            let key = try person.expect(
                "dps enrollment-group compute-device-key \(service) --group-id \(group) --registration-id \(id)"
            ).stringValue
            let text = try #require(key)
            secrets.append(Secret("key of \(id)", try #require(Base64.decodeStrict(Array(text.utf8)))))
            person.scratch.write("\(id).symmetric", text)
        }
        // Registrations, by looked-up key, by key file, and with a program that tells all it can see.
        try run("registration create \(service) --registration-id device-01 --generate --key-out a.key --out a.pem")
        try run("registration create \(service) --registration-id b-1")
        try run("registration create \(service) --registration-id member-1 --symmetric-key-file member-1.symmetric")
        let traced = try Run.command(
            [
                "strace", "-f", "-v", "-s", "1000000", "-e", "trace=execve,execveat", "-o",
                person.scratch.file("trace"), person.binary, "registration", "create", "--dps-name", "factory-dps",
                "--registration-id", "member-2", "--symmetric-key-file", "member-2.symmetric", "--debug", "--generate",
                "--key-out", "c.key", "--out", "c.pem",
            ],
            environment: person.environment,
            directory: person.scratch.path
        )
        #expect(traced.status == 0, "\(traced)")
        said += traced.stdout + traced.stderr
        // What refuses tells no key either.
        for line in [
            "registration create \(service) --registration-id device-01 --symmetric-key c3RyYW5nZXJzIGtleQ==",
            "registration create \(service) --registration-id member-9 --symmetric-key c3RyYW5nZXJzIGtleQ==",
            "registration create \(service) --registration-id stranger",
        ] {
            let outcome = try person.adr("\(line) --debug")
            #expect(outcome.status != 0)
            said += outcome.stdout + outcome.stderr
        }
        // Everything there is to show and list.
        for line in [
            "ns show --name factory", "ns list", "credential show --namespace factory",
            "credential show --namespace factory --certificate", "policy list --namespace factory",
            "policy show --namespace factory --name default", "device list --namespace factory",
            "device show --namespace factory --name device-01", "hub list", "hub show --name hub-1",
            "hub certificate list --hub-name hub-1", "hub device-identity list --hub-name hub-1",
            "cert show --namespace factory --device-name device-01", "dps list",
            "dps show --name factory-dps", "dps linked-hub list \(service)",
            "dps linked-hub show \(service) --linked-hub hub-1", "dps enrollment list \(service)",
            "dps enrollment show \(service) --enrollment-id device-01",
            "dps enrollment show \(service) --enrollment-id b-1", "dps enrollment-group list \(service)",
            "dps enrollment-group show \(service) --enrollment-id line-1", "registration list \(service)",
            "registration show \(service) --registration-id device-01", "registration show \(service) --rid member-2",
        ] {
            for format in ["json", "yamlc", "table", "tsv"] { try run("\(line) -o \(format)") }
        }

        for secret in secrets {
            #expect(!secret.isIn(said), "\(secret.name) was printed")
            for file in ["trace", "witnessed"] {
                let data = Data(try person.scratch.read(file))
                #expect(!data.isEmpty)
                #expect(!secret.isIn(data), "\(secret.name) is in \(file)")
            }
            for (name, bytes) in try person.storeContents() where !Self.isSecretFile(name) {
                #expect(!secret.isIn(Data(bytes)), "\(secret.name) is in \(name)")
            }
        }
        // The program gets its three streams, and none of the store's files.
        #expect(try !person.scratch.text("witnessed").contains(person.store + "/groups"))
        // That the search would find something: where it is asked for, it shows, and only that enrollment's.
        let shown = try person.adr("dps enrollment show \(service) --enrollment-id device-01 --show-keys")
        #expect(Set(secrets.filter { $0.isIn(Data(shown.stdout)) }.map(\.name)).count == 2)
        let group = try person.adr("dps enrollment-group show \(service) --group-id line-1 --show-keys true")
        #expect(Set(secrets.filter { $0.isIn(Data(group.stdout)) }.map(\.name)).count == 2)
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
