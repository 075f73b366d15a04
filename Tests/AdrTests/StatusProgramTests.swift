import Foundation
import JSON
import TestSupport
import Testing

/// `adr status` on the built program: formats and exit statuses.
struct StatusProgramTests {
    @Test func anEmptyOrMissingStoreSaysWhatToDoFirst() throws {
        let person = Operator()
        for makeFolder in [false, true] {
            if makeFolder {
                try FileManager.default.createDirectory(atPath: person.store, withIntermediateDirectories: true)
            }
            let outcome = try person.adr("status")
            #expect(outcome.status == 0 && outcome.errors == "")
            let lines = outcome.output.split(separator: "\n").map { $0.drop { $0 == " " } }.filter {
                $0.hasPrefix("adr ")
            }
            #expect(lines == ["adr ns create --name factory --enable-certificate-management", "adr quickstart"])
            let check = try person.adr("status --check")
            #expect(check.status == 0 && check.output == "There is nothing in this store yet.\n")
            #expect(try person.expect("status -o json")["namespaces"] == [])
            #expect(FileManager.default.fileExists(atPath: person.store) == makeFolder, "looking makes nothing")
        }
        // The line that it shows leads on.
        try person.expect("ns create --name factory --enable-certificate-management")
        let next = try person.adr("status")
        #expect(next.output.contains("\n    adr hub create --name factory-hub --namespace factory\n"))
    }

    @Test func dataIsPrintedWhereTheLineAsksForIt() throws {
        var person = Operator()
        try person.setUpFactory()
        try person.provision("device-01")
        let status = try person.expect("status -o json")
        #expect(status["check"] == ["status": 0, "reasons": []])
        let namespace = try #require(status["namespaces"]?.arrayValue?.first)
        #expect(namespace["hubs"] == [["name": "factory-hub", "state": "synced", "lacking": []]])
        #expect(namespace["devices"]?["count"] == 1)
        let certificate = try person.expect("cert show --namespace factory --device-name device-01")
        #expect(namespace["devices"]?["next"]?.arrayValue?.first?["notAfter"] == certificate["notAfter"])
        let credential = try person.expect("cert list --namespace factory --query [0].issuer")
        #expect(namespace["policies"]?.arrayValue?.first?["issuingCA"]?["subject"] == credential)
        #expect(try person.adr("status --query namespaces[].name").output == "[\n  \"factory\"\n]\n")
        let table = try person.adr("status -o table").output
        #expect(table.hasPrefix("Name     ResourceGroup    RootUntil"), "\(table)")
        // What the configuration says is for results, not for the picture.
        person.environment["AZURE_CORE_OUTPUT"] = "json"
        #expect(try person.adr("status").output.hasPrefix("store /"))
    }

    @Test func exitStatuses() throws {
        let store = AgedStore()
        let person = store.person
        func check(_ status: Int32, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
            let outcome = try person.adr("status --check")
            #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
            #expect(outcome.errors == "", sourceLocation: sourceLocation)
            for word in words { #expect(outcome.output.contains(word), "\(outcome)", sourceLocation: sourceLocation) }
            // As data it is the same.
            let data = try person.adr("status --check -o json")
            #expect(data.status == status, sourceLocation: sourceLocation)
            let value = try JSONValue(parsing: data.stdout)
            #expect(value["check"]?["status"] == .integer(Int64(status)), sourceLocation: sourceLocation)
            // Without --check the picture says the same words and is no failure, unless there is damage.
            let picture = try person.adr("status")
            #expect(picture.status == (status == 13 ? 1 : 0), sourceLocation: sourceLocation)
            for word in words { #expect(picture.output.contains(word), "\(picture)", sourceLocation: sourceLocation) }
        }
        store.go(daysBack: 40)
        try store.makeNamespace()
        try store.makeHub("factory-hub")
        try store.synchronize()
        try check(0, "All is well.")
        store.go(daysBack: 24)
        try store.issue("device-1")
        try check(10, "10  factory: 1 device goes dark within 7 days: device-1 on ", "--expiring-in 7d")
        try store.makePolicy("line-1", validityDays: 30)
        try check(11, "10  factory: ", "11  factory: the hub 'factory-hub' lacks the current CA of the policy line-1")
        // What is to be done, as it stands.
        try person.expect("credential sync --namespace factory")
        try check(10, "10  factory: ")
        store.go(daysBack: 0)
        try store.issue("device-1")
        try check(0, "All is well.")
        let namespace = "groups/default/namespaces/factory/namespace.json"
        let broken = try person.run("sh", "-c", "echo '{}' > store/\(namespace)")
        #expect(broken.status == 0)
        try check(13, "13  factory:", "namespace.json")
    }

    @Test func anExpiredDeviceIsToldWithTheLineThatListsIt() throws {
        let store = AgedStore()
        store.go(daysBack: 100)
        try store.makeNamespace()
        try store.issue("device-1")
        try store.issue("device-2")
        store.go(daysBack: 50)
        try store.issue("device-2")
        let outcome = try store.person.adr("status --check")
        #expect(outcome.status == 12)
        #expect(outcome.output.contains("12  factory: 2 devices went dark: device-2 on "), "\(outcome)")
        // It is folded as a shell reads it.
        let line = try #require(outcome.output.firstRange(of: "adr cert list")).upperBound
        let listed = try Run.command(
            ["sh", "-c", "'\(store.person.binary)' cert list\(outcome.output[line...])"],
            environment: store.person.environment,
            directory: store.person.scratch.path
        )
        #expect(listed.status == 0, "\(listed)")
        let rows = listed.output.split(separator: "\n").dropFirst(2)
        #expect(rows.count == 2 && rows.allSatisfy { $0.contains("expired") }, "\(listed)")
    }
}
