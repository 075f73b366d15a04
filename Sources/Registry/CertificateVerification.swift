import OpenSSL
import PKI
import Store

/// A chain that was checked, and against what.
package struct VerifiedChain: Sendable {
    /// Leaf first, the anchor last.
    package let certificates: [CertificateOutline]
}

extension Registry {
    /// Checks a chain as an ordinary verifier would: up to a root of the namespace, every link, every date.
    package func verify(_ presented: [[UInt8]], against key: NamespaceKey) throws -> VerifiedChain {
        try assumedLedger(key).read { snapshot in
            let state = NamespaceState(snapshot)
            let issuers = try state.issuers()
            let roots = issuers.filter { $0.role == .root && $0.state != .revoked }.map(\.certificate)
            // Without any root no chain could ever do.
            if roots.isEmpty { _ = try state.requiredCredential() }
            // The namespace's own issuing CAs help to build, as a verifier's intermediates do.
            let helpers = issuers.filter { $0.role == .issuing }.map(\.certificate)
            let chain = try Self.verify(presented + helpers, roots: roots, at: now)
            if let revoked = try chain.certificates.compactMap({ try state.issuer(named: $0.subject) })
                .first(where: { $0.state == .revoked })
            {
                throw ServiceError.refused(
                    "IssuerRevoked",
                    "the issuing CA \(revoked.certificateSubject) was revoked",
                    hint: "The device needs a certificate of the policy's new CA: 'adr cert issue'."
                )
            }
            if let leaf = chain.certificates.first { try checkRevocation(of: leaf, state) }
            return chain
        }
    }

    /// Refuses a leaf that was revoked.
    ///
    /// No list is read, however long it is: revocation rotates the identifier that a device's certificates carry, and
    /// a device that is gone has none.
    private func checkRevocation(of leaf: CertificateOutline, _ state: NamespaceState) throws {
        guard let identifier = leaf.deviceIdentifier, let name = leaf.subject.commonName,
            let id = try? RegistrationID(name)
        else { return }
        let device = try state.device(DeviceName(registering: id))
        guard device?.identifier != identifier else { return }
        throw ServiceError.refused(
            "CertificateRevoked",
            "the certificate \(leaf.serialNumber) of \(quoted(name)) was revoked"
                + (device == nil ? ": the device was deleted" : ""),
            hint: "The device needs a new certificate: 'adr cert issue'."
        )
    }

    /// Checks a chain as a hub does, possession of the key aside.
    package func verify(_ presented: [[UInt8]], againstHub hubName: HubName) throws -> AuthenticatedDevice {
        let (_, ledger) = try namespace(ofHub: hubName)
        let verdict = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try judge(presented: presented, at: try state.hub(hubName), state, time: now)
        }
        switch verdict {
        case .accepted(let device): return device
        case .refused(let refusal): throw refusal
        }
    }

    /// Checks a chain against root certificates that were handed in.
    package func verify(_ presented: [[UInt8]], roots: [[UInt8]]) throws -> VerifiedChain {
        try Self.verify(presented, roots: roots, at: now)
    }

    private static func verify(_ presented: [[UInt8]], roots: [[UInt8]], at time: Int64) throws -> VerifiedChain {
        switch ChainJudge.full(presented: presented, roots: roots, at: time) {
        case .success(let chain): return VerifiedChain(certificates: chain)
        case .failure(let failure): throw failure
        }
    }
}
