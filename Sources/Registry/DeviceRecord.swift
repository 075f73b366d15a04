import JSON
import OpenSSL
import Store

/// A certificate that was issued to a device.
struct DeviceCertificate {
    /// Upper-case hex of the serial number's octets.
    let serialNumber: String
    let encoded: EncodedCertificate
    /// SHA-1 in upper-case hex.
    let thumbprint: String
    let notBefore: Int64
    let notAfter: Int64
    /// The subject of the issuing CA's document under `issuers/`.
    let issuer: String
    let policyName: String
    /// SHA-256 of the CSR's DER in hex: the same request is known again by it.
    let requestDigest: String
    /// When it was revoked; hubs do not read this, but the identifier in the certificate.
    var revokedAt: Int64?

    init(
        serialNumber: String,
        der: [UInt8],
        thumbprint: String,
        notBefore: Int64,
        notAfter: Int64,
        issuer: String,
        policyName: String,
        requestDigest: String
    ) {
        self.serialNumber = serialNumber
        encoded = EncodedCertificate(der)
        self.thumbprint = thumbprint
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.issuer = issuer
        self.policyName = policyName
        self.requestDigest = requestDigest
    }

    init(_ reader: RecordReader) throws {
        serialNumber = try reader.text("serialNumber")
        encoded = try EncodedCertificate(reader, "certificate")
        thumbprint = try reader.text("thumbprint")
        notBefore = try reader.time("notBefore")
        notAfter = try reader.time("notAfter")
        issuer = try reader.text("issuer")
        policyName = try reader.text("policyName")
        requestDigest = try reader.text("requestDigest")
        revokedAt = try reader.optionalTime("revokedAt")
    }

    var der: [UInt8] { encoded.der }

    var value: JSONValue {
        var object = JSONObject()
        object["certificate"] = encoded.value
        object["issuer"] = .string(issuer)
        object.set("notAfter", time: notAfter)
        object.set("notBefore", time: notBefore)
        object["policyName"] = .string(policyName)
        object["requestDigest"] = .string(requestDigest)
        object.set("revokedAt", time: revokedAt)
        object["serialNumber"] = .string(serialNumber)
        object["thumbprint"] = .string(thumbprint)
        return .object(object)
    }
}

/// A serial number of a device that has not expired yet.
struct LivingSerial {
    let serialNumber: String
    let notAfter: Int64
    let issuer: String

    var value: JSONValue {
        [
            "issuer": .string(issuer), "notAfter": .string(Timestamp.text(notAfter)),
            "serialNumber": .string(serialNumber),
        ]
    }
}

/// A device's identity in its hub.
struct DeviceIdentity {
    enum Status: String {
        case enabled
        case disabled
    }

    /// How the identity authenticates to its hub.
    enum Authentication: String {
        /// By a certificate of a CA that the hub trusts.
        case certificateAuthority
        /// By a shared access signature.
        case sas
        /// By the thumbprint of a certificate of its own.
        case selfSigned
    }

    let hub: HubName
    /// The device ID in the hub, where an enrollment gave one that is not the registration ID.
    var deviceID: String?
    /// Whether it is an IoT Edge device.
    var isEdge = false
    let generationID: String
    var status: Status
    var statusReason: String?
    var statusUpdatedAt: Int64?
    var authentication: Authentication
    /// Tags and desired properties of the device's twin.
    var twin: JSONObject
    let createdAt: Int64

    init(
        hub: HubName,
        generationID: String,
        authentication: Authentication,
        twin: JSONObject = JSONObject(),
        at time: Int64
    ) {
        self.hub = hub
        self.twin = twin
        self.generationID = generationID
        status = .enabled
        self.authentication = authentication
        createdAt = time
    }

    init(_ reader: RecordReader) throws {
        hub = try HubName(try reader.text("hub"))
        deviceID = try reader.optionalText("deviceId")
        isEdge = try reader.value("iotEdge") == nil ? false : reader.boolean("iotEdge")
        generationID = try reader.text("generationId")
        status = try reader.word("status", Status.self)
        statusReason = try reader.optionalText("statusReason")
        statusUpdatedAt = try reader.optionalTime("statusUpdatedAt")
        authentication = try reader.word("authentication", Authentication.self)
        twin = reader.value("twin")?.objectValue ?? JSONObject()
        createdAt = try reader.time("createdAt")
    }

    var value: JSONValue {
        var object = JSONObject()
        object["authentication"] = .string(authentication.rawValue)
        object.set("createdAt", time: createdAt)
        object.set("deviceId", deviceID.map(JSONValue.string))
        object["generationId"] = .string(generationID)
        object["hub"] = .string(hub.text)
        if isEdge { object["iotEdge"] = true }
        object["status"] = .string(status.rawValue)
        object.set("statusReason", statusReason.map(JSONValue.string))
        object.set("statusUpdatedAt", time: statusUpdatedAt)
        if !twin.isEmpty { object["twin"] = .object(twin) }
        return .object(object)
    }
}

/// A device: its place in the namespace, its hub identity, its certificates (`devices/<xxx>/<device>.json`).
struct DeviceRecord {
    let name: DeviceName
    /// The registration ID in the spelling that was first used: the device ID, and the CN of every certificate.
    let registrationID: String
    let uuid: String
    var enabled: Bool
    var policyName: String?
    var operatingSystemVersion: String?
    var attributes: JSONObject
    var tags: JSONObject
    /// Counts the changes of the device, as the service's `version` does.
    var version: Int64
    /// The 32 octets that certificates of this device carry; a hub accepts none with others.
    var identifier: [UInt8]
    var identity: DeviceIdentity?
    var certificate: DeviceCertificate?
    var living: [LivingSerial]
    /// The last registration with a provisioning service, where there was one.
    var registration: RegistrationRecord?
    var authorship: Authorship

