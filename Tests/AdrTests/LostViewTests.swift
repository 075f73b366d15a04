import CommandTable
import Foundation
import JSON
import TestSupport
import Testing

@testable import Store

/// Documents and rows are views: whatever a power cut takes of them, and whichever of their folders somebody removes, every
/// command that reads answers as before.
@Suite(.peer("openssl"))
struct LostViewTests {
    private static let rounds = 12 * Torture.factor

    /// For each reading command lines whose whole result does not depend on chance.
    private static let lines: [(command: String, line: String)] = [
        ("ns list", "adr ns list"),
        ("ns show", "adr ns show --name factory"),
        ("credential show", "adr credential show --namespace factory"),
        ("credential show", "adr credential show --namespace factory --certificate"),
        ("policy list", "adr policy list --namespace plant"),
        ("policy show", "adr policy show --namespace factory --name default --certificate"),
        ("device list", "adr device list --namespace factory"),
        ("device show", "adr device show --namespace factory --name device-01"),
        ("cert show", "adr cert show --namespace factory --device-name device-01"),
        ("cert show", "adr cert show --namespace factory --serial $(cat serial)"),
        ("cert list", "adr cert list --namespace factory"),
        ("cert verify", "adr cert verify device-01.pem --namespace factory"),
        ("cert verify", "adr cert verify device-01.pem --hub-name factory-hub"),
        ("hub list", "adr hub list"),
        ("hub show", "adr hub show --name plant-hub-1"),
        ("hub connect", "adr hub connect --hub-name factory-hub --cp device-01.pem --kp device-01.key --output none"),
        ("hub certificate list", "adr hub certificate list --hub-name factory-hub"),
        ("hub certificate show", "adr hub certificate show --hub-name factory-hub --name $(cat certificate)"),
        ("hub device-identity list", "adr hub device-identity list --hub-name factory-hub"),
        (
            "hub device-identity show",
            "adr hub device-identity show --hub-name factory-hub --device-id device-01"
        ),
        ("dps list", "adr dps list"),
        ("dps show", "adr dps show --name factory-dps"),
        ("dps linked-hub list", "adr dps linked-hub list --dps-name factory-dps"),
        ("dps linked-hub show", "adr dps linked-hub show --dps-name factory-dps --linked-hub factory-hub"),
        ("dps enrollment list", "adr dps enrollment list --dps-name factory-dps"),
        (
            "dps enrollment show",
            "adr dps enrollment show --dps-name factory-dps --enrollment-id device-05 --show-keys"
        ),
        ("dps enrollment-group list", "adr dps enrollment-group list --dps-name factory-dps"),
        (
            "dps enrollment-group show",
            "adr dps enrollment-group show --dps-name factory-dps --group-id line-1 --show-keys"
        ),
        (
            "dps enrollment-group compute-device-key",
            "adr dps enrollment-group compute-device-key --dps-name factory-dps --group-id line-1 --registration-id d-1"
        ),
        ("status", "adr status"),
        ("store backup", "adr store backup --out b --output none && grep '^{\"hash\":' b; rm -f b"),
        ("ledger show", "adr ledger show --namespace factory"),
        ("ledger export", "adr ledger export --namespace factory"),
        ("ledger verify", "adr ledger verify --namespace factory"),
        ("registration list", "adr registration list --dps-name factory-dps --group-id line-1"),
        ("registration show", "adr registration show --dps-name factory-dps --registration-id device-08"),
    ]

    /// Reading commands that look at no document, or whose result is made by chance.
    private static let others: Set<String> = ["csr generate", "csr show", "csr verify", "query"]

    @Test func everyReadingCommandIsAsked() {
        let reading = Set(TableTests.commands.filter { $0.effect == .reads }.map(TableTests.name))
        let missing = reading.subtracting(Self.lines.map(\.command)).subtracting(Self.others)
        #expect(missing == [], "a reading command without a line")
    }

    /// Each answer behind its exit status.
    private static let questions =
        lines.map { "\($0.line) 2> /dev/null; echo \"exit $?\"" }.joined(separator: "\n")

    private func prepared() throws -> BadInputStore {
        let store = try BadInputStore()
        let outcome = try store.run(
            """
            adr hub certificate list --hub-name factory-hub | sed -n 's/.*"name": "\\(.*\\)".*/\\1/p' > certificate
            adr cert show --namespace factory --device-name device-01 | \
              sed -n 's/.*"serialNumber": "\\(.*\\)".*/\\1/p' | head -n 1 > serial
            adr cert issue --namespace factory --policy-name default --registration-id device-01 \
              --csr device-01.csr --output none
            adr policy update --namespace plant --name line-1 --cert-validity-days 10 --output none
            adr device update --namespace factory --name device-01 --tags a=1 --output none
            adr policy delete --namespace plant --name line-2 --yes
            """
        )
        #expect(outcome.status == 0, "\(outcome)")
        return store
    }

