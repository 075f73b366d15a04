import JSON
import PKI
import Store

/// What wiping the key of a CA left.
package struct WipedKey: Sendable {
    /// The common name of the CA.
    package let issuer: String
    /// The last CRL it signed; nil when no certificate of it can be alive.
    package let lastCRL: CRLOutline?
}

extension Registry {
    /// Wipes the keys of the CAs that a deleted policy left, each after a last CRL, which is kept and handed out from
    /// then on. Later revocations reach hubs, and no CRL any more.
    package func wipeKeys(ofDeletedPolicy name: PolicyName, _ key: NamespaceKey) throws -> [WipedKey] {
        try wipeKeys(key) { $0.isOf(name) }
    }

    /// The same for the root that a deleted credential left.
    package func wipeKeys(ofDeletedCredential key: NamespaceKey) throws -> [WipedKey] {
        try wipeKeys(key) { $0.role == .root }
    }

    private func wipeKeys(_ key: NamespaceKey, where isMeant: (IssuerRecord) -> Bool) throws -> [WipedKey] {
        let ledger = try ledger(key)
        let (issuers, ends) = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let all = try state.issuers()
            let issuers = all.filter { isMeant($0) && $0.state.hasEnded && $0.keyWipedAt == nil }
            // A CA that has ended issues no more: what is found here stays true.
            return (issuers, try issuers.map { try state.lastEnd(beneath: $0, all) })
        }
        return try zip(issuers, ends).map { issuer, end in
            try commit(to: ledger) { snapshot in
                let state = NamespaceState(snapshot)
                let time = now
                var issuer = try state.issuer(issuer.subject)
                guard issuer.keyWipedAt == nil else {
                    return .answer(WipedKey(issuer: issuer.commonName, lastCRL: nil))
                }
                var transaction = Transaction(event: "KeyWiped")
                let crl = try lastCRL(of: &issuer, state, end: end, at: time)
                try wipeKey(of: &issuer, snapshot, in: &transaction, at: time)
                transaction.details = details([("issuer", .string(issuer.commonName))], snapshot, at: time)
                return .commit(transaction, WipedKey(issuer: issuer.commonName, lastCRL: crl))
            }
        }
    }

    /// Signs a CA's last CRL, good until the last certificate beneath it ends, and keeps it; nil when none is alive.
    func lastCRL(
        of issuer: inout IssuerRecord,
        _ state: NamespaceState,
        end: Int64?,
        at time: Int64
    ) throws -> CRLOutline? {
        guard let end, end > time else { return nil }
        let crl = try signCRL(of: issuer, state, at: time, nextUpdate: end)
        issuer.lastCRL = IssuedCRL(crl, isKept: true)
        return crl
    }
}

extension NamespaceState {
    /// When the last certificate ends that a CA issued, Unix seconds UTC; nil when it issued none.
    func lastEnd(beneath issuer: IssuerRecord, _ issuers: [IssuerRecord]) throws -> Int64? {
        switch issuer.role {
        case .issuing: try lastEnd(ofLeavesOf: issuer.subject)
        case .root: issuers.filter { $0.role == .issuing && $0.issuedBy == issuer.subject }.map(\.notAfter).max()
        }
    }
}
