import JSON
import OpenSSL
import PKI
import Store

/// What `store restore` asks for.
package struct RestoreRequest {
    /// The backup.
    package let path: String
    /// Opens the keys, if it holds any; nil restores without them. Asked for only when there are keys to open.
    package let passphrase: (() throws -> [UInt8])?
    /// A store that has gone on since: what of it the backup lacks is listed.
    package let newer: Registry?
    /// A checkpoint (PEM or DER) of one of the ledgers: how much of what it covers the backup lacks is told.
    package let checkpoint: [UInt8]?
    /// Whether it is only told what would be done.
    package let isTrial: Bool

    package init(
        path: String,
        passphrase: (() throws -> [UInt8])?,
        newer: Registry?,
        checkpoint: [UInt8]?,
        isTrial: Bool
    ) {
        self.path = path
        self.passphrase = passphrase
        self.newer = newer
        self.checkpoint = checkpoint
        self.isTrial = isTrial
    }
}

extension Registry {
    /// Makes the store that a backup holds, in this one, which must be empty. Everything is verified first; whatever is
    /// refused has changed nothing.
    ///
    /// - Returns: what was restored, from when it is, and what it lacks.
    package func restore(_ request: RestoreRequest) throws -> JSONValue {
        if !request.isTrial { try requireEmpty() }
        let signed = try request.checkpoint.map { try SignedCheckpoint($0) }
        let backup = try BackupFile(path: request.path, environment: environment)
        let header = backup.header
        let passphrase = header.includesKeys ? try request.passphrase?() : nil
        var evidence = header.ledgers.map { _ in CheckpointEvidence(number: signed?.checkpoint.number ?? 0) }
        var lastEvents = header.ledgers.map { _ in "" }
        var keys: [BackupKey] = []
        try backup.forEachItem { item in
            switch item {
            case .segment: break
            case .line(let ledger, _, let entry):
                lastEvents[ledger] = entry.event
                try evidence[ledger].take(entry)
            case .keys(let sealed):
                if let passphrase { keys += try SealedKeys.open(sealed, passphrase: passphrase) }
            }
        }
        var report = header.description
        report["ageSeconds"] = .integer(max(0, now - header.createdAt))
        report["keysRestored"] = .bool(passphrase != nil)
        report["namespaces"] = .array(
            zip(header.ledgers, lastEvents).map { ledger, event in
                var shown = ledger.shown
                var last = shown["lastEntry"]?.objectValue ?? JSONObject()
                last["event"] = .string(event)
                shown["lastEntry"] = .object(last)
                return .object(shown)
            }
        )
        if let signed { report["checkpoint"] = try Self.judge(signed, header, evidence) }
        if let newer = request.newer { report["lost"] = try newer.missing(from: backup, evidence.map(\.uuid)) }
        report["restored"] = .bool(!request.isTrial)
        if request.isTrial { return .object(report) }
        try root.withLock { locked in
            try locked.restore(backup, keys: keys) { ledger in
                Transaction(
                    event: "StoreRestored",
                    details: [
                        "backupCreatedAt": .string(Timestamp.text(header.createdAt)),
                        "backupCreatedBy": .string(header.createdBy), "keysRestored": .bool(passphrase != nil),
                        "lastEntry": ["number": .integer(ledger.number), "hash": .string(ledger.hash)],
                    ]
                )
            }
        }
        return .object(report)
    }

    private func requireEmpty() throws {
        guard try !root.isEmpty() else { return }
        throw ServiceError.conflict(
            "the store \(root.path) is not empty, and a backup is restored into an empty one only",
            hint: "--store names another folder; --dry-run only tells what the backup holds."
        )
    }

    private static func judge(
        _ signed: SignedCheckpoint,
        _ header: BackupHeader,
        _ evidence: [CheckpointEvidence]
    ) throws -> JSONValue {
        guard let place = evidence.firstIndex(where: { $0.isOf(signed) }) else {
            throw ServiceError.refused(
                "InvalidCheckpoint",
                "the checkpoint is about \(signed.checkpoint.namespaceID) with the uuid \(signed.checkpoint.uuid), "
                    + "which is not in the backup",
                hint: "Name a checkpoint of a namespace that is in it; --dry-run lists those."
            )
        }
        var value = signed.checkpoint.value.objectValue ?? JSONObject()
        let missing = try evidence[place].missing(from: signed, lastNumber: header.ledgers[place].number)
        value["missingEntries"] = .integer(missing)
        return .object(value)
    }
}
