import JSON
import Store

/// A name that is a host name of the store: whoever bears it belongs to one namespace for life, and `store.json` says to
/// which.
enum HostedName {
    case hub(HubName)
    case provisioningService(ProvisioningServiceName)

    /// Whether the namespace has what bears the name.
    func exists(in state: NamespaceState) throws -> Bool {
        switch self {
        case .hub(let name): try state.hubIfAny(name) != nil
        case .provisioningService(let name): try state.provisioningServiceIfAny(name) != nil
        }
    }
}

extension Registry {
    /// The namespace that has the name; nil when none has it, whatever the index says.
    func owner(of name: HostedName) throws -> (key: NamespaceKey, ledger: Ledger)? {
        guard let folder = try index()?.folder(of: name) else { return nil }
        return try owner(of: name, in: folder)
    }

    /// What the ledger says of it is flushed when this returns.
    private func owner(of name: HostedName, in folder: String) throws -> (key: NamespaceKey, ledger: Ledger)? {
        guard let ledger = try root.ledger(at: folder) else { return nil }
        let key: NamespaceKey? = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try name.exists(in: state) ? state.namespace().key : nil
        }
        return key.map { ($0, ledger) }
    }

    /// Enters a name for a namespace, and makes the local server CA, which certifies host names, with the first one; then
    /// `put` makes what bears it. Call under the store's lock.
    ///
    /// - Parameters:
    ///   - taken: the refusal when another namespace has the name.
    ///   - put: gets the index with the name in it. Where it fails and nothing bears the name, nothing is kept.
    func claim<Value>(
        _ name: HostedName,
        for folder: String,
        _ locked: LockedStore,
        taken: (NamespaceKey) -> ServiceError,
        put: (StoreIndex) throws -> Value
    ) throws -> Value {
        let index = try indexForWriting(locked)
        let holder = index.folder(of: name)
        if let holder, holder != folder, let other = try owner(of: name, in: holder) { throw taken(other.key) }
        let isFirst = try ensureServerCA(locked)
        do {
            var index = index
            if holder != folder {
                index.setFolder(folder, of: name)
                try locked.writeIndex(index.body)
            }
            return try put(index)
        } catch {
            if isBorne(name, in: folder) { throw error }
            if isFirst { removeServerCA(locked) }
            if holder != folder { try? locked.writeIndex(index.body) }
            throw error
        }
    }

    /// Whether the namespace has what bears the name, for all that can be known.
    private func isBorne(_ name: HostedName, in folder: String) -> Bool {
        do { return try owner(of: name, in: folder) != nil } catch { return true }
    }

    /// Deletes what bears a name, and frees the name.
    ///
    /// - Parameter delete: commits the deletion; false when it was gone already.
    /// - Returns: false when nothing bears the name.
    func release(_ name: HostedName, _ delete: (Ledger) throws -> Bool) throws -> Bool {
        guard let folder = try index()?.folder(of: name), try owner(of: name, in: folder) != nil else { return false }
        return try root.withLock { locked in
            guard let ledger = try root.ledger(at: folder) else { return false }
            let deleted = try delete(ledger)
            var index = try indexForWriting(locked)
            index.setFolder(nil, of: name)
            try locked.writeIndex(index.body)
            return deleted
        }
    }

    /// The resources of one kind that all namespaces have, by name.
    ///
    /// - Parameter resources: those of one namespace, named under the subscription that is given last.
    func allResources(
        _ resources: (NamespaceState, NamespaceKey, String) throws -> [(name: String, resource: JSONValue)]
    ) throws -> [JSONValue] {
        let ledgers = try namespaceFolders(in: nil).compactMap { try root.ledger(at: $0) }
        if ledgers.isEmpty { return [] }
        let subscription = try subscription()
        var found: [(name: String, resource: JSONValue)] = []
        for ledger in ledgers {
            try ledger.read { snapshot in
                let state = NamespaceState(snapshot)
                found += try resources(state, state.namespace().key, subscription)
            }
        }
        return found.sorted { $0.name < $1.name }.map(\.resource)
    }
}
