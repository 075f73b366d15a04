import PKI
import Store

/// That a certificate is revoked.
struct Revocation: Sendable {
    /// Unix seconds; nil where it is not on record.
    let at: Int64?
    let reason: RevocationReason?
}

/// The revoked certificates of one CA.
struct RevokedSerials: Sendable {
    /// Where the CA itself is revoked, every certificate of it is.
    let all: Revocation?
    private let rows: [HexKey: Revocation]

    init(all: Revocation?, rows: [HexKey: Revocation]) {
        self.all = all
        self.rows = rows
    }

    func revocation(of serial: HexKey) -> Revocation? { rows[serial] ?? all }
}

extension NamespaceState {
    /// Which certificates of a CA are revoked: those with a row in `revoked/<its subject>.jsonl`, and all of a CA that is
    /// revoked itself.
    ///
    /// - Parameter issuer: the 32 hex digits of the CA's subject.
    func revokedSerials(of issuer: String) throws -> RevokedSerials {
        let record = try self.issuer(issuer)
        var rows: [HexKey: Revocation] = [:]
        try snapshot.forEachRow(StoreLayout.revoked(by: issuer)) { object in
            guard let row = RevokedRow(object), let serial = HexKey(row.serialNumber), rows[serial] == nil else {
                return
            }
            rows[serial] = Revocation(at: row.revokedAt, reason: row.reason)
        }
        let all = record.state == .revoked ? Revocation(at: record.endedAt, reason: nil) : nil
        return RevokedSerials(all: all, rows: rows)
    }
}

/// What must be known of CAs to tell about many certificates: each CA is read once, when the first certificate of it is
/// asked about.
final class IssuerLookup {
    private let ledger: Ledger
    private var known: [HexKey: (subject: String, revoked: RevokedSerials)] = [:]

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// The CA's subject as certificates have it, `CN=ica-…`.
    func subject(of issuer: HexKey) throws -> String { try look(issuer).subject }

    func revocation(of serial: HexKey, issuer: HexKey) throws -> Revocation? {
        try look(issuer).revoked.revocation(of: serial)
    }

    private func look(_ issuer: HexKey) throws -> (subject: String, revoked: RevokedSerials) {
        if let found = known[issuer] { return found }
        let name = issuer.lower
        let found = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return (try state.issuer(name).certificateSubject, try state.revokedSerials(of: name))
        }
        known[issuer] = found
        return found
    }
}
