import JSON
import OpenSSL
import Store

/// What DPS remembers of a device's last registration; a member of the device's document.
struct RegistrationRecord {
    /// As the service names them (`EnrollmentStatus` of the device API).
    enum Status: String {
        case assigned
        case failed
        case disabled
    }

    /// How the assignment came about (`DeviceRegistrationResult.substatus`).
    enum Substatus: String {
        case initialAssignment
        case deviceDataMigrated
        case deviceDataReset
        /// The device registered again, and stays in the hub it had been assigned to.
        case reprovisionedToInitialAssignment
    }

    let registrationID: String
    let service: ProvisioningServiceName
    /// The ID scope of the service, which a later one of the same name does not have.
    let idScope: String?
    let enrollment: EnrollmentID
    var status: Status
    var substatus: Substatus?
    /// The hub and the device ID in it, of an assignment.
    var hub: HubName?
    var deviceID: String?
    var errorCode: Int64?
    var errorMessage: String?
    /// What a custom allocation sends the device.
    var payload: JSONValue?
    let operationID: String
    let createdAt: Int64
    var updatedAt: Int64
    var version: Int64

    init(
        registrationID: String,
        service: ProvisioningServiceRecord,
        enrollment: EnrollmentID,
        operationID: String,
        previous: RegistrationRecord?,
        at time: Int64
    ) {
        self.registrationID = registrationID
        self.service = service.name
        idScope = service.idScope
        self.enrollment = enrollment
        self.operationID = operationID
        status = .failed
        createdAt = previous?.createdAt ?? time
        updatedAt = time
        version = (previous?.version ?? 0) + 1
    }

    init(_ reader: RecordReader) throws {
        registrationID = try reader.text("registrationId")
        service = try ProvisioningServiceName(try reader.text("service"))
        idScope = try reader.optionalText("idScope")
        let id = try RegistrationID(try reader.text("enrollment"))
        enrollment = try reader.boolean("enrollmentIsGroup") ? .group(id) : .individual(id)
        status = try reader.word("status", Status.self)
        substatus = try reader.value("substatus") == nil ? nil : reader.word("substatus", Substatus.self)
        hub = try reader.optionalText("hub").map { text in try HubName(text) }
        deviceID = try reader.optionalText("deviceId")
        errorCode = try reader.optionalInteger("errorCode")
        errorMessage = try reader.optionalText("errorMessage")
        payload = reader.value("payload")
        operationID = try reader.text("operationId")
        createdAt = try reader.time("createdAt")
        updatedAt = try reader.time("updatedAt")
        version = try reader.integer("version")
    }

    var value: JSONValue {
        var object = JSONObject()
        object["registrationId"] = .string(registrationID)
        object["service"] = .string(service.text)
        object.set("idScope", idScope.map(JSONValue.string))
        object["enrollment"] = .string(enrollment.text)
        object["enrollmentIsGroup"] = .bool(enrollment.isGroup)
        object["status"] = .string(status.rawValue)
        object.set("substatus", substatus.map { .string($0.rawValue) })
        object.set("hub", hub.map { .string($0.text) })
        object.set("deviceId", deviceID.map(JSONValue.string))
        object.set("errorCode", errorCode.map(JSONValue.integer))
        object.set("errorMessage", errorMessage.map(JSONValue.string))
        object.set("payload", payload)
        object["operationId"] = .string(operationID)
        object.set("createdAt", time: createdAt)
        object.set("updatedAt", time: updatedAt)
        object["version"] = .integer(version)
        return .object(object)
    }

    /// Whether it was made with that service, and not with one of the same name before it.
    func isOf(_ service: ProvisioningServiceRecord) -> Bool {
        self.service == service.name && (idScope == nil || idScope == service.idScope)
    }

    var etag: String { Base64.encode(Array("\(createdAt)-\(version)".utf8)) }

    /// The document of what never became a device.
    var documentAlone: JSONValue { ["registrationId": .string(registrationID), "registration": value] }

    /// The registration state as the service's API has it.
    ///
    /// - Parameters:
    ///   - attestation: the member that tells what the device proved itself by.
    ///   - chain: the issued chain, DER; it is part of the answer to the device, never of the operator's view.
    func resource(attestation: (name: String, value: JSONValue)?, chain: [[UInt8]]?) -> JSONObject {
        var object = JSONObject()
        object["registrationId"] = .string(registrationID)
        object.set("createdDateTimeUtc", time: createdAt)
        object.set("assignedHub", hub.map { .string($0.hostName) })
        object.set("deviceId", deviceID.map(JSONValue.string))
        object["status"] = .string(status.rawValue)
        object.set("substatus", substatus.map { .string($0.rawValue) })
        object.set("errorCode", errorCode.map(JSONValue.integer))
        object.set("errorMessage", errorMessage.map(JSONValue.string))
        object.set("lastUpdatedDateTimeUtc", time: updatedAt)
        object["etag"] = .string(etag)
        object.set("payload", payload)
        if let attestation { object[attestation.name] = attestation.value }
        object.set("issuedCertificateChain", chain.map { .array($0.map { .string(Base64.encode($0)) }) })
        return object
    }
}
