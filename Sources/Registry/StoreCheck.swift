import JSON
import OpenSSL
import PKI
import Store

extension Registry {
    /// Looks at the whole store: whether every ledger holds together from its first entry, every document and row is what
    /// its ledger says, every key belongs to its certificate, `store.json` has every name, and nothing lies where it does
    /// not belong. Writes nothing, and takes no lock that anybody would notice.
    ///
    /// - Returns: what was found, by path.
    package func checkStore() throws -> [StoreFinding] {
        for look in 1... {
            let index = try root.indexFile()
            var surroundings = try root.checkSurroundings()
            var names = NamesInLedgers()
            var findings = surroundings.findings
            surroundings.findings = []
            for (path, isRemains) in surroundings.ledgers {
                findings += try checkLedger(at: path, isRemains: isRemains, &names)
            }
            findings += try checkServer(surroundings.serverFiles)
            // Without a change of the index meanwhile, it was there before the names in the ledgers and behind them.
            if try root.indexFile() == index || look == 3 {
                return (findings + checkIndex(index, names)).inOrder()
            }
        }
        preconditionFailure("the loop above has no other end")
    }

    /// Puts right what a check found, as far as the ledgers say how, and removes what a crash left; says what it did in
    /// notes.
    package func repairStore(_ findings: [StoreFinding]) throws {
        let findings = findings.filter(\.isRepairable)
        if findings.isEmpty { return }
        for (path, isRemains) in try root.checkSurroundings().ledgers {
            let absolute = "\(root.path)/\(path)"
            let own = findings.filter { $0.path == absolute || $0.path.hasPrefix(absolute + "/") }
            if own.contains(where: { $0.kind == .namespaceUnfinished }) {
                try finishDeletion(of: path)
            } else if !own.isEmpty {
                try root.repair(own, at: path, isRemains: isRemains)
            }
        }
        let outside = findings.filter { !$0.path.hasPrefix("\(root.path)/groups/") || $0.kind == .temporaryFile }
        if outside.isEmpty { return }
        try root.withLock { locked in
            try locked.remove(outside.filter { $0.kind == .temporaryFile || $0.kind == .keyUnnamed })
            let isIndexMeant = outside.contains { finding in
                [.indexDamaged, .indexMissing, .indexIncomplete, .indexAhead].contains(finding.kind)
            }
            if isIndexMeant, let index = try indexOfLedgers() ?? indexWithoutNames() {
                try locked.writeIndex(index.body)
                environment.note("\(root.path)/store.json was put together from the ledgers")
            }
        }
    }

    /// The index of a store that has no namespaces; nil where no index says under which subscription.
    private func indexWithoutNames() throws -> StoreIndex? {
        try root.index().map { StoreIndex(subscription: try StoreIndex($0).subscription) }
    }

    /// Moves away what a namespace left that was never quite made, or not quite deleted, as its next creation would, and
    /// removes what else the crash left in it.
    private func finishDeletion(of path: String) throws {
        let remains = StoreLayout.remains(ofFolder: path, uuid: try makeUUID())
        guard try root.withLock({ try $0.clearRemains(at: path, movedTo: remains) }) else { return }
        environment.note("moved \(root.path)/\(path) to \(root.path)/\(remains), its keys removed")
        var names = NamesInLedgers()
        let left = try checkLedger(at: remains, isRemains: true, &names).filter(\.isRepairable)
        if !left.isEmpty { try root.repair(left, at: remains, isRemains: true) }
    }

    // MARK: Ledgers

    private func checkLedger(
        at path: String,
        isRemains: Bool,
        _ names: inout NamesInLedgers
    ) throws -> [StoreFinding] {
        guard let check = try root.ledgerCheck(at: path, isRemains: isRemains) else { return [] }
        var seen = SeenInLedger()
        var findings = try check.run(reset: { seen = SeenInLedger() }) { seen.take($0) }
        switch (check.life, isRemains) {
        case (.unbegun, false), (.ended, false):
            findings.removeAll { $0.isLeftByCrash }
            let what = check.life == .ended ? "its namespace was deleted" : "its namespace was never quite made"
            findings.append(
                StoreFinding(
                    .namespaceUnfinished,
                    check.path,
                    "\(what), and a crash left the folder",
                    isRepairable: findings.isEmpty
                )
            )
        case (.live, true):
            findings.append(
                StoreFinding(.remainsAlive, check.path, "it lies among deleted namespaces and was never deleted")
            )
        case (.live, false):
            findings += try checkKeys(check, &seen)
            if let misplaced = seen.misplaced(path) {
                findings.append(StoreFinding(.namespaceMisplaced, check.path, misplaced))
            }
            names.take(seen, path)
        case (.damaged, false): names.isComplete = false
        case (.damaged, true), (.unbegun, true), (.ended, true): break
        }
        return findings
    }

    private func checkKeys(_ check: LedgerCheck, _ seen: inout SeenInLedger) throws -> [StoreFinding] {
        while true {
            var findings: [StoreFinding] = []
            for use in seen.keys.values {
                guard let flaw = use.flaw(of: try check.key(use.name)) else { continue }
                findings.append(
                    StoreFinding(
                        flaw.kind,
                        "\(check.path)/keys/\(use.name)",
                        flaw.message,
                        isRepairable: flaw.kind == .keyWiped
                    )
                )
            }
            if findings.isEmpty { return [] }
            // A key goes after the line that lets go of it.
            if try !check.follow({ seen.take($0) }) { return findings }
        }
    }

    // MARK: The server's CA

