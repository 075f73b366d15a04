import JSON
import OpenSSL
import PKI
import Store

/// The documents of one namespace, read as records from one moment of its ledger.
struct NamespaceState {
    let snapshot: Snapshot

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    func namespace() throws -> NamespaceRecord {
        let path = StoreLayout.namespaceDocument
        if let record = try snapshot.record(path, { try NamespaceRecord($0) }) { return record }
        throw StoreError(
            kind: .damaged,
            message: "a ledger holds entries but no namespace",
            hint: StoreError.mend(path),
            path: path
        )
    }

    func credential() throws -> CredentialRecord? {
        try snapshot.record(StoreLayout.credentialDocument) { try CredentialRecord($0) }
    }

    /// - Throws: `ParentResourceNotFound`, as the service for everything beneath a credential that is not there.
    func requiredCredential() throws -> CredentialRecord {
        if let credential = try credential() { return credential }
        let key = try namespace().key
        throw ServiceError(
            .notFound,
            code: "ParentResourceNotFound",
            "the namespace '\(key.name.text)' has no credential, so there is no root CA",
            hint: "'adr credential create --namespace \(key.name.text)\(Registry.groupOption(key.group))' makes one."
        )
    }

    func policies() throws -> [PolicyRecord] {
        try snapshot.documents(under: StoreLayout.policies).map { try PolicyRecord($0.body, path: $0.path) }
    }

    func policyIfAny(_ name: PolicyName) throws -> PolicyRecord? {
        let path = StoreLayout.policy(name)
        return try snapshot.record(path) { try PolicyRecord($0, path: path) }
    }

    func policy(_ name: PolicyName) throws -> PolicyRecord {
        if let policy = try policyIfAny(name) { return policy }
        let key = try namespace().key
        let others = try policies().map(\.name.text)
        throw ServiceError.notFound(
            "there is no policy '\(name.text)' in the namespace '\(key.name.text)'",
            hint: others.isEmpty
                ? "'adr policy create --namespace \(key.name.text) --name \(name.text)\(Registry.groupOption(key.group))' makes it."
                : "Its policies: \(others.joined(separator: ", ")); "
                    + "'adr policy list --namespace \(key.name.text)\(Registry.groupOption(key.group))' shows them."
        )
    }

    /// A CA by the 32 hex digits of its subject.
    func issuer(_ subject: String) throws -> IssuerRecord {
        let path = StoreLayout.issuer(subject)
        if let record = try snapshot.record(path, { try IssuerRecord($0, path: path) }) { return record }
        throw StoreError(
            kind: .damaged,
            message: "the CA \(subject) is referred to but has no document",
            hint: StoreError.mend(path),
            path: path
        )
    }

    func issuers() throws -> [IssuerRecord] {
        try snapshot.documents(under: StoreLayout.issuers).map { try IssuerRecord($0.body, path: $0.path) }
    }

    /// A CA that no policy has although nobody deleted one: what is not there is lost, and nothing follows from it.
    static func lostPolicy(_ authority: String) -> StoreError {
        StoreError(
            kind: .damaged,
            message:
                "the CA \(authority) is one of a policy that nobody deleted, and the policy's document, or the CA's, "
                + "is not there",
            hint: "'adr store check' names what is missing, 'adr store check --repair' restores what the ledger says.",
            path: StoreLayout.policies
        )
    }

    /// The issuing CAs that a policy of that name has, or had before it was deleted: there are certificates of them all
    /// the same.
    ///
    /// - Throws: `ResourceNotFound` when there never was one.
    func issuers(ofPolicy name: PolicyName) throws -> [IssuerRecord] {
        let named = try issuers().filter { $0.isOf(name) }
        if named.isEmpty { _ = try policy(name) }
        return named
    }

    /// The CA whose subject a certificate names as its issuer, if it is one of this namespace.
    func issuer(named issuer: DistinguishedName) throws -> IssuerRecord? {
        guard let name = issuer.commonName, let dash = name.lastIndex(of: "-") else { return nil }
        let subject = String(name[name.index(after: dash)...])
        guard subject.utf8.count == 32,
            subject.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        let path = StoreLayout.issuer(subject)
        guard let record = try snapshot.document(path).map({ try IssuerRecord($0, path: path) }) else { return nil }
        return record.certificateSubject == issuer.description ? record : nil
    }

    func hubs() throws -> [HubRecord] {
        try snapshot.records(under: StoreLayout.hubs) { try HubRecord($1, path: $0) }
    }

    func hubIfAny(_ name: HubName) throws -> HubRecord? {
        let path = StoreLayout.hub(name)
        return try snapshot.record(path) { try HubRecord($0, path: path) }
    }

    func hub(_ name: HubName) throws -> HubRecord {
        if let hub = try hubIfAny(name) { return hub }
        let others = try hubs().map(\.name.text)
        let namespace = try namespace().key.name.text
        throw ServiceError.notFound(
            "there is no hub '\(name.text)' in the namespace '\(namespace)'",
            hint: others.isEmpty
                ? "'adr hub create --name \(name.text) --namespace \(namespace)' makes it."
                : "Its hubs: \(others.joined(separator: ", ")); 'adr hub list' shows those of every namespace."
        )
    }

