import JSON
import OpenSSL
import Store

/// A hub that a provisioning service assigns devices to.
struct LinkedHub {
    let hub: HubName
    var weight: Int
    /// Whether the hub takes part in allocation.
    var isAllocated: Bool
    /// How far away the hub is said to be, for the lowest-latency policy: there is no network to measure.
    var latencyMilliseconds: Int?

    init(hub: HubName, weight: Int = 1, isAllocated: Bool = true, latencyMilliseconds: Int? = nil) {
        self.hub = hub
        self.weight = weight
        self.isAllocated = isAllocated
        self.latencyMilliseconds = latencyMilliseconds
    }

    init(_ reader: RecordReader) throws {
        hub = try HubName(try reader.text("hub"))
        weight = Int(try reader.integer("weight"))
        isAllocated = try reader.boolean("applyAllocationPolicy")
        latencyMilliseconds = try reader.optionalInteger("latencyMilliseconds").map { Int($0) }
    }

    var value: JSONValue {
        var object = JSONObject()
        object["hub"] = .string(hub.text)
        object["weight"] = .integer(Int64(weight))
        object["applyAllocationPolicy"] = .bool(isAllocated)
        object.set("latencyMilliseconds", latencyMilliseconds.map { .integer(Int64($0)) })
        return .object(object)
    }

    /// The linked hub as ARM shows it.
    func resource(location: String) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(hub.hostName)
        object["location"] = .string(location)
        object["allocationWeight"] = .integer(Int64(weight))
        object["applyAllocationPolicy"] = .bool(isAllocated)
        object.set("latencyMilliseconds", latencyMilliseconds.map { .integer(Int64($0)) })
        return .object(object)
    }
}

/// A device provisioning service (`dps/<dps>.json`).
struct ProvisioningServiceRecord {
    let name: ProvisioningServiceName
    let group: ResourceGroupName
    let uuid: String
    /// What devices address the service by.
    let idScope: String
    let location: String
    var tags: JSONObject
    /// In the order of their linking.
    var linkedHubs: [LinkedHub]
    var authorship: Authorship

    init(
        name: ProvisioningServiceName,
        group: ResourceGroupName,
        uuid: String,
        location: String,
        tags: JSONObject,
        authorship: Authorship
    ) {
        self.name = name
        self.group = group
        self.uuid = uuid
        idScope = "0ne" + uuid.prefix(8).uppercased()
        self.location = location
        self.tags = tags
        linkedHubs = []
        self.authorship = authorship
    }

    init(_ body: JSONValue, path: String) throws {
        let reader = try RecordReader(body, path: path)
        name = try ProvisioningServiceName(try reader.text("name"))
        group = try ResourceGroupName(try reader.text("resourceGroup"))
        uuid = try reader.text("uuid")
        idScope = try reader.text("idScope")
        location = try reader.text("location")
        tags = try reader.tags()
        linkedHubs = try reader.records("linkedHubs").map(LinkedHub.init)
        authorship = try Authorship(reader)
    }

    var change: Change {
        .put(
            StoreLayout.provisioningService(name),
            [
                "name": .string(name.text),
                "resourceGroup": .string(group.text),
                "uuid": .string(uuid),
                "idScope": .string(idScope),
                "location": .string(location),
                "tags": .object(tags),
                "linkedHubs": .array(linkedHubs.map(\.value)),
                "systemData": authorship.value,
            ]
        )
    }

    func linkedHub(_ hub: HubName) -> LinkedHub? { linkedHubs.first { $0.hub == hub } }

    /// The service as ARM shows it.
    func resource(of namespace: NamespaceKey, subscription: String) -> JSONValue {
        [
            "id": .string(ResourceID.provisioningService(name.text, group: group.text, subscription: subscription)),
            "name": .string(name.text),
            "type": "Microsoft.Devices/provisioningServices",
            "resourceGroup": .string(group.text),
            "location": .string(location),
            "tags": .object(tags),
            "etag": .string(Base64.encode(Array(uuid.utf8.prefix(8)))),
            "systemData": authorship.value,
            "properties": [
                "allocationPolicy": "Hashed",
                "deviceProvisioningHostName": "global.azure-devices-provisioning.net",
                "deviceRegistryNamespace": [
                    "resourceId": .string(ResourceID.namespace(namespace, subscription: subscription))
                ],
                "idScope": .string(idScope),
                "iotHubs": .array(linkedHubs.map { $0.resource(location: location) }),
                "provisioningState": "Succeeded",
                "serviceOperationsHostName": .string(name.hostName),
                "state": "Active",
            ],
        ]
    }
}
