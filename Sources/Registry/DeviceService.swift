import JSON
import Store

/// What `device update` asks for; what is nil was not given.
package struct DeviceUpdate: Sendable {
    package var enabled: Bool?
    package var operatingSystemVersion: String?
    /// An empty object clears.
    package var attributes: JSONObject?
    /// The ARM id of a policy of the same namespace; an empty text clears.
    package var policyResourceID: String?
    package var tags: JSONObject?

    package init(
        enabled: Bool? = nil,
        operatingSystemVersion: String? = nil,
        attributes: JSONObject? = nil,
        policyResourceID: String? = nil,
        tags: JSONObject? = nil
    ) {
        self.enabled = enabled
        self.operatingSystemVersion = operatingSystemVersion
        self.attributes = attributes
        self.policyResourceID = policyResourceID
        self.tags = tags
    }
}

/// What `hub device-identity update` asks for; what is nil was not given.
package struct IdentityUpdate: Sendable {
    package var enabled: Bool?
    package var statusReason: String?
    package var entityTag: EntityTag?

    package init(enabled: Bool? = nil, statusReason: String? = nil, entityTag: EntityTag? = nil) {
        self.enabled = enabled
        self.statusReason = statusReason
        self.entityTag = entityTag
    }
}

extension NamespaceState {
    /// All devices, by document path.
    func devices() throws -> [DeviceRecord] {
        try snapshot.documents(under: StoreLayout.devices).filter { DeviceRecord.isDevice($0.body) }
            .map { try DeviceRecord($0.body, path: $0.path) }
    }
}

extension Registry {
    /// All devices of a namespace, by name.
    package func listDevices(_ key: NamespaceKey) throws -> [JSONValue] {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let namespace = try state.namespace()
            return try state.devices().sorted { $0.name.text < $1.name.text }
                .map { $0.resource(of: namespace, subscription: subscription) }
        }
    }

    package func showDevice(_ key: NamespaceKey, _ name: String) throws -> JSONValue {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try state.device(named: name).resource(of: state.namespace(), subscription: subscription)
        }
    }

    package func updateDevice(_ key: NamespaceKey, _ name: String, _ update: DeviceUpdate) throws -> JSONValue {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let namespace = try state.namespace()
            var device = try state.device(named: name)
            let before = device.body
            if let enabled = update.enabled { device.enabled = enabled }
            if let version = update.operatingSystemVersion {
                device.operatingSystemVersion = version.isEmpty ? nil : version
            }
            if let attributes = update.attributes { device.attributes = attributes }
            if let tags = update.tags { device.tags = tags }
            if let id = update.policyResourceID {
                device.policyName = id.isEmpty ? nil : try policy(id, in: namespace, state).text
            }
            return commit(device, before, "DeviceUpdated", snapshot) {
                $0.resource(of: namespace, subscription: subscription)
            }
        }
    }

    /// The policy an id names, which must be one of this namespace.
    private func policy(_ id: String, in namespace: NamespaceRecord, _ state: NamespaceState) throws -> PolicyName {
        let (subscription, key, name) = try ResourceID.policy(from: id)
        try check(subscription: subscription, of: "policy", shownBy: "policy")
        guard key == namespace.key else {
            throw ServiceError.invalid(
                "the policy id names the namespace '\(key.name.text)' in the group '\(key.group.text)', "
                    + "but the device is in '\(namespace.key.name.text)'",
                hint:
                    "A device takes a policy of its own namespace: 'adr policy list --namespace \(namespace.key.name.text)"
                    + "\(Self.groupOption(namespace.key.group))'."
            )
        }
        return try state.policy(name).name
    }

    /// Commits a device that differs from `before`, counting the change; answers with the resource either way.
    private func commit(
        _ changed: DeviceRecord,
        _ before: JSONValue,
        _ event: String,
        _ snapshot: Snapshot,
        _ resource: (DeviceRecord) -> JSONValue
    ) -> Judgement<JSONValue> {
        var device = changed
        if device.body == before { return .answer(resource(device)) }
        let time = now
        device.touch(by: environment.who, at: time)
        let transaction = Transaction(
            event: event,
            details: details([("deviceName", .string(device.name.text))], snapshot, at: time),
            changes: [device.change],
            keys: []
        )
        return .commit(transaction, resource(device))
    }

    // MARK: - Identities in a hub

    /// The identities of a hub, by device ID.
    package func listIdentities(_ hubName: HubName, top: Int, edgeOnly: Bool = false) throws -> [JSONValue] {
        let (_, ledger) = try namespace(ofHub: hubName)
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let hub = try state.hub(hubName)
            let devices = try state.devices().filter { device in
                device.identity?.hub == hub.name && (!edgeOnly || device.identity?.isEdge == true)
            }
            return devices.sorted { $0.deviceID < $1.deviceID }.prefix(top).compactMap {
                $0.identityResource()
            }
        }
    }

    package func showIdentity(_ hubName: HubName, _ deviceID: String) throws -> JSONValue {
        let (_, ledger) = try namespace(ofHub: hubName)
        return try ledger.read { snapshot in
            let device = try identity(deviceID, in: hubName, NamespaceState(snapshot))
            return device.identityResource() ?? .null
        }
    }

    package func updateIdentity(_ hubName: HubName, _ deviceID: String, _ update: IdentityUpdate) throws -> JSONValue {
        let (_, ledger) = try namespace(ofHub: hubName)
        return try commit(to: ledger) { snapshot in
            var device = try identity(deviceID, in: hubName, NamespaceState(snapshot))
            try update.entityTag?.check(
                device.etag,
                of: "the device identity \(quoted(device.deviceID))",
                shownBy: "adr hub device-identity show --hub-name \(hubName.text) --device-id \(device.deviceID)"
            )
            let before = device.body
            if let enabled = update.enabled, enabled != (device.identity?.status == .enabled) {
                device.identity?.status = enabled ? .enabled : .disabled
                device.identity?.statusUpdatedAt = now
            }
            if let reason = update.statusReason {
                device.identity?.statusReason = reason.isEmpty ? nil : reason
            }
            return commit(device, before, "IdentityUpdated", snapshot) { $0.identityResource() ?? .null }
        }
    }

    /// The device whose identity a hub has under that device ID, whatever its case, as registration IDs have it.
    private func identity(_ deviceID: String, in hubName: HubName, _ state: NamespaceState) throws -> DeviceRecord {
        let hub = try state.hub(hubName)
        if let device = try state.device(withID: deviceID, in: hub.name) { return device }
        throw ServiceError.notFound(
            "the hub '\(hub.name.text)' has no device identity \(quoted(deviceID))",
            hint: "'adr hub device-identity list --hub-name \(hub.name.text)' shows those it has."
        )
    }
}
