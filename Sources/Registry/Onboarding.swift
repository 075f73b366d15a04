import JSON
import OpenSSL
import PKI
import Store

/// What a device has proven itself by.
enum OnboardingAttestation {
    case symmetricKey(group: String?)
    case x509(leaf: CertificateOutline, signer: CertificateOutline?, group: String?)

    /// The member of a registration state that tells of it.
    var member: (name: String, value: JSONValue) {
        var object = JSONObject()
        switch self {
        case .symmetricKey(let group):
            object.set("enrollmentGroupId", group.map(JSONValue.string))
            return ("symmetricKey", .object(object))
        case .x509(let leaf, let signer, let group):
            object["certificateInfo"] = leaf.enrollmentInfo
            object.set("signingCertificateInfo", signer?.enrollmentInfo)
            object.set("enrollmentGroupId", group.map(JSONValue.string))
            return ("x509", .object(object))
        }
    }

    /// How an identity authenticates that gets no certificate.
    var identity: DeviceIdentity.Authentication {
        switch self {
        case .symmetricKey: .sas
        case .x509: .selfSigned
        }
    }
}

/// The door of a provisioning service: finds the enrollment a device belongs to, and has the device prove it.
///
/// An individual enrollment of the ID decides, else the groups; among those by certificate the nearest CA. The first
/// that is found decides, be it disabled or not (Microsoft Learn, "X.509 certificate attestation").
struct Onboarding {
    private let state: NamespaceState
    private let service: ProvisioningServiceRecord
    private let time: Int64

    init(_ state: NamespaceState, _ service: ProvisioningServiceRecord, at time: Int64) {
        self.state = state
        self.service = service
        self.time = time
    }

    /// - Throws: 401002 when the proof does not hold, 404201 when nothing is enrolled that it could hold for.
    func authenticate(
        _ id: RegistrationID,
        _ proof: OnboardingProof
    ) throws -> (EnrollmentRecord, OnboardingAttestation) {
        let individual = try state.enrollmentIfAny(.individual(id), service.name)
        switch proof {
        case .token(let text):
            let token = try SharedAccessSignature(parsing: text)
            try token.check(idScope: service.idScope, registrationID: id.text, at: time)
            return try authenticate(id, individual, token)
        case .certificates(let presented):
            return try authenticate(id, individual, presented)
        }
    }

    // MARK: - Symmetric key

    private func authenticate(
        _ id: RegistrationID,
        _ individual: EnrollmentRecord?,
        _ token: SharedAccessSignature
    ) throws -> (EnrollmentRecord, OnboardingAttestation) {
        if let individual {
            guard let keys = try state.keys(of: individual) else {
                throw ServiceError.unauthorized(
                    "the enrollment \(quoted(individual.id.text)) attests by certificate, and a token was presented",
                    hint: "Pass --certificate-file-path and --key-file-path."
                )
            }
            if try isSigned(token, keys.primary) || isSigned(token, keys.secondary) {
                return (individual, .symmetricKey(group: nil))
            }
            throw ServiceError.unauthorized(
                "the token is not signed with a key of the enrollment \(quoted(individual.id.text))",
                hint: "'adr dps enrollment show --dps-name \(service.name.text) --enrollment-id \(individual.id.text) "
                    + "--show-keys' shows them."
            )
        }
        let groups = try state.enrollmentGroups(service.name).filter { $0.keyFile != nil }
        for group in groups {
            guard let keys = try state.keys(of: group) else { continue }
            for key in [keys.primary, keys.secondary] {
                // Some clients lower-case the ID before they derive.
                for spelling in [id.text, id.text.lowercased()] {
                    let derived = try SharedAccessSignature.deviceKey(groupKey: key, registrationID: spelling)
                    if try isSigned(token, derived) { return (group, .symmetricKey(group: group.id.text)) }
                }
            }
        }
        if groups.isEmpty { throw notEnrolled(id) }
        throw ServiceError.unauthorized(
            "the token is signed with the key of no enrollment, and no key derived from a group's for \(quoted(id.text))",
            hint: "'adr dps enrollment-group compute-device-key --dps-name \(service.name.text) --group-id "
                + "\(groups[0].id.text) --registration-id \(id.text)' derives it."
        )
    }

