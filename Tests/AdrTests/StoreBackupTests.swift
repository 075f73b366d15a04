import Foundation
import JSON
import Store
import TestSupport
import Testing

/// `adr store backup` and `restore` on the built binary.
@Suite(.peer("openssl"))
struct StoreBackupTests {
    private static let folder = "groups/default/namespaces/factory"

    /// A store with everything that a store can have.
    private func plant(_ name: String = #function) throws -> Operator {
        let person = Operator(name)
        try person.setUpFactory()
        try person.expect("dps create --name factory-dps --namespace factory")
        try person.expect("dps linked-hub create --dps-name factory-dps --hub-name factory-hub")
        try person.expect(
            "dps enrollment create --dps-name factory-dps --enrollment-id device-02 --at symmetricKey --cpn default"
        )
        try person.expect("dps enrollment-group create --dps-name factory-dps --group-id line-1 --cpn default")
        try person.provision("device-01")
        try person.expect("csr generate --registration-id device-02 --key-out device-02.key --out device-02.csr")
        try person.expect("registration create --dps-name factory-dps --registration-id device-02 --csr device-02.csr")
        try person.expect("ns create --name second --enable-certificate-management -g plant --tags line=7")
        try person.expect("policy create --namespace second --name line-1 -g plant")
        _ = person.scratch.write("passphrase", "correct horse battery\n")
        return person
    }

    private static let questions = [
        "ns list", "ns show --name factory", "ns show --name second -g plant", "credential show --namespace factory",
        "credential show --namespace factory --certificate", "policy list --namespace factory",
        "policy show --namespace factory --name default", "policy list --namespace second -g plant",
        "device list --namespace factory", "device show --namespace factory --name device-01",
        "cert show --namespace factory --device-name device-01",
        "cert show --namespace factory --device-name device-02",
        "hub list", "hub show --name factory-hub", "hub certificate list --hub-name factory-hub",
        "hub device-identity list --hub-name factory-hub", "dps list", "dps show --name factory-dps",
        "dps linked-hub list --dps-name factory-dps", "dps enrollment list --dps-name factory-dps",
        "dps enrollment-group list --dps-name factory-dps",
        "registration show --dps-name factory-dps --registration-id device-02",
    ]
    private static let secretQuestions = [
        "dps enrollment show --dps-name factory-dps --enrollment-id device-02 --show-keys",
        "dps enrollment-group show --dps-name factory-dps --group-id line-1 --show-keys",
    ]

    private func answers(_ person: Operator, _ store: String, _ questions: [String]) throws -> [String] {
        try questions.map { line in
            let outcome = try person.adr("\(line) --store \(store)")
            return "\(line): \(outcome.status)\n\(outcome.output)"
        }
    }

    private func modes(_ path: String) throws -> Set<String> {
        var found: Set<String> = []
        for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init() {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            found.insert("\(isFolder ? "folder" : "file") \(String(status.st_mode & 0o777, radix: 8))")
        }
        return found
    }

    @Test func everyCommandAnswersTheSame() throws {
        let person = try plant()
        let made = try person.expect("store backup --out backup.jsonl --include-keys --passphrase-file passphrase")
        #expect(made["namespaces"]?.arrayValue?.count == 2)
        #expect(made["includesKeys"] == true)
        let report = try person.expect("store restore backup.jsonl --store again --passphrase-file passphrase")
        #expect(report["restored"] == true && report["keysRestored"] == true)
        let before = try answers(person, "store", Self.questions + Self.secretQuestions)
        #expect(before.allSatisfy { $0.contains(": 0\n") }, "\(before)")
        #expect(try answers(person, "again", Self.questions + Self.secretQuestions) == before)
        #expect(try modes(person.scratch.file("again")) == ["folder 700", "file 600"])
        #expect(try modes(person.scratch.path).contains("file 600"))
        try StoreAudit.expectViewsEqualLedger(person.scratch.file("again"))

        // It goes on: issuing, the hub's door, a registration by the key that came along.
        var other = person
        other.environment["ADR_HOME"] = person.scratch.file("again")
        let accepted = try other.connect("device-01")
        #expect(accepted.status == 0, "\(accepted)")
        try other.provision("device-03")
        #expect(try other.connect("device-03").status == 0)
        try other.expect("registration create --dps-name factory-dps --registration-id device-02 --csr device-02.csr")
        let last = try other.expect("ledger show --namespace factory --event StoreRestored").arrayValue
        #expect(last?.count == 1)
        #expect(last?.first?["details"]?["keysRestored"] == true)
        #expect(try other.adr("ledger verify --namespace factory").status == 0)
        #expect(try other.adr("ledger verify --namespace second -g plant").status == 0)
    }

