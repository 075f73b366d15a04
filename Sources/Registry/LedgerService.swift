import JSON
import OpenSSL
import PKI
import Store

/// Which entries of a ledger are wanted.
package struct LedgerSelection: Sendable {
    /// The first and the last number; nil for no bound.
    package var from: Int64?
    package var to: Int64?
    /// So many of the last entries that are within the bounds.
    package var last: Int64?
    /// What happened, compared without case.
    package var event: String?
    /// A device by name or registration ID: what changed its document, or a row of its certificates.
    package var device: String?

    package init(from: Int64?, to: Int64?, last: Int64?, event: String?, device: String?) {
        self.from = from
        self.to = to
        self.last = last
        self.event = event
        self.device = device
    }

    /// Refuses numbers that select nothing in any ledger.
    package func check() throws(ServiceError) {
        for (option, value) in [("--from", from), ("--to", to), ("--last", last)] {
            if let value, value < 1 {
                throw .invalid(
                    "\(option) is \(value), and entries are counted from 1",
                    hint: "\(option) takes a whole number from 1 on."
                )
            }
        }
        if let from, let to, from > to {
            throw .invalid(
                "--from \(from) lies behind --to \(to)",
                hint: "--from takes the smaller number, --to the larger."
            )
        }
    }

    fileprivate func range(_ end: Int64) -> Range<Int64> {
        let upper = min(to ?? end, end)
        let lower = max(from ?? 1, last.map { upper - min($0, upper) + 1 } ?? 1)
        return lower <= upper ? lower..<(upper + 1) : 1..<1
    }
}

extension Registry {
    /// Calls the body with the wanted entries, as resources and in their order. They are read one by one.
    package func forEachLedgerEntry(
        _ key: NamespaceKey,
        _ selection: LedgerSelection,
        _ body: (JSONValue) throws -> Void
    ) throws {
        try selection.check()
        let event = selection.event?.lowercased()
        let names = try selection.device.map { try DeviceName.candidates(for: $0) }
        let paths = names.map { Set($0.map(StoreLayout.device)) }
        let texts = names.map { Set($0.map(\.text)) }
        try assumedLedger(key).forEachEntry(in: selection.range) { entry in
            if let event, entry.event.lowercased() != event { return }
            if let paths, let texts {
                let isMeant = entry.changes.contains { change in
                    if case .row(let row) = change.kind, let name = row["device"]?.stringValue {
                        return texts.contains(name)
                    }
                    return paths.contains(change.path)
                }
                if !isMeant { return }
            }
            try body(entry.resource)
        }
    }

    /// Calls the body with every line of the ledger, its newline included, as it stands there.
    package func exportLedger(_ key: NamespaceKey, _ body: ([UInt8]) throws -> Void) throws {
        try assumedLedger(key).forEachLine(in: { 1..<($0 + 1) }, body)
    }

    /// Reads the whole ledger and, with a checkpoint (PEM or DER), proves that it has only grown since.
    ///
    /// - Throws: `StoreError.damaged` naming segment, entry and what is wrong; ``ServiceError`` for a checkpoint that is
    ///   none, or that the ledger does not bear out.
    package func verifyLedger(_ key: NamespaceKey, checkpoint bytes: [UInt8]?) throws -> JSONValue {
        let signed = try bytes.map { try SignedCheckpoint($0) }
        var evidence = CheckpointEvidence(number: signed?.checkpoint.number ?? 0)
        let verified = try assumedLedger(key).verify { try evidence.take($0) }
        var value: JSONObject = [
            "verified": true,
            "entries": .integer(verified.number),
            "segments": .integer(verified.segments),
            "lastEntry": [
                "number": .integer(verified.number), "hash": .string(verified.hash),
                "time": .string(Timestamp.text(verified.time)),
            ],
        ]
        if let leftover = verified.leftover { value["leftover"] = .string(leftover) }
        if let signed {
            try evidence.bears(out: signed, lastNumber: verified.number)
            var checkpoint = signed.checkpoint.value.objectValue ?? JSONObject()
            checkpoint["entriesSince"] = .integer(verified.number - signed.checkpoint.number)
            value["checkpoint"] = .object(checkpoint)
        }
        return .object(value)
    }
}

