import JSON
import Store

/// What `dps create` asks for.
package struct ProvisioningServiceRequest: Sendable {
    package var name: ProvisioningServiceName
    package var namespace: NamespaceKey
    /// The subscription that the namespace's resource id named, if it was given by one.
    package var subscription: String?
    /// The resource group of the service's own id.
    package var group: ResourceGroupName
    package var location: Location?
    package var tags: JSONObject?

    package init(
        name: ProvisioningServiceName,
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

/// What `dps linked-hub create` and `update` ask for; what is nil was not given.
package struct LinkedHubRequest: Sendable {
    package var hub: HubName
    package var weight: Int?
    package var isAllocated: Bool?
    package var latencyMilliseconds: Int?

    package init(hub: HubName, weight: Int?, isAllocated: Bool?, latencyMilliseconds: Int?) {
        self.hub = hub
        self.weight = weight
        self.isAllocated = isAllocated
        self.latencyMilliseconds = latencyMilliseconds
    }

    func check() throws(ServiceError) {
        if let weight, !(0...1000).contains(weight) {
            throw .invalid(
                "the allocation weight \(weight) is outside the range",
                hint: "--allocation-weight takes 0 to 1000."
            )
        }
        if let latency = latencyMilliseconds, !(0...60_000).contains(latency) {
            throw .invalid(
                "the latency of \(latency) ms is outside the range",
                hint: "--latency-ms takes 0 to 60000."
            )
        }
    }
}

extension Registry {
    /// Makes a provisioning service in a namespace, to which it belongs for life.
    package func createProvisioningService(_ request: ProvisioningServiceRequest) throws -> JSONValue {
        if let named = request.subscription { try check(subscription: named, of: "namespace", shownBy: "ns") }
        let folder = StoreLayout.namespace(request.namespace)
        _ = try ledger(request.namespace)
        return try root.withLock { locked in
            let ledger = try ledger(request.namespace)
            return try claim(.provisioningService(request.name), for: folder, locked) { owner in
                .conflict(
                    "the name '\(request.name.text)' is taken: it is a host name, and the provisioning service of "
                        + "that name belongs to the namespace '\(owner.name.text)' for life",
                    hint: "Choose another --name, or 'adr dps delete --name \(request.name.text)' first."
                )
            } put: { index in
                try putService(request, ledger, subscription: index.subscription)
            }
        }
    }

    private func putService(
        _ request: ProvisioningServiceRequest,
        _ ledger: Ledger,
        subscription: String
    ) throws -> JSONValue {
        try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            var service: ProvisioningServiceRecord
            var event = "ProvisioningServiceCreated"
            if let existing = try state.provisioningServiceIfAny(request.name) {
                if let location = request.location, location.text != existing.location {
                    throw ServiceError.conflict(
                        "the provisioning service '\(existing.name.text)' lies in \(existing.location); its location is "
                            + "fixed at creation",
                        hint: "Leave out --location, or choose another --name."
                    )
                }
                service = existing
                guard let tags = request.tags, tags != service.tags else {
                    return .answer(service.resource(of: request.namespace, subscription: subscription))
                }
                service.tags = tags
                service.authorship.modified(by: environment.who, at: time)
                event = "ProvisioningServiceUpdated"
            } else {
                service = ProvisioningServiceRecord(
                    name: request.name,
                    group: request.group,
                    uuid: try makeUUID(),
                    location: try request.location?.text ?? state.namespace().location,
                    tags: request.tags ?? JSONObject(),
                    authorship: Authorship(by: environment.who, at: time)
                )
            }
            return .commit(
                Transaction(
                    event: event,
                    details: details([("dpsName", .string(service.name.text))], snapshot, at: time),
                    changes: [service.change]
                ),
                service.resource(of: request.namespace, subscription: subscription)
            )
        }
    }

    /// The namespace that a provisioning service belongs to.
    package func namespaceKey(ofService name: ProvisioningServiceName) throws -> NamespaceKey {
        try namespace(ofService: name).key
    }

    /// The provisioning service that devices address by an ID scope.
    package func provisioningService(withIDScope scope: String) throws -> ProvisioningServiceName {
        let names = try allResources { state, _, _ in
            try state.provisioningServices().filter { $0.idScope.lowercased() == scope.lowercased() }
                .map { ($0.name.text, .string($0.name.text)) }
        }
        if let name = names.first?.stringValue { return try ProvisioningServiceName(name) }
        throw ServiceError.notFound(
            "there is no provisioning service with the ID scope \(quoted(scope))",
            hint: "'adr dps list --query \"[].[name, properties.idScope]\"' shows those there are."
        )
    }

    func namespace(ofService name: ProvisioningServiceName) throws -> (key: NamespaceKey, ledger: Ledger) {
        if let owner = try owner(of: .provisioningService(name)) { return owner }
        throw Self.noService(name)
    }

    /// The name of the provisioning service that a resource id names, which must be of this store; that of one that
    /// does not exist is taken as it stands.
    package func provisioningService(withID id: String) throws -> ProvisioningServiceName {
        let (subscription, group, name) = try ResourceID.provisioningService(from: id)
        try check(subscription: subscription, of: "provisioning service", shownBy: "dps")
        guard let (_, ledger) = try owner(of: .provisioningService(name)) else { return name }
        let own = try ledger.read { try NamespaceState($0).provisioningService(name).group }
        guard own == group else {
            throw ServiceError.notFound(
                "the provisioning service '\(name.text)' is in the resource group '\(own.text)', and its id names "
                    + quoted(group.text),
                hint: "'adr dps show --name \(name.text) --query id' prints its id."
            )
        }
        return name
    }

    package func showProvisioningService(_ name: ProvisioningServiceName) throws -> JSONValue {
        let (key, ledger) = try namespace(ofService: name)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            try NamespaceState(snapshot).provisioningService(name).resource(of: key, subscription: subscription)
        }
    }

    /// All provisioning services, or those whose id lies in one resource group, by name.
    package func listProvisioningServices(in group: ResourceGroupName?) throws -> [JSONValue] {
        try allResources { state, key, subscription in
            try state.provisioningServices().filter { group == nil || $0.group == group }.map { service in
                (service.name.text, service.resource(of: key, subscription: subscription))
            }
        }
    }

    /// Deletes a provisioning service with its enrollments and their keys; devices stay where they were assigned.
    ///
    /// - Returns: false when there is none.
    package func deleteProvisioningService(_ name: ProvisioningServiceName) throws -> Bool {
        try release(.provisioningService(name)) { ledger in
            try commit(to: ledger) { snapshot in
                let state = NamespaceState(snapshot)
                guard let service = try state.provisioningServiceIfAny(name) else { return .answer(false) }
                let enrollments = try state.enrollments(name) + state.enrollmentGroups(name)
                let keys = enrollments.compactMap(\.keyFile)
                return .commit(
                    Transaction(
                        event: "ProvisioningServiceDeleted",
                        details: details([("dpsName", .string(service.name.text))], snapshot, at: now),
                        changes: [.remove(StoreLayout.provisioningService(name))]
                            + enrollments.map { .remove(StoreLayout.enrollment($0.id, name)) },
                        wipedKeys: keys
                    ),
                    true
                )
            }
        }
    }

    // MARK: - Linked hubs

    package func listLinkedHubs(_ name: ProvisioningServiceName) throws -> [JSONValue] {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            let service = try NamespaceState(snapshot).provisioningService(name)
            return service.linkedHubs.map { $0.resource(location: service.location) }
        }
    }

    package func showLinkedHub(_ name: ProvisioningServiceName, _ hub: HubName) throws -> JSONValue {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            let service = try NamespaceState(snapshot).provisioningService(name)
            guard let linked = service.linkedHub(hub) else { throw Self.notLinked(hub, service) }
            return linked.resource(location: service.location)
        }
    }

    /// Links a hub of the same namespace, or updates the link that is there.
    package func createLinkedHub(_ name: ProvisioningServiceName, _ request: LinkedHubRequest) throws -> [JSONValue] {
        try putLinkedHub(name, request, making: true)
    }

    package func updateLinkedHub(_ name: ProvisioningServiceName, _ request: LinkedHubRequest) throws -> [JSONValue] {
        try putLinkedHub(name, request, making: false)
    }

    private func putLinkedHub(
        _ name: ProvisioningServiceName,
        _ request: LinkedHubRequest,
        making: Bool
    ) throws -> [JSONValue] {
        try request.check()
        let (key, ledger) = try namespace(ofService: name)
        if making, try index()?.folder(of: .hub(request.hub)) != StoreLayout.namespace(key) {
            let (other, _) = try namespace(ofHub: request.hub)
            throw ServiceError.conflict(
                "the hub '\(request.hub.text)' belongs to the namespace '\(other.name.text)', the provisioning service "
                    + "'\(name.text)' to '\(key.name.text)'",
                hint:
                    "A provisioning service assigns devices to hubs of its own namespace; 'adr hub list' shows the hubs."
            )
        }
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let hub = try state.hub(request.hub)
            var service = try state.provisioningService(name)
            let before = service.linkedHubs.map(\.value)
            let place = service.linkedHubs.firstIndex { $0.hub == hub.name }
            if place == nil, !making { throw Self.notLinked(hub.name, service) }
            var linked = place.map { service.linkedHubs[$0] } ?? LinkedHub(hub: hub.name)
            linked.weight = request.weight ?? linked.weight
            linked.isAllocated = request.isAllocated ?? linked.isAllocated
            linked.latencyMilliseconds = request.latencyMilliseconds ?? linked.latencyMilliseconds
            if let place { service.linkedHubs[place] = linked } else { service.linkedHubs.append(linked) }
            let result = service.linkedHubs.map { $0.resource(location: service.location) }
            if service.linkedHubs.map(\.value) == before { return .answer(result) }
            return .commit(linkedHubsChanged(service, linked: hub.name, snapshot), result)
        }
    }

    /// - Returns: false when the hub was not linked.
    package func deleteLinkedHub(_ name: ProvisioningServiceName, _ hub: HubName) throws -> Bool {
        let (_, ledger) = try namespace(ofService: name)
        return try commit(to: ledger) { snapshot in
            var service = try NamespaceState(snapshot).provisioningService(name)
            guard service.linkedHub(hub) != nil else { return .answer(false) }
            service.linkedHubs.removeAll { $0.hub == hub }
            return .commit(linkedHubsChanged(service, linked: hub, snapshot), true)
        }
    }

    private func linkedHubsChanged(
        _ changed: ProvisioningServiceRecord,
        linked hub: HubName,
        _ snapshot: Snapshot
    ) -> Transaction {
        var service = changed
        service.authorship.modified(by: environment.who, at: now)
        return Transaction(
            event: "LinkedHubsUpdated",
            details: details(
                [("dpsName", .string(service.name.text)), ("hubName", .string(hub.text))],
                snapshot,
                at: now
            ),
            changes: [service.change]
        )
    }

    static func notLinked(_ hub: HubName, _ service: ProvisioningServiceRecord) -> ServiceError {
        let others = service.linkedHubs.map(\.hub.text)
        return .notFound(
            "the hub '\(hub.text)' is not linked to the provisioning service '\(service.name.text)'",
            hint: others.isEmpty
                ? "'adr dps linked-hub create --dps-name \(service.name.text) --hub-name <hub>' links one."
                : "It has: \(others.joined(separator: ", ")); "
                    + "'adr dps linked-hub list --dps-name \(service.name.text)' shows them."
        )
    }
}

extension EnrollmentRecord {
    /// The file under `keys/` with the enrollment's keys, if it has keys.
    var keyFile: String? {
        if case .symmetricKey(let file) = attestation { file } else { nil }
    }
}