    /// No key and nothing secret is in a backup without keys; what is restored from it can be read.
    @Test func withoutKeysThereIsNoSecret() throws {
        let person = try plant()
        let outcome = try person.adr("store backup --out backup.jsonl")
        #expect(outcome.status == 0 && outcome.errors.contains("no keys"), "\(outcome)")
        let backup = try person.scratch.text("backup.jsonl")
        var secrets: [String] = []
        for case let name as String in FileManager.default.enumerator(atPath: person.store) ?? .init()
        where name.contains("keys/") || name.hasPrefix("server/ca.key") {
            let text = try String(contentsOfFile: "\(person.store)/\(name)", encoding: .utf8)
            // Of a PEM key the private half is in the first two lines; the public one behind it is in certificates, too.
            secrets += text.split(separator: "\n").map(String.init).filter { $0.count == 64 && !$0.contains("-----") }
                .prefix(2)
            secrets += try Self.texts(in: text).filter { $0.count > 30 }
        }
        #expect(secrets.count > 10)
        #expect(secrets.allSatisfy { !backup.contains($0) })

        try person.expect("store restore backup.jsonl --store again")
        #expect(try answers(person, "again", Self.questions) == answers(person, "store", Self.questions))
        let refused = try person.adr(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr --store again"
        )
        #expect(refused.status == 1 && refused.errors.contains("(KeyNotFound)"), "\(refused)")
        let warned = try person.adr("store restore backup.jsonl --store third")
        #expect(warned.errors.contains("without keys"), "\(warned)")
    }

    private static func texts(in json: String) throws -> [String] {
        guard let value = try? JSONValue(parsing: Array(json.utf8)) else { return [] }
        func walk(_ value: JSONValue) -> [String] {
            (value.stringValue.map { [$0] } ?? []) + (value.arrayValue ?? []).flatMap(walk)
                + (value.objectValue.map { Array($0) } ?? []).flatMap { walk($0.value) }
        }
        return walk(value)
    }