    private func isSigned(_ token: SharedAccessSignature, _ key: [UInt8]) throws -> Bool {
        try token.isSigned(with: key)
    }

    // MARK: - X.509

    private func authenticate(
        _ id: RegistrationID,
        _ individual: EnrollmentRecord?,
        _ presented: [[UInt8]]
    ) throws -> (EnrollmentRecord, OnboardingAttestation) {
        guard let first = presented.first else {
            throw ServiceError.unauthorized("no certificate was presented", hint: "Pass --certificate-file-path.")
        }
        let leaf = try CertificateOutline(lenient: first)
        let commonName = leaf.subject.commonName ?? ""
        guard commonName.lowercased() == id.text.lowercased() else {
            throw ServiceError.unauthorized(
                "the onboarding certificate's CN is \(quoted(commonName)), and the registration ID is \(quoted(id.text))",
                hint: "Pass the certificate's CN as --registration-id; they must be the same, whatever the case."
            )
        }
        guard leaf.notBefore <= time, time < leaf.notAfter else {
            throw ServiceError.unauthorized(
                "the onboarding certificate of \(leaf.subject) is valid from \(Timestamp.text(leaf.notBefore)) to "
                    + "\(Timestamp.text(leaf.notAfter)), and it is \(Timestamp.text(time))"
            )
        }
        if let individual {
            if individual.attestation.certificates.isEmpty {
                throw ServiceError.unauthorized(
                    "the enrollment \(quoted(individual.id.text)) attests by symmetric key, and a certificate was presented",
                    hint: "Pass --symmetric-key-file, or make the enrollment anew with --attestation-type x509."
                )
            }
            guard individual.attestation.certificates.contains(first) else {
                throw ServiceError.unauthorized(
                    "the certificate presented is neither the primary nor the secondary one of the enrollment "
                        + quoted(individual.id.text),
                    hint: "'adr dps enrollment show --dps-name \(service.name.text) --enrollment-id "
                        + "\(individual.id.text)' shows their thumbprints."
                )
            }
            return (individual, .x509(leaf: leaf, signer: nil, group: nil))
        }
        return try nearestGroup(id, leaf, presented)
    }

    /// The group whose CA stands nearest above the leaf.
    private func nearestGroup(
        _ id: RegistrationID,
        _ leaf: CertificateOutline,
        _ presented: [[UInt8]]
    ) throws -> (EnrollmentRecord, OnboardingAttestation) {
        let groups = try state.enrollmentGroups(service.name).filter { $0.keyFile == nil }
        if groups.isEmpty { throw notEnrolled(id) }
        var nearest: (group: EnrollmentRecord, chain: [CertificateOutline])?
        var failure: TrustFailure?
        for group in groups {
            for authority in group.attestation.certificates {
                switch ChainJudge.onboarding(presented: presented, authorities: [authority], at: time) {
                case .success(let chain):
                    // A CA is no device: presented itself, it is trusted for itself, and no signer ends the chain.
                    guard chain.count > 1, chain.last?.der == authority else { continue }
                    guard chain.count < nearest?.chain.count ?? Int.max else { continue }
                    nearest = (group, chain)
                case .failure(let found): failure = failure ?? found
                }
            }
        }
        if let nearest {
            return (
                nearest.group, .x509(leaf: leaf, signer: nearest.chain.last, group: nearest.group.id.text)
            )
        }
        throw ServiceError.unauthorized(
            "the onboarding certificate of \(leaf.subject) leads to the CA of no enrollment group"
                + (failure.map { ": \($0.message)" } ?? ""),
            hint: "Pass the whole chain as --certificate-file-path, leaf first, up to the CA that is enrolled."
        )
    }

    private func notEnrolled(_ id: RegistrationID) -> ServiceError {
        ServiceError(
            .notFound,
            code: "404201",
            "the provisioning service '\(service.name.text)' has no enrollment for \(quoted(id.text))",
            hint: "adr dps enrollment create --dps-name \(service.name.text) --enrollment-id \(id.text) "
                + "--attestation-type symmetricKey"
        )
    }
}
