import Foundation
import JSON
import OpenSSL
import PKI
import Store
import TestSupport
import Testing

/// Many processes that issue, renew, update, revoke, sync and delete on one store at once.
struct ParallelLifeTests {
    private static let devices = 12
    private static let folder = "groups/default/namespaces/factory"

    /// What one process after the other does, chosen by chance; what was acknowledged stands in `out.<worker>`.
    private static func script(workers: Int, seconds: Int, seed: Int) -> String {
        """
        run() { # ARGUMENT...
          "$ADR" "$@" 2> err.$worker.last || { echo "$? $*"; cat err.$worker.last; } >> err.$worker
        }
        for worker in $(seq \(workers)); do
          (
            RANDOM=$((\(seed) + worker))
            until [ $SECONDS -ge \(seconds) ]; do
              number=$((RANDOM % \(devices)))
              policy=default; [ $((RANDOM % 4)) = 0 ] && policy=other
              files="--cp $worker.$number.pem --kp $number.key --csr $number.csr"
              case $((RANDOM % 32)) in
                0 | 1) run device update --namespace factory --name device-$number --enabled false -o none ;;
                2 | 3 | 4) run device update --namespace factory --name device-$number --enabled true -o none ;;
                5) run hub device-identity update --hub-name factory-hub --device-id device-$number --status disabled -o none ;;
                6 | 7) run hub device-identity update --hub-name factory-hub --device-id device-$number --status enabled -o none ;;
                8 | 9) run device revoke --namespace factory --name device-$number --yes ;;
                10) run device delete --namespace factory --name device-$number --yes ;;
                11 | 12) run credential sync --namespace factory ;;
                13) run policy revoke-issuer --namespace factory --name $policy --yes -o none ;;
                14) run policy delete --namespace factory --name other --yes ;;
                15 | 16) run policy create --namespace factory --name other -o none ;;
                17) run policy crl --namespace factory -o none ;;
                18) run ns create --name plant-$worker --ecm -o none; run ns delete --name plant-$worker --yes ;;
                19 | 20) run ns update --name factory --tags worker=$worker -o none ;;
                21 | 22) [ ! -e $worker.$number.pem ] || run cert renew --hub-name factory-hub $files >> out.$worker ;;
                *) run cert issue --namespace factory --policy-name $policy --registration-id device-$number \
                     --csr $number.csr --out $worker.$number.pem >> out.$worker ;;
              esac
            done
          ) &
        done
        wait
        """
    }

    /// Refusals that others' work explains: what was judged is not there, not enabled, or not trusted any more.
    private static let explained = [
        "Conflict", "ResourceNotFound", "DeviceDisabled", "IdentityDisabled", "DeviceNotFound", "CertificateRevoked",
        "IssuerRevoked", "IssuerNotSynced", "UnknownIssuer", "PolicyRequired", "KeyDoesNotMatch",
    ]

    @Test(.timeLimit(.minutes(10)))
    func thirtyTwoProcesses() throws {
        let workers = 32
        let seconds = min(60, 10 * Torture.factor)
        let seed = Int.random(in: 1..<30_000)
        let person = Operator()
        try person.setUpFactory()
        for number in 0..<Self.devices {
            try person.expect(
                "csr generate --registration-id device-\(number) --key-out \(number).key --out \(number).csr"
            )
        }
        var environment = person.environment
        environment["ADR"] = person.binary
        let outcome = try Run.command(
            ["bash", "-c", Self.script(workers: workers, seconds: seconds, seed: seed)],
            environment: environment,
            directory: person.scratch.path,
            timeout: 400
        )
        #expect(outcome.status == 0, "\(outcome.errors)")

        var acknowledged: [String] = []
        for worker in 1...workers {
            if let text = try? person.scratch.text("out.\(worker)") {
                acknowledged += text.split(separator: "\n").filter { $0.contains("\"serialNumber\": ") }
                    .map { String($0.split(separator: "\"")[3]) }
            }
            guard let errors = try? person.scratch.text("err.\(worker)") else { continue }
            let others = errors.split(separator: "\n").filter { line in
                line.hasPrefix("ERROR") && !Self.explained.contains { line.hasPrefix("ERROR: (\($0)) ") }
            }
            #expect(others.isEmpty, "seed \(seed): \(others)")
        }
        let entries = try StoreAudit.entries(person.store, Self.folder)
        let recorded = try replay(entries)
        print(
            "32 processes for \(seconds) s, seed \(seed): \(entries.count) entries, \(recorded.count) certificates on "
                + "record, \(acknowledged.count) acknowledged"
        )
        #expect(acknowledged.count > 20)
        #expect(Set(recorded).count == recorded.count, "seed \(seed): a serial is on record twice")
        #expect(Set(acknowledged).isSubset(of: Set(recorded)), "seed \(seed): an acknowledged one is not on record")
        try StoreAudit.expectViewsEqualLedger(person.store)
    }

    /// Follows the ledger as history: no certificate comes after what should have stopped it.
    ///
    /// - Returns: the serial numbers in their order.
    private func replay(_ entries: [LedgerEntry]) throws -> [String] {
        var devices: [String: JSONValue] = [:]
        var issuers: [String: JSONValue] = [:]
        var serials: [String] = []
        for entry in entries {
            // A CA that an entry makes signs nothing in it.
            for change in entry.changes where change.path.hasPrefix("devices/") {
                guard case .document(let body) = change.kind else { continue }
                let before = devices[change.path]
                guard let serial = body["certificate"]?["serialNumber"]?.stringValue,
                    serial != before?["certificate"]?["serialNumber"]?.stringValue
                else { continue }
                serials.append(serial)
                let place = "entry \(entry.number), \(entry.event)"
                if let before {
                    #expect(before["enabled"]?.boolValue == true, "\(place): the device was disabled")
                    #expect(before["identity"]?["status"] == "enabled", "\(place): its identity was disabled")
                    #expect(before["identifier"] == body["identifier"], "\(place): it rotates the identifier")
                }
                let der = Base64.decodeStrict(Array((body["certificate"]?["certificate"]?.stringValue ?? "").utf8))
                let leaf = try CertificateOutline(lenient: try #require(der))
                let identifier = Base64.decodeStrict(Array((body["identifier"]?.stringValue ?? "").utf8))
                #expect(leaf.deviceIdentifier == identifier, "\(place): signed before a revocation")
                let issuer = body["certificate"]?["issuer"]?.stringValue ?? ""
                #expect(issuers["issuers/\(issuer).json"]?["state"] == "current", "\(place): its CA had ended")
            }
            for change in entry.changes {
                switch change.kind {
                case .document(let body) where change.path.hasPrefix("devices/"): devices[change.path] = body
                case .document(let body) where change.path.hasPrefix("issuers/"): issuers[change.path] = body
                case .gone: devices[change.path] = nil
                default: break
                }
            }
        }
        return serials
    }
}
