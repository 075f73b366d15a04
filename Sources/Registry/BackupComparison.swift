import JSON
import Store

extension Registry {
    /// What this store holds and a backup does not: of each namespace the entries behind the last one they share, with
    /// every certificate that was issued and every one that was revoked in them.
    ///
    /// - Parameter uuids: of the namespaces in the backup, in the order of its header.
    func missing(from backup: BackupFile, _ uuids: [String?]) throws -> JSONValue {
        let folders = try namespaceFolders(in: nil)
        guard try folders.contains(where: { try root.ledger(at: $0) != nil }) else {
            throw ServiceError.notFound(
                "there is no namespace in the store \(root.path), so nothing to compare with",
                hint: "--compare takes the folder of the store that went on after the backup."
            )
        }
        var lost = LostEntries()
        for folder in folders {
            guard let ledger = try root.ledger(at: folder) else { continue }
            let namespace = try ledger.read { try NamespaceState($0).namespace() }
            let place = uuids.firstIndex(of: namespace.uuid)
            let shared = try place.map { try lastShared(backup, $0, ledger) } ?? 0
            if place == nil { lost.namespaces.append(.string(namespace.key.name.text)) }
            try ledger.forEachEntry(in: { ($0 > shared ? shared + 1 : 1)..<($0 > shared ? $0 + 1 : 1) }) { entry in
                lost.take(entry, of: namespace.key)
            }
        }
        return lost.value
    }

    /// Number of the last entry that a ledger and its backup have in common.
    private func lastShared(_ backup: BackupFile, _ place: Int, _ ledger: Ledger) throws -> Int64 {
        let noted = backup.header.ledgers[place]
        var found: String?
        try ledger.forEachEntry(in: { min(noted.number, $0 + 1)..<min(noted.number + 1, $0 + 1) }) { found = $0.hash }
        if found == noted.hash { return noted.number }
        // One of them is shorter, or they have parted: then each hash counts.
        var hashes: [UInt64] = []
        try backup.forEachItem { item in
            if case .line(let owner, _, let entry) = item, owner == place { hashes.append(Self.beginning(entry.hash)) }
        }
        var shared: Int64 = 0
        var isParted = false
        try ledger.forEachEntry(in: { 1..<(min($0, Int64(hashes.count)) + 1) }) { entry in
            if hashes[Int(entry.number - 1)] != Self.beginning(entry.hash) { isParted = true }
            if !isParted { shared = entry.number }
        }
        return shared
    }

    /// The first 64 bits of a hash.
    private static func beginning(_ hash: String) -> UInt64 { UInt64(hash.prefix(16), radix: 16) ?? 0 }
}

/// What entries that a backup lacks have done.
private struct LostEntries {
    var namespaces: [JSONValue] = []
    private var entries: Int64 = 0
    private var issuances: [JSONValue] = []
    private var revocations: [JSONValue] = []

    mutating func take(_ entry: LedgerEntry, of key: NamespaceKey) {
        entries += 1
        for change in entry.changes {
            guard case .row(let row) = change.kind else { continue }
            var object: JSONObject = row
            object["namespace"] = .string(key.name.text)
            object["resourceGroup"] = .string(key.group.text)
            object["entry"] = .integer(entry.number)
            object["time"] = .string(Timestamp.text(entry.time))
            if change.path.hasPrefix(StoreLayout.expiry) { issuances.append(.object(object)) }
            if change.path.hasPrefix(StoreLayout.revoked) { revocations.append(.object(object)) }
        }
    }

    var value: JSONValue {
        [
            "entries": .integer(entries), "namespaces": .array(namespaces), "issuances": .array(issuances),
            "revocations": .array(revocations),
        ]
    }
}