    /// With openssl and the passphrase a person gets at the keys without this program; and the file's own sum is right.
    @Test func opensslOpensTheKeys() throws {
        let person = try plant()
        try person.expect("store backup --out backup.jsonl --include-keys --passphrase-file passphrase")
        let outcome = try person.run(
            "bash",
            "-ec",
            #"""
            sed -n 's/.*"cms":"\([^"]*\)".*/\1/p' backup.jsonl | base64 -d \
              | openssl cms -decrypt -inform DER -pwri_password 'correct horse battery' > keys.json
            head -n -1 backup.jsonl | sha256sum | cut -d ' ' -f 1 > sum
            tail -n 1 backup.jsonl | grep -q "$(cat sum)"
            grep -c '^{"hash"' backup.jsonl
            """#
        )
        #expect(outcome.status == 0, "\(outcome)")
        let files = try JSONValue(parsing: person.scratch.read("keys.json"))["files"]?.objectValue ?? [:]
        var expected: [String: String] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: person.store) ?? .init()
        where name.contains("/keys/") || name.hasPrefix("server/") {
            expected[name] = try Data(contentsOf: URL(fileURLWithPath: "\(person.store)/\(name)")).base64EncodedString()
        }
        #expect(Dictionary(uniqueKeysWithValues: files.map { ($0.key, $0.value.stringValue ?? "") }) == expected)
        let wrong = try person.run(
            "bash",
            "-c",
            #"""
            sed -n 's/.*"cms":"\([^"]*\)".*/\1/p' backup.jsonl | base64 -d \
              | openssl cms -decrypt -inform DER -pwri_password wrong
            """#
        )
        #expect(wrong.status != 0 && wrong.stdout.isEmpty)
    }

    /// Wherever the passphrase comes from it is the same, and where there is none nothing is asked in a pipe.
    @Test func thePassphraseMayComeFromAnywhere() throws {
        let person = try plant()
        let outcome = try person.run(
            "bash",
            "-c",
            """
            adr() { \(person.binary) "$@" --output none; }
            adr store backup --out one --include-keys --passphrase-fd 3 3< passphrase || exit 1
            adr store backup --out two --include-keys --passphrase-file - < passphrase || exit 2
            adr store restore one --store s1 --passphrase-file passphrase || exit 3
            adr store restore two --store s2 --passphrase-fd 0 < passphrase || exit 4
            printf 'correct horse battery' | adr store restore two --store s3 --passphrase-fd 0 || exit 5
            adr store restore one --store s4 < /dev/null && exit 6
            adr store backup --out three --include-keys < /dev/null && exit 7
            adr store restore one --store s4 --without-keys < /dev/null || exit 8
            adr store restore one --store s5 --dry-run < /dev/null || exit 9
            test ! -e s5 && test ! -e three
            """
        )
        #expect(outcome.status == 0, "\(outcome)")
    }

    // MARK: What is lost

    @Test func whatWouldBeLostIsListed() throws {
        let person = try plant()
        try person.expect("store backup --out backup.jsonl")
        try person.provision("device-03")
        let serial = try person.expect("cert show --namespace factory --device-name device-03")["serialNumber"]
        let revoked = try person.expect("cert show --namespace factory --device-name device-01")["serialNumber"]
        try person.expect("device revoke --namespace factory --name device-01 --yes")
        try person.expect("ledger checkpoint --namespace factory --out later.cms")
        try person.expect("ns create --name third")
        let before = try person.storeContents()
        let outcome = try person.adr(
            "store restore backup.jsonl --store again --compare store --checkpoint later.cms --dry-run"
        )
        #expect(outcome.status == 0, "\(outcome)")
        let report = try JSONValue(parsing: outcome.stdout)
        #expect(report["restored"] == false)
        #expect(!FileManager.default.fileExists(atPath: person.scratch.file("again")))
        #expect(try person.storeContents() == before)
        #expect(report["lost"]?["entries"] == 4)
        #expect(report["lost"]?["namespaces"] == ["third"])
        #expect(report["lost"]?["issuances"]?.arrayValue?.map { $0["serialNumber"] } == [serial])
        #expect(report["lost"]?["issuances"]?.arrayValue?.first?["device"] == "device-03")
        #expect(report["lost"]?["revocations"]?.arrayValue?.map { $0["serialNumber"] } == [revoked])
        #expect(report["checkpoint"]?["missingEntries"] == 3)
        for words in [
            "WARNING: entries missing that the checkpoint covers: 3", "issuances: 1, revocations: 1", "seconds old",
        ] {
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }

        // A store that was restored and went its own way: what the other one did since they parted.
        try person.expect("store restore backup.jsonl --store again")
        try person.expect("store backup --out second.jsonl --store again")
        let parted = try person.expect("store restore second.jsonl --store x --compare store --dry-run")
        #expect(parted["lost"]?["entries"] == 4)
        #expect(parted["lost"]?["issuances"]?.arrayValue?.map { $0["serialNumber"] } == [serial])
        // An older one lacks nothing of a newer.
        let none = try person.expect("store restore second.jsonl --store x --compare again --dry-run")
        #expect(none["lost"]?["entries"] == 0)
    }

    // MARK: While others write

    @Test(.timeLimit(.minutes(5))) func backupsTakenWhileOthersIssue() throws {
        let person = try plant()
        for number in 0..<8 {
            try person.expect(
                "csr generate --registration-id line-\(number) --key-out \(number).key --out \(number).csr"
            )
        }
        // Each round notes how many certificates were acknowledged before its backup began. Policies with keys come and
        // go meanwhile.
        let script = """
            adr() { \(person.binary) "$@"; }
            for worker in 0 1 2; do
              (
                number=$worker
                until [ -e stop ]; do
                  number=$(( (number + 3) % 8 ))
                  adr cert issue --namespace factory --policy-name default --registration-id line-$number \
                    --csr $number.csr > one.$worker 2>> errors &&
                    sed -n 's/.*"serialNumber": "\\(.*\\)".*/\\1/p' one.$worker >> done.$worker
                done
              ) &
            done
            (
              until [ -e stop ]; do
                adr policy create --namespace second --name passing -g plant > /dev/null 2>> errors
                adr policy delete --namespace second --name passing -g plant --yes 2>> errors
              done
            ) &
            sleep 1
            for round in 1 2 3 4 5 6; do
              cat done.* > acknowledged.$round
              adr store backup --out backup.$round --include-keys --passphrase-file passphrase > report.$round || exit 1
            done
            touch stop
            wait
            """
        let outcome = try Run.command(
            ["bash", "-c", script],
            environment: person.environment,
            directory: person.scratch.path,
            timeout: 240
        )
        #expect(outcome.status == 0, "\(outcome)")
        var counts: [Int] = []
        for round in 1...6 {
            try person.expect("store restore backup.\(round) --store again.\(round) --passphrase-file passphrase")
            let store = person.scratch.file("again.\(round)")
            let acknowledged = try person.scratch.text("acknowledged.\(round)").split(separator: "\n").map(String.init)
            let entries = try StoreAudit.entries(store, Self.folder)
            let issued = Set(entries.compactMap { $0.details["serialNumber"]?.stringValue })
            #expect(Set(acknowledged).isSubset(of: issued), "round \(round): an acknowledged certificate is missing")
            counts.append(acknowledged.count)
            let report = try JSONValue(parsing: person.scratch.read("report.\(round)"))
            let noted = report["namespaces"]?.arrayValue?.first { $0["name"] == "factory" }
            #expect(noted?["entries"] == .integer(Int64(entries.count - 1)), "round \(round)")
            for namespace in ["factory", "second -g plant"] {
                let verified = try person.adr("ledger verify --namespace \(namespace) --store \(store)")
                #expect(verified.status == 0, "round \(round): \(verified)")
            }
            try StoreAudit.expectViewsEqualLedger(store)
            // Every CA has its key, though policies came and went.
            for policy in try person.expect("policy list --namespace second -g plant --store \(store)").arrayValue ?? []
            {
                let outcome = try person.adr([
                    "policy", "update", "--namespace", "second", "-g", "plant", "--name",
                    policy["name"]?.stringValue ?? "", "--cert-validity-days", "20", "--store", store,
                ])
                #expect(outcome.status == 0, "\(outcome)")
            }
            for name in try Self.keysNamed(in: store) {
                #expect(FileManager.default.fileExists(atPath: name), "round \(round): \(name) is missing")
            }
        }
        print("acknowledged before each of six backups: \(counts)")
        #expect(counts[5] > counts[0])
    }

    /// The key files of all CAs whose keys are kept.
    private static func keysNamed(in store: String) throws -> [String] {
        var paths: [String] = []
        for folder in try StoreAudit.namespaceFolders(store) {
            let issuers = "\(store)/\(folder)/issuers"
            for name in try FileManager.default.contentsOfDirectory(atPath: issuers) {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(issuers)/\(name)")))
                let body = try JSONValue(parsing: bytes)
                if body["keyWipedAt"] == nil, let key = body["key"]?.stringValue {
                    paths.append("\(store)/\(folder)/keys/\(key)")
                }
            }
        }
        return paths
    }
}
