import JSON
import OpenSSL
import Registry

/// Many individual enrollments, as JSON Lines in the form of the service's API.
struct EnrollmentBatch {
    let requests: [EnrollmentRequest]

    init(_ bytes: [UInt8], name: String) throws {
        var requests: [EnrollmentRequest] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            do {
                requests.append(try Self.request(try JSONValue(parsing: Array(line))))
            } catch let error as ServiceError {
                throw ServiceError(
                    error.kind,
                    code: error.code,
                    "\(name), line \(index + 1): \(error.message)",
                    hint: error.hint
                )
            } catch let error as JSONParseError {
                throw ServiceError.invalid(
                    "\(name), line \(index + 1): no JSON: \(error.message) (column \(error.column))",
                    hint:
                        #"Make each line of --batch like {"registrationId": "device-1", "credentialPolicyName": "default"}."#
                )
            }
        }
        self.requests = requests
    }

    private static func request(_ value: JSONValue) throws -> EnrollmentRequest {
        guard let id = value["registrationId"]?.stringValue else {
            throw ServiceError.invalid(
                "it names no registrationId",
                hint:
                    #"Make each line of --batch like {"registrationId": "device-1", "credentialPolicyName": "default"}."#
            )
        }
        try checkMembers(value)
        var request = EnrollmentRequest(id: .individual(try RegistrationID(id)))
        let attestation = value["attestation"]
        switch attestation?["type"]?.stringValue ?? "symmetricKey" {
        case "symmetricKey":
            func key(_ name: String) throws -> [UInt8]? {
                guard let text = attestation?["symmetricKey"]?[name]?.stringValue else { return nil }
                if let key = Base64.decodeStrict(Array(text.utf8)) { return key }
                throw ServiceError.invalid("\(name) is no base64", hint: "Leave \(name) out, and one is made.")
            }
            request.attestation = .symmetricKey(primary: try key("primaryKey"), secondary: try key("secondaryKey"))
        case "x509":
            func certificate(_ name: String) throws -> [UInt8]? {
                guard let text = attestation?["x509"]?["clientCertificates"]?[name]?["certificate"]?.stringValue
                else { return nil }
                if let block = PEM.blocks(Array(text.utf8)).first { return block.der }
                if let der = Base64.decodeStrict(Array(text.utf8)) { return der }
                throw ServiceError.invalid(
                    "the \(name) certificate is neither PEM nor base64 DER",
                    hint: "'openssl x509 -in FILE -outform DER | openssl base64 -A' prints one."
                )
            }
            request.attestation = .x509(primary: try certificate("primary"), secondary: try certificate("secondary"))
        case let other:
            throw ServiceError.invalid(
                "the attestation type \(quoted(other)) is not taken",
                hint: "Use symmetricKey or x509."
            )
        }
        request.policyName = value["credentialPolicyName"]?.stringValue
        request.deviceID = value["deviceId"]?.stringValue
        request.isEnabled = try word(
            value["provisioningStatus"],
            "provisioningStatus",
            ["enabled": true, "disabled": false]
        )
        request.isEdge = value["capabilities"]?["iotEdge"]?.boolValue
        request.webhook = value["customAllocationDefinition"]?["webhookUrl"]?.stringValue
        request.webhookVersion = value["customAllocationDefinition"]?["apiVersion"]?.stringValue
        request.reprovision = try reprovision(value["reprovisionPolicy"])
        request.hubs = try value["iotHubs"]?.arrayValue?.compactMap(\.stringValue).map { text in try HubName(text) }
        request.allocation = try word(
            value["allocationPolicy"],
            "allocationPolicy",
            ["custom": .custom, "geolatency": .geoLatency, "hashed": .hashed, "static": .fixed]
        )
        if let hub = value["iotHubHostName"]?.stringValue {
            request.hubs = [try HubName(hub)]
            request.allocation = .fixed
        }
        request.twinTags = value["initialTwin"]?["tags"]
        request.twinProperties = value["initialTwin"]?["properties"]?["desired"]
        request.deviceInformation = value["optionalDeviceInformation"]
        return request
    }

    /// The members of an individualEnrollment that can be asked for; the rest is the service's own word.
    private static let members: Set<String> = [
        "registrationId", "attestation", "deviceId", "credentialPolicyName", "provisioningStatus", "capabilities",
        "allocationPolicy", "iotHubs", "iotHubHostName", "customAllocationDefinition", "reprovisionPolicy",
        "initialTwin", "optionalDeviceInformation", "etag", "createdDateTimeUtc", "lastUpdatedDateTimeUtc",
        "registrationState",
    ]

    private static func checkMembers(_ value: JSONValue) throws {
        guard let unknown = value.objectValue?.keys.first(where: { !members.contains($0) }) else { return }
        throw ServiceError.invalid(
            "an enrollment has no member \(quoted(unknown))",
            hint: "Leave it out, or see the individualEnrollment of the service's API for its spelling."
        )
    }

    /// One of a few words, whatever its case.
    private static func word<Value>(_ value: JSONValue?, _ name: String, _ words: [String: Value]) throws -> Value? {
        guard let value else { return nil }
        if let text = value.stringValue, let known = words[text.lowercased()] { return known }
        throw ServiceError.invalid(
            "\(name) is \(quoted(value.stringValue ?? String(decoding: value.compact(), as: UTF8.self)))",
            hint: "Use one of \(words.keys.sorted().joined(separator: ", "))."
        )
    }

    private static func reprovision(_ value: JSONValue?) throws -> ReprovisionPolicy? {
        guard let value else { return nil }
        switch (value["updateHubAssignment"]?.boolValue, value["migrateDeviceData"]?.boolValue) {
        case (true?, true?): return .migrate
        case (true?, false?): return .reset
        case (false?, _): return .never
        default:
            throw ServiceError.invalid(
                "reprovisionPolicy does not say what becomes of the device",
                hint: #"Write it as {"updateHubAssignment": true, "migrateDeviceData": true}."#
            )
        }
    }
}
