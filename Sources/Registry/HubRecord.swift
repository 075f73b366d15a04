import JSON
import OpenSSL
import Store

/// A CA certificate that a hub trusts.
struct HubCertificate {
    let name: String
    let certificate: [UInt8]
    let subject: String
    /// SHA-1 in upper-case hex.
    let thumbprint: String
    let notAfter: Int64
    /// The subject of the CA's document under `issuers/`.
    let issuer: String
    let policyName: String
    let policyUUID: String
    let createdAt: Int64

    init(_ issuer: IssuerRecord, policyName: String, policyUUID: String, at time: Int64) {
        name = Self.name(policy: policyName, thumbprint: issuer.thumbprint)
        certificate = issuer.certificate
        subject = issuer.certificateSubject
        thumbprint = issuer.thumbprint
        notAfter = issuer.notAfter
        self.issuer = issuer.subject
        self.policyName = policyName
        self.policyUUID = policyUUID
        createdAt = time
    }

    init(_ reader: RecordReader) throws {
        name = try reader.text("name")
        certificate = try reader.bytes("certificate")
        subject = try reader.text("subject")
        thumbprint = try reader.text("thumbprint")
        notAfter = try reader.time("notAfter")
        issuer = try reader.text("issuer")
        policyName = try reader.text("policyName")
        policyUUID = try reader.text("policyUuid")
        createdAt = try reader.time("createdAt")
    }

    var value: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object.set("certificate", base64: certificate)
        object["subject"] = .string(subject)
        object["thumbprint"] = .string(thumbprint)
        object.set("notAfter", time: notAfter)
        object["issuer"] = .string(issuer)
        object["policyName"] = .string(policyName)
        object["policyUuid"] = .string(policyUUID)
        object.set("createdAt", time: createdAt)
        return .object(object)
    }

    /// `<policy, cut to 55>-<first 8 hex of the SHA-1 thumbprint>`: at most 64 characters, a hub's limit.
    private static func name(policy: String, thumbprint: String) -> String {
        "\(policy.prefix(55))-\(thumbprint.prefix(8).lowercased())"
    }

    /// Changes with the certificate, as a hub's entity tag does.
    var etag: String { Base64.encode(Array(thumbprint.utf8.prefix(8))) }
}

/// An IoT hub (`hubs/<hub>.json`) with the CA certificates it trusts.
struct HubRecord {
    let name: HubName
    /// The resource group of its ARM id, which need not be the namespace's.
    let group: ResourceGroupName
    let uuid: String
    let location: String
    var tags: JSONObject
    /// Sorted by name.
    var certificates: [HubCertificate]
    var authorship: Authorship

    init(
        name: HubName,
        group: ResourceGroupName,
        uuid: String,
        location: String,
        tags: JSONObject,
        authorship: Authorship
    ) {
        self.name = name
        self.group = group
        self.uuid = uuid
        self.location = location
        self.tags = tags
        certificates = []
        self.authorship = authorship
    }

    init(_ body: JSONValue, path: String) throws {
        let reader = try RecordReader(body, path: path)
        name = try HubName(try reader.text("name"))
        group = try ResourceGroupName(try reader.text("resourceGroup"))
        uuid = try reader.text("uuid")
        location = try reader.text("location")
        tags = try reader.tags()
        certificates = try reader.records("certificates").map(HubCertificate.init)
        authorship = try Authorship(reader)
    }

    var change: Change {
        .put(
            StoreLayout.hub(name),
            [
                "name": .string(name.text),
                "resourceGroup": .string(group.text),
                "uuid": .string(uuid),
                "location": .string(location),
                "tags": .object(tags),
                "certificates": .array(certificates.map(\.value)),
                "systemData": authorship.value,
            ]
        )
    }

    func resourceID(subscription: String) -> String {
        ResourceID.hub(name.text, group: group.text, subscription: subscription)
    }

    func trusts(thumbprint: String) -> Bool { certificates.contains { $0.thumbprint == thumbprint } }

    /// The hub as ARM shows it.
    func resource(of namespace: NamespaceKey, subscription: String) -> JSONValue {
        [
            "id": .string(resourceID(subscription: subscription)),
            "name": .string(name.text),
            "type": "Microsoft.Devices/IotHubs",
            "resourceGroup": .string(group.text),
            "location": .string(location),
            "tags": .object(tags),
            "etag": .string(Base64.encode(Array(uuid.utf8.prefix(8)))),
            "systemData": authorship.value,
            "properties": [
                "hostName": .string(name.hostName),
                "provisioningState": "Succeeded",
                "state": "Active",
                "deviceRegistry": [
                    "namespaceResourceId": .string(ResourceID.namespace(namespace, subscription: subscription))
                ],
            ],
        ]
    }
}
