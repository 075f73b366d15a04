import JSON
import Store

/// A namespace's credential, its root CA (`credential.json`). The single one is always named `default`.
struct CredentialRecord {
    let uuid: String
    /// The subject of the root that signs now: names its document under `issuers/`.
    var issuer: String
    var tags: JSONObject
    var authorship: Authorship

    init(uuid: String, issuer: String, tags: JSONObject, authorship: Authorship) {
        self.uuid = uuid
        self.issuer = issuer
        self.tags = tags
        self.authorship = authorship
    }

    init(_ body: JSONValue) throws {
        let reader = try RecordReader(body, path: StoreLayout.credentialDocument)
        uuid = try reader.text("uuid")
        issuer = try reader.text("issuer")
        tags = try reader.tags()
        authorship = try Authorship(reader)
    }

    var change: Change {
        .put(
            StoreLayout.credentialDocument,
            [
                "uuid": .string(uuid), "issuer": .string(issuer), "tags": .object(tags),
                "systemData": authorship.value,
            ]
        )
    }

    /// The credential as ARM shows it. The root certificate is no part of the resource.
    func resource(of namespace: NamespaceRecord, subscription: String) -> JSONValue {
        [
            "id": .string(ResourceID.credential(namespace.key, subscription: subscription)),
            "name": "default",
            "type": "Microsoft.DeviceRegistry/namespaces/credentials",
            "resourceGroup": .string(namespace.key.group.text),
            "location": .string(namespace.location),
            "tags": .object(tags),
            "systemData": authorship.value,
            "properties": ["provisioningState": "Succeeded"],
        ]
    }
}
