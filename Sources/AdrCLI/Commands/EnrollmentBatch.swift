import JSON
import OpenSSL
import Registry

/// Many individual enrollments, as JSON Lines in the form of the service's API. A member that is not known is refused:
/// a misspelled setting would otherwise be the default's, for a whole fleet.
struct EnrollmentBatch {
    static let example =
        #"Make each line of --batch like {"registrationId": "device-1", "credentialPolicyName": "default"}."#

    let requests: [EnrollmentRequest]

    /// - Throws: `ServiceError` that names file and line.
    init(_ bytes: [UInt8], name: String) throws {
        var requests: [EnrollmentRequest] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                requests.append(try BatchLine(JSONValue(parsing: Array(line))).request())
            } catch let error as ServiceError {
                throw ServiceError(
                    error.kind,
                    code: error.code,
                    "\(name), line \(index + 1): \(error.message)",
                    hint: error.hint
                )
            } catch let error as JSONParseError {
                throw ServiceError.invalid(
                    "\(name), line \(index + 1): no JSON: \(error.message)",
                    hint: EnrollmentBatch.example
                )
            }
        }
        self.requests = requests
    }
}

/// One line: an individualEnrollment of the service's API.
private struct BatchLine {
    private let line: BatchObject

    init(_ value: JSONValue) throws {
        line = try BatchObject(
            value,
            "",
            [
                "registrationId", "attestation", "deviceId", "credentialPolicyName", "provisioningStatus",
                "allocationPolicy", "iotHubs", "iotHubHostName", "customAllocationDefinition", "reprovisionPolicy",
                "initialTwin", "capabilities", "optionalDeviceInformation",
                // What the service itself says of an enrollment, as a list that was exported has it.
                "etag", "createdDateTimeUtc", "lastUpdatedDateTimeUtc", "registrationState",
            ]
        )
    }

    func request() throws -> EnrollmentRequest {
        guard let id = try line.text("registrationId") else {
            throw ServiceError.invalid("it names no registrationId", hint: EnrollmentBatch.example)
        }
        var request = EnrollmentRequest(id: .individual(try RegistrationID(id)))
        request.attestation = try attestation()
        request.policyName = try line.text("credentialPolicyName")
        request.deviceID = try line.text("deviceId")
        request.isEnabled = try line.word("provisioningStatus", ["enabled", "disabled"]).map { $0 == "enabled" }
        request.allocation = try line.word("allocationPolicy", ["custom", "geoLatency", "hashed", "static"])
            .flatMap(AllocationPolicy.init(rawValue:))
        request.hubs = try line.texts("iotHubs")?.map { text in try HubName(text) }
        if request.hubs == nil, let hub = try line.text("iotHubHostName") {
            request.hubs = [try HubName(hub)]
            request.allocation = request.allocation ?? .fixed
        }
        if let definition = try line.object("customAllocationDefinition", ["webhookUrl", "apiVersion"]) {
            request.webhook = try definition.text("webhookUrl")
            request.webhookVersion = try definition.text("apiVersion")
        }
        request.reprovision = try reprovision()
        let twin = try line.object("initialTwin", ["tags", "properties"])
        request.twinTags = twin?["tags"]
        request.twinProperties = try twin?.object("properties", ["desired"])?["desired"]
        request.isEdge = try line.object("capabilities", ["iotEdge"])?.boolean("iotEdge")
        request.deviceInformation = line["optionalDeviceInformation"]
        return request
    }

    private func reprovision() throws -> ReprovisionPolicy? {
        guard let policy = try line.object("reprovisionPolicy", ["updateHubAssignment", "migrateDeviceData"]) else {
            return nil
        }
        if try policy.boolean("updateHubAssignment") == false { return .never }
        return try policy.boolean("migrateDeviceData") == false ? .reset : .migrate
    }

