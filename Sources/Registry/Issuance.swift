import JSON
import OpenSSL
import PKI
import Store

/// What a device that is known is given for a CSR.
package enum KnownDevice: Sendable {
    /// A certificate, if it is named by its registration ID: the CN alone authorizes nothing.
    case certificateByID
    /// As long as it is good, the certificate that it has for this very CSR; else as above.
    case reuse
    /// A certificate, also where the CN alone names it.
    case reissue
}

/// What the operator asks for with `cert issue`.
package struct IssueRequest: Sendable {
    package var namespace: NamespaceKey
    package var policy: PolicyName
    /// The CSR as it came: strict base64 of DER, nothing else.
    package var csr: [UInt8]
    /// What the CSR is called, for the lines that mend it.
    package var csrName: String
    /// Needed for a device that is known; a new one may be named by the CSR's CN alone.
    package var registrationID: RegistrationID?
    /// The hub of a new device, where the namespace has several.
    package var hub: HubName?
    /// What a device that is known is given.
    package var known = KnownDevice.certificateByID

    package init(
        namespace: NamespaceKey,
        policy: PolicyName,
        csr: [UInt8],
        csrName: String,
        registrationID: RegistrationID?,
        hub: HubName?
    ) {
        self.namespace = namespace
        self.policy = policy
        self.csr = csr
        self.csrName = csrName
        self.registrationID = registrationID
        self.hub = hub
    }
}

/// A certificate that is on record, with the chain the device presents; shared, for it is large and goes through many
/// hands.
package final class IssuedCertificate: Sendable {
    package let registrationID: String
    package let deviceName: String
    /// nil when no hub knows the device.
    package let hubName: String?
    package let policyName: String
    package let serialNumber: String
    package let thumbprint: String
    package let notBefore: Int64
    package let notAfter: Int64
    /// Leaf, issuing CA, root.
    let encodedChain: [EncodedCertificate]
    /// Whether the hub trusts the issuing CA now.
    package let isTrustedByHub: Bool
    /// Whether it was on record before it was asked for.
    package let isReused: Bool

    init(
        _ certificate: DeviceCertificate,
        of device: DeviceRecord,
        hub: HubRecord?,
        authority: IssuerRecord,
        root: IssuerRecord,
        isReused: Bool
    ) {
        registrationID = device.registrationID
        deviceName = device.name.text
        hubName = hub?.name.text
        policyName = certificate.policyName
        serialNumber = certificate.serialNumber
        thumbprint = certificate.thumbprint
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        encodedChain = [certificate.encoded, authority.encoded, root.encoded]
        isTrustedByHub = hub?.trusts(thumbprint: authority.thumbprint) ?? false
        self.isReused = isReused
    }

    /// Leaf, issuing CA, root, DER.
    package var chain: [[UInt8]] { encodedChain.map(\.der) }

    package var value: JSONValue {
        var object = JSONObject()
        object["deviceName"] = .string(deviceName)
        object["hubName"] = hubName.map(JSONValue.string) ?? .null
        object["issuedCertificateChain"] = .array(encodedChain.map(\.value))
        object["notAfter"] = .string(Timestamp.text(notAfter))
        object["notBefore"] = .string(Timestamp.text(notBefore))
        object["policyName"] = .string(policyName)
        object["registrationId"] = .string(registrationID)
        if isReused { object["reused"] = true }
        object["serialNumber"] = .string(serialNumber)
        object["thumbprint"] = .string(thumbprint)
        return .object(object)
    }
}

/// What becomes of a request that is accepted.
enum AcceptedIssuance {
    /// The certificate that the device has already.
    case reuse(IssuedCertificate)
    case new(UnsignedIssuance)
}

extension Registry {
    /// Judges a CSR, signs it with the policy's CA and commits certificate, device and identity as one entry.
    ///
    /// - Throws: `Refusal` for the CSR and the CA's limits, `ServiceError` for names and states, `StoreError`.
    package func issueCertificate(_ request: IssueRequest) throws -> IssuedCertificate {
        try commit(to: assumedLedger(request.namespace)) { snapshot in
            try issue(request, NamespaceState(snapshot), at: now)
        }
    }

