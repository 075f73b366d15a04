import JSON
import OpenSSL
import PKI
import Store

/// What a device proves itself by at the door of its provisioning service.
package enum OnboardingProof: Sendable {
    /// A shared access signature token.
    case token(String)
    /// The certificates the device presented, leaf first, DER. That it holds the leaf's private key was proven by the
    /// TLS handshake before.
    case certificates([[UInt8]])
}

/// A device's request to be registered, whichever way it came.
package struct RegistrationRequest: Sendable {
    package var service: ProvisioningServiceName
    package var registrationID: RegistrationID
    package var proof: OnboardingProof
    /// The CSR as DPS takes it: strict base64 of DER.
    package var csr: [UInt8]?
    /// What the CSR is called, for the lines that mend it.
    package var csrName: String
    /// What the device wants a custom allocation to know.
    package var payload: JSONValue?

    package init(
        service: ProvisioningServiceName,
        registrationID: RegistrationID,
        proof: OnboardingProof,
        csr: [UInt8]?,
        csrName: String,
        payload: JSONValue?
    ) {
        self.service = service
        self.registrationID = registrationID
        self.proof = proof
        self.csr = csr
        self.csrName = csrName
        self.payload = payload
    }
}

/// How a registration ended.
package struct RegistrationOutcome: Sendable {
    package enum Status: String, Sendable {
        case assigned, failed, disabled
    }

    package let status: Status
    /// The service's RegistrationOperationStatus.
    package let value: JSONValue
    /// Leaf, issuing CA, root, DER; nil when no certificate was issued.
    package let chain: [[UInt8]]?
    /// Why it ended as it did, where it did not end with a certificate, and the line that mends it.
    package let reason: String?
    package let hint: String?
    package let serialNumber: String?
}

extension Registry {
    /// Registers a device: proves who it is, chooses its hub, makes or moves its identity, and signs its CSR if it
    /// brought one and its enrollment names a policy, all in one commit.
    ///
    /// - Throws: `ServiceError` with a code of the service when the request is refused. An operation that was accepted
    ///   and fails is no error: its outcome says so.
    package func register(_ request: RegistrationRequest) throws -> RegistrationOutcome {
        let (_, ledger) = try namespace(ofService: request.service)
        let operationID = try makeOperationID()
        var answer: ProgramAnswer?
        for _ in 0...Self.questions {
            do {
                return try commit(to: ledger) { snapshot in
                    try RegistrationAttempt(self, request, NamespaceState(snapshot), operationID, answer, at: now)
                        .judge()
                }
            } catch let question as ProgramQuestion {
                let outcome = runProgram(question.program, question.input, Allocator.programSeconds)
                answer = ProgramAnswer(question: question, outcome: outcome)
            } catch let error as StoreError where error.kind == .conflict {
                break
            }
        }
        throw ServiceError.refused(
            "409203",
            "others registered or changed \(quoted(request.registrationID.text)) at the same time, again and again",
            hint: "Register again."
        )
    }

    /// How often a program is asked, where what it would be asked changes meanwhile.
    private static let questions = 3

    /// As seen in real traces: `<digit>.<16 hex>.<uuid>`; clients take it as opaque.
    private func makeOperationID() throws -> String {
        "5.\(Hex.lower(try randomBytes(8))).\(try makeUUID())"
    }
}

/// One registration, judged on one state of the namespace.
private struct RegistrationAttempt {
    private let registry: Registry
    private let request: RegistrationRequest
    private let state: NamespaceState
    private let operationID: String
    private let answer: ProgramAnswer?
    private let time: Int64
    private let service: ProvisioningServiceRecord

    init(
        _ registry: Registry,
        _ request: RegistrationRequest,
        _ state: NamespaceState,
        _ operationID: String,
        _ answer: ProgramAnswer?,
        at time: Int64
    ) throws {
        self.answer = answer
        self.registry = registry
        self.request = request
        self.state = state
        self.operationID = operationID
        self.time = time
        service = try state.provisioningService(request.service)
    }