/// What a ledger holds that a checkpoint is judged by. It comes from verified entries, not from documents beside them.
struct CheckpointEvidence {
    private let number: Int64
    private var hash: String?
    private(set) var uuid: String?
    private var roots: [[UInt8]] = []

    /// - Parameter number: of the entry that the checkpoint is about.
    init(number: Int64) { self.number = number }

    mutating func take(_ entry: LedgerEntry) throws {
        if entry.number == number { hash = entry.hash }
        for change in entry.changes {
            guard case .document(let body) = change.kind else { continue }
            if change.path == StoreLayout.namespaceDocument { uuid = body["uuid"]?.stringValue }
            if change.path.hasPrefix(StoreLayout.issuers) {
                let record = try IssuerRecord(body, path: change.path)
                if record.role == .root, !roots.contains(record.certificate) { roots.append(record.certificate) }
            }
        }
    }

    /// Whether the checkpoint is one of this very namespace's.
    func isOf(_ signed: SignedCheckpoint) -> Bool { signed.checkpoint.uuid == uuid }

    /// How many of the entries that a checkpoint covers are not there. Verifies it, too.
    ///
    /// - Throws: ``ServiceError`` when it is another namespace's, not signed for this one, or when the entry is another.
    func missing(from signed: SignedCheckpoint, lastNumber: Int64) throws -> Int64 {
        let checkpoint = signed.checkpoint
        guard isOf(signed) else {
            throw ServiceError.refused(
                "InvalidCheckpoint",
                "the checkpoint is about \(checkpoint.namespaceID) with the uuid \(checkpoint.uuid), "
                    + "this namespace has the uuid \(uuid ?? "none")",
                hint: "Name a checkpoint of this namespace: one that was deleted and made again is another."
            )
        }
        try signed.verify(roots: roots)
        if checkpoint.number > lastNumber { return checkpoint.number - lastNumber }
        guard let hash, hash == checkpoint.hash else {
            throw ServiceError.refused(
                "LedgerRewritten",
                "entry \(checkpoint.number) has the hash \(hash ?? "of none"), and had \(checkpoint.hash) "
                    + "when the checkpoint was signed at \(Timestamp.text(checkpoint.time))",
                hint: "Restore the store from a backup that the checkpoint bears out; this history was written anew."
            )
        }
        return 0
    }

    func bears(out signed: SignedCheckpoint, lastNumber: Int64) throws {
        let missing = try missing(from: signed, lastNumber: lastNumber)
        guard missing > 0 else { return }
        throw ServiceError.refused(
            "LedgerTruncated",
            "the ledger ends with entry \(lastNumber), and had entry \(signed.checkpoint.number) when the checkpoint was "
                + "signed at \(Timestamp.text(signed.checkpoint.time)): \(missing) "
                + (missing == 1 ? "entry is missing" : "entries are missing"),
            hint: "Restore the store from a backup that was taken after that time."
        )
    }
}

extension LedgerEntry {
    /// The entry as a person reads it: what happened and which documents it changed, without their contents.
    fileprivate var resource: JSONValue {
        var object: JSONObject = [
            "number": .integer(number), "time": .string(Timestamp.text(time)), "event": .string(event),
            "who": .string(who), "details": .object(details), "hash": .string(hash), "previousHash": .string(previous),
            "changes": .array(changes.map(\.resource)),
        ]
        if isLast { object["isLast"] = true }
        return .object(object)
    }
}

extension Change {
    fileprivate var resource: JSONValue {
        switch kind {
        case .document: ["path": .string(path), "change": "written"]
        case .gone: ["path": .string(path), "change": "removed"]
        case .row(let row): ["path": .string(path), "change": "row", "row": .object(row)]
        }
    }
}
