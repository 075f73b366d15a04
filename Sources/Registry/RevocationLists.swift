import JSON
import PKI
import Store

/// What is asked of the CRLs of a namespace.
package struct CRLRequest: Sendable {
    /// How many days after one CRL the next is promised, where nothing else is asked for.
    package static let standardDays = 7

    /// From this update to the next.
    package var days: Int
    /// Whether there is room for one CRL only: more than one are refused before any is signed.
    package var isSingle: Bool

    package init(days: Int = CRLRequest.standardDays, isSingle: Bool = false) {
        self.days = days
        self.isSingle = isSingle
    }

    func check() throws(ServiceError) {
        guard !(1...366).contains(days) else { return }
        throw .invalid(
            "a CRL that is followed after \(days) day\(days == 1 ? "" : "s") is outside the range",
            hint: "--next-update-days takes 1 to 366; \(Self.standardDays) where it is left out."
        )
    }

    func check(_ issuers: [IssuerRecord]) throws(ServiceError) {
        guard isSingle, issuers.count != 1 else { return }
        throw .invalid(
            "a file in DER holds one CRL, and there are \(issuers.count): "
                + issuers.map(\.commonName).joined(separator: ", "),
            hint: "Use --out-dir, which writes one file for each CA, or --format pem."
        )
    }
}

extension Registry {
    /// Signs the CRL of every issuing CA that can still have a living certificate: of one policy, or of the whole
    /// namespace, deleted policies included. A CA whose key is wiped hands out the last one that it signed.
    package func policyCRLs(_ key: NamespaceKey, _ name: PolicyName?, _ request: CRLRequest) throws -> [HandedOutCRL] {
        try signCRLs(key, request) { state, time in
            let issuers = try name.map { try state.issuers(ofPolicy: $0) } ?? state.issuers()
            return issuers.filter { $0.role == .issuing && $0.mayHaveLivingLeaf(at: time) }
        }
    }

    /// Signs the CRL of every root that can still have a living issuing CA under it.
    package func credentialCRLs(_ key: NamespaceKey, _ request: CRLRequest) throws -> [HandedOutCRL] {
        try signCRLs(key, request) { state, time in
            let roots = try state.issuers().filter { $0.role == .root }
            if roots.isEmpty { _ = try state.requiredCredential() }
            return roots.filter { $0.notAfter >= time }
        }
    }

    private func signCRLs(
        _ key: NamespaceKey,
        _ request: CRLRequest,
        of issuers: (NamespaceState, Int64) throws -> [IssuerRecord]
    ) throws -> [HandedOutCRL] {
        try request.check()
        return try commit(to: ledger(key)) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            var lists: [HandedOutCRL] = []
            var transaction = Transaction(event: "CRLsSigned")
            var signed: [JSONValue] = []
            let wanted = try issuers(state, time).filter { $0.keyWipedAt == nil || $0.lastCRL?.der != nil }
            try request.check(wanted)
            for var issuer in wanted {
                if issuer.keyWipedAt != nil {
                    if let kept = issuer.lastCRL?.der { lists.append(HandedOutCRL(issuer, try CRLOutline(der: kept))) }
                    continue
                }
                let crl = try signCRL(of: issuer, state, at: time, nextUpdate: time + Int64(request.days) * 86_400)
                issuer.lastCRL = IssuedCRL(crl, isKept: false)
                transaction.changes.append(issuer.change)
                signed.append(["issuer": .string(issuer.commonName), "number": crl.number.map(JSONValue.integer) ?? 0])
                lists.append(HandedOutCRL(issuer, crl))
            }
            if transaction.changes.isEmpty { return .answer(lists) }
            transaction.details = details([("crls", .array(signed))], snapshot, at: time)
            return .commit(transaction, lists)
        }
    }

    /// Builds and signs a CA's CRL of this moment.
    ///
    /// A certificate that expired before the previous CRL is listed no more: it was on one beyond its end (RFC 5280
    /// §3.3). The number is the time, or one more than the previous if that is later: it falls back not even when a
    /// backup is restored.
    func signCRL(
        of record: IssuerRecord,
        _ state: NamespaceState,
        at time: Int64,
        nextUpdate: Int64
    ) throws -> CRLOutline {
        try checkClock(state.snapshot, at: time)
        let previous = record.lastCRL
        let rows = try state.revoked(by: record.subject).filter { row in
            previous.map { row.notAfter >= $0.thisUpdate } ?? true
        }
        let der = try CRLFactory.make(
            issuer: try issuer(record, state.snapshot),
            entries: rows.map(\.entry),
            number: max((previous?.number ?? 0) + 1, time),
            thisUpdate: time,
            nextUpdate: nextUpdate
        )
        return try CRLOutline(der: der)
    }
}