    func judge() throws -> Judgement<RegistrationOutcome> {
        let (enrollment, attestation) = try Onboarding(state, service, at: time)
            .authenticate(request.registrationID, request.proof)
        let previous = try state.registration(request.registrationID)
        try checkIsOurs(previous)
        let known = try state.device(registering: request.registrationID)
        let spelling = spelling(enrollment, known)
        var record = RegistrationRecord(
            registrationID: spelling,
            service: service,
            enrollment: enrollment.id,
            operationID: operationID,
            previous: previous,
            at: time
        )
        guard enrollment.isEnabled else {
            record.status = .disabled
            return end(
                record,
                known,
                attestation,
                OperationFailure(
                    0,
                    "the enrollment \(quoted(enrollment.id.text)) is disabled",
                    hint: "adr dps \(enrollment.id.isGroup ? "enrollment-group" : "enrollment") update --dps-name "
                        + "\(service.name.text) --enrollment-id \(enrollment.id.text) --provisioning-status enabled"
                )
            )
        }
        do {
            return try assign(record, known, enrollment, attestation, spelling)
        } catch let failure as OperationFailure {
            record.status = .failed
            record.errorCode = failure.code
            record.errorMessage = failure.message
            return end(record, known, attestation, failure)
        }
    }

    /// A registration ID is one device's in an ID scope, and one device's in a namespace: where two services of a namespace
    /// have it, the second is not to take the device away from the first.
    private func checkIsOurs(_ previous: RegistrationRecord?) throws {
        guard let previous, previous.service != service.name,
            let other = try state.provisioningServiceIfAny(previous.service), previous.isOf(other)
        else { return }
        throw ServiceError.refused(
            "400209",
            "the device \(quoted(previous.registrationID)) of this namespace is registered with the provisioning service "
                + "'\(other.name.text)'",
            hint:
                "'adr registration delete --dps-name \(other.name.text) --registration-id \(previous.registrationID)' "
                + "lets it register with '\(service.name.text)'; or choose another registration ID."
        )
    }

    /// The spelling of the individual enrollment, else of the first registration: the device ID, and the CN.
    private func spelling(_ enrollment: EnrollmentRecord, _ known: DeviceRecord?) -> String {
        if case .individual(let id) = enrollment.id { return known?.registrationID ?? id.text }
        return known?.registrationID ?? request.registrationID.text
    }

    // MARK: - Assigning

    private func assign(
        _ registration: RegistrationRecord,
        _ known: DeviceRecord?,
        _ enrollment: EnrollmentRecord,
        _ attestation: OnboardingAttestation,
        _ spelling: String
    ) throws -> Judgement<RegistrationOutcome> {
        var record = registration
        let allocation = try Allocator(service, answer)
            .choose(for: enrollment, spelling, known?.identity, request.payload, attestation)
        let hub = try hub(allocation.hub)
        var device = try known ?? registry.newDevice(spelling, at: time)
        record.substatus = try place(&device, in: hub, enrollment, allocation, attestation)
        var changes = try deviceIDChanges(from: known, to: device)
        record.status = .assigned
        record.hub = hub.name
        record.deviceID = device.deviceID
        record.payload = allocation.payload

        let shortfall = try certify(&device, known, enrollment, &changes)
        if device.living.contains(where: { $0.notAfter >= time }) {
            device.identity?.authentication = .certificateAuthority
        }
        device.registration = record
        device.touch(by: registry.environment.who, at: time)
        changes.append(device.change)

        let issued =
            shortfall == nil
            ? try device.certificate.map { try registry.issued($0, to: device, hub: hub, state) } : nil
        var warning = shortfall
        if let issued, !issued.isTrustedByHub {
            let key = try state.namespace().key
            warning = Shortfall(
                "the hub '\(hub.name.text)' does not hold the issuing CA of the policy '\(issued.policyName)' yet, and "
                    + "trusts none of its certificates",
                hint: "adr credential sync --namespace \(key.name.text)\(Registry.groupOption(key.group))"
            )
        }
        let outcome = RegistrationOutcome(
            status: .assigned,
            value: operation(record, attestation, chain: issued?.chain),
            chain: issued?.chain,
            reason: warning?.message,
            hint: warning?.hint,
            serialNumber: issued?.serialNumber
        )
        return .commit(transaction("DeviceRegistered", record, changes, issued), outcome)
    }

