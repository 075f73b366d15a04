import JSON
import OpenSSL
import PKI
import Store

/// What a device asks of its hub when its certificate is to be renewed.
package struct RenewalRequest: Sendable {
    package var hub: HubName
    /// The certificates the device presents, leaf first, DER.
    package var chain: [[UInt8]]
    /// The CSR as DPS and hubs take it, base64 of DER.
    package var csr: [UInt8]
    /// What the CSR is called, for the lines that mend it.
    package var csrName: String

    package init(hub: HubName, chain: [[UInt8]], csr: [UInt8], csrName: String) {
        self.hub = hub
        self.chain = chain
        self.csr = csr
        self.csrName = csrName
    }
}

/// A renewed certificate, and what is to be said of it.
package struct RenewedCertificate: Sendable {
    package let issued: IssuedCertificate
    /// Whether the new certificate has the key of the old one.
    package let reusesKey: Bool
}

extension Registry {
    /// Renews a device's certificate as its hub does: a real handshake proves that the device holds the old one's key,
    /// the hub judges it as at any connection, and the policy that the device has now issues. What the old certificate
    /// was stays as it is.
    ///
    /// - Parameter key: the private key of the old certificate.
    /// - Throws: `HubRefusal` for a device that the hub does not let in: it has to go through its provisioning service.
    package func renewCertificate(_ request: RenewalRequest, key: borrowing PrivateKey) throws -> RenewedCertificate {
        let proven = try connect(to: request.hub, chain: request.chain, key: key, version: nil)
        let (namespace, ledger) = try namespace(ofHub: request.hub)
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            let hub = try state.hub(request.hub)
            // What the device may was judged at the handshake; whether it still may is judged with the commit.
            switch try judge(presented: request.chain, at: hub, state, time: time) {
            case .accepted: break
            case .refused(let refusal): throw refusal
            }
            let device = try state.device(named: proven.device.deviceName)
            let policy = try renewingPolicy(of: device, namespace, state)
            var rules = CSRRules(
                registrationID: device.registrationID,
                allowedCurves: policy.allowedCurves,
                encodings: [.base64],
                fileName: request.csrName == "-" ? nil : request.csrName
            )
            rules.signatureCheck = .aside
            let csr = try CSRAcceptance.judge(request.csr, rules: rules).accepted()
            let old = try CertificateOutline(lenient: request.chain[0])
            let reusesKey = old.subjectPublicKeyInfo == csr.subjectPublicKeyInfo
            switch try issue(csr, for: device, hub: hub, policy, as: "CertificateRenewed", state, at: time) {
            case .answer(let issued): return .answer(RenewedCertificate(issued: issued, reusesKey: reusesKey))
            case .commit(var transaction, let issued):
                transaction.details["renewedSerialNumber"] = .string(old.serialNumber)
                return .commit(transaction, RenewedCertificate(issued: issued, reusesKey: reusesKey))
            }
        }
    }

    /// The policy a device has now.
    private func renewingPolicy(
        of device: DeviceRecord,
        _ namespace: NamespaceKey,
        _ state: NamespaceState
    ) throws -> PolicyRecord {
        let which = "--namespace \(namespace.name.text)\(Self.groupOption(namespace.group)) --name \(device.name.text)"
        guard let name = device.policyName else {
            throw ServiceError.refused(
                "PolicyRequired",
                "the device '\(device.name.text)' has no policy that could issue for it",
                hint: "'adr device update \(which) --policy-resource-id ID' gives it one."
            )
        }
        if let policy = try state.policyIfAny(try PolicyName(name)) { return policy }
        throw ServiceError.notFound(
            "the policy '\(name)' of the device '\(device.name.text)' does not exist any more",
            hint: "'adr device update \(which) --policy-resource-id ID' gives it another."
        )
    }
}
