import JSON
import OpenSSL
import PKI
import Store

/// What revoking the issuing CA of a policy did.
package struct IssuerRevocationReport: Sendable {
    package let policyName: String
    /// Common names of the CAs that were revoked.
    package let revokedIssuers: [String]
    /// The common name of the CA that signs now.
    package let newIssuer: String
    /// The hubs the revoked CAs were taken from.
    package let hubs: [String]
    /// The names of the devices with a living certificate of those CAs: they must be provisioned again.
    package let devices: [String]

    package var value: JSONValue {
        [
            "policyName": .string(policyName),
            "revokedIssuers": .array(revokedIssuers.map(JSONValue.string)),
            "newIssuer": .string(newIssuer),
            "hubs": .array(hubs.map(JSONValue.string)),
            "deviceCount": .integer(Int64(devices.count)),
            "devices": .array(devices.map(JSONValue.string)),
        ]
    }
}

extension Registry {
    /// Puts the issuing CA of a policy on the root's CRL, gives the policy a new CA with a new key and subject, and
    /// takes the old one from every hub, all in one commit. The new one is trusted by no hub before the next sync.
    package func revokeIssuer(
        _ key: NamespaceKey,
        _ name: PolicyName,
        reason: RevocationReason
    ) throws -> IssuerRevocationReport {
        let ledger = try ledger(key)
        let done = try commit(to: ledger) { snapshot in
            try revokeIssuer(name, reason, NamespaceState(snapshot), at: now)
        }
        // Nothing is issued under the revoked CAs any more: what is found now is all there ever is.
        let devices = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try state.devices(withLivingCertificatesOf: done.subjects, at: now)
        }
        return IssuerRevocationReport(
            policyName: done.policyName,
            revokedIssuers: done.names,
            newIssuer: done.newIssuer,
            hubs: done.hubs,
            devices: devices
        )
    }

    /// What a revocation did, but for the devices it concerns.
    private struct RevokedIssuers {
        let policyName: String
        let subjects: Set<String>
        let names: [String]
        let newIssuer: String
        let hubs: [String]
    }

    private func revokeIssuer(
        _ name: PolicyName,
        _ reason: RevocationReason,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> Judgement<RevokedIssuers> {
        let credential = try state.requiredCredential()
        var policy = try state.policy(name)
        try checkClock(state.snapshot, at: time)
        let root = try state.issuer(credential.issuer)
        let new = try makeIssuingCA(
            for: (policy.name, policy.uuid),
            leafValidityDays: policy.leafValidityDays,
            root: try issuer(root, state.snapshot),
            root,
            urls: try state.namespace().urls,
            at: time
        )
        policy.issuer = new.record.subject
        policy.authorship.modified(by: environment.who, at: time)

        var transaction = Transaction(event: "IssuerRevoked", changes: [policy.change, new.record.change])
        transaction.keys.append(new.key)
        var revoked: [IssuerRecord] = []
        for var old in try state.issuers() where old.policyUUID == policy.uuid && !old.state.hasEnded {
            old.end(as: .revoked, at: time)
            transaction.changes.append(old.change)
            transaction.changes.append(
                RevokedRow(
                    serialNumber: try CertificateOutline(der: old.certificate).serialNumber,
                    revokedAt: time,
                    reason: reason,
                    notAfter: old.notAfter,
                    device: nil
                ).change(of: old.issuedBy)
            )
            try retireKey(of: old, neededUntil: old.lastLeafEnd, state, in: &transaction)
            revoked.append(old)
        }
        let subjects = Set(revoked.map(\.subject))
        var hubs: [String] = []
        for var hub in try state.hubs() where hub.certificates.contains(where: { subjects.contains($0.issuer) }) {
            hub.certificates.removeAll { subjects.contains($0.issuer) }
            hub.authorship.modified(by: environment.who, at: time)
            transaction.changes.append(hub.change)
            hubs.append(hub.name.text)
        }
        let done = RevokedIssuers(
            policyName: policy.name.text,
            subjects: subjects,
            names: revoked.map(\.commonName),
            newIssuer: new.record.commonName,
            hubs: hubs
        )
        transaction.details = details(
            [
                ("policyName", .string(done.policyName)), ("reason", .string(reason.rawValue)),
                ("revokedIssuers", .array(done.names.map(JSONValue.string))),
                ("newIssuer", .string(done.newIssuer)),
            ],
            state.snapshot,
            at: time
        )
        return .commit(transaction, done)
    }
}

extension NamespaceState {
    /// The names of the devices that have a certificate of one of these CAs that is alive, sorted.
    func devices(withLivingCertificatesOf issuers: Set<String>, at time: Int64) throws -> [String] {
        let issuers = Set(issuers.compactMap(HexKey.init))
        var found: Set<String> = []
        for path in try snapshot.rowFiles(under: StoreLayout.expiry) where path >= StoreLayout.expiry(notAfter: time) {
            try snapshot.forEachRow(path) { object in
                guard let row = ExpiryRow(object), issuers.contains(row.issuer), !found.contains(row.device) else {
                    return
                }
                // Revoked certificates are alive no more, whatever their date says.
                let living = try deviceIfAny(named: row.device)?.living ?? []
                if living.contains(where: { HexKey($0.serialNumber) == row.serial && $0.notAfter >= time }) {
                    found.insert(row.device)
                }
            }
        }
        return found.sorted()
    }

    /// The last moment, Unix seconds UTC, at which a certificate that this CA issued to a device ends; nil when it
    /// issued none.
    func lastEnd(ofLeavesOf issuer: String) throws -> Int64? {
        guard let issuer = HexKey(issuer) else { return nil }
        for path in try snapshot.rowFiles(under: StoreLayout.expiry).reversed() {
            var last: Int64?
            try snapshot.forEachRow(path) { object in
                guard let row = ExpiryRow(object), row.issuer == issuer else { return }
                last = max(last ?? row.notAfter, row.notAfter)
            }
            if let last { return last }
        }
        return nil
    }
}
