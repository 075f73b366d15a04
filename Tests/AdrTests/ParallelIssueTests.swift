import Foundation
import JSON
import Store
import TestSupport
import Testing

/// Many processes on one store.
struct ParallelIssueTests {
    @Test(.timeLimit(.minutes(5)))
    func eightProcessesForTwentySeconds() throws {
        let person = Operator()
        try person.setUpFactory()
        let devices = 24
        for number in 0..<devices {
            try person.expect(
                "csr generate --registration-id device-\(number) --key-out \(number).key --out \(number).csr"
            )
        }
        // Devices are shared between the processes, so that some judge what another is about to change.
        let script = """
            for worker in 0 1 2 3 4 5 6 7; do
              (
                number=$worker
                until [ $SECONDS -ge 20 ]; do
                  number=$(( (number + 5) % \(devices) ))
                  "$ADR" cert issue --namespace factory --policy-name default --registration-id device-$number \
                    --csr $number.csr >> out.$worker 2>> err.$worker || echo "status $?" >> err.$worker
                done
              ) &
            done
            wait
            """
        var environment = person.environment
        environment["ADR"] = person.binary
        let outcome = try Run.command(
            ["bash", "-c", script],
            environment: environment,
            directory: person.scratch.path,
            timeout: 120
        )
        #expect(outcome.status == 0, "\(outcome.errors)")

        var printed: [String] = []
        for worker in 0..<8 {
            let text = try person.scratch.text("out.\(worker)")
            printed += text.split(separator: "\n").filter { $0.contains("\"serialNumber\": ") }.map {
                String($0.split(separator: "\"")[3])
            }
            let errors = try person.scratch.text("err.\(worker)")
            // Whoever was ended by a signal has said no ERROR, and its status is not 1.
            let others = errors.split(separator: "\n").filter {
                $0.hasPrefix("status ") && $0 != "status 1"
                    || $0.hasPrefix("ERROR") && !$0.hasPrefix("ERROR: (Conflict) ")
            }
            #expect(others.isEmpty, "\(others)")
        }
        let folder = "groups/default/namespaces/factory"
        let recorded = try StoreAudit.entries(person.store, folder).filter { $0.event == "CertificateIssued" }
            .compactMap { $0.details["serialNumber"]?.stringValue }
        print("eight processes issued \(printed.count) certificates in 20 seconds")
        #expect(printed.count > 100)
        #expect(Set(printed).count == printed.count, "a serial was printed twice")
        #expect(Set(recorded).count == recorded.count, "a serial is on record twice")
        #expect(Set(printed).isSubset(of: Set(recorded)), "a printed certificate is not on record")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }
}
