import JSON
import OpenSSL
import PKI
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
            var place = "\(name), line \(index + 1)"
            do {
                let value = try JSONValue(parsing: Array(line))
                if let id = value["registrationId"]?.stringValue { place += ", the enrollment \(quoted(id))" }
                requests.append(try BatchLine(value).request())
            } catch let error as ServiceError {
                throw ServiceError(error.kind, code: error.code, "\(place): \(error.message)", hint: error.hint)
            } catch let error as JSONParseError {
                throw ServiceError.invalid("\(place): no JSON: \(error.message)", hint: EnrollmentBatch.example)
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
        try setHubs(&request)
        if let definition = try line.object("customAllocationDefinition", ["webhookUrl", "apiVersion"]) {
            request.webhook = try definition.text("webhookUrl")
            request.webhookVersion = try definition.text("apiVersion")
        }
        request.reprovision = try reprovision()
        let twin = try line.object("initialTwin", ["tags", "properties"])
        request.twinTags = try twin?.anyObject("tags")
        request.twinProperties = try twin?.object("properties", ["desired"])?.anyObject("desired")
        request.isEdge = try line.object("capabilities", ["iotEdge"])?.boolean("iotEdge")
        request.deviceInformation = try line.anyObject("optionalDeviceInformation")
        return request
    }

    /// Hubs to choose from, or the one of a static allocation; what is exported names that one twice.
    private func setHubs(_ request: inout EnrollmentRequest) throws {
        request.hubs = try line.texts("iotHubs")?.map { text in try HubName(text) }
        guard let text = try line.text("iotHubHostName") else { return }
        let hub = try HubName(text)
        if let hubs = request.hubs, !hubs.isEmpty {
            guard hubs == [hub] else {
                throw ServiceError.invalid(
                    "iotHubHostName is \(quoted(text)), and iotHubs names \(hubs.map(\.text).joined(separator: ", "))",
                    hint: "Name in iotHubs the hubs to choose from, and leave out iotHubHostName."
                )
            }
            return
        }
        guard request.allocation == nil || request.allocation == .fixed else {
            throw ServiceError.invalid(
                "iotHubHostName names the one hub of a static allocation, and allocationPolicy is "
                    + "\(request.allocation?.rawValue ?? "")",
                hint: "Name in iotHubs the hubs to choose from."
            )
        }
        request.hubs = [hub]
        request.allocation = .fixed
    }

    private func reprovision() throws -> ReprovisionPolicy? {
        guard let policy = try line.object("reprovisionPolicy", ["updateHubAssignment", "migrateDeviceData"]) else {
            return nil
        }
        if try policy.boolean("updateHubAssignment") == false { return .never }
        return try policy.boolean("migrateDeviceData") == false ? .reset : .migrate
    }

    /// What the type says and what stands beside it must agree: an onboarding certificate that is passed over would
    /// leave the device with made-up keys.
    private func attestation() throws -> AttestationRequest {
        let types = ["symmetricKey", "tpm", "x509"]
        guard let attestation = try line.object("attestation", ["type"] + types) else {
            return .symmetricKey(primary: nil, secondary: nil)
        }
        let members = types.filter { attestation[$0] != nil }
        let type = try attestation.text("type") ?? members.first ?? "symmetricKey"
        guard members.allSatisfy({ $0 == type }) else {
            throw ServiceError.invalid(
                try attestation.text("type") == nil
                    ? "the attestation holds \(members.joined(separator: " and "))"
                    : "the attestation type is \(quoted(type)), and the attestation holds "
                        + members.joined(separator: " and "),
                hint: "Use one of the two, symmetricKey or x509, and its name as type."
            )
        }
        switch type {
        case "symmetricKey":
            let keys = try attestation.object("symmetricKey", ["primaryKey", "secondaryKey"])
            return .symmetricKey(primary: try key("primaryKey", keys), secondary: try key("secondaryKey", keys))
        case "x509":
            let certificates = try attestation.object("x509", ["clientCertificates"])?
                .object("clientCertificates", ["primary", "secondary"])
            let primary = try certificate("primary", certificates)
            let secondary = try certificate("secondary", certificates)
            guard primary != nil || secondary != nil else {
                throw ServiceError.invalid("its X.509 attestation needs a certificate", hint: Self.certificateHint)
            }
            return .x509(primary: primary, secondary: secondary)
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

    private static let certificateHint =
        "Put the device's onboarding certificate, its PEM text or base64 DER, into "
        + "attestation.x509.clientCertificates.primary.certificate."

    private func certificate(_ name: String, _ certificates: BatchObject?) throws -> [UInt8]? {
        guard let described = try certificates?.object(name, ["certificate", "info"]) else { return nil }
        guard let text = try described.text("certificate") else {
            // As the service exports it: what is told of the certificate, and not the certificate.
            throw ServiceError.invalid("the \(name) certificate itself is missing", hint: Self.certificateHint)
        }
        let bytes = Array(text.utf8)
        do {
            let file = Base64.decodeStrict(bytes) ?? bytes
            return try UserFiles.certificates(in: file, named: "the \(name) certificate")[0]
        } catch let problem as FileProblem {
            throw ServiceError.invalid(problem.message, hint: Self.certificateHint)
        } catch let refusal as Refusal {
            throw ServiceError.refused(refusal.code, refusal.message, hint: Self.certificateHint)
        }
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

    /// An object of whatever members.
    func anyObject(_ member: String) throws -> JSONValue? {
        guard let value = self[member] else { return nil }
        guard value.objectValue != nil else { throw wrong(member, "JSON object") }
        return value
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
