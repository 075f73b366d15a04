import JSON
import PKI
import Store

/// A credential that was just made, with its root CA.
struct NewCredential: ~Copyable {
    let record: CredentialRecord
    let root: NewAuthority
}

extension Registry {
    /// Adds a new credential, with a new root CA, to a transaction.
    func addCredential(
        tags: JSONObject,
        urls: PublicationURLs,
        to transaction: inout Transaction,
        at time: Int64
    ) throws -> NewCredential {
        let root = try makeRoot(urls: urls, at: time)
        let credential = CredentialRecord(
            uuid: try makeUUID(),
            issuer: root.record.subject,
            tags: tags,
            authorship: Authorship(by: environment.who, at: time)
        )
        transaction.changes += [credential.change, root.record.change]
        transaction.keys.append(root.key)
        return NewCredential(record: credential, root: root)
    }

    /// Makes a namespace's credential, its root CA; on one that is there, updates the tags and keeps the root.
    package func createCredential(_ key: NamespaceKey, tags: JSONObject?) throws -> JSONValue {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let namespace = try state.namespace()
            let time = now
            if var credential = try state.credential() {
                guard let tags, tags != credential.tags else {
                    return .answer(credential.resource(of: namespace, subscription: subscription))
                }
                credential.tags = tags
                credential.authorship.modified(by: environment.who, at: time)
                let transaction = Transaction(
                    event: "CredentialUpdated",
                    details: details([], snapshot, at: time),
                    changes: [credential.change],
                    keys: []
                )
                return .commit(transaction, credential.resource(of: namespace, subscription: subscription))
            }
            try checkClock(snapshot, at: time)
            var transaction = Transaction(
                event: "CredentialCreated",
                details: details([], snapshot, at: time),
                changes: [],
                keys: []
            )
            let new = try addCredential(
                tags: tags ?? JSONObject(),
                urls: namespace.urls,
                to: &transaction,
                at: time
            )
            transaction.details["subject"] = .string(new.root.record.certificateSubject)
            return .commit(transaction, new.record.resource(of: namespace, subscription: subscription))
        }
    }

    package func showCredential(_ key: NamespaceKey) throws -> JSONValue {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try state.requiredCredential().resource(of: state.namespace(), subscription: subscription)
        }
    }

    /// The root certificate, DER.
    package func rootCertificate(_ key: NamespaceKey) throws -> [UInt8] {
        try assumedLedger(key).read { snapshot in
            let state = NamespaceState(snapshot)
            return try state.issuer(state.requiredCredential().issuer).certificate
        }
    }

    /// Deletes the credential; refused while policies are left. The root stays on record, retired.
    ///
    /// - Returns: false when there is none.
    package func deleteCredential(_ key: NamespaceKey) throws -> Bool {
        try commit(to: assumedLedger(key)) { snapshot in
            let state = NamespaceState(snapshot)
            guard let credential = try state.credential() else { return .answer(false) }
            let policies = try state.policies().map(\.name.text)
            if let policy = policies.first {
                throw ServiceError.conflict(
                    "the credential still has \(policies.count == 1 ? "the policy" : "the policies") "
                        + policies.joined(separator: ", "),
                    hint:
                        "'adr policy delete --namespace \(key.name.text) --name \(policy)\(Registry.groupOption(key.group))' first."
                )
            }
            let time = now
            var root = try state.issuer(credential.issuer)
            root.end(as: .retired, at: time)
            var transaction = Transaction(
                event: "CredentialDeleted",
                details: details([("subject", .string(root.certificateSubject))], snapshot, at: time),
                changes: [.remove(StoreLayout.credentialDocument), root.change]
            )
            // Its CRL is wanted as long as somebody may be shown a chain with one of its issuing CAs.
            let ends = try state.issuers().filter { $0.role == .issuing && $0.issuedBy == root.subject }
                .map(\.lastLeafEnd)
            try retireKey(of: root, neededUntil: ends.max() ?? time, state, in: &transaction)
            return .commit(transaction, true)
        }
    }
}
