import JSON
import Store

/// What a sync did to one hub.
package struct HubSyncReport: Sendable {
    package let hub: String
    /// Names of certificates the hub trusts now and did not before.
    package let added: [String]
    package let removed: [String]
    /// Names of certificates that were there and stay.
    package let kept: [String]
    /// Names of certificates of deleted policies, left in place.
    package let orphaned: [String]
}

extension Registry {
    /// Pushes every policy's issuing CA to every hub of the namespace; repeating it changes nothing.
    ///
    /// Adds what is missing, removes revoked CAs and former ones under which no leaf can be alive any more, never a
    /// current CA. The CA of a deleted policy stays, unless `pruning`.
    package func synchronizeCredential(_ key: NamespaceKey, pruning: Bool) throws -> [HubSyncReport] {
        try commit(to: assumedLedger(key)) { snapshot in
            let state = NamespaceState(snapshot)
            _ = try state.requiredCredential()
            let time = now
            let issuers = try state.issuers().filter { $0.role == .issuing }
            let byThumbprint = Dictionary(issuers.map { ($0.thumbprint, $0) }) { first, _ in first }
            let wanted = try state.policies().flatMap { policy in
                issuers.filter { $0.policyUUID == policy.uuid && $0.belongsOnHubs(at: time) }
                    .map { HubCertificate($0, policyName: policy.name.text, policyUUID: policy.uuid, at: time) }
            }
            var reports: [HubSyncReport] = []
            var changes: [Change] = []
            for var hub in try state.hubs() {
                let added = wanted.filter { !hub.trusts(thumbprint: $0.thumbprint) }
                var stale: [HubCertificate] = []
                var orphaned: [HubCertificate] = []
                for certificate in hub.certificates
                where !wanted.contains(where: { $0.thumbprint == certificate.thumbprint }) {
                    switch byThumbprint[certificate.thumbprint]?.state {
                    case .retired where !pruning: orphaned.append(certificate)
                    case .retired, .revoked, .former: stale.append(certificate)
                    case .next, .current, nil:
                        throw NamespaceState.lostPolicy(certificate.name + " in the hub '\(hub.name.text)'")
                    }
                }
                let gone = stale.map(\.name)
                let kept = hub.certificates.map(\.name).filter { name in
                    !gone.contains(name) && !orphaned.contains { $0.name == name }
                }
                reports.append(
                    HubSyncReport(
                        hub: hub.name.text,
                        added: added.map(\.name),
                        removed: gone,
                        kept: kept,
                        orphaned: orphaned.map(\.name)
                    )
                )
                guard !added.isEmpty || !stale.isEmpty else { continue }
                hub.certificates.removeAll { gone.contains($0.name) }
                hub.certificates = (hub.certificates + added).sorted { $0.name < $1.name }
                hub.authorship.modified(by: environment.who, at: time)
                changes.append(hub.change)
            }
            if changes.isEmpty { return .answer(reports) }
            let transaction = Transaction(
                event: "CredentialSynchronized",
                details: details(
                    [
                        (
                            "hubs",
                            .array(reports.filter { !$0.added.isEmpty || !$0.removed.isEmpty }.map { .string($0.hub) })
                        )
                    ],
                    snapshot,
                    at: time
                ),
                changes: changes,
                keys: []
            )
            return .commit(transaction, reports)
        }
    }
}

extension IssuerRecord {
    /// Whether hubs should trust this issuing CA of a living policy.
    fileprivate func belongsOnHubs(at time: Int64) -> Bool {
        switch state {
        case .next, .current: true
        case .former: mayHaveLivingLeaf(at: time)
        case .retired, .revoked: false
        }
    }
}
