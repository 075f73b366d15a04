import JSON
import OpenSSL
import PKI
import Store

/// What a hub says of a device that has proven possession of its key.
package enum HubVerdict: Sendable {
    case accepted(AuthenticatedDevice)
    case refused(HubRefusal)
}

/// Who was authenticated, and by what.
package struct AuthenticatedDevice: Sendable {
    package let deviceID: String
    package let deviceName: String
    package let hubName: String
    package let policyName: String
    package let serialNumber: String
    package let notAfter: Int64
    /// The subject of the CA certificate in the hub that vouches for the device.
    package let trustAnchor: String
}

/// Why a hub does not let a device in.
package struct HubRefusal: Error, Sendable {
    package enum Reason: String, Sendable {
        case noCertificate = "NoCertificate"
        case invalidCertificate = "InvalidCertificate"
        case issuerNotSynced = "IssuerNotSynced"
        case issuerRevoked = "IssuerRevoked"
        case unknownIssuer = "UnknownIssuer"
        case certificateExpired = "CertificateExpired"
        case certificateNotYetValid = "CertificateNotYetValid"
        case keyDoesNotMatch = "KeyDoesNotMatch"
        case deviceNotFound = "DeviceNotFound"
        case deviceIDMismatch = "DeviceIdMismatch"
        case identityDisabled = "IdentityDisabled"
        case deviceDisabled = "DeviceDisabled"
        case certificateRevoked = "CertificateRevoked"
    }

    package let reason: Reason
    package let message: String
    package let hint: String?

    init(_ reason: Reason, _ message: String, hint: String? = nil) {
        self.reason = reason
        self.message = message
        self.hint = hint
    }
}

extension Registry {
    /// What a hub accepts. The one place that judges a device at the door of its hub.
    ///
    /// Trust anchors are the CA certificates in the hub's document and nothing else; what the device presents helps
    /// to build the chain and is never trusted. CRLs are not read, as the service's hubs do not: revocation shows in
    /// the identifier that the certificate carries.
    ///
    /// - Parameters:
    ///   - presented: the certificates the device sent, leaf first, DER.
    ///   - time: Unix seconds at which everything must be valid.
    func judge(
        presented: [[UInt8]],
        at hub: HubRecord,
        _ state: NamespaceState,
        time: Int64
    ) throws -> HubVerdict {
        guard let first = presented.first else {
            return .refused(
                HubRefusal(
                    .noCertificate,
                    "the device presented no certificate",
                    hint: "Pass the chain that 'adr cert issue --out' wrote as --certificate-file-path."
                )
            )
        }
        let anchor: CertificateOutline
        switch ChainJudge.hub(presented: presented, anchors: hub.certificates.map(\.certificate), at: time) {
        case .success(let found): anchor = found
        case .failure(let failure):
            return .refused(try explain(failure, presented: presented, at: hub, state, time: time))
        }
        do {
            let leaf = try CertificateOutline(lenient: first)
            return .accepted(try authenticate(leaf, anchor: anchor, at: hub, state))
        } catch let refusal as HubRefusal {
            return .refused(refusal)
        }
    }

    /// Who a trusted certificate belongs to, and whether they may come in.
    private func authenticate(
        _ leaf: CertificateOutline,
        anchor: CertificateOutline,
        at hub: HubRecord,
        _ state: NamespaceState
    ) throws -> AuthenticatedDevice {
        let commonName = leaf.subject.commonName ?? ""
        guard let id = try? RegistrationID(commonName), let device = try state.device(registering: id),
            let identity = device.identity, identity.hub == hub.name
        else {
            throw HubRefusal(
                .deviceNotFound,
                "the hub '\(hub.name.text)' has no identity for the certificate's CN \(quoted(commonName))",
                hint: "'adr hub device-identity list --hub-name \(hub.name.text)' shows those it has."
            )
        }
        guard commonName == device.deviceID else {
            throw HubRefusal(
                .deviceIDMismatch,
                "the certificate's CN is \(quoted(commonName)), the device ID is \(quoted(device.deviceID)); "
                    + "a hub compares them byte for byte",
                hint: "'adr csr generate --registration-id \(device.deviceID)' makes a CSR with that CN."
            )
        }
        let key = try state.namespace().key
        guard device.enabled else {
            throw HubRefusal(
                .deviceDisabled,
                "the device '\(device.name.text)' is disabled in the namespace '\(key.name.text)'",
                hint: "adr device update --namespace \(key.name.text)\(Self.groupOption(key.group)) "
                    + "--name \(device.name.text) --enabled true"
            )
        }
        guard identity.status == .enabled else {
            throw HubRefusal(
                .identityDisabled,
                "the identity of '\(device.registrationID)' in the hub '\(hub.name.text)' is disabled",
                hint: "adr hub device-identity update --hub-name \(hub.name.text) "
                    + "--device-id \(device.deviceID) --status enabled"
            )
        }
        guard leaf.deviceIdentifier == device.identifier else {
            throw HubRefusal(
                .certificateRevoked,
                "the certificate \(leaf.serialNumber) carries an identifier that is no longer that of "
                    + "'\(device.registrationID)': it was revoked",
                hint: Self.newCertificate
            )
        }
        let policy = hub.certificates.first { $0.thumbprint == anchor.thumbprintSHA1 }?.policyName ?? ""
        return AuthenticatedDevice(
            deviceID: device.deviceID,
            deviceName: device.name.text,
            hubName: hub.name.text,
            policyName: policy,
            serialNumber: leaf.serialNumber,
            notAfter: leaf.notAfter,
            trustAnchor: anchor.subject.description
        )
    }