    func device(_ name: DeviceName) throws -> DeviceRecord? {
        let path = StoreLayout.device(name)
        guard let body = try snapshot.document(path), DeviceRecord.isDevice(body) else { return nil }
        return try DeviceRecord(body, path: path, name: name)
    }

    /// The last registration under an ID, of a device or of what failed to become one.
    func registration(_ id: RegistrationID) throws -> RegistrationRecord? {
        try registration(ofDevice: DeviceName(registering: id))
    }

    func registration(ofDevice name: DeviceName) throws -> RegistrationRecord? {
        let path = StoreLayout.device(name)
        guard let body = try snapshot.document(path) else { return nil }
        return try RecordReader(body, path: path).record("registration").map(RegistrationRecord.init)
    }

    func provisioningServices() throws -> [ProvisioningServiceRecord] {
        // Enrollments lie beneath: their documents, maybe millions, are not read.
        try snapshot.names(under: StoreLayout.provisioningServices)
            .filter { !$0.dropFirst(StoreLayout.provisioningServices.count).contains("/") }
            .compactMap { path in
                try snapshot.document(path).map { try ProvisioningServiceRecord($0, path: path) }
            }
    }

    func provisioningServiceIfAny(_ name: ProvisioningServiceName) throws -> ProvisioningServiceRecord? {
        let path = StoreLayout.provisioningService(name)
        return try snapshot.document(path).map { try ProvisioningServiceRecord($0, path: path) }
    }

    func provisioningService(_ name: ProvisioningServiceName) throws -> ProvisioningServiceRecord {
        if let service = try provisioningServiceIfAny(name) { return service }
        throw Registry.noService(name)
    }

    func enrollmentIfAny(_ id: EnrollmentID, _ service: ProvisioningServiceName) throws -> EnrollmentRecord? {
        let path = StoreLayout.enrollment(id, service)
        return try snapshot.document(path).map { try EnrollmentRecord($0, path: path) }
    }

    func enrollment(_ id: EnrollmentID, _ service: ProvisioningServiceName) throws -> EnrollmentRecord {
        if let enrollment = try enrollmentIfAny(id, service) { return enrollment }
        let kind = id.isGroup ? "enrollment-group" : "enrollment"
        throw ServiceError(
            .notFound,
            code: "404201",
            "the provisioning service '\(service.text)' has no \(id.isGroup ? "enrollment group" : "enrollment") "
                + quoted(id.text),
            hint: "'adr dps \(kind) list --dps-name \(service.text)' shows those it has."
        )
    }

    func enrollmentGroups(_ service: ProvisioningServiceName) throws -> [EnrollmentRecord] {
        try snapshot.documents(under: StoreLayout.enrollmentGroups(of: service))
            .map { try EnrollmentRecord($0.body, path: $0.path) }
    }

    func enrollments(_ service: ProvisioningServiceName) throws -> [EnrollmentRecord] {
        try snapshot.documents(under: StoreLayout.enrollments(of: service))
            .map { try EnrollmentRecord($0.body, path: $0.path) }
    }

    /// The keys of a symmetric-key enrollment; nil for one of another kind.
    func keys(of enrollment: EnrollmentRecord) throws -> SymmetricKeys? {
        guard let file = enrollment.keyFile else { return nil }
        guard let keys = try snapshot.key(file).flatMap(SymmetricKeys.init(file:)) else {
            throw ServiceError.refused(
                "KeyNotFound",
                "the keys of the enrollment \(quoted(enrollment.id.text)), keys/\(file), are not there",
                hint: "Put the file back from a backup that includes keys, or give the enrollment new ones."
            )
        }
        return keys
    }

    /// The device that registered under an ID, whatever the ID's case.
    ///
    /// - Throws: a conflict when another registration ID has the same name; two devices are never merged.
    func device(registering id: RegistrationID) throws -> DeviceRecord? {
        guard let device = try device(DeviceName(registering: id)) else { return nil }
        guard device.registrationID.lowercased() == id.text.lowercased() else {
            throw ServiceError.conflict(
                "the device name '\(device.name.text)' belongs to the registration ID \(quoted(device.registrationID))",
                hint: "Choose another registration ID."
            )
        }
        return device
    }

    /// The device a person names, by device name or registration ID; nil when there is none.
    func deviceIfAny(named text: String) throws -> DeviceRecord? {
        for candidate in try DeviceName.candidates(for: text) {
            if let device = try device(candidate) { return device }
        }
        return nil
    }

    /// The device a person names, by device name or registration ID.
    func device(named text: String) throws -> DeviceRecord {
        if let device = try deviceIfAny(named: text) { return device }
        let key = try namespace().key
        throw ServiceError.notFound(
            "there is no device \(quoted(text)) in the namespace '\(key.name.text)'",
            hint:
                "'adr device list --namespace \(key.name.text)\(Registry.groupOption(key.group))' shows those there are; "
                + "a device appears with its first certificate."
        )
    }
}
