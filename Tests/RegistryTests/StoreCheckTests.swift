import Foundation
import JSON
import Store
import TestSupport
import Testing

@testable import Registry

/// What a check says of one thing that is wrong, and that a repair puts right what it says it can.
@Suite struct StoreCheckTests {
    struct Spoiling: Sendable, CustomTestStringConvertible {
        /// Run by `sh` in the folder of the namespace; `$S` is the store.
        let script: String
        let kinds: [StoreFinding.Kind]
        /// What a repair leaves.
        var left: [StoreFinding.Kind] = []

        var testDescription: String { script }
    }

    static let spoilings: [Spoiling] = [
        Spoiling(script: ":", kinds: []),
        // What a crash leaves.
        Spoiling(script: "printf '{\"hash' >> ledger/$(ls ledger | tail -n 1)", kinds: [.ledgerTail]),
        Spoiling(
            script: "install -m 600 /dev/null ledger/cut-after-3-0123456789abcdef.txt",
            kinds: [.ledgerLinesKept],
            left: [.ledgerLinesKept]
        ),
        Spoiling(
            script: "install -m 600 namespace.json policies/.a.json.tmp-0123456789abcdef",
            kinds: [.temporaryFile]
        ),
        Spoiling(script: "install -m 600 /dev/null $S/.store.json.tmp-0123456789abcdef", kinds: [.temporaryFile]),
        Spoiling(script: "install -m 600 /dev/null keys/ica-new.pem", kinds: [.keyUnnamed]),
        Spoiling(script: "mv $S/server/ca.pem $S/..", kinds: [.keyUnnamed]),
        Spoiling(script: "printf '\\n{\"devi' >> $(ls expiry/*.jsonl | head -n 1)", kinds: [.rowTorn]),
        Spoiling(
            script: "mkdir -m 700 ../half ../half/ledger ../half/keys; install -m 600 /dev/null ../half/keys/a.pem",
            kinds: [.namespaceUnfinished]
        ),
        Spoiling(
            script:
                "mkdir -m 700 ../half ../half/ledger; install -m 600 /dev/null ../half/.flushed.json.tmp-0123456789abcdef",
            kinds: [.namespaceUnfinished]
        ),
        // What no crash leaves.
        Spoiling(script: "sed -i 's/30/31/' policies/default.json", kinds: [.documentAltered]),
        Spoiling(script: "echo >> policies/default.json", kinds: [.documentAltered]),
        Spoiling(script: ": > credential.json", kinds: [.documentAltered]),
        Spoiling(
            script: "rm devices/*/device-1.json policies/line-1.json",
            kinds: [.documentMissing, .documentMissing]
        ),
        Spoiling(script: "install -m 600 credential.json policies/other.json", kinds: [.documentUnknown]),
        Spoiling(script: "install -m 600 /dev/null expiry/2020-01-01.jsonl", kinds: [.documentUnknown]),
        Spoiling(script: "sed -i 's/device-1/device-8/' expiry/*.jsonl", kinds: [.rowAltered, .rowMissing]),
        Spoiling(script: "rm revoked/*", kinds: [.rowMissing]),
        Spoiling(
            script: "f=$(ls expiry/*.jsonl | head -n 1); grep device-4 $f >> $(ls revoked/*)",
            kinds: [.rowAltered]
        ),
        Spoiling(script: "rm -r policies hubs", kinds: [.folderMissing, .folderMissing]),
        Spoiling(script: "rm flushed.json", kinds: [.flushedMissing]),
        Spoiling(script: "rm $S/store.json", kinds: [.indexMissing]),
        Spoiling(script: "echo garbage > $S/store.json", kinds: [.indexDamaged]),
        Spoiling(script: "sed -i 's/^{/{ /' $S/store.json", kinds: [.indexDamaged]),
        Spoiling(script: "sed -i 's/hub-1/hub-7/' $S/store.json", kinds: [.indexDamaged]),
        Spoiling(script: "rm views.json", kinds: []),
        Spoiling(
            script: ": > views.json; rm flushed.json policies/line-1.json",
            kinds: [.flushedMissing, .viewsBehind]
        ),
        Spoiling(
            script: "rm views.json flushed.json; truncate -s -30 policies/line-1.json",
            kinds: [.flushedMissing, .viewsBehind]
        ),
        Spoiling(
            script: "rm views.json flushed.json; sed -i 's/line-1/line-8/' policies/line-1.json",
            kinds: [.documentAltered, .flushedMissing]
        ),
        // What nobody can put right without guessing.
        Spoiling(script: "chmod 644 namespace.json", kinds: [.permissions], left: [.permissions]),
        Spoiling(
            script: "chmod 750 keys $S",
            kinds: [.permissions, .permissions],
            left: [.permissions, .permissions]
        ),
        Spoiling(script: "install -m 600 /dev/null policies/README", kinds: [.strayFile], left: [.strayFile]),
        Spoiling(script: "mkdir -m 700 surprise", kinds: [.strayFile], left: [.strayFile]),
        Spoiling(script: "mkfifo -m 600 policies/x.json", kinds: [.strayFile], left: [.strayFile]),
        Spoiling(script: "ln -s nowhere devices/link", kinds: [.strayFile], left: [.strayFile]),
        Spoiling(script: "install -m 600 /dev/null $S/server/x", kinds: [.strayFile], left: [.strayFile]),
        Spoiling(script: "install -m 600 /dev/null $S/groups/x", kinds: [.strayFile], left: [.strayFile]),
        Spoiling(script: "rm keys/ica-*", kinds: [.keyMissing, .keyMissing], left: [.keyMissing, .keyMissing]),
        Spoiling(
            script: "for f in keys/ica-*; do cat keys/rootca-* > $f; done",
            kinds: [.keyMismatch, .keyMismatch],
            left: [.keyMismatch, .keyMismatch]
        ),
        Spoiling(
            script: "f=$(ls keys/enrollment-* | head -n 1); echo '{}' > $f",
            kinds: [.keyMismatch],
            left: [.keyMismatch]
        ),
        Spoiling(script: "rm $S/server/ca.key", kinds: [.keyMissing], left: [.keyMissing]),
        Spoiling(script: "cat keys/rootca-* > $S/server/ca.key", kinds: [.keyMismatch], left: [.keyMismatch]),
        Spoiling(
            script: "for d in $S/groups/other/deleted/*/keys; do install -m 600 /dev/null $d/a.pem; done",
            kinds: [.keyOfDeleted],
            left: [.keyOfDeleted]
        ),
        Spoiling(
            script: "sed -i 's/NamespaceCreated/NamespaceImagined/' ledger/00000001.jsonl",
            kinds: [.ledgerDamaged],
            left: [.ledgerDamaged]
        ),
        Spoiling(script: "rm -r ledger", kinds: [.ledgerDamaged], left: [.ledgerDamaged]),
        Spoiling(
            script: "rm -r ledger views.json flushed.json",
            kinds: [.ledgerDamaged],
            left: [.ledgerDamaged]
        ),
        Spoiling(
            script: "mv $S/groups/default/namespaces/factory $S/groups/default/namespaces/fabric",
            kinds: [.namespaceMisplaced, .indexIncomplete, .indexIncomplete, .indexIncomplete],
            left: [.namespaceMisplaced]
        ),
    ]