    /// The judgement of one request, all of it.
    func issue(
        _ request: IssueRequest,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> Judgement<IssuedCertificate> {
        switch try accept(request, state, at: time) {
        case .reuse(let issued): return .answer(issued)
        case .new(let issuance):
            try issuance.sign()
            return try finish(issuance, state)
        }
    }

    /// The judgement of one request up to what takes long: the CSR's signature may not have been checked, and none is
    /// made.
    ///
    /// - Parameter found: the device of the request's registration ID, where it has been looked for already.
    func accept(
        _ request: IssueRequest,
        _ state: NamespaceState,
        known found: Result<DeviceRecord?, any Error>? = nil,
        at time: Int64,
        _ meter: StageMeter? = nil
    ) throws -> AcceptedIssuance {
        _ = try state.requiredCredential()
        let policy = try state.policy(request.policy)
        let (csr, known) = try acceptCSR(request, policy, state, found, meter)
        if request.known == .reuse, let known, let issued = try reusable(known, csr, policy, state, at: time) {
            return .reuse(issued)
        }
        if request.registrationID == nil, request.known != .reissue, let known {
            throw try notByName(known, request, state)
        }
        let hub = try hub(for: known, request, state)

        var device = try known ?? newDevice(csr.commonName, at: time)
        // What a provisioning service remembers of it, it remembers of the device too.
        if known == nil { device.registration = try state.registration(ofDevice: device.name) }
        if let hub, device.identity == nil {
            if let owner = try state.device(givenID: device.registrationID, in: hub.name) {
                throw ServiceError.conflict(
                    owner.hasTaken(device.registrationID, in: hub.name),
                    hint: "Name another hub with --hub-name, or choose another registration ID."
                )
            }
            device.identity = try newIdentity(in: hub.name, authentication: .certificateAuthority, at: time)
        }
        meter?.enter(.certificate)
        return .new(
            UnsignedIssuance(
                event: "CertificateIssued",
                device: device,
                hub: hub,
                policy: policy,
                certificate: try unsigned(csr, for: device, policy, state, at: time)
            )
        )
    }

    /// Issues a certificate for a device that is known and may have it.
    func issue(
        _ csr: CertificationRequest,
        for device: DeviceRecord,
        hub: HubRecord?,
        _ policy: PolicyRecord,
        as event: String,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> Judgement<IssuedCertificate> {
        let issuance = UnsignedIssuance(
            event: event,
            device: device,
            hub: hub,
            policy: policy,
            certificate: try unsigned(csr, for: device, policy, state, at: time)
        )
        try issuance.sign()
        return try finish(issuance, state)
    }

    /// What is committed of an issuance that has been signed. To be asked once.
    func finish(
        _ issuance: UnsignedIssuance,
        _ state: NamespaceState,
        _ meter: StageMeter? = nil
    ) throws -> Judgement<IssuedCertificate> {
        let time = issuance.certificate.time
        let row = try record(issuance.certificate, for: &issuance.device, issuance.policy)
        meter?.enter(.ledger)
        issuance.device.identity?.authentication = .certificateAuthority
        issuance.device.touch(by: environment.who, at: time)
        guard let certificate = issuance.device.certificate else { preconditionFailure("it was recorded above") }

        let transaction = Transaction(
            event: issuance.event,
            details: details(
                [
                    ("policyName", .string(issuance.policy.name.text)),
                    ("registrationId", .string(issuance.device.registrationID)),
                    ("serialNumber", .string(certificate.serialNumber)),
                ],
                state.snapshot,
                at: time
            ),
            changes: [issuance.device.change, row],
            keys: []
        )
        let authority = issuance.certificate.authority
        return .commit(
            transaction,
            try issued(certificate, to: issuance.device, hub: issuance.hub, by: authority, state)
        )
    }

    /// Signs an accepted CSR with the policy's CA and makes the certificate the device's current one.
    ///
    /// - Returns: the row by which the certificate is found when it expires.
    func sign(
        _ csr: CertificationRequest,
        for device: inout DeviceRecord,
        _ policy: PolicyRecord,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> Change {
        var certificate = try unsigned(csr, for: device, policy, state, at: time)
        try certificate.sign()
        return try record(certificate, for: &device, policy)
    }

    /// The certificate for an accepted CSR, to be signed with the policy's CA.
    ///
    /// This and ``record(_:for:_:)`` are the one place where an issuance is made ready for its commit, whatever door the
    /// CSR came in by.
    private func unsigned(
        _ csr: CertificationRequest,
        for device: DeviceRecord,
        _ policy: PolicyRecord,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> UnsignedCertificate {
        try checkClock(state.snapshot, at: time)
        if let identity = device.identity, let deviceID = identity.deviceID {
            throw ServiceError.refused(
                "DeviceIdMismatch",
                "the hub '\(identity.hub.text)' knows the device as \(quoted(deviceID)) and would accept no certificate that "
                    + "names the registration ID \(quoted(device.registrationID)), as all do",
                hint:
                    "An enrollment without a device ID and with --reprovision-policy reprovisionandresetdata gives it "
                    + "the registration ID for its device ID at the next registration."
            )
        }
        let authority = try state.issuer(policy.issuer)
        let signer = try signer(authority, state.snapshot)
        do {
            let leaf = try CertificateFactory.unsignedLeaf(
                request: csr,
                issuer: signer.issuer,
                notBefore: time,
                validityDays: policy.leafValidityDays,
                serial: SerialNumber.make(random: try randomBytes(16)),
                deviceIdentifier: device.identifier,
                crlDistributionPoints: authority.places.crlDistributionPoints,
                caIssuers: authority.places.caIssuers
            )
            return UnsignedCertificate(leaf: leaf, authority: authority, signer: signer, time: time)
        } catch let refusal as Refusal where refusal.code == "CertificateExpiringSoon" {
            throw try wayOn(from: refusal, policy, authority, state, at: time)
        }
    }

    /// Makes a certificate that has been signed the device's current one.
    ///
    /// - Returns: the row by which it is found when it expires.
    private func record(
        _ certificate: UnsignedCertificate,
        for device: inout DeviceRecord,
        _ policy: PolicyRecord
    ) throws -> Change {
        let leaf = try CertificateFactory.certificate(certificate.leaf, issuer: certificate.signer.issuer)
        let authority = certificate.authority
        device.record(
            leaf,
            issuer: authority,
            policy: policy,
            request: certificate.leaf.request,
            at: certificate.time
        )
        return .row(
            StoreLayout.expiry(notAfter: leaf.notAfter),
            JSONObject([
                ("device", .string(device.name.text)), ("issuer", .string(authority.subject)),
                ("notAfter", .string(Timestamp.text(leaf.notAfter))), ("serialNumber", .string(leaf.serialNumber)),
            ])
        )
    }

    /// What to do when a CA ends before the certificate would.
    private func wayOn(
        from refusal: Refusal,
        _ policy: PolicyRecord,
        _ authority: IssuerRecord,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> Refusal {
        let key = try state.namespace().key
        let which = "--namespace \(key.name.text)\(Registry.groupOption(key.group)) --name \(policy.name.text)"
        let days = Int((authority.notAfter - time) / 86_400)
        let shorter =
            PolicyRecord.leafValidityRange.contains(days)
            ? "'adr policy update \(which) --cert-validity-days \(days)' lets certificates end with it; " : ""
        return Refusal(
            code: refusal.code,
            message: refusal.message,
            hint: shorter
                + "'adr policy revoke-issuer \(which)' makes a new CA, and all its devices must be provisioned "
                + "again; 'adr policy create' makes another policy beside it."
        )
    }

    /// The CSR, accepted under the spelling of the device it is for, and that device, if it is known.
    private func acceptCSR(
        _ request: IssueRequest,
        _ policy: PolicyRecord,
        _ state: NamespaceState,
        _ found: Result<DeviceRecord?, any Error>?,
        _ meter: StageMeter?
    ) throws -> (CertificationRequest, DeviceRecord?) {
        var known =
            try found.map { try $0.get() } ?? request.registrationID.flatMap { try state.device(registering: $0) }
        var rules = CSRRules(
            registrationID: known?.registrationID ?? request.registrationID?.text,
            allowedCurves: policy.allowedCurves,
            encodings: [.base64],
            fileName: request.csrName == "-" ? nil : request.csrName
        )
        rules.tellsPasses = false
        // Among many, every thread has something to do already.
        rules.signatureCheck = request.known == .certificateByID ? .aside : .later
        meter?.enter(.request)
        let csr = try CSRAcceptance.judge(request.csr, rules: rules).accepted()
        meter?.enter(.documents)
        if request.registrationID == nil {
            known = try state.device(registering: try RegistrationID(csr.commonName))
            // What a CN alone authorizes is judged by the caller, which comes first where it authorizes nothing.
            if known != nil && request.known == .certificateByID { return (csr, known) }
        }
        if let known { try Self.checkEnabled(known, of: state) }
        return (csr, known)
    }

    private func notByName(
        _ known: DeviceRecord,
        _ request: IssueRequest,
        _ state: NamespaceState
    ) throws -> ServiceError {
        let key = try state.namespace().key
        return .conflict(
            "the device \(quoted(known.registrationID)) is known already, and the CN of a CSR alone does not "
                + "authorize a certificate for it",
            hint: "adr cert issue --namespace \(key.name.text)\(Registry.groupOption(key.group)) --policy-name "
                + "\(request.policy.text) --registration-id \(known.registrationID) --csr \(request.csrName)"
        )
    }

    /// The certificate a device has for this very CSR, if it is as good as a new one: of the policy's CA, which signs,
    /// not expired, and not revoked, which gives the device another identifier too. The CSR's signature was verified when
    /// that one was issued.
    private func reusable(
        _ device: DeviceRecord,
        _ csr: CertificationRequest,
        _ policy: PolicyRecord,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> IssuedCertificate? {
        guard let certificate = device.certificate, certificate.requestDigest == Hex.lower(csr.digest),
            certificate.issuer == policy.issuer, try state.issuer(policy.issuer).state == .current,
            certificate.revokedAt == nil, time < certificate.notAfter,
            try CertificateOutline(der: certificate.der).deviceIdentifier == device.identifier
        else { return nil }
        let hub = try device.identity.flatMap { try state.hubIfAny($0.hub) }
        return try issued(certificate, to: device, hub: hub, isReused: true, state)
    }

    static func checkEnabled(_ device: DeviceRecord, of state: NamespaceState) throws {
        guard device.enabled else {
            let key = try state.namespace().key
            throw ServiceError.refused(
                "DeviceDisabled",
                "the device '\(device.name.text)' is disabled and gets no certificate",
                hint: "adr device update --namespace \(key.name.text)\(groupOption(key.group)) "
                    + "--name \(device.name.text) --enabled true"
            )
        }
        if let identity = device.identity, identity.status == .disabled {
            throw ServiceError.refused(
                "DeviceDisabled",
                "the identity of '\(device.registrationID)' in the hub '\(identity.hub.text)' is disabled",
                hint: "adr hub device-identity update --hub-name \(identity.hub.text) "
                    + "--device-id \(device.registrationID) --status enabled"
            )
        }
    }

    /// The hub a device belongs to: its own, else the one that was named, else the only one there is; nil in a
    /// namespace without hubs.
    private func hub(
        for device: DeviceRecord?,
        _ request: IssueRequest,
        _ state: NamespaceState
    ) throws -> HubRecord? {
        if let device, let identity = device.identity {
            if let asked = request.hub, asked != identity.hub {
                throw ServiceError.conflict(
                    "the device '\(device.registrationID)' belongs to the hub "
                        + "'\(identity.hub.text)'; issuing a certificate does not move it to '\(asked.text)'",
                    hint: "Leave out --hub-name."
                )
            }
            return try state.hub(identity.hub)
        }
        if let asked = request.hub { return try state.hub(asked) }
        let hubs = try state.hubs()
        guard hubs.count > 1 else { return hubs.first }
        throw ServiceError.refused(
            "HubRequired",
            "the namespace has \(hubs.count) hubs, and a new device needs one of them",
            hint: "Add --hub-name with one of: \(hubs.map(\.name.text).joined(separator: ", "))."
        )
    }

    /// A device that is seen for the first time, under the spelling that will be its device ID.
    func newDevice(_ registrationID: String, at time: Int64) throws -> DeviceRecord {
        // Asking once costs half of asking twice.
        let random = try randomBytes(16 + DeviceIdentifier.length)
        return DeviceRecord(
            name: DeviceName(registering: try RegistrationID(registrationID)),
            registrationID: registrationID,
            uuid: Self.uuid(of: Array(random.prefix(16))),
            identifier: Array(random.dropFirst(16)),
            authorship: Authorship(by: environment.who, at: time)
        )
    }

    /// A new identity in a hub. Its generation ID is made as a hub makes them, of digits of the time, so that a device
    /// made anew under the same ID is another one.
    func newIdentity(
        in hub: HubName,
        authentication: DeviceIdentity.Authentication,
        twin: JSONObject = JSONObject(),
        at time: Int64
    ) throws -> DeviceIdentity {
        let random = try randomBytes(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return DeviceIdentity(
            hub: hub,
            generationID: "\(time)\(random % 100_000_000)",
            authentication: authentication,
            twin: twin,
            at: time
        )
    }

    /// A certificate on record as it is handed out, with the rest of its chain.
    ///
    /// - Parameter issuer: the CA that signed it, where that is at hand.
    func issued(
        _ certificate: DeviceCertificate,
        to device: DeviceRecord,
        hub: HubRecord?,
        by issuer: IssuerRecord? = nil,
        isReused: Bool = false,
        _ state: NamespaceState
    ) throws -> IssuedCertificate {
        let authority = try issuer ?? state.issuer(certificate.issuer)
        return IssuedCertificate(
            certificate,
            of: device,
            hub: hub,
            authority: authority,
            root: try state.issuer(authority.issuedBy),
            isReused: isReused
        )
    }
}

extension DeviceRecord {
    /// Makes a fresh certificate the device's current one, and forgets serials that have expired.
    fileprivate mutating func record(
        _ leaf: LeafCertificate,
        issuer: IssuerRecord,
        policy: PolicyRecord,
        request: CertificationRequest,
        at time: Int64
    ) {
        certificate = DeviceCertificate(
            serialNumber: leaf.serialNumber,
            der: leaf.der,
            thumbprint: leaf.thumbprintSHA1,
            notBefore: leaf.notBefore,
            notAfter: leaf.notAfter,
            issuer: issuer.subject,
            policyName: policy.name.text,
            requestDigest: Hex.lower(request.digest)
        )
        policyName = policy.name.text
        living.removeAll { $0.notAfter < time }
        living.append(
            LivingSerial(serialNumber: leaf.serialNumber, notAfter: leaf.notAfter, issuer: issuer.subject)
        )
    }
}
