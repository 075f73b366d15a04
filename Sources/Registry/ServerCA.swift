import OpenSSL
import PKI
import Store

/// The local CA of the hubs' server certificates: part of no namespace, made with the store's first hub.
extension Registry {
    /// Makes the server CA if there is none, and says whether there was none. Call under the store's lock.
    ///
    /// The key is written before the certificate, so a crash in between leaves no certificate, and the next hub
    /// begins anew.
    func ensureServerCA(_ locked: LockedStore) throws -> Bool {
        if try root.readServerFile(StoreLayout.serverCACertificate) != nil { return false }
        let key = try PrivateKey.generate(.p384)
        let certificate = try CertificateFactory.serverRoot(
            key: key,
            notBefore: now,
            commonName: "adr local server CA \(Hex.lower(try randomBytes(4)))",
            serial: SerialNumber.make(random: try randomBytes(16))
        )
        try locked.writeServerFile(StoreLayout.serverCAKey, try key.pem())
        do {
            try locked.writeServerFile(
                StoreLayout.serverCACertificate,
                PEM.encode(label: "CERTIFICATE", der: certificate.der)
            )
        } catch {
            removeServerCA(locked)
            throw error
        }
        return true
    }

    /// Takes back the server CA that was made just now, for something that did not come about. Call under the store's
    /// lock.
    func removeServerCA(_ locked: LockedStore) {
        for name in [StoreLayout.serverCACertificate, StoreLayout.serverCAKey] { try? locked.removeServerFile(name) }
    }

    /// A fresh server certificate of a hub or provisioning service and its key; nothing is written.
    func makeServerIdentity(for hostNames: [String], at time: Int64) throws -> ServerIdentity {
        guard let certificatePEM = try root.readServerFile(StoreLayout.serverCACertificate),
            let keyPEM = try root.readServerFile(StoreLayout.serverCAKey)
        else {
            throw ServiceError.refused(
                "ServerCANotFound",
                "the store has no server CA: \(root.path)/server/\(StoreLayout.serverCACertificate) or its key is missing",
                hint: "The next 'adr hub create' makes one; or restore the folder 'server' from a backup."
            )
        }
        guard let certificate = PEM.blocks(certificatePEM).first else {
            throw ServiceError.refused(
                "InvalidCertificate",
                "\(root.path)/server/\(StoreLayout.serverCACertificate) holds no PEM certificate",
                hint:
                    "Restore the folder 'server' from a backup, or remove it: the next 'adr hub create' makes a new CA."
            )
        }
        let authority = try CertificateOutline(der: certificate.der)
        let issuer: Issuer
        do {
            issuer = try Issuer(certificate: authority, key: try PrivateKey(pem: keyPEM))
        } catch {
            let reason = (error as? OpenSSLError)?.reasons.joined(separator: "; ") ?? (error as? Refusal)?.message
            throw ServiceError.refused(
                "InvalidKey",
                "\(root.path)/server/\(StoreLayout.serverCAKey) cannot be used: \(reason ?? "it is no key of that CA")",
                hint:
                    "Restore the folder 'server' from a backup, or remove it: the next 'adr hub create' makes a new CA."
            )
        }
        let key = try PrivateKey.generate(.p384)
        let leaf = try CertificateFactory.server(
            hostNames: hostNames,
            key: key,
            issuer: issuer,
            notBefore: time,
            notAfter: min(time + 86_400, authority.notAfter),
            serial: SerialNumber.make(random: try randomBytes(16))
        )
        return ServerIdentity(chain: [leaf.der, authority.der], key: key)
    }
}

/// What a hub shows to its devices.
struct ServerIdentity: ~Copyable {
    let chain: [[UInt8]]
    let key: PrivateKey
}