    private static let newCertificate =
        "The device needs a new certificate: from its provisioning service, 'adr registration create', or from the "
        + "operator, 'adr cert issue'."

    /// Why a chain ends at no anchor of the hub, as somebody who knows the namespace would say it.
    private func explain(
        _ failure: TrustFailure,
        presented: [[UInt8]],
        at hub: HubRecord,
        _ state: NamespaceState,
        time: Int64
    ) throws -> HubRefusal {
        switch failure.reason {
        case .expired:
            return HubRefusal(.certificateExpired, failure.message, hint: Self.newCertificate)
        case .notYetValid:
            return HubRefusal(
                .certificateNotYetValid,
                failure.message,
                hint: "Compare this clock, 'date -u', with that of the machine that issued it."
            )
        case .noAnchor, .selfSigned, .notDirectlyUnderAnchor:
            return try explainUntrusted(failure, presented: presented, at: hub, state, time: time)
        default:
            return HubRefusal(
                .invalidCertificate,
                failure.message,
                hint: "'adr cert show FILE' describes what the device presents."
            )
        }
    }

    private func explainUntrusted(
        _ failure: TrustFailure,
        presented: [[UInt8]],
        at hub: HubRecord,
        _ state: NamespaceState,
        time: Int64
    ) throws -> HubRefusal {
        let namespace = try state.namespace().key
        let unknown = HubRefusal(
            .unknownIssuer,
            "no CA certificate in the hub '\(hub.name.text)' issued this certificate: \(failure.message)",
            hint: "The device needs a certificate of the hub's own namespace: "
                + "'adr cert issue --namespace \(namespace.name.text)\(Self.groupOption(namespace.group))'."
        )
        guard let leaf = try? CertificateOutline(lenient: presented[0]),
            let authority = try state.issuer(named: leaf.issuer)
        else { return unknown }
        // No hub ever holds a root, so that no sync helps those it signed.
        guard authority.role == .issuing else {
            return HubRefusal(
                .unknownIssuer,
                "\(leaf.subject) is issued by the root \(authority.certificateSubject) itself, and devices' certificates "
                    + "by an issuing CA under it: it is a CA's",
                hint: "Present the device's own certificate first, as 'adr cert issue --out' writes the chain."
            )
        }
        // A name alone proves nothing: the CA of this namespace must really have signed it.
        switch ChainJudge.hub(presented: presented, anchors: [authority.certificate], at: time) {
        case .success: break
        case .failure(let own):
            switch own.reason {
            case .expired:
                return HubRefusal(.certificateExpired, own.message, hint: Self.newCertificate)
            default: return unknown
            }
        }
        let policy = authority.policyName ?? ""
        switch authority.state {
        case .revoked:
            return HubRefusal(
                .issuerRevoked,
                "the issuing CA \(authority.certificateSubject) of the policy '\(policy)' was revoked",
                hint: Self.newCertificate
            )
        case .retired:
            return HubRefusal(
                .unknownIssuer,
                "the issuing CA \(authority.certificateSubject) belonged to the policy '\(policy)', which was deleted, "
                    + "and the hub '\(hub.name.text)' does not hold it",
                hint: "The device needs a certificate of a policy that exists: 'adr cert issue'."
            )
        case .next, .current, .former:
            return HubRefusal(
                .issuerNotSynced,
                "the hub '\(hub.name.text)' does not hold \(authority.certificateSubject), the issuing CA of the policy "
                    + "'\(policy)', so it trusts none of its certificates",
                hint: "adr credential sync --namespace \(namespace.name.text)\(Self.groupOption(namespace.group))"
            )
        }
    }
}
