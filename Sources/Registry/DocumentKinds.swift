import JSON
import Store

/// What kind of document lies at a path, and what this program makes of one: for whoever gets a body from elsewhere.
enum DocumentKinds {
    /// The document that the record in a body would be written as; nil at a path where no kind of document lies.
    ///
    /// Throws what reading the record throws.
    static func rewritten(_ body: JSONValue, path: String) throws -> Change? {
        if path == StoreLayout.namespaceDocument { return try NamespaceRecord(body).change }
        if path == StoreLayout.credentialDocument { return try CredentialRecord(body).change }
        if path == StoreLayout.ledgerSignerDocument { return try LedgerSignerRecord(body).change }
        if path == StoreLayout.retiredKeysDocument { return try RetiredKey.rewritten(body) }
        if path.hasPrefix(StoreLayout.policies) { return try policy(body, path) }
        if path.hasPrefix(StoreLayout.hubs) { return try HubRecord(body, path: path).change }
        if path.hasPrefix(StoreLayout.issuers) { return try IssuerRecord(body, path: path).change }
        if path.hasPrefix(StoreLayout.devices) { return try device(body, path) }
        if path.hasPrefix(StoreLayout.deviceIDs) { return try DeviceIDRecord(body, path: path).change }
        guard path.hasPrefix(StoreLayout.provisioningServices) else { return nil }
        let parts = path.split(separator: "/")
        if parts.count == 2 { return try ProvisioningServiceRecord(body, path: path).change }
        let enrollment = try EnrollmentRecord(body, path: path)
        let service = try ProvisioningServiceName(String(parts[1]))
        return .put(StoreLayout.enrollment(enrollment.id, service), enrollment.body)
    }

    private static func policy(_ body: JSONValue, _ path: String) throws -> Change {
        let policy = try PolicyRecord(body, path: path)
        guard PolicyRecord.leafValidityRange.contains(policy.leafValidityDays) else {
            throw ServiceError.invalid(
                "leafValidityDays is \(policy.leafValidityDays), a number from \(PolicyRecord.leafValidityRange.lowerBound) "
                    + "to \(PolicyRecord.leafValidityRange.upperBound) was needed"
            )
        }
        return policy.change
    }

    /// A device, or the registration alone of what never became one.
    private static func device(_ body: JSONValue, _ path: String) throws -> Change {
        if DeviceRecord.isDevice(body) { return try DeviceRecord(body, path: path).change }
        let registration = try RegistrationRecord(try RecordReader(body, path: path).requiredRecord("registration"))
        let name = DeviceName(registering: try RegistrationID(registration.registrationID))
        return .put(StoreLayout.device(name), registration.documentAlone)
    }
}
