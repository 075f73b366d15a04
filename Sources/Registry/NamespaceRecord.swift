import JSON
import Store

/// A namespace as the store keeps it (`namespace.json`).
struct NamespaceRecord {
    let key: NamespaceKey
    let uuid: String
    let location: String
    /// The ids of the system-assigned identity, which ARM shows for every namespace.
    let principalID: String
    let tenantID: String
    var tags: JSONObject
    /// Where its CAs publish.
    var urls: PublicationURLs
    var authorship: Authorship

    init(
        key: NamespaceKey,
        uuid: String,
        location: String,
        principalID: String,
        tenantID: String,
        tags: JSONObject,
        urls: PublicationURLs,
        authorship: Authorship
    ) {
        self.key = key
        self.uuid = uuid
        self.location = location
        self.principalID = principalID
        self.tenantID = tenantID
        self.tags = tags
        self.urls = urls
        self.authorship = authorship
    }

    init(_ body: JSONValue) throws {
        let reader = try RecordReader(body, path: StoreLayout.namespaceDocument)
        key = NamespaceKey(
            group: try ResourceGroupName(try reader.text("resourceGroup")),
            name: try NamespaceName(try reader.text("name"))
        )
        uuid = try reader.text("uuid")
        location = try reader.text("location")
        principalID = try reader.text("principalId")
        tenantID = try reader.text("tenantId")
        tags = try reader.tags()
        urls = PublicationURLs(
            crls: try reader.texts("crlUrls").map { try PublicationURL($0) },
            certificates: try reader.texts("certificateUrls").map { try PublicationURL($0) }
        )
        authorship = try Authorship(reader)
    }

    var change: Change {
        var object: JSONObject = [
            "name": .string(key.name.text),
            "resourceGroup": .string(key.group.text),
            "uuid": .string(uuid),
            "location": .string(location),
            "principalId": .string(principalID),
            "tenantId": .string(tenantID),
            "tags": .object(tags),
            "systemData": authorship.value,
        ]
        object.set("crlUrls", texts: urls.crls.map(\.text))
        object.set("certificateUrls", texts: urls.certificates.map(\.text))
        return .put(StoreLayout.namespaceDocument, .object(object))
    }

    /// The namespace as ARM shows it, its hubs as messaging endpoints.
    func resource(hubs: [HubRecord], subscription: String) -> JSONValue {
        var endpoints = JSONObject()
        for hub in hubs {
            endpoints[hub.name.text] = [
                "address": .string(hub.name.hostName),
                "endpointType": "Microsoft.Devices/IoTHubs",
                "resourceId": .string(hub.resourceID(subscription: subscription)),
            ]
        }
        var properties: JSONObject = [
            "uuid": .string(uuid),
            "provisioningState": "Succeeded",
            "messaging": ["endpoints": .object(endpoints)],
        ]
        properties.set("crlUrls", texts: urls.crls.map(\.text))
        properties.set("certificateUrls", texts: urls.certificates.map(\.text))
        return [
            "id": .string(ResourceID.namespace(key, subscription: subscription)),
            "name": .string(key.name.text),
            "type": "Microsoft.DeviceRegistry/namespaces",
            "resourceGroup": .string(key.group.text),
            "location": .string(location),
            "tags": .object(tags),
            "identity": [
                "type": "SystemAssigned", "principalId": .string(principalID), "tenantId": .string(tenantID),
            ],
            "systemData": authorship.value,
            "properties": .object(properties),
        ]
    }
}
