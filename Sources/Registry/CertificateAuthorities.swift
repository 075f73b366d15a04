import JSON
import OpenSSL
import PKI
import Store

/// A CA that was just made: its record, its key to be stored, and itself, ready to sign.
struct NewAuthority: ~Copyable {
    let record: IssuerRecord
    let key: KeyFile
    let issuer: Issuer
}

extension Registry {
    /// A new root CA: a new key, a new subject, ten calendar years.
    func makeRoot(urls: PublicationURLs, at time: Int64) throws -> NewAuthority {
        let key = try PrivateKey.generate(.p384)
        let subject = Hex.lower(try randomBytes(16))
        let certificate = try CertificateFactory.root(
            key: key,
            notBefore: time,
            name: subject,
            serial: SerialNumber.make(random: try randomBytes(16))
        )
        let keyFile = try keyFile(of: "rootca", subject, key)
        let record = IssuerRecord(
            role: .root,
            certificate: certificate,
            subject: subject,
            keyName: keyFile.name,
            policy: nil,
            issuedBy: subject,
            longestLeafValidityDays: 0,
            places: urls.places(of: certificate.subject.commonName ?? "")
        )
        return NewAuthority(record: record, key: keyFile, issuer: try Issuer(certificate: certificate, key: key))
    }

    /// A new issuing CA for a policy: a new key, a new subject, one calendar year, signed by the root.
    func makeIssuingCA(
        for policy: (name: PolicyName, uuid: String),
        leafValidityDays: Int,
        root: borrowing Issuer,
        _ rootRecord: IssuerRecord,
        urls: PublicationURLs,
        at time: Int64
    ) throws -> NewAuthority {
        let key = try PrivateKey.generate(.p384)
        let subject = Hex.lower(try randomBytes(16))
        let certificate = try CertificateFactory.issuingCA(
            key: key,
            issuer: root,
            notBefore: time,
            name: subject,
            serial: SerialNumber.make(random: try randomBytes(16)),
            crlDistributionPoints: rootRecord.places.crlDistributionPoints,
            caIssuers: rootRecord.places.caIssuers
        )
        let keyFile = try keyFile(of: "ica", subject, key)
        let record = IssuerRecord(
            role: .issuing,
            certificate: certificate,
            subject: subject,
            keyName: keyFile.name,
            policy: policy,
            issuedBy: rootRecord.subject,
            longestLeafValidityDays: leafValidityDays,
            places: urls.places(of: certificate.subject.commonName ?? "")
        )
        return NewAuthority(record: record, key: keyFile, issuer: try Issuer(certificate: certificate, key: key))
    }

    /// A key as it goes to the folder `keys`.
    func keyFile(of kind: String, _ subject: String, _ key: borrowing PrivateKey) throws -> KeyFile {
        KeyFile(name: "\(kind)-\(subject).pem", bytes: try key.pem())
    }

    /// A CA of the namespace, ready to sign.
    ///
    /// - Throws: when its key is not at hand, or is not the key of its certificate.
    func issuer(_ record: IssuerRecord, _ snapshot: Snapshot) throws -> Issuer {
        if let wiped = record.keyWipedAt {
            throw ServiceError.refused(
                "KeyNotFound",
                "the private key of the CA \(record.certificateSubject) was wiped on \(Timestamp.text(wiped))",
                hint: "Use another CA: 'adr policy list --namespace NAMESPACE' shows the policies that sign."
            )
        }
        guard let pem = try snapshot.key(record.keyName) else {
            throw ServiceError.refused(
                "KeyNotFound",
                "the private key of the CA \(record.certificateSubject), keys/\(record.keyName), is not there",
                hint: "Put the file back from a backup that includes keys."
            )
        }
        if snapshot.keyIsExposed(record.keyName) {
            environment.note(
                "WARNING: the CA key keys/\(record.keyName) can be read by others; 'chmod 600' it, and consider it known."
            )
        }
        let key: PrivateKey
        do {
            key = try PrivateKey(pem: pem)
        } catch {
            throw ServiceError.refused(
                "InvalidKey",
                "keys/\(record.keyName), the private key of the CA \(record.certificateSubject), cannot be used: "
                    + error.reasons.joined(separator: "; "),
                hint: "Put the file back from a backup that includes keys."
            )
        }
        do {
            return try Issuer(certificate: try CertificateOutline(der: record.certificate), key: key)
        } catch {
            throw Refusal(
                code: error.code,
                message: "keys/\(record.keyName): \(error.message)",
                hint: error.hint ?? "Put the file back from a backup that includes keys."
            )
        }
    }
}