    @Test(arguments: spoilings) func isFoundAndPutRight(_ spoiling: Spoiling) throws {
        let edited = try EditedPlant()
        let registry = edited.plant.registry
        let done = try Run.command(
            ["sh", "-c", spoiling.script],
            environment: ["S": edited.store, "PATH": "/usr/bin:/bin"],
            directory: edited.folder
        )
        try #require(done.status == 0, "\(done)")
        let found = try registry.checkStore()
        #expect(found.kinds.map(\.rawValue).sorted() == spoiling.kinds.map(\.rawValue).sorted(), "\(found.told)")
        #expect(try registry.checkStore() == found, "checking changes something")
        for finding in found {
            #expect(finding.message.first?.isUppercase == false && !finding.message.hasSuffix("."), "\(finding)")
            #expect(finding.path.hasPrefix(edited.store), "\(finding)")
        }
        try registry.repairStore(found)
        let left = try registry.checkStore()
        #expect(left.kinds.map(\.rawValue).sorted() == spoiling.left.map(\.rawValue).sorted(), "\(left.told)")
        #expect(found.filter { !$0.isRepairable }.map(\.kind) == left.map(\.kind), "\(left.told)")
    }

    @Test func everyKindIsThere() {
        let met = Set(Self.spoilings.flatMap(\.kinds))
        let elsewhere: Set<StoreFinding.Kind> = [
            .keyWiped, .indexAhead, .indexIncomplete, .unreadable, .newer, .remainsAlive,
        ]
        #expect(Set(StoreFinding.Kind.allCases).subtracting(met).isSubset(of: elsewhere))
    }

    @Test func aCopyWithoutKeysIsFoundToHaveNone() throws {
        let edited = try EditedPlant()
        let (registry, scratch) = try edited.copy()
        #expect(try registry.checkStore() == [])
        let folder = scratch.file("store/groups/default/namespaces/factory")
        try FileManager.default.removeItem(atPath: folder + "/keys")
        #expect(Set(try registry.checkStore().kinds) == [.keyMissing])
        try FileManager.default.moveItem(
            atPath: scratch.file("store/groups/default/namespaces/factory"),
            toPath: scratch.file("store/groups/default/deleted-not")
        )
        #expect(try registry.checkStore().kinds.contains(.strayFile))
    }

