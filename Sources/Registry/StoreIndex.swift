import JSON
import Store

/// What `store.json` holds: the store's subscription GUID, and which namespace each hub and DPS name belongs to.
///
/// A name that its namespace does not have is free; the file may know too many names, never too few.
struct StoreIndex {
    let subscription: String
    /// Folder of the namespace by lower-cased hub name.
    private(set) var hubs = JSONObject()
    /// Folder of the namespace by lower-cased DPS name.
    private(set) var provisioningServices = JSONObject()

    init(subscription: String) { self.subscription = subscription }

    init(_ body: JSONValue) throws(StoreError) {
        let reader = try RecordReader(body, path: "store.json")
        subscription = try reader.text("subscriptionId")
        hubs = reader.value("hubs")?.objectValue ?? JSONObject()
        provisioningServices = reader.value("dps")?.objectValue ?? JSONObject()
    }

    var body: JSONValue {
        ["subscriptionId": .string(subscription), "hubs": .object(hubs), "dps": .object(provisioningServices)]
    }

    func folder(of name: HostedName) -> String? {
        switch name {
        case .hub(let name): hubs[name.text.lowercased()]?.stringValue
        case .provisioningService(let name): provisioningServices[name.text.lowercased()]?.stringValue
        }
    }

    mutating func setFolder(_ folder: String?, of name: HostedName) {
        let value = folder.map(JSONValue.string)
        switch name {
        case .hub(let name): hubs[name.text.lowercased()] = value
        case .provisioningService(let name): provisioningServices[name.text.lowercased()] = value
        }
    }
}

extension Registry {
    /// The store's index; put together again from the ledgers when `store.json` is gone; nil in an empty store.
    func index() throws -> StoreIndex? {
        if let body = try root.index() { return try StoreIndex(body) }
        return try indexOfLedgers()
    }

    /// The index as the ledgers have it; nil where there is none.
    func indexOfLedgers() throws -> StoreIndex? {
        var found: StoreIndex?
        for folder in try namespaceFolders(in: nil) {
            guard let ledger = try root.ledger(at: folder) else { continue }
            if found == nil { found = StoreIndex(subscription: try Self.subscription(firstOf: ledger)) }
            try ledger.read { snapshot in
                let state = NamespaceState(snapshot)
                for hub in try state.hubs() { found?.setFolder(folder, of: .hub(hub.name)) }
                for service in try state.provisioningServices() {
                    found?.setFolder(folder, of: .provisioningService(service.name))
                }
            }
        }
        return found
    }

    /// The subscription GUID under which everything in this store is named.
    ///
    /// - Throws: damage, when there are resources but no trace of the GUID.
    func subscription() throws -> String {
        guard let index = try index() else {
            throw StoreError(
                kind: .damaged,
                message: "the store \(root.path) has no store.json, and no ledger that repeats what it held",
                hint: "Restore store.json from a backup.",
                path: root.path
            )
        }
        return index.subscription
    }

    /// Refuses a resource id of another subscription: what it names is not in this store, whatever is called alike.
    ///
    /// - Parameters:
    ///   - kind: what the id names, in a sentence.
    ///   - group: the commands that show one.
    func check(subscription named: String, of kind: String, shownBy group: String) throws {
        guard let own = try index()?.subscription, own.lowercased() != named.lowercased() else { return }
        throw ServiceError.invalid(
            "the resource id of the \(kind) names the subscription \(quoted(named)), and this store's is '\(own)'",
            hint: "'adr \(group) show' prints the id that it has here."
        )
    }

    /// The index to write names into, made with a new GUID in a new store. Call under the store's lock.
    func indexForWriting(_ locked: LockedStore) throws -> StoreIndex {
        if let body = try root.index() { return try StoreIndex(body) }
        let index = try index() ?? StoreIndex(subscription: makeUUID())
        try locked.writeIndex(index.body)
        return index
    }

    private struct Found: Error { let subscription: String? }

    /// The GUID that a namespace's first entry repeats.
    private static func subscription(firstOf ledger: Ledger) throws -> String {
        do {
            try ledger.forEachEntry { entry in throw Found(subscription: entry.details["subscriptionId"]?.stringValue) }
        } catch let found as Found {
            if let subscription = found.subscription { return subscription }
        }
        throw StoreError(
            kind: .damaged,
            message: "the first entry of the ledger in \(ledger.path) does not name the store's subscription",
            hint: "Restore store.json from a backup.",
            path: ledger.path
        )
    }

    /// The folders of all namespaces, of one resource group or of all, sorted.
    func namespaceFolders(in group: ResourceGroupName?) throws -> [String] {
        let groups = try group.map { [$0.text.lowercased()] } ?? root.folders(in: "groups")
        return try groups.flatMap { group in
            let parent = StoreLayout.namespaces(of: group)
            return try root.folders(in: parent).map { "\(parent)/\($0)" }
        }
    }
}
