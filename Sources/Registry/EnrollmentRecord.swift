import JSON
import OpenSSL
import PKI
import Store

/// How devices of an enrollment prove who they are.
enum Attestation {
    /// The name of the file under `keys/` that holds primary and secondary key.
    case symmetricKey(file: String)
    /// Certificates in DER: the leaves themselves for an individual, CAs that sign for a group.
    case x509(primary: [UInt8]?, secondary: [UInt8]?)

    init(_ reader: RecordReader) throws {
        switch try reader.text("type") {
        case "x509":
            self = .x509(
                primary: try reader.value("primary") == nil ? nil : reader.bytes("primary"),
                secondary: try reader.value("secondary") == nil ? nil : reader.bytes("secondary")
            )
        default:
            self = .symmetricKey(file: try reader.text("keyFile"))
        }
    }

    var value: JSONValue {
        var object = JSONObject()
        switch self {
        case .symmetricKey(let file):
            object["type"] = "symmetricKey"
            object["keyFile"] = .string(file)
        case .x509(let primary, let secondary):
            object["type"] = "x509"
            if let primary { object.set("primary", base64: primary) }
            if let secondary { object.set("secondary", base64: secondary) }
        }
        return .object(object)
    }

    /// The certificates, primary first.
    var certificates: [[UInt8]] {
        switch self {
        case .symmetricKey: []
        case .x509(let primary, let secondary): [primary, secondary].compactMap { $0 }
        }
    }
}

/// How a hub is chosen for a device (`allocationPolicy` of the service).
package enum AllocationPolicy: String, Sendable {
    case hashed
    case geoLatency
    case fixed = "static"
    case custom
}

/// What becomes of a device that registers again.
package enum ReprovisionPolicy: String, Sendable, CaseIterable {
    case migrate = "reprovisionandmigratedata"
    case reset = "reprovisionandresetdata"
    case never

    /// The service's form.
    var value: JSONValue {
        switch self {
        case .migrate: ["updateHubAssignment": true, "migrateDeviceData": true]
        case .reset: ["updateHubAssignment": true, "migrateDeviceData": false]
        case .never: ["updateHubAssignment": false, "migrateDeviceData": false]
        }
    }
}

/// Which enrollment: an individual one by registration ID, or a group by its ID.
package enum EnrollmentID: Sendable, Equatable {
    case individual(RegistrationID)
    case group(RegistrationID)

    package var text: String { id.text }

    var id: RegistrationID {
        switch self {
        case .individual(let id), .group(let id): id
        }
    }

    var isGroup: Bool {
        switch self {
        case .individual: false
        case .group: true
        }
    }
}

/// An enrollment (`dps/<dps>/enrollments/<xxx>/<id>.json`) or an enrollment group
/// (`dps/<dps>/enrollment-groups/<group>.json`).
struct EnrollmentRecord {
    let id: EnrollmentID
    let uuid: String
    var attestation: Attestation
    var isEnabled: Bool
    /// The policy whose CA signs the CSRs of these devices.
    var policyName: String?
    /// For an individual: the device ID in the hub, where it is not the registration ID.
    var deviceID: String?
    var allocation: AllocationPolicy
    /// Hubs to choose from, by name; empty means all that are linked.
    var hubs: [String]
    /// The program that chooses, for the custom policy.
    var webhook: String?
    var webhookVersion: String?
    var reprovision: ReprovisionPolicy
    var initialTwin: JSONObject
    var isEdge: Bool
    var deviceInformation: JSONValue?
    /// Counts the changes: the entity tag.
    var version: Int64
    var authorship: Authorship

    init(id: EnrollmentID, uuid: String, attestation: Attestation, authorship: Authorship) {
        self.id = id
        self.uuid = uuid
        self.attestation = attestation
        isEnabled = true
        allocation = .hashed
        hubs = []
        reprovision = .migrate
        initialTwin = JSONObject()
        isEdge = false
        version = 1
        self.authorship = authorship
    }

    init(_ body: JSONValue, path: String) throws {
        let reader = try RecordReader(body, path: path)
        let text = try RegistrationID(try reader.text("id"))
        id = try reader.boolean("isGroup") ? .group(text) : .individual(text)
        uuid = try reader.text("uuid")
        attestation = try Attestation(try reader.requiredRecord("attestation"))
        isEnabled = try reader.boolean("enabled")
        policyName = try reader.optionalText("policyName")
        deviceID = try reader.optionalText("deviceId")
        allocation = try reader.word("allocationPolicy", AllocationPolicy.self)
        hubs = try reader.texts("hubs")
        webhook = try reader.optionalText("webhook")
        webhookVersion = try reader.optionalText("webhookVersion")
        reprovision = try reader.word("reprovisionPolicy", ReprovisionPolicy.self)
        initialTwin = reader.value("initialTwin")?.objectValue ?? JSONObject()
        isEdge = try reader.boolean("iotEdge")
        deviceInformation = reader.value("deviceInformation")
        version = try reader.integer("version")
        authorship = try Authorship(reader)
    }

