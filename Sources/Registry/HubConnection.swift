import OpenSSL
import PKI
import Store

/// A device that was let in, and how it came.
package struct HubConnection: Sendable {
    package let device: AuthenticatedDevice
    /// As libssl names it, `TLSv1.3`.
    package let tlsVersion: String
}

extension Registry {
    /// A real TLS handshake in process: the device presents its chain and proves possession of its key, then the hub
    /// judges. Nothing is written.
    ///
    /// - Parameters:
    ///   - chain: the device's certificates, leaf first, DER.
    ///   - version: nil leaves the choice to the two ends.
    /// - Throws: `HubRefusal` with the judge's reason; the text of a TLS alert says nothing.
    package func connect(
        to hubName: HubName,
        chain: [[UInt8]],
        key: borrowing PrivateKey,
        version: TLSSession.Version?
    ) throws -> HubConnection {
        let (_, ledger) = try namespace(ofHub: hubName)
        let time = now
        let identity = try makeServerIdentity(for: [hubName.hostName], at: time)
        let server = try TLSSession(role: .server, chain: identity.chain, key: identity.key, version: version)
        if let mismatch = mismatch(of: key, chain) {
            throw HubRefusal(
                .keyDoesNotMatch,
                mismatch,
                hint: "Pass the private key of that certificate as --key-file-path."
            )
        }
        let client = try TLSSession(role: .client, chain: chain, key: key, version: version)
        do {
            try TLSSession.handshake(client: client, server: server)
        } catch {
            // The client's end does no verification of its own, so a handshake that fails failed at the proof.
            throw HubRefusal(
                .keyDoesNotMatch,
                "the device did not prove possession of the certificate's private key: the handshake failed (\(error))",
                hint: "Pass the private key of the chain's first certificate as --key-file-path."
            )
        }
        let presented = server.peerCertificates
        let verdict = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try judge(presented: presented, at: try state.hub(hubName), state, time: time)
        }
        switch verdict {
        case .accepted(let device): return HubConnection(device: device, tlsVersion: server.protocolVersion)
        case .refused(let refusal): throw refusal
        }
    }

    /// Plays a device that presents its onboarding certificate to a provisioning service: a TLS handshake in process,
    /// which proves that the device holds the private key.
    ///
    /// - Returns: the certificates as they were presented, leaf first, DER.
    package func presentOnboarding(
        to service: ProvisioningServiceName,
        chain: [[UInt8]],
        key: borrowing PrivateKey
    ) throws -> [[UInt8]] {
        let identity = try makeServerIdentity(for: [service.hostName], at: now)
        let server = try TLSSession(role: .server, chain: identity.chain, key: identity.key, version: nil)
        let hint = "Pass the private key of the chain's first certificate as --key-file-path."
        if let mismatch = mismatch(of: key, chain) { throw ServiceError.unauthorized(mismatch, hint: hint) }
        for der in chain {
            let certificate = try CertificateOutline(lenient: der)
            if let weakness = certificate.weakness {
                throw ServiceError.unauthorized(
                    "the certificate of \(certificate.subject) cannot be used in TLS: \(weakness)",
                    hint: CertificateOutline.strengthHint
                )
            }
        }
        let client: TLSSession
        do {
            client = try TLSSession(role: .client, chain: chain, key: key, version: nil)
        } catch {
            throw ServiceError.unauthorized(
                "the onboarding certificate cannot be used in TLS: \(error.reasons.joined(separator: "; "))",
                hint: CertificateOutline.strengthHint
            )
        }
        do {
            try TLSSession.handshake(client: client, server: server)
        } catch {
            throw ServiceError.unauthorized(
                "the device did not prove possession of the certificate's private key: the handshake failed (\(error))",
                hint: hint
            )
        }
        return server.peerCertificates
    }

    /// What is to be said of a key of another kind than the certificate's: with it, no handshake is even begun, or one
    /// without the certificate. Of one of the same kind the handshake finds out.
    private func mismatch(of key: borrowing PrivateKey, _ chain: [[UInt8]]) -> String? {
        guard let first = chain.first, let leaf = try? CertificateOutline(lenient: first) else { return nil }
        let curve = key.curve?.rawValue
        if curve == leaf.keyDescription || (try? key.matches(certificateDER: first)) == true { return nil }
        return
            "the private key is \(curve.map { "a \($0) key" } ?? "no key on a NIST curve"), and that of the certificate "
            + "of \(leaf.subject) is \(leaf.keyDescription)"
    }

    /// Plays a device that signs a token for its provisioning service, good for an hour.
    package func makeToken(
        for name: ProvisioningServiceName,
        _ id: RegistrationID,
        key: [UInt8]
    ) throws -> String {
        let (_, ledger) = try namespace(ofService: name)
        let scope = try ledger.read { try NamespaceState($0).provisioningService(name).idScope }
        return try SharedAccessSignature.token(
            idScope: scope,
            registrationID: id.text,
            key: key,
            expiresAt: now + 3600
        )
    }
}
