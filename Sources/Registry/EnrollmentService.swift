import JSON
import OpenSSL
import PKI
import Store

/// How an enrollment's devices are to prove themselves, as a request says it.
package enum AttestationRequest: Sendable {
    /// Keys in octets; what is nil is made.
    case symmetricKey(primary: [UInt8]?, secondary: [UInt8]?)
    /// Certificates in DER.
    case x509(primary: [UInt8]?, secondary: [UInt8]?)
}

/// What `dps enrollment create|update` and their group forms ask for; what is nil was not given.
package struct EnrollmentRequest: Sendable {
    package var id: EnrollmentID
    package var attestation: AttestationRequest?
    /// Which of its certificates an enrollment that is there is to lose.
    package var removesPrimary = false
    package var removesSecondary = false
    package var isEnabled: Bool?
    /// An empty text clears.
    package var policyName: String?
    package var deviceID: String?
    package var allocation: AllocationPolicy?
    package var hubs: [HubName]?
    /// The absolute path of the program that chooses the hub.
    package var webhook: String?
    package var webhookVersion: String?
    package var reprovision: ReprovisionPolicy?
    package var twinTags: JSONValue?
    package var twinProperties: JSONValue?
    package var isEdge: Bool?
    package var deviceInformation: JSONValue?
    /// For an update.
    package var entityTag: EntityTag?

    package init(id: EnrollmentID) { self.id = id }
}

extension Registry {
    /// Makes an enrollment; on one that is there, a PUT that keeps its keys unless new ones are given.
    package func createEnrollment(
        _ service: ProvisioningServiceName,
        _ request: EnrollmentRequest,
        showingKeys: Bool = false
    ) throws -> JSONValue {
        try putEnrollment(service, request, making: true, showingKeys: showingKeys)
    }

    package func updateEnrollment(
        _ service: ProvisioningServiceName,
        _ request: EnrollmentRequest,
        showingKeys: Bool = false
    ) throws -> JSONValue {
        try putEnrollment(service, request, making: false, showingKeys: showingKeys)
    }