    private func attestation() throws -> AttestationRequest {
        let attestation = try line.object("attestation", ["type", "symmetricKey", "x509"])
        switch try attestation?.text("type") ?? "symmetricKey" {
        case "symmetricKey":
            let keys = try attestation?.object("symmetricKey", ["primaryKey", "secondaryKey"])
            return .symmetricKey(primary: try key("primaryKey", keys), secondary: try key("secondaryKey", keys))
        case "x509":
            let certificates = try attestation?.object("x509", ["clientCertificates"])?
                .object("clientCertificates", ["primary", "secondary"])
            return .x509(
                primary: try certificate("primary", certificates),
                secondary: try certificate("secondary", certificates)
            )
        case let other:
            throw ServiceError.invalid(
                "the attestation type \(quoted(other)) is not taken",
                hint: "Use symmetricKey or x509."
            )
        }
    }

    private func key(_ name: String, _ keys: BatchObject?) throws -> [UInt8]? {
        guard let text = try keys?.text(name) else { return nil }
        guard let key = Base64.decodeStrict(Array(text.utf8)), EnrollmentOptions.keyLengths.contains(key.count) else {
            throw ServiceError.invalid(
                "\(name) is no base64 of 16 to 64 octets",
                hint: "Leave it out to have one made."
            )
        }
        return key
    }

    private func certificate(_ name: String, _ certificates: BatchObject?) throws -> [UInt8]? {
        guard let text = try certificates?.object(name, ["certificate", "info"])?.text("certificate") else {
            return nil
        }
        if let block = PEM.blocks(Array(text.utf8)).first { return block.der }
        if let der = Base64.decodeStrict(Array(text.utf8)) { return der }
        throw ServiceError.invalid(
            "the \(name) certificate is neither PEM nor base64 DER",
            hint: "Put the PEM text of the device's onboarding certificate into 'certificate'."
        )
    }
}

/// A JSON object all of whose members are known; null counts as left out, as the service has it.
private struct BatchObject {
    private let object: JSONObject
    private let name: String

    init(_ value: JSONValue, _ name: String, _ known: [String]) throws {
        guard let object = value.objectValue else {
            throw ServiceError.invalid("\(name.isEmpty ? "it" : name) is no JSON object", hint: EnrollmentBatch.example)
        }
        for member in object.keys where !known.contains(member) {
            throw ServiceError.invalid(
                "the member \(quoted(name.isEmpty ? member : "\(name).\(member)")) is not known",
                hint: "It takes \(known.joined(separator: ", "))."
            )
        }
        self.object = object
        self.name = name
    }

    subscript(_ member: String) -> JSONValue? { object[member] == .null ? nil : object[member] }

    private func wrong(_ member: String, _ needed: String) -> ServiceError {
        .invalid(
            "\(quoted(name.isEmpty ? member : "\(name).\(member)")) is no \(needed)",
            hint: EnrollmentBatch.example
        )
    }

    func text(_ member: String) throws -> String? {
        guard let value = self[member] else { return nil }
        guard let text = value.stringValue else { throw wrong(member, "string") }
        return text
    }

    func word(_ member: String, _ words: [String]) throws -> String? {
        guard let text = try text(member) else { return nil }
        guard words.contains(text) else { throw wrong(member, "word of \(words.joined(separator: ", "))") }
        return text
    }

    func texts(_ member: String) throws -> [String]? {
        guard let value = self[member] else { return nil }
        guard let values = value.arrayValue else { throw wrong(member, "array of strings") }
        return try values.map { value in
            guard let text = value.stringValue else { throw wrong(member, "array of strings") }
            return text
        }
    }

    func boolean(_ member: String) throws -> Bool? {
        guard let value = self[member] else { return nil }
        guard let boolean = value.boolValue else { throw wrong(member, "boolean") }
        return boolean
    }

    func object(_ member: String, _ known: [String]) throws -> BatchObject? {
        guard let value = self[member] else { return nil }
        return try BatchObject(value, name.isEmpty ? member : "\(name).\(member)", known)
    }
}