    private func checkServer(_ files: [String]) throws -> [StoreFinding] {
        let folder = "\(root.path)/server/"
        var findings = files.filter { ![StoreLayout.serverCACertificate, StoreLayout.serverCAKey].contains($0) }.map {
            StoreFinding(.strayFile, folder + $0, "this program makes nothing of that name here")
        }
        let keyPath = folder + StoreLayout.serverCAKey
        let certificatePath = folder + StoreLayout.serverCACertificate
        let key = try root.readServerFile(StoreLayout.serverCAKey)
        guard let pem = try root.readServerFile(StoreLayout.serverCACertificate) else {
            if key != nil {
                findings.append(
                    StoreFinding(
                        .keyUnnamed,
                        keyPath,
                        "there is no certificate to the key: a crash left it, or a command is just making one",
                        isRepairable: true
                    )
                )
            }
            return findings
        }
        guard let block = PEM.blocks(pem).first, let certificate = try? CertificateOutline(der: block.der),
            PEM.encode(label: block.label, der: block.der) == pem
        else {
            findings.append(
                StoreFinding(.unreadable, certificatePath, "it is not one certificate as this program writes it")
            )
            return findings
        }
        let use = KeyUse(name: StoreLayout.serverCAKey, of: certificate)
        if let flaw = use.flaw(of: key) { findings.append(StoreFinding(flaw.kind, keyPath, flaw.message)) }
        return findings
    }

    // MARK: The index

    private func checkIndex(_ file: StoreRoot.IndexFile, _ names: NamesInLedgers) -> [StoreFinding] {
        let path = "\(root.path)/store.json"
        func finding(_ kind: StoreFinding.Kind, _ message: String) -> StoreFinding {
            // An index that names too much is good for the subscription, also where no namespace is left to repeat it.
            let knowsSubscription = names.subscription != nil || kind == .indexAhead
            return StoreFinding(kind, path, message, isRepairable: names.isComplete && knowsSubscription)
        }
        let index: StoreIndex
        do throws(StoreError) {
            guard let body = try file.body() else {
                if names.subscription == nil { return [] }
                return [finding(.indexMissing, "it is not there")]
            }
            index = try StoreIndex(body)
        } catch {
            if error.kind == .newerSchema { return [StoreFinding(.newer, path, error.message)] }
            return [finding(.indexDamaged, error.message)]
        }
        if !file.isAsWritten { return [finding(.indexDamaged, "it is not in the form that this program writes")] }
        if let subscription = names.subscription, subscription != index.subscription {
            return [
                finding(.indexDamaged, "it names the subscription \(index.subscription), the ledgers \(subscription)")
            ]
        }
        guard names.isComplete else { return [] }
        return names.hosted.flatMap { kind, owners -> [StoreFinding] in
            let listed = kind == .hub ? index.hubs : index.provisioningServices
            let missing = owners.filter { listed[$0.key]?.stringValue != $0.value }.map {
                finding(
                    .indexIncomplete,
                    "the \(kind.rawValue) '\($0.key)' is that of \($0.value), which it does not say"
                )
            }
            let idle = listed.keys.filter { owners[$0] == nil }.map {
                finding(.indexAhead, "no namespace has the \(kind.rawValue) '\($0)', as it says: the name is free")
            }
            return (missing + idle).sorted { $0.message < $1.message }
        }
    }
}

/// What a check notes of the entries of one ledger.
private struct SeenInLedger {
    /// The key files that documents name, by the document.
    private(set) var keys: [String: KeyUse] = [:]
    private(set) var subscription: String?
    private(set) var hubs: Set<String> = []
    private(set) var services: Set<String> = []
    private var namespace: JSONValue?

    mutating func take(_ entry: LedgerEntry) {
        if entry.number == 1 { subscription = entry.details["subscriptionId"]?.stringValue }
        for change in entry.changes {
            switch change.kind {
            case .document(let body):
                keys[change.path] = KeyUse(body, path: change.path)
                if change.path == StoreLayout.namespaceDocument { namespace = body }
                if let name = Self.name(change.path, in: StoreLayout.hubs) { hubs.insert(name) }
                if let name = Self.name(change.path, in: StoreLayout.provisioningServices) { services.insert(name) }
            case .gone:
                keys[change.path] = nil
                if let name = Self.name(change.path, in: StoreLayout.hubs) { hubs.remove(name) }
                if let name = Self.name(change.path, in: StoreLayout.provisioningServices) { services.remove(name) }
            case .row: break
            }
        }
    }

    /// The name of a document that lies in a folder itself.
    private static func name(_ path: String, in folder: String) -> String? {
        guard path.hasPrefix(folder) else { return nil }
        let name = path.dropFirst(folder.utf8.count)
        return name.contains("/") || !name.hasSuffix(".json") ? nil : String(name.dropLast(5))
    }

    /// What is wrong with the namespace's being in that folder; nil if nothing is.
    func misplaced(_ folder: String) -> String? {
        guard let namespace, let record = try? NamespaceRecord(namespace) else {
            return "its ledger does not say which namespace it is"
        }
        if StoreLayout.namespace(record.key) == folder { return nil }
        return "it holds the namespace '\(record.key.name.text)' of the resource group '\(record.key.group.text)': "
            + "move it back to \(StoreLayout.namespace(record.key))"
    }
}

/// What all ledgers together say of the store.
private struct NamesInLedgers {
    enum Kind: String {
        case hub
        case service = "provisioning service"
    }

    private(set) var subscription: String?
    /// The folders of the namespaces that have the names, by name.
    private(set) var hosted: [(kind: Kind, owners: [String: String])] = [(.hub, [:]), (.service, [:])]
    /// Whether every ledger could be read.
    var isComplete = true

    mutating func take(_ seen: SeenInLedger, _ folder: String) {
        if subscription == nil { subscription = seen.subscription }
        for name in seen.hubs { hosted[0].owners[name] = folder }
        for name in seen.services { hosted[1].owners[name] = folder }
    }
}
