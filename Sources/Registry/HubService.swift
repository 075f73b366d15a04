import JSON
import OpenSSL
import PKI
import Store

/// What `hub create` asks for.
package struct HubRequest: Sendable {
    package var name: HubName
    package var namespace: NamespaceKey
    /// The subscription that the namespace's resource id named, if it was given by one.
    package var subscription: String?
    /// The resource group of the hub's own id.
    package var group: ResourceGroupName
    package var location: Location?
    package var tags: JSONObject?

    package init(
        name: HubName,
        namespace: NamespaceKey,
        subscription: String? = nil,
        group: ResourceGroupName,
        location: Location?,
        tags: JSONObject?
    ) {
        self.name = name
        self.namespace = namespace
        self.subscription = subscription
        self.group = group
        self.location = location
        self.tags = tags
    }
}

extension Registry {
    /// Makes a hub in a namespace, to which it belongs for life, and with the first one the local server CA.
    package func createHub(_ request: HubRequest) throws -> JSONValue {
        if let named = request.subscription { try check(subscription: named, of: "namespace", shownBy: "ns") }
        let folder = StoreLayout.namespace(request.namespace)
        _ = try ledger(request.namespace)
        return try root.withLock { locked in
            let ledger = try ledger(request.namespace)
            return try claim(.hub(request.name), for: folder, locked) { owner in
                .conflict(
                    "the hub name '\(request.name.text)' is taken: it is a host name and belongs to the namespace "
                        + "'\(owner.name.text)' for life",
                    hint: "Choose another --name, or 'adr hub delete --name \(request.name.text)' first."
                )
            } put: { index in
                try putHub(request, ledger, subscription: index.subscription)
            }
        }
    }

    private func putHub(_ request: HubRequest, _ ledger: Ledger, subscription: String) throws -> JSONValue {
        try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            if var hub = try state.hubIfAny(request.name) {
                if let location = request.location, location.text != hub.location {
                    throw ServiceError.conflict(
                        "the hub '\(hub.name.text)' lies in \(hub.location); its location is fixed at creation",
                        hint: "Leave out --location, or choose another --name."
                    )
                }
                if request.group != hub.group {
                    throw ServiceError.conflict(
                        "the hub '\(hub.name.text)' is in the resource group '\(hub.group.text)' for life",
                        hint: "Pass -g \(hub.group.text), or choose another --name."
                    )
                }
                guard let tags = request.tags, tags != hub.tags else {
                    return .answer(hub.resource(of: request.namespace, subscription: subscription))
                }
                hub.tags = tags
                hub.authorship.modified(by: environment.who, at: time)
                let transaction = Transaction(
                    event: "HubUpdated",
                    details: details([("hubName", .string(hub.name.text))], snapshot, at: time),
                    changes: [hub.change],
                    keys: []
                )
                return .commit(transaction, hub.resource(of: request.namespace, subscription: subscription))
            }
            let hub = HubRecord(
                name: request.name,
                group: request.group,
                uuid: try makeUUID(),
                location: try request.location?.text ?? state.namespace().location,
                tags: request.tags ?? JSONObject(),
                authorship: Authorship(by: environment.who, at: time)
            )
            let transaction = Transaction(
                event: "HubCreated",
                details: details([("hubName", .string(hub.name.text))], snapshot, at: time),
                changes: [hub.change],
                keys: []
            )
            return .commit(transaction, hub.resource(of: request.namespace, subscription: subscription))
        }
    }

    /// The namespace that a hub belongs to.
    ///
    /// - Throws: `ResourceNotFound` when no namespace of the store has such a hub.
    func namespace(ofHub name: HubName) throws -> (key: NamespaceKey, ledger: Ledger) {
        if let owner = try owner(of: .hub(name)) { return owner }
        throw ServiceError.notFound(
            "there is no hub '\(name.text)'",
            hint:
                "'adr hub list' shows those there are; 'adr hub create --name \(name.text) --namespace <namespace>' makes it."
        )
    }

    /// The namespace that a hub belongs to, for what is told of it.
    package func namespaceKey(ofHub name: HubName) throws -> NamespaceKey { try namespace(ofHub: name).key }

    package func showHub(_ name: HubName) throws -> JSONValue {
        let (key, ledger) = try namespace(ofHub: name)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            try NamespaceState(snapshot).hub(name).resource(of: key, subscription: subscription)
        }
    }

    /// All hubs, or those whose id lies in one resource group, by name.
    package func listHubs(in group: ResourceGroupName?) throws -> [JSONValue] {
        try allResources { state, key, subscription in
            try state.hubs().filter { group == nil || $0.group == group }.map { hub in
                (hub.name.text, hub.resource(of: key, subscription: subscription))
            }
        }
    }

    /// Deletes a hub with its trusted certificates, the identities in it and its links to provisioning services.
    ///
    /// - Returns: false when there is none.
    package func deleteHub(_ name: HubName) throws -> Bool {
        try release(.hub(name)) { ledger in
            try commit(to: ledger) { snapshot in
                let state = NamespaceState(snapshot)
                guard let hub = try state.hubIfAny(name) else { return .answer(false) }
                let time = now
                var changes: [Change] = [.remove(StoreLayout.hub(name))]
                for var device in try state.devices() where device.identity?.hub == hub.name {
                    changes += try DeviceIDRecord.changes(from: device, to: nil)
                    device.identity = nil
                    device.touch(by: environment.who, at: time)
                    changes.append(device.change)
                }
                for var service in try state.provisioningServices() where service.linkedHub(hub.name) != nil {
                    service.linkedHubs.removeAll { $0.hub == hub.name }
                    service.authorship.modified(by: environment.who, at: time)
                    changes.append(service.change)
                }
                let transaction = Transaction(
                    event: "HubDeleted",
                    details: details([("hubName", .string(hub.name.text))], snapshot, at: time),
                    changes: changes,
                    keys: []
                )
                return .commit(transaction, true)
            }
        }
    }
}