    private func hub(_ name: HubName) throws -> HubRecord {
        guard let hub = try state.hubIfAny(name) else {
            throw OperationFailure(
                400_208,
                "the linked hub '\(name.text)' does not exist any more",
                hint: "adr dps linked-hub delete --dps-name \(service.name.text) --linked-hub \(name.text)"
            )
        }
        return hub
    }

    /// Puts the device's identity into its hub.
    private func place(
        _ device: inout DeviceRecord,
        in hub: HubRecord,
        _ enrollment: EnrollmentRecord,
        _ allocation: AllocatedHub,
        _ attestation: OnboardingAttestation
    ) throws -> RegistrationRecord.Substatus {
        guard let identity = device.identity else {
            device.identity = try firstIdentity(of: device, in: hub, enrollment, allocation, attestation)
            return .initialAssignment
        }
        switch enrollment.reprovision {
        case .reset:
            var fresh = try firstIdentity(of: device, in: hub, enrollment, allocation, attestation)
            fresh.status = identity.status
            fresh.statusReason = identity.statusReason
            fresh.statusUpdatedAt = identity.statusUpdatedAt
            device.identity = fresh
            return .deviceDataReset
        case .migrate where identity.hub != hub.name:
            var moved = try registry.newIdentity(
                in: hub.name,
                authentication: identity.authentication,
                twin: identity.twin,
                at: time
            )
            // With the twin migrate capabilities and device ID (`migrateDeviceData` of the service's API).
            moved.isEdge = identity.isEdge
            moved.deviceID = identity.deviceID
            moved.status = identity.status
            moved.statusReason = identity.statusReason
            moved.statusUpdatedAt = identity.statusUpdatedAt
            device.identity = moved
            return .deviceDataMigrated
        case .migrate:
            return device.registration == nil ? .initialAssignment : .reprovisionedToInitialAssignment
        case .never:
            return device.registration?.substatus ?? .initialAssignment
        }
    }

    /// An identity as the enrollment has it, of a device that brings nothing along.
    private func firstIdentity(
        of device: DeviceRecord,
        in hub: HubRecord,
        _ enrollment: EnrollmentRecord,
        _ allocation: AllocatedHub,
        _ attestation: OnboardingAttestation
    ) throws -> DeviceIdentity {
        var identity = try registry.newIdentity(
            in: hub.name,
            authentication: attestation.identity,
            twin: allocation.initialTwin ?? enrollment.initialTwin,
            at: time
        )
        identity.isEdge = enrollment.isEdge
        identity.deviceID = enrollment.deviceID.flatMap { $0 == device.registrationID ? nil : $0 }
        return identity
    }

    /// What has to be noted of a device that is known to its hub by another ID now, or in another hub.
    ///
    /// - Throws: `OperationFailure` if the hub has another device of that ID.
    private func deviceIDChanges(from known: DeviceRecord?, to device: DeviceRecord) throws -> [Change] {
        guard let hub = device.identity?.hub, hub != known?.identity?.hub || device.deviceID != known?.deviceID else {
            return []
        }
        if let owner = try state.device(withID: device.deviceID, in: hub), owner.name != device.name {
            throw OperationFailure(
                400_209,
                owner.hasTaken(device.deviceID, in: hub),
                hint: "Give one of the enrollments another --device-id, or another hub."
            )
        }
        return try DeviceIDRecord.changes(from: known, to: device)
    }

    // MARK: - The certificate

    /// Why an assignment ends without a certificate, and how to get one.
    private struct Shortfall {
        let message: String
        let hint: String?

        init(_ message: String, hint: String?) {
            self.message = message
            self.hint = hint
        }
    }

