import JSON
import OpenSSL
import PKI
import Store

/// What `ns create` asks for.
package struct NamespaceRequest: Sendable {
    package var key: NamespaceKey
    package var location: Location?
    package var tags: JSONObject?
    /// Where CRLs and CA certificates are published; an empty list clears.
    package var crlURLs: [PublicationURL]?
    package var certificateURLs: [PublicationURL]?
    /// The policy and its settings, when certificate management is asked for.
    package var policy: PolicyRequest?

    package init(
        key: NamespaceKey,
        location: Location? = nil,
        tags: JSONObject?,
        crlURLs: [PublicationURL]? = nil,
        certificateURLs: [PublicationURL]? = nil,
        policy: PolicyRequest? = nil
    ) {
        self.key = key
        self.location = location
        self.tags = tags
        self.crlURLs = crlURLs
        self.certificateURLs = certificateURLs
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
            urls: PublicationURLs(crls: request.crlURLs ?? [], certificates: request.certificateURLs ?? []),
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
            let new = try addCredential(tags: JSONObject(), urls: namespace.urls, to: &transaction, at: time)
            try addPolicy(
                policy,
                root: new.root.issuer,
                new.root.record,
                urls: namespace.urls,
                to: &transaction,
                at: time
            )
        }
        return (transaction, namespace.resource(hubs: [], subscription: subscription))
    }

    private func updateExisting(_ ledger: Ledger, _ request: NamespaceRequest) throws -> JSONValue {
        let subscription = try subscription()
        return try commit(to: ledger) { snapshot in
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
            var transaction = Transaction(event: "NamespaceUpdated")
            let urls = PublicationURLs(
                crls: request.crlURLs ?? namespace.urls.crls,
                certificates: request.certificateURLs ?? namespace.urls.certificates
            )
            let tags = request.tags ?? namespace.tags
            if let policy = request.policy {
                try ensurePolicy(policy, state, urls: urls, making: true, in: &transaction, at: time)
            }
            if urls != namespace.urls { try publish(at: urls, state, in: &transaction) }
            if tags != namespace.tags || urls != namespace.urls {
                namespace.tags = tags
                namespace.urls = urls
                namespace.authorship.modified(by: environment.who, at: time)
                transaction.changes.append(namespace.change)
            }
            let resource = namespace.resource(hubs: try state.hubs(), subscription: subscription)
            if transaction.changes.isEmpty { return .answer(resource) }
            transaction.details = details([], snapshot, at: time)
            return .commit(transaction, resource)
        }
    }

    /// Tells the CAs that sign, or will, where they publish from now on.
    private func publish(
        at urls: PublicationURLs,
        _ state: NamespaceState,
        in transaction: inout Transaction
    ) throws {
        for path in try state.snapshot.names(under: StoreLayout.issuers) {
            guard let body = try transaction.body(at: path, state.snapshot) else { continue }
            var issuer = try IssuerRecord(body, path: path)
            guard !issuer.state.hasEnded else { continue }
            issuer.places = urls.places(of: issuer.commonName)
            transaction.replace(issuer.change)
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

    /// Updates tags and URLs; what is nil stays as it is.
    package func updateNamespace(_ request: NamespaceRequest) throws -> JSONValue {
        try updateExisting(try ledger(request.key), request)
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
                let time = now
                var transaction = Transaction(
                    event: "NamespaceDeleted",
                    details: details([("namespace", .string(key.name.text))], snapshot, at: time)
                )
                try endAuthorities(state, in: &transaction, at: time)
                return (transaction, ())
            }
            return true
        }
    }

    /// Ends every CA of a namespace, each with a last CRL: their keys go with the namespace.
    private func endAuthorities(
        _ state: NamespaceState,
        in transaction: inout Transaction,
        at time: Int64
    ) throws {
        let issuers = try state.issuers()
        for var issuer in issuers where issuer.keyWipedAt == nil {
            do {
                _ = try lastCRL(of: &issuer, state, end: try state.lastEnd(beneath: issuer, issuers), at: time)
            } catch let error as ServiceError where error.isAboutAKey {
                // A namespace whose keys are lost can be deleted all the same.
                environment.note("WARNING: there is no last CRL of \(issuer.commonName): \(error.message)")
            }
            if !issuer.state.hasEnded { issuer.end(as: .retired, at: time) }
            issuer.keyWipedAt = time
            transaction.changes.append(issuer.change)
        }
    }
}
