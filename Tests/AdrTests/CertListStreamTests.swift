import Foundation
import JSON
import Store
import TestSupport
import Testing

@testable import Registry

/// Long lists: written as they are read, in memory that does not grow with them.
struct CertListStreamTests {
    /// How many certificates; `ADR_LIST_SIZE` asks for more.
    private static let count = ProcessInfo.processInfo.environment["ADR_LIST_SIZE"].flatMap { Int($0) } ?? 15_000

    /// Makes many devices of one, each with its certificate: only the names and numbers differ.
    private func multiply(_ store: AgedStore, to count: Int) throws {
        let ledger = try store.registry.ledger(AgedStore.key())
        var device: JSONObject?
        var row: JSONObject?
        try ledger.forEachEntry { entry in
            for change in entry.changes {
                switch change.kind {
                case .document(let body) where change.path.hasPrefix("devices/"): device = body.objectValue
                case .row(let found): row = found
                default: break
                }
            }
        }
        guard var device, var row, var certificate = device["certificate"]?.objectValue else { return }
        let day = try #require(row["notAfter"]?.stringValue?.prefix(10))
        for start in stride(from: 1, to: count, by: 50) {
            var changes: [Change] = []
            for number in start..<min(start + 50, count) {
                let id = "device-\(number)"
                let digits = String(number)
                let serial: JSONValue = .string("4D" + String(repeating: "0", count: 30 - digits.count) + digits)
                let name = DeviceName(registering: try RegistrationID(id))
                certificate["serialNumber"] = serial
                device["registrationId"] = .string(id)
                device["name"] = .string(name.text)
                device["certificate"] = .object(certificate)
                row["serialNumber"] = serial
                row["device"] = .string(name.text)
                changes.append(.put(StoreLayout.device(name), .object(device)))
                changes.append(.row(StoreLayout.expiry(day: String(day)), row))
            }
            try ledger.commit { _ in
                .commit(Transaction(event: "Multiplied", details: JSONObject(), changes: changes, keys: []), ())
            }
        }
    }

    @Test func longListsFitInLittleMemory() throws {
        let store = AgedStore()
        store.go(daysBack: 1)
        try store.makeNamespace()
        try store.issue("device-0")
        try multiply(store, to: Self.count)
        /// Runs a line with so much address space, in KiB, and nothing but the number of its lines kept.
        func lines(_ format: String, memory: Int) throws -> (status: Int, lines: Int) {
            let script = """
                ulimit -v \(memory); ulimit -c 0
                { "$ADR" cert list --namespace factory --output \(format) 2>/dev/null; echo $? >&3; } 3>status | wc -l
                """
            var environment = store.person.environment
            environment["ADR"] = store.person.binary
            let outcome = try Run.command(
                ["bash", "-c", script],
                environment: environment,
                directory: store.person.scratch.path,
                timeout: 600
            )
            let status = try store.person.scratch.text("status").split(separator: "\n").first.flatMap { Int($0) } ?? -1
            return (status, Int(outcome.output.split(separator: "\n").first ?? "") ?? -1)
        }
        // 13 lines an object, and the brackets.
        // With a little for what is kept of each certificate.
        let memory = 34 * 1024 + max(0, Self.count - 15_000) / 8
        let json = try lines("json", memory: memory)
        #expect(json.status == 0 && json.lines == 13 * Self.count + 2, "\(json)")
        let tsv = try lines("tsv", memory: memory)
        #expect(tsv.status == 0 && tsv.lines == Self.count, "\(tsv)")
        // The limit is one: a format that needs the whole list does not get along with it.
        #expect(try lines("yaml", memory: memory).status != 0)
    }

    /// What is written piece by piece is what a list is printed as at once.
    @Test(arguments: ["json", "jsonc", "tsv", "none"]) func piecesMakeTheWhole(format: String) throws {
        let store = AgedStore()
        store.go(daysBack: 1)
        try store.makeNamespace()
        try store.issue("device-0")
        // A piece has 64 KiB.
        try multiply(store, to: 300)
        let pieces = try store.person.adr("cert list --namespace factory --output \(format)")
        let whole = try store.person.adr("cert list --namespace factory --query [] --output json")
        let expected = try Run.command(
            [store.person.binary, "query", "--output", format],
            input: whole.stdout,
            environment: store.person.environment
        )
        #expect(pieces.status == 0 && pieces.errors == "")
        #expect(pieces.stdout == expected.stdout)
        #expect((format == "none") == pieces.stdout.isEmpty)
        let empty = try store.person.adr("cert list --namespace factory --expired --output \(format)")
        #expect(empty.output == (format.hasPrefix("json") ? "[]\n" : ""))
    }

    /// What cannot be read ends the list; what was written by then is no array.
    @Test func damageOnTheWayIsAFailure() throws {
        let store = AgedStore()
        store.go(daysBack: 1)
        try store.makeNamespace()
        try store.issue("device-0")
        try multiply(store, to: 2_000)
        let spoiled = try store.person.run(
            "sh",
            "-c",
            "sed -i '$ s/\"registrationId\":\"device-19/\"registrationId\":\"device-29/' "
                + "store/groups/default/namespaces/factory/ledger/00000001.jsonl"
        )
        #expect(spoiled.status == 0, "\(spoiled)")
        let outcome = try store.person.adr("cert list --namespace factory")
        #expect(outcome.status == 1 && outcome.errors.contains("(StoreDamaged)"), "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("[\n") && !outcome.output.hasSuffix("]\n"))
    }
}