    /// Signs the CSR if there is one and the enrollment names a policy; else says what is missing.
    private func certify(
        _ device: inout DeviceRecord,
        _ known: DeviceRecord?,
        _ enrollment: EnrollmentRecord,
        _ changes: inout [Change]
    ) throws -> Shortfall? {
        let kind = enrollment.id.isGroup ? "enrollment-group" : "enrollment"
        switch (request.csr, enrollment.policyName) {
        case (nil, nil):
            return Shortfall(
                "the device was assigned without a certificate: it sent no CSR, and its enrollment names no policy",
                hint: "adr dps \(kind) update --dps-name \(service.name.text) --enrollment-id \(enrollment.id.text) "
                    + "--credential-policy-name <policy>, and register with --csr."
            )
        case (.some, nil):
            return Shortfall(
                "the device was assigned without a certificate: its enrollment \(quoted(enrollment.id.text)) names no policy",
                hint: "adr dps \(kind) update --dps-name \(service.name.text) --enrollment-id \(enrollment.id.text) "
                    + "--credential-policy-name <policy>, and register again."
            )
        case (nil, .some(let policy)):
            _ = try self.policy(policy)
            return Shortfall(
                "the device was assigned without a certificate: its enrollment names the policy '\(policy)', but it sent "
                    + "no CSR",
                hint: "Register again with --csr, or with --generate --key-out F."
            )
        case (let csr?, let policyName?):
            changes.append(try sign(csr, policyName, for: &device, known))
            return nil
        }
    }

    /// The policy that the enrollment names.
    private func policy(_ name: String) throws -> PolicyRecord {
        if let policy = try state.policyIfAny(try PolicyName(name)) { return policy }
        throw OperationFailure(
            400_000,
            "the enrollment names the policy '\(name)', which does not exist any more",
            hint: "Name another with --credential-policy-name, or make the policy anew."
        )
    }

    /// Whatever keeps a certificate from being signed fails the operation, with the reason.
    private func sign(
        _ csr: [UInt8],
        _ policyName: String,
        for device: inout DeviceRecord,
        _ known: DeviceRecord?
    ) throws -> Change {
        do {
            _ = try state.requiredCredential()
            let policy = try self.policy(policyName)
            if let known { try Registry.checkEnabled(known, of: state) }
            var rules = CSRRules(
                registrationID: device.registrationID,
                allowedCurves: policy.allowedCurves,
                encodings: [.base64],
                fileName: request.csrName
            )
            rules.signatureCheck = .aside
            let accepted = try CSRAcceptance.judge(csr, rules: rules).accepted()
            return try registry.sign(accepted, for: &device, policy, state, at: time)
        } catch let refusal as Refusal {
            throw OperationFailure(400_000, refusal.message, hint: refusal.hint)
        } catch let error as ServiceError where error.code == "DeviceDisabled" {
            throw OperationFailure(400_209, error.message, hint: error.hint)
        } catch let error as ServiceError where error.code != "ClockWentBack" {
            throw OperationFailure(400_000, error.message, hint: error.hint)
        }
    }

    // MARK: - The end

    /// Ends an operation that made no assignment: what is remembered is the registration alone.
    private func end(
        _ record: RegistrationRecord,
        _ known: DeviceRecord?,
        _ attestation: OnboardingAttestation,
        _ failure: OperationFailure
    ) -> Judgement<RegistrationOutcome> {
        let change: Change
        if var device = known {
            device.registration = record
            change = device.change
        } else {
            let path = StoreLayout.device(DeviceName(registering: request.registrationID))
            change = .put(path, record.documentAlone)
        }
        let outcome = RegistrationOutcome(
            status: record.status == .disabled ? .disabled : .failed,
            value: operation(record, attestation, chain: nil),
            chain: nil,
            reason: failure.message,
            hint: failure.hint,
            serialNumber: nil
        )
        let event = record.status == .disabled ? "RegistrationDisabled" : "RegistrationFailed"
        return .commit(transaction(event, record, [change], nil), outcome)
    }