    @Test func viewsThatAPowerCutTook() throws {
        let store = try prepared()
        var answer = try store.run(Self.questions).output
        #expect(try store.run(Self.questions).output == answer, "answers depend on chance")
        #expect(answer.components(separatedBy: "exit 0").count > Self.lines.count - 3, "\(answer)")
        var lost = 0
        for round in 1...Self.rounds {
            let seed = UInt64(round)
            var chance = Chance(seed: seed)
            try withCopy(of: store) {
                lost += try cutPower(store.scratch.file("store"), &chance)
                #expect(try answersAs(&answer, store), "seed \(seed)")
                let checked = try store.run("adr store check --output none")
                #expect(checked.status == 0, "seed \(seed): \(checked)")
                let repaired = try store.run("adr store check --repair --output none && adr store check")
                #expect(repaired.output == "[]\n", "seed \(seed): \(repaired)")
                #expect(try answersAs(&answer, store), "seed \(seed), repaired")
            }
        }
        print("power cuts: \(Self.rounds), views lost: \(lost), questions each time: \(Self.lines.count)")
        #expect(lost > 10 * Self.rounds)
    }

    @Test func wholeFoldersThatWereRemoved() throws {
        let store = try prepared()
        var answer = try store.run(Self.questions).output
        let folders = ["policies", "hubs", "dps", "devices", "issuers", "expiry", "revoked", "device-ids"]
        for round in 1...Self.rounds {
            let seed = UInt64(1000 + round)
            var chance = Chance(seed: seed)
            var gone = folders.filter { _ in chance.happens(30) }
            if gone.isEmpty { gone = [chance.pick(folders)] }
            let namespace = chance.pick(["factory", "plant", "*"])
            try withCopy(of: store) {
                let removal =
                    "rm -r " + gone.map { "store/groups/default/namespaces/\(namespace)/\($0)" }.joined(separator: " ")
                #expect(try store.run(removal).status == 0)
                #expect(try answersAs(&answer, store), "seed \(seed): \(removal)")
                let mended = try store.run("adr store check --repair --output none && adr store check")
                #expect(mended.output == "[]\n", "seed \(seed): \(removal): \(mended)")
            }
        }
        print("removals of folders: \(Self.rounds), questions each time: \(Self.lines.count)")
    }

    /// Whether the store answers as the one does that was kept. What is left of a certificate's life becomes less while the
    /// test runs: where the answer is not the last one, the kept store is asked again before it is a wrong one.
    private func answersAs(_ answer: inout String, _ store: BadInputStore) throws -> Bool {
        if try store.run(Self.questions).output == answer { return true }
        #expect(try store.run("mv store spoilt && mv kept store").status == 0)
        answer = try store.run(Self.questions).output
        #expect(try store.run("mv store kept && mv spoilt store").status == 0)
        return try store.run(Self.questions).output == answer
    }

    /// Runs the body with a copy of the store in its place, and puts it back.
    private func withCopy(of store: BadInputStore, _ body: () throws -> Void) throws {
        #expect(try store.run("mv store kept && cp -a kept store").status == 0)
        try body()
        #expect(try store.run("rm -r store && mv kept store").status == 0)
    }

    /// Leaves each document and row file as some power cut might: as it is, absent, empty, cut, or as it was at an earlier
    /// point; and `views.json` too, of another boot in any case.
    ///
    /// - Returns: how many files are otherwise than before.
    private func cutPower(_ store: String, _ chance: inout Chance) throws -> Int {
        var lost = 0
        for folder in try StoreAudit.namespaceFolders(store) {
            var earlier: [String: [JSONObject]] = [:]
            for change in try StoreAudit.entries(store, folder).flatMap(\.changes) {
                if case .document(.object(let body)) = change.kind { earlier[change.path, default: []].append(body) }
            }
            let base = "\(store)/\(folder)"
            let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
            for name in names.sorted() where StorePath.isDocument(name) || StorePath.isRowFile(name) {
                guard chance.happens(40) else { continue }
                let url = URL(fileURLWithPath: "\(base)/\(name)")
                let bytes = [UInt8](try Data(contentsOf: url))
                switch chance.below(5) {
                case 0: try FileManager.default.removeItem(at: url)
                case 1: try overwrite(url, [])
                case 2: try overwrite(url, Array(bytes.prefix(chance.below(bytes.count))))
                case 3:
                    let cut = chance.below(bytes.count)
                    try overwrite(url, bytes.prefix(cut) + [UInt8](repeating: 0, count: bytes.count - cut))
                default:
                    guard let body = earlier[name].map({ chance.pick($0) }) else { continue }
                    try overwrite(url, DocumentForm.encode(body))
                }
                lost += 1
            }
            let views = URL(fileURLWithPath: "\(base)/views.json")
            if chance.happens(30) {
                try FileManager.default.removeItem(at: views)
            } else {
                let text = try String(contentsOf: views, encoding: .utf8)
                let other = text.replacingOccurrences(of: "\"bootId\": \"", with: "\"bootId\": \"0")
                try overwrite(views, Array(chance.happens(20) ? other.utf8.prefix(20) : other.utf8[...]))
            }
        }
        return lost
    }

    /// In place, so that the file stays the one it is and keeps its mode.
    private func overwrite(_ url: URL, _ bytes: [UInt8]) throws {
        let file = try FileHandle(forWritingTo: url)
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }
}
