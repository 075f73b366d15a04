import JSON
import Store

/// A CA key that signs no certificates any more, and how long its CRLs are still wanted.
struct RetiredKey {
    /// The subject of the CA's document under `issuers/`.
    let issuer: String
    /// Its file under `keys/`.
    let keyName: String
    /// The last moment at which a certificate of the CA can be alive, Unix seconds UTC.
    let neededUntil: Int64

    init(_ issuer: IssuerRecord, neededUntil: Int64) {
        self.issuer = issuer.subject
        keyName = issuer.keyName
        self.neededUntil = neededUntil
    }

    init(_ reader: RecordReader) throws {
        issuer = try reader.text("issuer")
        keyName = try reader.text("key")
        neededUntil = try reader.time("neededUntil")
    }

    var value: JSONValue {
        [
            "issuer": .string(issuer), "key": .string(keyName),
            "neededUntil": .string(Timestamp.text(neededUntil)),
        ]
    }

    static func list(_ body: JSONValue?) throws -> [RetiredKey] {
        guard let body else { return [] }
        return try RecordReader(body, path: StoreLayout.retiredKeysDocument).records("keys").map(RetiredKey.init)
    }

    /// The document as it would be written.
    static func rewritten(_ body: JSONValue) throws -> Change { change(to: try list(body)) }

    static func change(to keys: [RetiredKey]) -> Change {
        keys.isEmpty
            ? .remove(StoreLayout.retiredKeysDocument)
            : .put(StoreLayout.retiredKeysDocument, ["keys": .array(keys.map(\.value))])
    }
}

extension Registry {
    /// Every commit to a namespace: what the judge decides, and besides, keys are wiped that nothing needs any more.
    ///
    /// A key is kept as long as a certificate under it can be alive, so that it can be revoked. All of them stand in
    /// one small document: looking at every CA there ever was would make each commit dearer with each of them.
    func commit<T>(to ledger: Ledger, _ judge: (Snapshot) throws -> Judgement<T>) throws -> T {
        try ledger.commit { snapshot in
            switch try judge(snapshot) {
            case .answer(let answer): return .answer(answer)
            case .commit(var transaction, let value):
                try wipeOverdueKeys(snapshot, in: &transaction)
                return .commit(transaction, value)
            }
        }
    }

    /// Wipes such keys alone, for those whose commits go another way.
    func wipeOverdueKeys(in ledger: Ledger) throws {
        try ledger.commit { snapshot in
            var transaction = Transaction(event: "KeysWiped")
            try wipeOverdueKeys(snapshot, in: &transaction)
            return transaction.changes.isEmpty ? .answer(()) : .commit(transaction, ())
        }
    }

    /// Notes that a CA's key is to be wiped once that moment, Unix seconds UTC, has passed.
    func retireKey(
        of issuer: IssuerRecord,
        neededUntil: Int64,
        _ state: NamespaceState,
        in transaction: inout Transaction
    ) throws {
        guard issuer.keyWipedAt == nil else { return }
        var keys = try RetiredKey.list(transaction.body(at: StoreLayout.retiredKeysDocument, state.snapshot))
        keys.removeAll { $0.issuer == issuer.subject }
        keys.append(RetiredKey(issuer, neededUntil: neededUntil))
        transaction.replace(RetiredKey.change(to: keys))
    }

    /// Wipes a CA's key with the transaction, and forgets that it was to be wiped.
    func wipeKey(
        of issuer: inout IssuerRecord,
        _ snapshot: Snapshot,
        in transaction: inout Transaction,
        at time: Int64
    ) throws {
        let subject = issuer.subject
        let keys = try RetiredKey.list(transaction.body(at: StoreLayout.retiredKeysDocument, snapshot))
        if keys.contains(where: { $0.issuer == subject }) {
            transaction.replace(RetiredKey.change(to: keys.filter { $0.issuer != subject }))
        }
        issuer.keyWipedAt = time
        transaction.replace(issuer.change)
        transaction.wipedKeys.append(issuer.keyName)
    }

    private func wipeOverdueKeys(_ snapshot: Snapshot, in transaction: inout Transaction) throws {
        let time = now
        let keys = try RetiredKey.list(transaction.body(at: StoreLayout.retiredKeysDocument, snapshot))
        let overdue = keys.filter { $0.neededUntil < time }
        guard !overdue.isEmpty else { return }
        for key in overdue {
            let path = StoreLayout.issuer(key.issuer)
            guard let body = try transaction.body(at: path, snapshot) else { continue }
            var issuer = try IssuerRecord(body, path: path)
            try wipeKey(of: &issuer, snapshot, in: &transaction, at: time)
        }
        transaction.details["wipedKeys"] = .array(overdue.map { .string($0.keyName) })
    }
}

extension Transaction {
    /// The document at that path as it will be when this is committed; nil when it will not be there.
    func body(at path: String, _ snapshot: Snapshot) throws -> JSONValue? {
        switch changes.last(where: { $0.path == path })?.kind {
        case .document(let body): body
        case .gone: nil
        case .row, nil: try snapshot.document(path)
        }
    }

    /// Adds a change of a document in place of an earlier one.
    mutating func replace(_ change: Change) {
        changes.removeAll { $0.path == change.path }
        changes.append(change)
    }
}