    /// A hub's name that the index gives to nobody any more, and one that it lacks.
    @Test func theIndexIsComparedWithTheLedgers() throws {
        let edited = try EditedPlant()
        let registry = edited.plant.registry
        func write(_ change: (inout StoreIndex) throws -> Void) throws {
            try registry.root.withLock { locked in
                var index = try #require(try registry.index())
                try change(&index)
                try locked.writeIndex(index.body)
            }
        }
        let hub = HostedName.hub(try HubName("hub-1"))
        let folder = try #require(try registry.index()?.folder(of: hub))
        try write { $0.setFolder(nil, of: hub) }
        #expect(try registry.checkStore().kinds == [.indexIncomplete])
        try registry.repairStore(registry.checkStore())
        #expect(try registry.index()?.folder(of: hub) == folder)
        try write { $0.setFolder(folder, of: .hub(try HubName("hub-77"))) }
        #expect(try registry.checkStore().kinds == [.indexAhead])
        try registry.repairStore(registry.checkStore())
        #expect(try registry.checkStore() == [])
    }

    /// What a restore leaves that a crash ended before its namespaces were in place.
    @Test func anIndexWithoutNamespacesKeepsItsSubscription() throws {
        let (registry, scratch) = try EditedPlant().copy()
        let subscription = try registry.subscription()
        try FileManager.default.removeItem(atPath: scratch.file("store/groups"))
        let findings = try registry.checkStore().filter { $0.path.hasSuffix("/store.json") }
        #expect(!findings.isEmpty)
        for finding in findings { #expect(finding.kind == .indexAhead && finding.isRepairable) }
        try registry.repairStore(findings)
        #expect(try registry.checkStore().filter { $0.path.hasSuffix("/store.json") } == [])
        #expect(try registry.subscription() == subscription)
    }

    /// A key is written before the line that names it: a repair in between must not cost it.
    @Test func aRepairLeavesTheKeyOfAWriter() throws {
        let edited = try EditedPlant()
        let registry = edited.plant.registry
        for _ in 1...20 {
            let group = DispatchGroup()
            for number in 0..<2 {
                DispatchQueue.global().async(group: group) {
                    if number == 0 {
                        _ = try? registry.repairStore(registry.checkStore())
                    } else {
                        let key = [UInt8](repeating: 9, count: 64)
                        let name = UInt32.random(in: 0 ... .max)
                        try? edited.plant.enroll(.individual(RegistrationID("extra-\(name)")), key: key)
                    }
                }
            }
            group.wait()
        }
        #expect(try registry.checkStore() == [])
    }

    // MARK: Taking over edits

    /// Reading a document as a record and writing that loses nothing, so that an edit of any of them can be judged.
    @Test func recordsKeepAllThatDocumentsHold() throws {
        let edited = try EditedPlant()
        let registry = edited.plant.registry
        let documents = try registry.ledger(Plant.namespace()).read { try $0.documents(under: "") }
        #expect(documents.count > 15)
        for (path, body) in documents where path != StoreLayout.retiredKeysDocument {
            let change = try #require(try DocumentKinds.rewritten(body, path: path), "\(path)")
            guard case .document(let kept) = change.kind else { continue }
            #expect(change.path == path && kept == body, "\(path)")
            let accepted = try registry.acceptDocument("\(edited.folder)/\(path)")
            #expect(!accepted.isRecorded && accepted.changedMembers.isEmpty, "\(path)")
        }
    }

    @Test func anEditIsTakenOver() throws {
        let edited = try EditedPlant()
        let registry = edited.plant.registry
        let path = edited.folder + "/hubs/hub-1.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacingOccurrences(of: "\"tags\": {}", with: "\"tags\": {\"line\": \"7\"}")
        #expect(changed != text)
        try changed.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try registry.checkStore().kinds == [.documentAltered])
        let entries = try edited.plant.entries()
        let accepted = try registry.acceptDocument(path)
        #expect(accepted.isRecorded && accepted.changedMembers == ["tags"])
        #expect(try edited.plant.entries() == entries + 1)
        #expect(try registry.checkStore() == [])
        #expect(try registry.showHub(HubName("hub-1"))["tags"] == ["line": "7"])
        // An edit of the form alone is taken back with an entry that changes no member.
        try (try String(contentsOfFile: path, encoding: .utf8) + "\n\n")
            .write(toFile: path, atomically: false, encoding: .utf8)
        let form = try registry.acceptDocument(path)
        #expect(form.isRecorded && form.changedMembers.isEmpty)
        #expect(try registry.checkStore() == [])
    }
}
