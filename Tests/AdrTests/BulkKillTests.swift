import Foundation
import JSON
import Store
import TestSupport
import Testing

/// A process that issues in bulk, killed at random moments, again and again on one store.
struct BulkKillTests {
    private static let kills = min(500, 25 * Torture.factor)
    private static let devices = 400
    private static let folder = "groups/default/namespaces/factory"

    /// Every second kill hits a bulk that issues anew, every other one that may answer with what there is.
    private static func script(seed: Int) -> String {
        """
        RANDOM=\(seed)
        touch killed
        # Some come to their end before they are killed: those do not count.
        for kill in $(seq \(4 * kills)); do
          [ $(wc -l < killed) -lt \(kills) ] || break
          reissue=--reissue; [ $((kill % 2)) = 0 ] || reissue=
          "$ADR" cert issue --namespace factory --policy-name default --batch batch --jobs $((1 + RANDOM % 3)) \\
            $reissue >> told 2>> errors & process=$!
          sleep 0.$(printf %03d $((RANDOM % 400)))
          kill -9 $process 2> /dev/null && echo $kill >> killed
          wait $process 2> /dev/null
          # What was told of a killed one's last answer may have no end.
          echo >> told
          [ $((kill % 5)) != 0 ] || "$ADR" device revoke --namespace factory --name device-$((RANDOM % \(devices))) --yes 2>> errors
        done
        """
    }

    @Test(.timeLimit(.minutes(15))) func nothingThatWasToldIsLost() throws {
        let person = Operator()
        try person.setUpFactory()
        let seed = Int.random(in: 1..<30_000)
        let lines = try BulkIssueTests.lines((0..<Self.devices).map { "device-\($0)" })
        person.scratch.write("batch", lines.map { $0 + "\n" }.joined())
        try person.expect("ns update --name factory --tags seed=\(seed)")
        _ = try person.adr("cert issue --namespace factory --policy-name default --batch batch")
        var environment = person.environment
        environment["ADR"] = person.binary
        let outcome = try Run.command(
            ["bash", "-c", Self.script(seed: seed)],
            environment: environment,
            directory: person.scratch.path,
            timeout: 800
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let killed = try person.scratch.text("killed").split(separator: "\n").count

        let told = try person.scratch.read("told").split(separator: 0x0A).compactMap { line in
            try? JSONValue(parsing: Array(line))["serialNumber"]?.stringValue
        }
        let issued = try StoreAudit.entries(person.store, Self.folder).filter { $0.event == "CertificateIssued" }
            .compactMap { $0.details["serialNumber"]?.stringValue }
        print(
            "\(killed) SIGKILLs of a bulk (seed \(seed)): \(issued.count) certificates on record, \(told.count) answers, "
                + "\(Set(told).subtracting(issued).count) of them lost"
        )
        #expect(killed == Self.kills, "the bulk is over before it can be killed")
        #expect(Set(issued).count == issued.count, "seed \(seed): a serial is on record twice")
        #expect(Set(told).isSubset(of: Set(issued)), "seed \(seed): an answer is not on record")
        let check = try person.adr("store check")
        #expect(check.status == 0, "seed \(seed): \(check)")
        try person.expect("ns update --name factory --tags done=yes")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }
}
