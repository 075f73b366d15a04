import JSON
import OpenSSL
import PKI
import Store

/// What `policy create`, `policy update` and `ns create` ask for; what is nil was not given.
package struct PolicyRequest: Sendable {
    package var name: PolicyName
    package var leafValidityDays: Int?
    package var extraCurves: [NamedCurve]?
    package var tags: JSONObject?

    package init(
        name: PolicyName,
        leafValidityDays: Int? = nil,
        extraCurves: [NamedCurve]? = nil,
        tags: JSONObject? = nil
    ) {
        self.name = name
        self.leafValidityDays = leafValidityDays
        self.extraCurves = extraCurves
        self.tags = tags
    }

    func check() throws(ServiceError) {
        if let days = leafValidityDays, !PolicyRecord.leafValidityRange.contains(days) {
            throw .invalid(
                "a leaf validity of \(days) days is outside the range",
                hint: "--cert-validity-days takes 7 to 90; 30 where it is left out."
            )
        }
    }
}

extension Registry {
    /// Adds a new policy, with a new issuing CA, to a transaction.
    @discardableResult
    func addPolicy(
        _ request: PolicyRequest,
        root: borrowing Issuer,
        _ rootRecord: IssuerRecord,
        urls: PublicationURLs,
        to transaction: inout Transaction,
        at time: Int64
    ) throws -> (PolicyRecord, IssuerRecord) {
        let uuid = try makeUUID()
        let days = request.leafValidityDays ?? PolicyRecord.defaultLeafValidityDays
        let authority = try makeIssuingCA(
            for: (request.name, uuid),
            leafValidityDays: days,
            root: root,
            rootRecord,
            urls: urls,
            at: time
        )
        let policy = PolicyRecord(
            name: request.name,
            uuid: uuid,
            issuer: authority.record.subject,
            leafValidityDays: days,
            extraCurves: request.extraCurves ?? [],
            tags: request.tags ?? JSONObject(),
            authorship: Authorship(by: environment.who, at: time)
        )
        transaction.changes += [policy.change, authority.record.change]
        transaction.keys.append(authority.key)
        return (policy, authority.record)
    }

    /// Brings a policy to what was asked: updates the one that is there, else makes it if `making`.
    @discardableResult
    func ensurePolicy(
        _ request: PolicyRequest,
        _ state: NamespaceState,
        urls: PublicationURLs,
        making: Bool,
        in transaction: inout Transaction,
        at time: Int64
    ) throws -> (PolicyRecord, IssuerRecord) {
        guard var policy = try state.policyIfAny(request.name) else {
            guard making else {
                _ = try state.requiredCredential()
                let policy = try state.policy(request.name)
                return (policy, try state.issuer(policy.issuer))
            }
            if let left = try state.issuers().first(where: { $0.isOf(request.name) && !$0.state.hasEnded }) {
                throw NamespaceState.lostPolicy(left.certificateSubject)
            }
            try checkClock(state.snapshot, at: time)
            let others = try state.policies().map(\.name.text)
            guard others.count < PolicyRecord.maximumPerNamespace else {
                let key = try state.namespace().key
                throw ServiceError.conflict(
                    "the namespace '\(key.name.text)' has \(others.count) policies already, and no more than "
                        + "\(PolicyRecord.maximumPerNamespace) are allowed: \(others.joined(separator: ", "))",
                    hint: "Use one of them or another namespace; 'adr policy delete --namespace \(key.name.text) "
                        + "--name POLICY\(Registry.groupOption(key.group))' makes room."
                )
            }
            guard let credential = try state.credential() else {
                let new = try addCredential(tags: JSONObject(), urls: urls, to: &transaction, at: time)
                return try addPolicy(
                    request,
                    root: new.root.issuer,
                    new.root.record,
                    urls: urls,
                    to: &transaction,
                    at: time
                )
            }
            let rootRecord = try state.issuer(credential.issuer)
            let root = try issuer(rootRecord, state.snapshot)
            return try addPolicy(request, root: root, rootRecord, urls: urls, to: &transaction, at: time)
        }
        var issuer = try state.issuer(policy.issuer)
        var changed = false
        if let days = request.leafValidityDays, days != policy.leafValidityDays {
            policy.leafValidityDays = days
            changed = true
            if days > issuer.longestLeafValidityDays {
                issuer.longestLeafValidityDays = days
                transaction.changes.append(issuer.change)
            }
        }
        if let curves = request.extraCurves, curves != policy.extraCurves {
            policy.extraCurves = curves
            changed = true
        }
        if let tags = request.tags, tags != policy.tags {
            policy.tags = tags
            changed = true
        }
        if changed {
            policy.authorship.modified(by: environment.who, at: time)
            transaction.changes.append(policy.change)
        }
        return (policy, issuer)
    }