    private func putEnrollment(
        _ name: ProvisioningServiceName,
        _ request: EnrollmentRequest,
        making: Bool,
        showingKeys: Bool
    ) throws -> JSONValue {
        let (_, ledger) = try namespace(ofService: name)
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            var transaction = Transaction(event: "EnrollmentUpdated")
            let existing = try state.enrollmentIfAny(request.id, name)
            if existing == nil, !making { _ = try state.enrollment(request.id, name) }
            if let existing { try request.entityTag?.check(existing, of: name) }
            let (enrollment, keys) = try apply(
                request,
                to: existing,
                of: try state.provisioningService(name),
                state,
                &transaction
            )
            let shown = showingKeys ? try keys ?? state.keys(of: enrollment) : nil
            if let existing, existing.body == enrollment.body, transaction.keys.isEmpty {
                return .answer(try existing.resource(keys: shown))
            }
            if existing == nil { transaction.event = "EnrollmentCreated" }
            transaction.details = details(
                [("dpsName", .string(name.text)), ("enrollment", .string(enrollment.id.text))],
                snapshot,
                at: now
            )
            transaction.changes.append(enrollment.change(of: name))
            return .commit(transaction, try enrollment.resource(keys: shown))
        }
    }

    /// Makes many individual enrollments with one flush for each thousand. One that is there already with the same
    /// settings is passed over, so that a batch that was cut short can be repeated.
    ///
    /// - Returns: how many were made, and how many were there. All requests are judged before the first is written.
    package func createEnrollments(
        _ name: ProvisioningServiceName,
        _ requests: [EnrollmentRequest]
    ) throws -> (made: Int, present: Int) {
        var ids: Set<String> = []
        for request in requests where !ids.insert(request.id.text.lowercased()).inserted {
            throw ServiceError.invalid(
                "the batch has the enrollment \(quoted(request.id.text)) twice",
                hint: "Registration IDs are compared without case."
            )
        }
        let (_, ledger) = try namespace(ofService: name)
        _ = try ledger.read { try enrollments(requests[...], name, NamespaceState($0)) }
        var made = 0
        for start in stride(from: 0, to: requests.count, by: 1000) {
            let part = requests[start..<min(start + 1000, requests.count)]
            made += try commit(to: ledger) { snapshot in
                var (transaction, count) = try enrollments(part, name, NamespaceState(snapshot))
                if count == 0 { return .answer(0) }
                transaction.details = details(
                    [("dpsName", .string(name.text)), ("count", .integer(Int64(count)))],
                    snapshot,
                    at: now
                )
                return .commit(transaction, count)
            }
        }
        return (made, requests.count - made)
    }

    /// The transaction that makes those of the enrollments that are not there yet, and how many these are.
    private func enrollments(
        _ requests: ArraySlice<EnrollmentRequest>,
        _ name: ProvisioningServiceName,
        _ state: NamespaceState
    ) throws -> (Transaction, Int) {
        let service = try state.provisioningService(name)
        var transaction = Transaction(event: "EnrollmentsCreated")
        for request in requests {
            do {
                let existing = try state.enrollmentIfAny(request.id, name)
                var own = Transaction(event: "")
                let (enrollment, _) = try apply(request, to: existing, of: service, state, &own)
                if let existing {
                    guard existing.body == enrollment.body, own.keys.isEmpty else {
                        throw ServiceError.conflict(
                            "it is there already, with other settings",
                            hint: "Take it out of the batch, or delete or update it first."
                        )
                    }
                    continue
                }
                transaction.keys += own.keys
                transaction.changes.append(enrollment.change(of: name))
            } catch let error as ServiceError {
                throw ServiceError(
                    error.kind,
                    code: error.code,
                    "the enrollment \(quoted(request.id.text)): \(error.message)",
                    hint: error.hint
                )
            }
        }
        return (transaction, transaction.changes.count)
    }

    /// An enrollment as a request wants it, and the keys it got, if it got new ones.
    private func apply(
        _ request: EnrollmentRequest,
        to existing: EnrollmentRecord?,
        of service: ProvisioningServiceRecord,
        _ state: NamespaceState,
        _ transaction: inout Transaction
    ) throws -> (EnrollmentRecord, SymmetricKeys?) {
        let time = now
        var keys: SymmetricKeys?
        var enrollment: EnrollmentRecord
        if let existing {
            enrollment = existing
            keys = try update(&enrollment, request.attestation, state, &transaction)
            try removeCertificates(of: &enrollment, request)
        } else {
            let uuid = try makeUUID()
            let (attestation, made) = try makeAttestation(request, uuid, &transaction)
            keys = made
            enrollment = EnrollmentRecord(
                id: request.id,
                uuid: uuid,
                attestation: attestation,
                authorship: Authorship(by: environment.who, at: time)
            )
        }
        enrollment.isEnabled = request.isEnabled ?? enrollment.isEnabled
        if let policy = request.policyName {
            enrollment.policyName = policy.isEmpty ? nil : try state.policy(PolicyName(policy)).name.text
        }
        if let deviceID = request.deviceID {
            enrollment.deviceID = deviceID.isEmpty ? nil : try RegistrationID(deviceID).text
        }
        if let hubs = request.hubs {
            enrollment.hubs = try hubs.map { hub in
                guard let linked = service.linkedHub(hub) else { throw Self.notLinked(hub, service) }
                return linked.hub.text
            }
        }
        enrollment.allocation = request.allocation ?? enrollment.allocation
        enrollment.webhook = request.webhook ?? enrollment.webhook
        enrollment.webhookVersion = request.webhookVersion ?? enrollment.webhookVersion
        enrollment.reprovision = request.reprovision ?? enrollment.reprovision
        enrollment.isEdge = request.isEdge ?? enrollment.isEdge
        enrollment.deviceInformation = request.deviceInformation ?? enrollment.deviceInformation
        if let tags = request.twinTags { enrollment.initialTwin["tags"] = tags }
        if let properties = request.twinProperties {
            enrollment.initialTwin["properties"] = ["desired": properties]
        }
        try Self.check(enrollment)
        if let existing, existing.body != enrollment.body {
            enrollment.version += 1
            enrollment.authorship.modified(by: environment.who, at: time)
        }
        return (enrollment, keys)
    }

    /// What only shows when everything of an enrollment is together.
    private static func check(_ enrollment: EnrollmentRecord) throws(ServiceError) {
        if let deviceID = enrollment.deviceID, enrollment.policyName != nil, deviceID != enrollment.id.text {
            throw .refused(
                "400000",
                "the enrollment has the policy '\(enrollment.policyName ?? "")' and the device ID \(quoted(deviceID)), which "
                    + "is not its registration ID \(quoted(enrollment.id.text)): a hub compares a certificate's CN with "
                    + "the device ID, so its device could never authenticate",
                hint: "Leave out --device-id, or --credential-policy-name."
            )
        }
        switch enrollment.allocation {
        case .fixed where enrollment.hubs.count != 1:
            throw .invalid(
                "static allocation assigns to one hub, and \(enrollment.hubs.count) are named",
                hint: "Pass --iot-hubs with one linked hub."
            )
        case .custom:
            guard let webhook = enrollment.webhook, webhook.hasPrefix("/") else {
                throw .invalid(
                    "custom allocation asks a program, and "
                        + (enrollment.webhook.map { "\(quoted($0)) is no absolute path" } ?? "none is named"),
                    hint: "Pass --webhook-url with the absolute path of an executable."
                )
            }
        default: break
        }
    }

    // MARK: - Attestation

    private func makeAttestation(
        _ request: EnrollmentRequest,
        _ uuid: String,
        _ transaction: inout Transaction
    ) throws -> (Attestation, SymmetricKeys?) {
        switch request.attestation ?? .symmetricKey(primary: nil, secondary: nil) {
        case .symmetricKey(let primary, let secondary):
            let keys = SymmetricKeys(
                primary: try primary ?? randomBytes(64),
                secondary: try secondary ?? randomBytes(64)
            )
            return (try keep(keys, &transaction), keys)
        case .x509(let primary, let secondary):
            let certificates = [primary, secondary].compactMap { $0 }
            guard !certificates.isEmpty else {
                throw ServiceError.invalid("X.509 attestation needs a certificate", hint: "Pass --certificate-path.")
            }
            try certificates.forEach { try check($0, isGroup: request.id.isGroup) }
            return (.x509(primary: primary, secondary: secondary), nil)
        }
    }

    /// New keys or certificates for an enrollment that is there; the kind of its attestation is fixed.
    private func update(
        _ enrollment: inout EnrollmentRecord,
        _ request: AttestationRequest?,
        _ state: NamespaceState,
        _ transaction: inout Transaction
    ) throws -> SymmetricKeys? {
        switch (enrollment.attestation, request) {
        case (_, nil): return nil
        case (.symmetricKey(let file), .symmetricKey(let primary, let secondary)):
            guard primary != nil || secondary != nil, let old = try state.keys(of: enrollment) else { return nil }
            let keys = SymmetricKeys(primary: primary ?? old.primary, secondary: secondary ?? old.secondary)
            if Secrets.areEqual(keys.primary, old.primary), Secrets.areEqual(keys.secondary, old.secondary) {
                return nil
            }
            transaction.wipedKeys.append(file)
            enrollment.attestation = try keep(keys, &transaction)
            return keys
        case (.x509(let oldPrimary, let oldSecondary), .x509(let primary, let secondary)):
            for certificate in [primary, secondary] {
                if let certificate { try check(certificate, isGroup: enrollment.id.isGroup) }
            }
            enrollment.attestation = .x509(primary: primary ?? oldPrimary, secondary: secondary ?? oldSecondary)
            return nil
        case (.symmetricKey, .x509), (.x509, .symmetricKey):
            throw ServiceError.conflict(
                "the attestation type of the enrollment \(quoted(enrollment.id.text)) is fixed at creation",
                hint:
                    "Delete the enrollment, with 'adr dps enrollment delete' or 'enrollment-group delete', and make it anew."
            )
        }
    }

    /// Takes from an enrollment the certificates it is to lose; what is not there is gone already.
    private func removeCertificates(of enrollment: inout EnrollmentRecord, _ request: EnrollmentRequest) throws {
        guard request.removesPrimary || request.removesSecondary else { return }
        guard case .x509(let primary, let secondary) = enrollment.attestation else {
            throw ServiceError.invalid(
                "the enrollment \(quoted(enrollment.id.text)) attests by symmetric key and has no certificates",
                hint: "Leave out --remove-certificate and --remove-secondary-certificate."
            )
        }
        let left = (
            primary: request.removesPrimary ? nil : primary, secondary: request.removesSecondary ? nil : secondary
        )
        guard left.primary != nil || left.secondary != nil else {
            throw ServiceError.invalid(
                "the enrollment \(quoted(enrollment.id.text)) would be left without a certificate, and its devices could "
                    + "not prove themselves",
                hint: "Name another with --certificate-path or --secondary-certificate-path in the same command; "
                    + "--provisioning-status disabled keeps devices from registering."
            )
        }
        enrollment.attestation = .x509(primary: left.primary, secondary: left.secondary)
    }

    private func keep(_ keys: SymmetricKeys, _ transaction: inout Transaction) throws -> Attestation {
        let file = "enrollment-\(Hex.lower(try randomBytes(16))).json"
        let pair: JSONValue = [
            "primaryKey": .string(Base64.encode(keys.primary)),
            "secondaryKey": .string(Base64.encode(keys.secondary)),
        ]
        transaction.keys.append(KeyFile(name: file, bytes: pair.pretty() + [0x0A]))
        return .symmetricKey(file: file)
    }

    /// A certificate that an enrollment may name: a leaf for an individual, a CA for a group, alive now.
    private func check(_ der: [UInt8], isGroup: Bool) throws {
        let certificate = try CertificateOutline(lenient: der)
        let name = certificate.subject.description
        guard now < certificate.notAfter else {
            throw ServiceError.refused(
                "CertificateExpired",
                "the certificate of \(name) expired at \(Timestamp.text(certificate.notAfter))",
                hint: "Pass one that is valid as --certificate-path; 'adr cert show FILE' shows the dates."
            )
        }
        if let weakness = certificate.weakness {
            throw ServiceError.invalid(
                "the certificate of \(name) cannot be used in TLS: \(weakness)",
                hint: CertificateOutline.strengthHint
            )
        }
        let isCA = certificate.basicConstraints?.isCA ?? false
        if isGroup, !isCA {
            throw ServiceError.invalid(
                "the certificate of \(name) is no CA, and a group is enrolled by the CA that signs its members",
                hint: "Pass the certificate of the intermediate or root CA as --certificate-path."
            )
        }
    }

    // MARK: - Looking and deleting

    package func showEnrollment(
        _ name: ProvisioningServiceName,
        _ id: EnrollmentID,
        showingKeys: Bool
    ) throws -> JSONValue {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let enrollment = try state.enrollment(id, name)
            return try enrollment.resource(keys: showingKeys ? state.keys(of: enrollment) : nil)
        }
    }

    package func listEnrollments(_ name: ProvisioningServiceName, groups: Bool, top: Int?) throws -> [JSONValue] {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            _ = try state.provisioningService(name)
            let enrollments = try groups ? state.enrollmentGroups(name) : state.enrollments(name)
            return try enrollments.sorted { $0.id.text < $1.id.text }.prefix(top ?? Int.max)
                .map { try $0.resource(keys: nil) }
        }
    }

    /// Deletes an enrollment and wipes its keys; what was registered under it stays.
    ///
    /// - Returns: false when there is none.
    package func deleteEnrollment(
        _ name: ProvisioningServiceName,
        _ id: EnrollmentID,
        ifMatching tag: EntityTag? = nil
    ) throws -> Bool {
        let (_, ledger) = try namespace(ofService: name)
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            guard let enrollment = try state.enrollmentIfAny(id, name) else { return .answer(false) }
            try tag?.check(enrollment, of: name)
            return .commit(
                Transaction(
                    event: "EnrollmentDeleted",
                    details: details(
                        [("dpsName", .string(name.text)), ("enrollment", .string(enrollment.id.text))],
                        snapshot,
                        at: now
                    ),
                    changes: [.remove(StoreLayout.enrollment(id, name))],
                    wipedKeys: enrollment.keyFile.map { [$0] } ?? []
                ),
                true
            )
        }
    }

    /// The keys of an enrollment, for the operator who plays a device.
    package func keys(_ name: ProvisioningServiceName, _ id: EnrollmentID) throws -> SymmetricKeys {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            if let keys = try state.keys(of: state.enrollment(id, name)) { return keys }
            throw ServiceError.refused(
                "400000",
                "the enrollment \(quoted(id.text)) attests by certificate and has no keys",
                hint: "Pass --certificate-file-path and --key-file-path."
            )
        }
    }
}

extension EntityTag {
    fileprivate func check(_ enrollment: EnrollmentRecord, of service: ProvisioningServiceName) throws(ServiceError) {
        let kind = enrollment.id.isGroup ? "enrollment-group" : "enrollment"
        try check(
            enrollment.etag,
            of: "the enrollment \(quoted(enrollment.id.text))",
            shownBy: "adr dps \(kind) show --dps-name \(service.text) --enrollment-id \(enrollment.id.text)"
        )
    }
}