    private func operation(
        _ record: RegistrationRecord,
        _ attestation: OnboardingAttestation,
        chain: [[UInt8]]?
    ) -> JSONValue {
        [
            "operationId": .string(operationID),
            "status": .string(record.status.rawValue),
            "registrationState": .object(record.resource(attestation: attestation.member, chain: chain)),
        ]
    }

    private func transaction(
        _ event: String,
        _ record: RegistrationRecord,
        _ changes: [Change],
        _ issued: IssuedCertificate?
    ) -> Transaction {
        var members: [(String, JSONValue)] = [
            ("registrationId", .string(record.registrationID)), ("dpsName", .string(service.name.text)),
        ]
        if let issued {
            members += [
                ("policyName", .string(issued.policyName)), ("serialNumber", .string(issued.serialNumber)),
            ]
        }
        return Transaction(
            event: event,
            details: registry.details(members, state.snapshot, at: time),
            changes: changes
        )
    }
}

// MARK: - The operator's view

extension Registry {
    /// A device's last registration.
    package func showRegistration(_ name: ProvisioningServiceName, _ id: RegistrationID) throws -> JSONValue {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            .object(try registration(id, name, NamespaceState(snapshot)).resource(attestation: nil, chain: nil))
        }
    }

    /// The registrations under an enrollment group, or under all enrollments of a service, by registration ID.
    package func listRegistrations(
        _ name: ProvisioningServiceName,
        group: RegistrationID?,
        top: Int?
    ) throws -> [JSONValue] {
        let (_, ledger) = try namespace(ofService: name)
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let service = try state.provisioningService(name)
            if let group { _ = try state.enrollment(.group(group), name) }
            let records = try snapshot.documents(under: StoreLayout.devices).compactMap { document in
                try RecordReader(document.body, path: document.path).record("registration")
                    .map(RegistrationRecord.init)
            }
            let wanted = records.filter { record in
                guard record.isOf(service) else { return false }
                guard let group else { return true }
                return record.enrollment.isGroup && record.enrollment.text.lowercased() == group.text.lowercased()
            }
            return wanted.sorted { $0.registrationID < $1.registrationID }.prefix(top ?? Int.max)
                .map { .object($0.resource(attestation: nil, chain: nil)) }
        }
    }

    /// Forgets a registration; device and identity stay.
    ///
    /// - Returns: false when there is none.
    package func deleteRegistration(
        _ name: ProvisioningServiceName,
        _ id: RegistrationID,
        ifMatching tag: EntityTag? = nil
    ) throws -> Bool {
        let (_, ledger) = try namespace(ofService: name)
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            guard let service = try state.provisioningServiceIfAny(name), let record = try state.registration(id),
                record.isOf(service)
            else { return .answer(false) }
            try tag?.check(
                record.etag,
                of: "the registration \(quoted(record.registrationID))",
                shownBy: "adr registration show --dps-name \(name.text) --registration-id \(record.registrationID)"
            )
            let change: Change
            if var device = try state.device(registering: id) {
                device.registration = nil
                change = device.change
            } else {
                change = .remove(StoreLayout.device(DeviceName(registering: id)))
            }
            return .commit(
                Transaction(
                    event: "RegistrationDeleted",
                    details: details([("registrationId", .string(record.registrationID))], snapshot, at: now),
                    changes: [change]
                ),
                true
            )
        }
    }

    private func registration(
        _ id: RegistrationID,
        _ name: ProvisioningServiceName,
        _ state: NamespaceState
    ) throws -> RegistrationRecord {
        let service = try state.provisioningService(name)
        if let record = try state.registration(id), record.isOf(service) { return record }
        throw ServiceError(
            .notFound,
            code: "404202",
            "nothing was registered under \(quoted(id.text)) with the provisioning service '\(name.text)'",
            hint: "'adr registration create --dps-name \(name.text) --registration-id \(id.text)' plays the device."
        )
    }
}
