import JSON
import OpenSSL
import PKI
import Store

/// What `ns create` asks for.
package struct NamespaceRequest: Sendable {
    package var key: NamespaceKey
    package var location: Location?
    package var tags: JSONObject?
    /// The policy and its settings, when certificate management is asked for.
    package var policy: PolicyRequest?

    package init(key: NamespaceKey, location: Location?, tags: JSONObject?, policy: PolicyRequest?) {
        self.key = key
        self.location = location
        self.tags = tags
        self.policy = policy
    }
}

extension Registry {
    /// Makes a namespace and, if asked, its root CA and one issuing CA, all in one commit; on a namespace that is
    /// there, a PUT: what can be updated is, what is missing is made, nothing gets a new key.
    package func createNamespace(_ request: NamespaceRequest) throws -> JSONValue {
        try request.policy?.check()
        if let ledger = try root.ledger(at: StoreLayout.namespace(request.key)) {
            return try updateExisting(ledger, request)
        }
        return try root.withLock { locked in
            if let ledger = try root.ledger(at: StoreLayout.namespace(request.key)) {
                return try updateExisting(ledger, request)
            }
            let subscription = try indexForWriting(locked).subscription
            return try locked.createLedger(
                at: StoreLayout.namespace(request.key),
                remainsTo: StoreLayout.remains(of: request.key, uuid: try makeUUID()),
                fixedFolders: StoreLayout.fixedFolders
            ) {
                try newNamespace(request, subscription: subscription)
            }
        }
    }

    private func newNamespace(
        _ request: NamespaceRequest,
        subscription: String
    ) throws -> (Transaction, JSONValue) {
        let time = now
        let namespace = NamespaceRecord(
            key: request.key,
            uuid: try makeUUID(),
            location: (request.location ?? .standard).text,
            principalID: try makeUUID(),
            tenantID: subscription,
            tags: request.tags ?? JSONObject(),
            authorship: Authorship(by: environment.who, at: time)
        )
        var transaction = Transaction(
            event: "NamespaceCreated",
            details: [
                "namespace": .string(request.key.name.text), "resourceGroup": .string(request.key.group.text),
                "subscriptionId": .string(subscription),
            ],
            changes: [namespace.change],
            keys: []
        )
        if let policy = request.policy {
            let new = try addCredential(tags: JSONObject(), to: &transaction, at: time)
            try addPolicy(policy, root: new.root.issuer, rootSubject: new.record.issuer, to: &transaction, at: time)
        }
        return (transaction, namespace.resource(hubs: [], subscription: subscription))
    }

    private func updateExisting(_ ledger: Ledger, _ request: NamespaceRequest) throws -> JSONValue {
        let subscription = try subscription()
        return try ledger.commit { snapshot in
            let state = NamespaceState(snapshot)
            var namespace = try state.namespace()
            let time = now
            if let location = request.location, location.text != namespace.location {
                throw ServiceError.conflict(
                    "the namespace '\(namespace.key.name.text)' lies in \(namespace.location); "
                        + "its location is fixed at creation and cannot become \(location.text)",
                    hint: "Leave out --location, or choose another --name."
                )
            }
            var transaction = Transaction(event: "NamespaceUpdated", details: JSONObject(), changes: [], keys: [])
            if let tags = request.tags, tags != namespace.tags {
                namespace.tags = tags
                namespace.authorship.modified(by: environment.who, at: time)
                transaction.changes.append(namespace.change)
            }
            if let policy = request.policy {
                try ensurePolicy(policy, state, making: true, in: &transaction, at: time)
            }
            let resource = namespace.resource(hubs: try state.hubs(), subscription: subscription)
            if transaction.changes.isEmpty { return .answer(resource) }
            transaction.details = details([], snapshot, at: time)
            return .commit(transaction, resource)
        }
    }

    package func showNamespace(_ key: NamespaceKey) throws -> JSONValue {
        try assumedLedger(key).read { snapshot in
            let state = NamespaceState(snapshot)
            return try state.namespace().resource(hubs: state.hubs(), subscription: subscription())
        }
    }

    /// All namespaces, of one resource group or of all, by group and name.
    package func listNamespaces(in group: ResourceGroupName?) throws -> [JSONValue] {
        let ledgers = try namespaceFolders(in: group).compactMap { try root.ledger(at: $0) }
        if ledgers.isEmpty { return [] }
        let subscription = try subscription()
        return try ledgers.map { ledger in
            try ledger.read { snapshot in
                let state = NamespaceState(snapshot)
                return try state.namespace().resource(hubs: state.hubs(), subscription: subscription)
            }
        }
    }

    package func updateNamespace(_ key: NamespaceKey, tags: JSONObject?) throws -> JSONValue {
        let ledger = try ledger(key)
        return try updateExisting(ledger, NamespaceRequest(key: key, location: nil, tags: tags, policy: nil))
    }

    /// Deletes a namespace with its credential, policies and devices; its keys are wiped, the rest is kept under
    /// `groups/<group>/deleted/`.
    ///
    /// - Returns: false when there is none, and no earlier deletion had to be finished.
    package func deleteNamespace(_ key: NamespaceKey) throws -> Bool {
        let folder = StoreLayout.namespace(key)
        guard try namespaceFolders(in: key.group).contains(folder) else { return false }
        return try root.withLock { locked in
            guard let ledger = try root.ledger(at: folder) else {
                return try locked.clearRemains(at: folder, movedTo: StoreLayout.remains(of: key, uuid: try makeUUID()))
            }
            let uuid = try ledger.read { try NamespaceState($0).namespace().uuid }
            try locked.deleteLedger(ledger, movedTo: StoreLayout.remains(of: key, uuid: uuid)) { snapshot in
                let state = NamespaceState(snapshot)
                let hubs = try state.hubs().map { (group: "hub", kind: "hub", name: $0.name.text) }
                let services = try state.provisioningServices().map {
                    (group: "dps", kind: "provisioning service", name: $0.name.text)
                }
                let linked = hubs + services
                if let first = linked.first {
                    let names = linked.map { "the \($0.kind) '\($0.name)'" }.joined(separator: ", ")
                    throw ServiceError.conflict(
                        "the namespace '\(key.name.text)' is linked to \(names)",
                        hint: "'adr \(first.group) delete --name \(first.name)' first."
                    )
                }
                let transaction = Transaction(
                    event: "NamespaceDeleted",
                    details: details([("namespace", .string(key.name.text))], snapshot, at: now),
                    changes: [],
                    keys: []
                )
                return (transaction, ())
            }
            return true
        }
    }
}