    /// Makes a policy with its issuing CA; on one that is there, a PUT that never makes a new key.
    package func createPolicy(_ key: NamespaceKey, _ request: PolicyRequest) throws -> JSONValue {
        try putPolicy(key, request, making: true)
    }

    package func updatePolicy(_ key: NamespaceKey, _ request: PolicyRequest) throws -> JSONValue {
        try putPolicy(key, request, making: false)
    }

    private func putPolicy(_ key: NamespaceKey, _ request: PolicyRequest, making: Bool) throws -> JSONValue {
        try request.check()
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let namespace = try state.namespace()
            _ = try state.requiredCredential()
            let time = now
            let isNew = try state.policyIfAny(request.name) == nil
            var transaction = Transaction(
                event: isNew ? "PolicyCreated" : "PolicyUpdated",
                details: details([("policyName", .string(request.name.text))], snapshot, at: time),
                changes: [],
                keys: []
            )
            let (policy, issuer) = try ensurePolicy(
                request,
                state,
                urls: namespace.urls,
                making: making,
                in: &transaction,
                at: time
            )
            let resource = policy.resource(of: namespace, issuer: issuer, subscription: subscription)
            return transaction.changes.isEmpty ? .answer(resource) : .commit(transaction, resource)
        }
    }

    package func showPolicy(_ key: NamespaceKey, _ name: PolicyName) throws -> JSONValue {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            _ = try state.requiredCredential()
            let policy = try state.policy(name)
            return try policy.resource(
                of: state.namespace(),
                issuer: state.issuer(policy.issuer),
                subscription: subscription
            )
        }
    }

    package func listPolicies(_ key: NamespaceKey) throws -> [JSONValue] {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let namespace = try state.namespace()
            _ = try state.requiredCredential()
            return try state.policies().map {
                $0.resource(of: namespace, issuer: try state.issuer($0.issuer), subscription: subscription)
            }
        }
    }

    /// The certificate of a policy's issuing CA and, behind it, of the root, DER.
    package func policyChain(_ key: NamespaceKey, _ name: PolicyName) throws -> [[UInt8]] {
        try assumedLedger(key).read { snapshot in
            let state = NamespaceState(snapshot)
            _ = try state.requiredCredential()
            let issuer = try state.issuer(state.policy(name).issuer)
            return [issuer.certificate, try state.issuer(issuer.issuedBy).certificate]
        }
    }

    /// Deletes a policy. Its CA stays on record, retired, with its key, as long as a leaf under it can be alive.
    ///
    /// - Returns: false when there is none.
    package func deletePolicy(_ key: NamespaceKey, _ name: PolicyName) throws -> Bool {
        try commit(to: assumedLedger(key)) { snapshot in
            let state = NamespaceState(snapshot)
            guard let policy = try state.policyIfAny(name) else { return .answer(false) }
            let time = now
            var transaction = Transaction(
                event: "PolicyDeleted",
                details: details([("policyName", .string(policy.name.text))], snapshot, at: time),
                changes: [.remove(StoreLayout.policy(name))]
            )
            for var issuer in try state.issuers() where issuer.policyUUID == policy.uuid && !issuer.state.hasEnded {
                issuer.end(as: .retired, at: time)
                transaction.changes.append(issuer.change)
                try retireKey(of: issuer, neededUntil: issuer.lastLeafEnd, state, in: &transaction)
            }
            return .commit(transaction, true)
        }
    }
}