    init(name: DeviceName, registrationID: String, uuid: String, identifier: [UInt8], authorship: Authorship) {
        self.name = name
        self.registrationID = registrationID
        self.uuid = uuid
        enabled = true
        attributes = JSONObject()
        tags = JSONObject()
        version = 0
        self.identifier = identifier
        living = []
        self.authorship = authorship
    }

    /// Whether a document is a device's: one whose every registration failed holds the registration alone.
    static func isDevice(_ body: JSONValue) -> Bool { body["uuid"] != nil }

    /// - Parameter name: of the device whose document it is.
    init(_ body: JSONValue, path: String, name: DeviceName? = nil) throws {
        let reader = try RecordReader(body, path: path)
        registrationID = try reader.text("registrationId")
        let id = try RegistrationID(registrationID)
        self.name = if let name, name.text == id.text { name } else { DeviceName(registering: id) }
        uuid = try reader.text("uuid")
        enabled = try reader.boolean("enabled")
        policyName = try reader.optionalText("policyName")
        operatingSystemVersion = try reader.optionalText("operatingSystemVersion")
        attributes = reader.value("attributes")?.objectValue ?? JSONObject()
        tags = try reader.tags()
        version = try reader.integer("version")
        identifier = try reader.bytes("identifier")
        identity = try reader.record("identity").map(DeviceIdentity.init)
        certificate = try reader.record("certificate").map(DeviceCertificate.init)
        living = try reader.records("living").map {
            LivingSerial(
                serialNumber: try $0.text("serialNumber"),
                notAfter: try $0.time("notAfter"),
                issuer: try $0.text("issuer")
            )
        }
        registration = try reader.record("registration").map(RegistrationRecord.init)
        authorship = try Authorship(reader)
    }

    var change: Change { .put(StoreLayout.device(name), body) }

    /// The members in order, here and in all its parts: it is printed three times for each certificate, and what is in
    /// order need not be sorted.
    var body: JSONValue {
        var object = JSONObject()
        object["attributes"] = .object(attributes)
        object.set("certificate", certificate?.value)
        object["enabled"] = .bool(enabled)
        object.set("identifier", base64: identifier)
        object.set("identity", identity?.value)
        object["living"] = .array(living.map(\.value))
        object["name"] = .string(name.text)
        object.set("operatingSystemVersion", operatingSystemVersion.map(JSONValue.string))
        object.set("policyName", policyName.map(JSONValue.string))
        object.set("registration", registration?.value)
        object["registrationId"] = .string(registrationID)
        object["systemData"] = authorship.value
        object["tags"] = .object(tags)
        object["uuid"] = .string(uuid)
        object["version"] = .integer(version)
        return .object(object)
    }

    /// Notes a change of the device itself, as the service's `version` and `systemData` do.
    mutating func touch(by who: String, at time: Int64) {
        version += 1
        authorship.modified(by: who, at: time)
    }

    /// The device as ARM shows it.
    func resource(of namespace: NamespaceRecord, subscription: String) -> JSONValue {
        var properties = JSONObject()
        properties["uuid"] = .string(uuid)
        properties["enabled"] = .bool(enabled)
        properties["externalDeviceId"] = .string(registrationID)
        properties.set("operatingSystemVersion", operatingSystemVersion.map(JSONValue.string))
        properties["attributes"] = .object(attributes)
        properties["version"] = .integer(version)
        properties.set("lastTransitionTime", time: authorship.modifiedAt)
        properties["provisioningState"] = "Succeeded"
        if let policyName {
            properties["policy"] = [
                "resourceId": .string(ResourceID.policy(policyName, namespace.key, subscription: subscription))
            ]
        }
        if let identity {
            properties["endpoints"] = [
                "outbound": [
                    "assigned": [
                        "iothub": [
                            "endpointType": "Microsoft.Devices/IoTHubs", "address": .string(identity.hub.hostName),
                        ]
                    ]
                ]
            ]
        }
        return [
            "id": .string(ResourceID.device(name.text, namespace.key, subscription: subscription)),
            "name": .string(name.text),
            "type": "Microsoft.DeviceRegistry/namespaces/devices",
            "resourceGroup": .string(namespace.key.group.text),
            "location": .string(namespace.location),
            "tags": .object(tags),
            "etag": .string(etag),
            "systemData": authorship.value,
            "properties": .object(properties),
        ]
    }

    /// What its hub knows the device by.
    var deviceID: String { identity?.deviceID ?? registrationID }

    var etag: String { Base64.encode(Array("\(uuid.prefix(8))-\(version)".utf8)) }

    /// The identity as the hub shows it; nil when no hub knows the device.
    func identityResource() -> JSONValue? {
        guard let identity else { return nil }
        var object = JSONObject()
        object["deviceId"] = .string(deviceID)
        object["generationId"] = .string(identity.generationID)
        object["etag"] = .string(etag)
        object["hub"] = .string(identity.hub.hostName)
        object["status"] = .string(identity.status.rawValue)
        object.set("statusReason", identity.statusReason.map(JSONValue.string))
        object["statusUpdatedTime"] = .string(identity.statusUpdatedAt.map(Timestamp.text) ?? "0001-01-01T00:00:00Z")
        object["authentication"] = ["type": .string(identity.authentication.rawValue)]
        object["capabilities"] = ["iotEdge": .bool(identity.isEdge)]
        object["connectionState"] = "Disconnected"
        object["cloudToDeviceMessageCount"] = 0
        return .object(object)
    }
}