    var body: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id.text)
        object["isGroup"] = .bool(id.isGroup)
        object["uuid"] = .string(uuid)
        object["attestation"] = attestation.value
        object["enabled"] = .bool(isEnabled)
        object.set("policyName", policyName.map(JSONValue.string))
        object.set("deviceId", deviceID.map(JSONValue.string))
        object["allocationPolicy"] = .string(allocation.rawValue)
        object["hubs"] = .array(hubs.map(JSONValue.string))
        object.set("webhook", webhook.map(JSONValue.string))
        object.set("webhookVersion", webhookVersion.map(JSONValue.string))
        object["reprovisionPolicy"] = .string(reprovision.rawValue)
        object["initialTwin"] = .object(initialTwin)
        object["iotEdge"] = .bool(isEdge)
        object.set("deviceInformation", deviceInformation)
        object["version"] = .integer(version)
        object["systemData"] = authorship.value
        return .object(object)
    }

    func change(of service: ProvisioningServiceName) -> Change { .put(StoreLayout.enrollment(id, service), body) }

    var etag: String { Base64.encode(Array("\(uuid.prefix(8))-\(version)".utf8)) }

    /// The enrollment as the service's API has it.
    ///
    /// - Parameter keys: primary and secondary, base64, where they are asked for.
    func resource(keys: SymmetricKeys?) throws -> JSONValue {
        var object = JSONObject()
        object[id.isGroup ? "enrollmentGroupId" : "registrationId"] = .string(id.text)
        object.set("deviceId", deviceID.map(JSONValue.string))
        object["attestation"] = try attestationResource(keys: keys)
        object["capabilities"] = ["iotEdge": .bool(isEdge)]
        object.set("credentialPolicyName", policyName.map(JSONValue.string))
        object["provisioningStatus"] = .string(isEnabled ? "enabled" : "disabled")
        object["allocationPolicy"] = .string(allocation.rawValue)
        object["iotHubs"] = .array(try hubs.map { .string(try HubName($0).hostName) })
        if !id.isGroup, hubs.count == 1 { object["iotHubHostName"] = .string(try HubName(hubs[0]).hostName) }
        if let webhook {
            var definition = JSONObject([("webhookUrl", .string(webhook))])
            definition.set("apiVersion", webhookVersion.map(JSONValue.string))
            object["customAllocationDefinition"] = .object(definition)
        }
        object["reprovisionPolicy"] = reprovision.value
        object["initialTwin"] = .object(initialTwin)
        object.set("optionalDeviceInformation", deviceInformation)
        object["etag"] = .string(etag)
        object.set("createdDateTimeUtc", time: authorship.createdAt)
        object.set("lastUpdatedDateTimeUtc", time: authorship.modifiedAt)
        return .object(object)
    }

    private func attestationResource(keys: SymmetricKeys?) throws -> JSONValue {
        switch attestation {
        case .symmetricKey:
            var object = JSONObject([("type", "symmetricKey")])
            if let keys {
                object["symmetricKey"] = [
                    "primaryKey": .string(Base64.encode(keys.primary)),
                    "secondaryKey": .string(Base64.encode(keys.secondary)),
                ]
            }
            return .object(object)
        case .x509(let primary, let secondary):
            var certificates = JSONObject()
            for (name, der) in [("primary", primary), ("secondary", secondary)] {
                if let der { certificates[name] = ["info": try CertificateOutline(lenient: der).enrollmentInfo] }
            }
            return [
                "type": "x509",
                "x509": [id.isGroup ? "signingCertificates" : "clientCertificates": .object(certificates)],
            ]
        }
    }
}

/// The two keys of a symmetric-key enrollment.
package struct SymmetricKeys: Sendable {
    package let primary: [UInt8]
    package let secondary: [UInt8]
}

extension CertificateOutline {
    /// What the service tells of an onboarding certificate.
    var enrollmentInfo: JSONValue {
        [
            "subjectName": .string(subject.description),
            "issuerName": .string(issuer.description),
            "serialNumber": .string(serialNumber),
            "sha1Thumbprint": .string(thumbprintSHA1),
            "sha256Thumbprint": .string(thumbprintSHA256),
            "notBeforeUtc": .string(Timestamp.text(notBefore)),
            "notAfterUtc": .string(Timestamp.text(notAfter)),
            "version": .integer(Int64(version)),
        ]
    }
}
