import Foundation
import JSON
import OpenSSL
import PKI
import Store
import TestSupport
import Testing

/// `cert issue --batch`, as a process.
struct BulkIssueTests {
    private static let issue = "cert issue --namespace factory --policy-name default"

    /// A batch of devices, which have one key: making keys is no part of it.
    static func lines(_ ids: [String]) throws -> [String] {
        let key = try PrivateKey.generate()
        return try ids.map { id in
            let csr = Base64.encode(try CSRBuilder.make(commonName: id, key: key))
            return #"{"registrationId": "\#(id)", "csr": "\#(csr)"}"#
        }
    }

    private static func ids(_ numbers: Range<Int>) -> [String] { numbers.map { "device-\($0)" } }

    private static func write(_ lines: [String], to name: String, _ person: Operator) {
        person.scratch.write(name, lines.map { $0 + "\n" }.joined())
    }

    private static func answers(_ output: [UInt8]) throws -> [JSONValue] {
        try output.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }
    }

    private static func issued(_ person: Operator) throws -> [LedgerEntry] {
        try StoreAudit.entries(person.store, "groups/default/namespaces/factory")
            .filter { $0.event == "CertificateIssued" }
    }

    private static func serials(_ answers: [JSONValue]) -> [String?] { answers.map { $0["serialNumber"]?.stringValue } }

    @Test func answersComeInOrderAndAgainWhenAskedAgain() throws {
        let person = Operator()
        try person.setUpFactory()
        let ids = Self.ids(0..<150)
        Self.write(try Self.lines(ids), to: "batch", person)
        let first = try person.adr("\(Self.issue) --batch batch --jobs 3")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors == "INFO: 150 issued, 0 reused, 0 refused.\n", "silent in a pipe, but for the counts")
        let answers = try Self.answers(first.stdout)
        #expect(answers.map { $0["registrationId"]?.stringValue } == ids)
        #expect(answers.allSatisfy { $0["reused"] == nil && $0["hubName"]?.stringValue == "factory-hub" })
        #expect(Set(Self.serials(answers)).count == 150)
        try StoreAudit.expectViewsEqualLedger(person.store)

        // Each is what one alone would have got, and any verifier takes it.
        for place in [0, 77, 149] {
            let shown = try person.expect("cert show --namespace factory --device-name \(ids[place])")
            #expect(shown == answers[place])
            let chain = answers[place]["issuedCertificateChain"]?.arrayValue?.compactMap { $0.stringValue } ?? []
            let pem = chain.map { "-----BEGIN CERTIFICATE-----\n\($0)\n-----END CERTIFICATE-----\n" }
            for (name, text) in zip(["leaf", "ica", "root"], pem) { person.scratch.write(name, text) }
            let verified = try person.run(
                "openssl",
                "verify",
                "-x509_strict",
                "-purpose",
                "sslclient",
                "-trusted",
                "root",
                "-untrusted",
                "ica",
                "leaf"
            )
            #expect(verified.status == 0, "\(verified)")
        }

        // The very same CSRs are answered with what is on record, from standard input too; new ones beside them are new.
        let more = try Self.lines(["device-new"])
        let batch = try person.scratch.read("batch") + Array((more[0] + "\n").utf8)
        let again = try person.adr("\(Self.issue) --batch -", input: batch)
        #expect(again.status == 0)
        #expect(again.errors.hasSuffix("INFO: 1 issued, 150 reused, 0 refused.\n"), "\(again.errors)")
        let reused = try Self.answers(again.stdout)
        #expect(Self.serials(reused).dropLast() == Self.serials(answers)[...])
        #expect(reused.dropLast().allSatisfy { $0["reused"] == true } && reused.last?["reused"] == nil)
        #expect(try Self.issued(person).count == 151)

        // Anew only on demand, or for another CSR.
        let anew = try Self.answers(try person.adr("\(Self.issue) --batch batch --reissue --jobs 1").stdout)
        #expect(Set(Self.serials(anew)).isDisjoint(with: Set(Self.serials(answers))))
        Self.write(try Self.lines(["device-7"]), to: "other", person)
        let other = try Self.answers(try person.adr("\(Self.issue) --batch other").stdout)
        #expect(other.first?["reused"] == nil && other.first?["serialNumber"] != anew[7]["serialNumber"])
        // One that was revoked is no answer any more, nor one of a CA that was replaced.
        try person.expect("device revoke --namespace factory --name device-3 --yes")
        let revoked = try Self.answers(try person.adr("\(Self.issue) --batch batch").stdout)
        #expect(revoked[3]["reused"] == nil && revoked[3]["serialNumber"] != anew[3]["serialNumber"])
        #expect(revoked[4]["reused"] == true && revoked[4]["serialNumber"] == anew[4]["serialNumber"])
        try person.expect("policy revoke-issuer --namespace factory --name default --yes")
        let replaced = try Self.answers(try person.adr("\(Self.issue) --batch batch").stdout)
        #expect(replaced.count == 150 && replaced.allSatisfy { $0["reused"] == nil })
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    /// What an entry is that gets nothing, and what is said of it.
    private static let badEntries: [(line: String, says: String)] = [
        ("{", "no JSON"), ("[]", "it is no JSON object"), ("{}", "it has no registrationId"),
        (#"{"registrationId": "x", "csr": 7}"#, "it has no csr"),
        (#"{"registrationId": "x", "csr": "", "policy": "default"}"#, "'policy' is not known"),
        (#"{"registrationId": "bad_", "csr": ""}"#, "registration ID"),
        (#"{"registrationId": "x", "csr": "AAAA"}"#, "(InvalidCertificateSigningRequest)"),
        (#"{"registrationId": "x", "csr": "\#(String(repeating: "A", count: 70_000))"}"#, "65536 at most"),
    ]

    @Test func badEntriesAreNamedAndTheOthersAreIssued() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.provision("sleeper")
        try person.expect("device update --namespace factory --name sleeper --enabled false")
        let good = try Self.lines(Self.ids(0..<20))
        let sleeper = try Self.lines(["sleeper"])
        let wrongName = try Self.lines(["device-a"])[0].replacingOccurrences(of: "\"device-a\"", with: "\"device-b\"")
        let bad = Self.badEntries + [(sleeper[0], "(DeviceDisabled)"), (wrongName, "they differ")]
        var batch: [String] = []
        for (place, line) in good.enumerated() {
            batch.append(line)
            if place < bad.count { batch += ["", bad[place].line] }
        }
        // No newline at the end.
        person.scratch.write("batch", batch.joined(separator: "\n"))
        let outcome = try person.adr("\(Self.issue) --batch batch")
        #expect(outcome.status == 1)
        #expect(RefusalForm.faults(in: outcome.stderr) == [], "\(outcome.errors)")
        #expect(outcome.errors.contains("ERROR: (EntriesRefused) \(bad.count) of \(20 + bad.count) entries"))
        let answers = try Self.answers(outcome.stdout)
        #expect(answers.count == 20 + bad.count)
        #expect(answers.compactMap { $0["serialNumber"] }.count == 20)
        for (place, entry) in bad.enumerated() {
            let number = Int64(3 * place + 3)
            let answer = try #require(answers.first { $0["line"]?.integerValue == number }, "line \(number)")
            let told = try #require(
                outcome.errors.split(separator: "\n").first { $0.hasPrefix("WARNING: batch, line \(number): ") }
            )
            #expect(told.contains(entry.says), "\(told)")
            #expect(told.contains(answer["error"]?["message"]?.stringValue?.prefix(60) ?? "?"))
            #expect(answer["error"]?["hint"]?.stringValue?.isEmpty == false)
        }
        #expect(answers[3]["error"]?["code"]?.stringValue == "InvalidPropertyValue", "\(answers[3])")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    @Test func entriesOfOneDeviceFollowEachOther() throws {
        let person = Operator()
        try person.setUpFactory()
        // The same device again and again, by the same CSR and by others, in any spelling of its ID.
        let one = try Self.lines(["device-1"])
        let others = try (0..<4).flatMap { _ in try Self.lines(["device-1"]) }
        Self.write(one + one + others + one + one, to: "batch", person)
        let outcome = try person.adr("\(Self.issue) --batch batch --jobs 4")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = try Self.answers(outcome.stdout)
        let isReused = answers.map { $0["reused"] == true }
        #expect(isReused == [false, true, false, false, false, false, false, true])
        #expect(answers[1]["serialNumber"] == answers[0]["serialNumber"])
        #expect(answers[7]["serialNumber"] == answers[6]["serialNumber"])
        let shown = try person.expect("cert show --namespace factory --device-name device-1")
        #expect(shown["serialNumber"] == answers[7]["serialNumber"], "the last entry's counts")
        #expect(try Self.issued(person).count == 6)
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    @Test func aFolderOfFilesNamesNewDevicesByTheirCN() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("csr generate --registration-id device-0 --key-out device-0.key --out other.csr")
        try FileManager.default.createDirectory(atPath: person.scratch.file("in"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: person.scratch.file("out"), withIntermediateDirectories: true)
        for id in Self.ids(0..<6) {
            try person.expect("csr generate --registration-id \(id) --key-out in/\(id).key --out in/\(id).csr")
        }
        let batch = "\(Self.issue) --batch in --out-dir out"
        let outcome = try person.adr(batch)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("WARNING: 6 files of in are not called *.csr."))
        let answers = try Self.answers(outcome.stdout)
        #expect(Set(answers.map { $0["registrationId"]?.stringValue }) == Set(Self.ids(0..<6)))
        for id in Self.ids(0..<6) {
            let verified = try person.adr("cert verify out/\(id).pem --hub-name factory-hub")
            #expect(verified.status == 0, "\(verified.errors)")
        }
        // Another CSR of a known device is refused, the same one is answered.
        let copied = try person.run("cp", "other.csr", "in/device-0.csr")
        #expect(copied.status == 0)
        let again = try person.adr(batch)
        #expect(again.status == 1)
        #expect(again.errors.contains("WARNING: in/device-0.csr: (Conflict)"), "\(again.errors)")
        #expect(again.errors.contains("0 issued, 5 reused, 1 refused"))
        #expect(try Self.answers(again.stdout).contains { $0["file"]?.stringValue == "in/device-0.csr" })
        // Unless that is what is wanted.
        let reissued = try person.adr("\(batch) --reissue")
        #expect(reissued.status == 0, "\(reissued.errors)")
        #expect(reissued.errors.contains("6 issued, 0 reused"))
        // A chain never goes over a private key; the certificate is on record all the same.
        #expect(try person.run("cp", "device-0.key", "out/device-3.pem").status == 0)
        let overKey = try person.adr(batch)
        #expect(overKey.status == 1)
        #expect(overKey.errors.contains("out/device-3.pem is a private key"), "\(overKey.errors)")
        #expect(try person.scratch.text("out/device-3.pem").contains("PRIVATE KEY"))
    }

    /// Whoever writes a line and waits gets its answer before the input ends.
    @Test func aLineIsAnsweredBeforeTheNextIsThere() throws {
        let person = Operator()
        try person.setUpFactory()
        Self.write(try Self.lines(Self.ids(0..<3)), to: "batch", person)
        let script = """
            coproc "$ADR" \(Self.issue) --batch - --jobs 2
            while read -r line; do
              printf '%s\\n' "$line" >&${COPROC[1]}
              read -r -t 30 answer <&${COPROC[0]} || exit 9
              printf '%s\\n' "$answer"
            done < batch
            """
        var environment = person.environment
        environment["ADR"] = person.binary
        let outcome = try Run.command(
            ["bash", "-c", script],
            environment: environment,
            directory: person.scratch.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try Self.answers(outcome.stdout).count == 3)
    }

    @Test func progressForJobsAndQueries() throws {
        let person = Operator()
        try person.setUpFactory()
        Self.write(try Self.lines(Self.ids(0..<10)), to: "batch", person)
        let outcome = try person.adr(
            ["cert", "issue", "--namespace", "factory", "--policy-name", "default", "--batch", "batch"]
                + ["--progress", "json", "--query", "[registrationId, reused]"]
        )
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("[\"device-0\",null]\n[\"device-1\",null]\n"), "\(outcome.output)")
        let told = try Self.answers(outcome.stderr.split(separator: 0x0A).dropLast().last.map(Array.init) ?? [])
        #expect(
            told.first?["done"] == 10 && told.first?["issued"] == 10 && told.first?["refused"] == 0,
            "\(outcome.errors)"
        )
        let silent = try person.adr("\(Self.issue) --batch batch --output none")
        #expect(silent.status == 0 && silent.stdout.isEmpty)
    }

    /// Certificates share flushes, and none is told before its own.
    @Test(.peer("strace")) func flushesAreSharedAndComeBeforeTheAnswers() throws {
        let person = Operator()
        try person.setUpFactory()
        Self.write(try Self.lines(Self.ids(0..<300)), to: "batch", person)
        let outcome = try Run.command(
            [
                "strace", "-f", "-y", "-o", person.scratch.file("trace"), "-e",
                "trace=pwrite64,fdatasync,fsync,syncfs,write",
                person.binary,
            ] + "\(Self.issue) --batch batch --jobs 2".split(separator: " ").map(String.init),
            environment: person.environment,
            directory: person.scratch.path
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        var isFlushed = true
        var flushes = 0
        for call in try person.scratch.text("trace").split(separator: "\n") {
            if call.contains("pwrite64("), call.contains("/ledger/") { isFlushed = false }
            if call.contains("fdatasync("), call.contains("/ledger/") {
                isFlushed = true
                flushes += 1
            }
            if call.contains("write(1<"), !call.contains("pwrite64(") { #expect(isFlushed, "told too early: \(call)") }
            #expect(!call.contains("fsync(") && !call.contains("syncfs("), "\(call)")
        }
        print("300 certificates took \(flushes) flushes")
        #expect(flushes >= 1 && flushes <= 100)
    }

    /// A process that is killed at any moment loses nothing it has told, and a rerun does what is left and no more.
    @Test(.timeLimit(.minutes(10))) func killedInTheMiddle() throws {
        let person = Operator()
        try person.setUpFactory()
        let count = 1_000 * Torture.factor
        let seed = UInt64.random(in: 0 ... .max)
        var chance = Chance(seed: seed)
        Self.write(try Self.lines(Self.ids(0..<count)), to: "batch", person)
        var environment = person.environment
        environment["ADR"] = person.binary
        var told: Set<String> = []
        var kills = 0
        while told.count < count, kills < 4 {
            let enough = told.count + 1 + chance.below(max(1, count / 4))
            // The file is there before the process is, however long that takes to begin.
            let script = """
                : > out
                "$ADR" \(Self.issue) --batch batch > out 2> errors & process=$!
                while kill -0 $process 2> /dev/null && [ "$(wc -l < out)" -lt \(enough) ]; do sleep 0.01; done
                kill -9 $process 2> /dev/null
                wait
                """
            _ = try Run.command(
                ["bash", "-c", script],
                environment: environment,
                directory: person.scratch.path,
                timeout: 400
            )
            kills += 1
            let lines = try person.scratch.read("out").split(separator: 0x0A, omittingEmptySubsequences: false)
                .dropLast()
            for line in lines {
                if let serial = try JSONValue(parsing: Array(line))["serialNumber"]?.stringValue { told.insert(serial) }
            }
        }
        let outcome = try Run.command(
            [person.binary] + "\(Self.issue) --batch batch".split(separator: " ").map(String.init),
            environment: person.environment,
            directory: person.scratch.path,
            timeout: 400
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = try Self.answers(outcome.stdout)
        let issued = try Self.issued(person).compactMap { $0.details["serialNumber"]?.stringValue }
        print(
            "\(kills) SIGKILLs in a bulk of \(count) (seed \(seed)), \(told.count) told before the last run: "
                + "\(issued.count) certificates, \(Set(issued).count) serials"
        )
        #expect(issued.count == count)
        #expect(Set(issued).count == count)
        #expect(told.isSubset(of: Set(issued)))
        #expect(Set(answers.compactMap { $0["serialNumber"]?.stringValue }) == Set(issued))
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    /// Several at once on one store, each with devices of its own and some that all of them name.
    @Test(.timeLimit(.minutes(5))) func severalAtOnce() throws {
        let person = Operator()
        try person.setUpFactory()
        for worker in 0..<3 {
            let own = Self.ids((worker * 100)..<(worker * 100 + 60))
            Self.write(try Self.lines(own + Self.ids(900..<920)), to: "batch.\(worker)", person)
        }
        let script = """
            for worker in 0 1 2; do
              "$ADR" \(Self.issue) --batch batch.$worker > out.$worker 2> err.$worker &
            done
            for turn in 1 2 3 4 5; do "$ADR" ns update --name factory --tags turn=$turn --output none; done
            wait
            """
        var environment = person.environment
        environment["ADR"] = person.binary
        let outcome = try Run.command(["bash", "-c", script], environment: environment, directory: person.scratch.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        var told: [String] = []
        for worker in 0..<3 {
            let answers = try Self.answers(try person.scratch.read("out.\(worker)"))
            #expect(answers.count == 80)
            let refused = answers.compactMap { $0["error"]?["code"]?.stringValue }
            #expect(refused.allSatisfy { $0 == "Conflict" }, "\(refused)")
            told += answers.compactMap { $0["serialNumber"]?.stringValue }
        }
        let recorded = try Self.issued(person).compactMap { $0.details["serialNumber"]?.stringValue }
        #expect(Set(told) == Set(recorded) && told.count == recorded.count)
        try StoreAudit.expectViewsEqualLedger(person.store)
    }
}
