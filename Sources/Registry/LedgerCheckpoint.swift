import JSON
import OpenSSL
import PKI
import Store

/// What a checkpoint says: a ledger had this entry at this place when it was signed.
struct LedgerCheckpoint {
    /// What tells this content from anything else a key may sign.
    private static let kind = "adr-ledger-checkpoint"

    let namespaceID: String
    let uuid: String
    let number: Int64
    /// Hash of the entry, 64 hex digits.
    let hash: String
    /// Time of the entry, Unix seconds UTC.
    let entryTime: Int64
    /// When it was signed, Unix seconds UTC.
    let time: Int64

    init(namespaceID: String, uuid: String, number: Int64, hash: String, entryTime: Int64, time: Int64) {
        self.namespaceID = namespaceID
        self.uuid = uuid
        self.number = number
        self.hash = hash
        self.entryTime = entryTime
        self.time = time
    }

    /// The content that is signed: what a person reads.
    var content: [UInt8] { value.pretty() + [0x0A] }

    var value: JSONValue {
        [
            "type": .string(Self.kind),
            "namespace": ["id": .string(namespaceID), "uuid": .string(uuid)],
            "entry": [
                "number": .integer(number), "hash": .string(hash), "time": .string(Timestamp.text(entryTime)),
            ],
            "time": .string(Timestamp.text(time)),
        ]
    }

    /// Reads a message's content. Throws ``ServiceError`` for what is none of a checkpoint.
    init(content: [UInt8]) throws(ServiceError) {
        guard let value = try? JSONValue(parsing: content), value["type"]?.stringValue == Self.kind,
            let id = value["namespace"]?["id"]?.stringValue, let uuid = value["namespace"]?["uuid"]?.stringValue,
            let number = value["entry"]?["number"]?.integerValue, number > 0,
            let hash = value["entry"]?["hash"]?.stringValue, hash.utf8.count == 64,
            let entryTime = value["entry"]?["time"]?.stringValue.flatMap(Timestamp.seconds),
            let time = value["time"]?.stringValue.flatMap(Timestamp.seconds)
        else { throw Self.refusal("the message holds something else than a checkpoint of a ledger") }
        self.init(namespaceID: id, uuid: uuid, number: number, hash: hash, entryTime: entryTime, time: time)
    }

    static func refusal(_ message: String) -> ServiceError {
        .refused(
            "InvalidCheckpoint",
            message,
            hint: "Name a file as 'adr ledger checkpoint --out FILE' wrote it, unchanged."
        )
    }
}

/// A signed checkpoint that was read, and whose signature waits for the roots to judge it by.
struct SignedCheckpoint {
    /// Unverified until ``verify(roots:)`` has returned.
    let checkpoint: LedgerCheckpoint
    private let der: [UInt8]

    /// Reads PEM (`CMS`) or DER.
    init(_ bytes: [UInt8]) throws {
        let block = PEM.blocks(bytes).first { $0.label == "CMS" || $0.label == "PKCS7" }
        guard let der = block?.der ?? (bytes.first == 0x30 ? bytes : nil) else {
            throw LedgerCheckpoint.refusal("the checkpoint is neither PEM ('-----BEGIN CMS-----') nor DER")
        }
        self.der = der
        do {
            checkpoint = try LedgerCheckpoint(content: SignedMessage.content(of: der))
        } catch let error as OpenSSLError {
            throw LedgerCheckpoint.refusal("the checkpoint is no signed message: \(Self.reason(error))")
        }
    }

    /// Requires that a ledger's signer made it, whom one of these roots certified. The CA of a device, or a device, whom
    /// a root vouches for as well, is no such signer.
    func verify(roots: [[UInt8]]) throws {
        let verified: SignedMessage.Verified
        do {
            verified = try SignedMessage.verify(der, anchors: roots, at: checkpoint.time)
        } catch {
            throw LedgerCheckpoint.refusal(
                "the checkpoint's signature does not hold under the roots of the namespace: \(Self.reason(error))"
            )
        }
        let rootNames = try roots.map { try CertificateOutline(der: $0).subject }
        for der in verified.signers {
            let signer = try CertificateOutline(der: der)
            guard signer.subject.commonName?.hasPrefix(CertificateFactory.ledgerSignerPrefix) == true,
                signer.basicConstraints?.isCA != true, signer.extendedKeyUsage == nil,
                rootNames.contains(signer.issuer)
            else {
                throw LedgerCheckpoint.refusal(
                    "the checkpoint is signed by \(signer.subject), which may not sign for a ledger"
                )
            }
        }
    }

    private static func reason(_ error: OpenSSLError) -> String {
        error.reasons.isEmpty ? "it cannot be read" : error.reasons.joined(separator: "; ")
    }
}

extension Registry {
    /// A receipt for the ledger as it stands: position, hash and time, signed by the ledger's own key.
    ///
    /// - Returns: CMS SignedData in DER, and what it says.
    package func checkpointLedger(_ key: NamespaceKey) throws -> (message: [UInt8], value: JSONValue) {
        let ledger = try assumedLedger(key)
        try ensureLedgerSigner(ledger)
        let subscription = try subscription()
        let (checkpoint, signer, pem) = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            try checkClock(snapshot, at: time)
            guard let signer = try state.ledgerSigner(), let pem = try snapshot.key(signer.keyName) else {
                throw ServiceError.conflict(
                    "the ledger's signer was replaced while the checkpoint was made",
                    hint: "Repeat the command: 'adr ledger checkpoint --namespace \(key.name.text)'."
                )
            }
            let end = snapshot.end
            let checkpoint = LedgerCheckpoint(
                namespaceID: ResourceID.namespace(try state.namespace().key, subscription: subscription),
                uuid: try state.namespace().uuid,
                number: end.number,
                hash: end.hash,
                entryTime: snapshot.lastTime,
                time: time
            )
            return (checkpoint, signer, pem)
        }
        let message = try SignedMessage.sign(
            checkpoint.content,
            certificate: signer.certificate,
            key: try Self.secret(of: signer, pem: pem),
            at: checkpoint.time
        )
        return (message, checkpoint.value)
    }

    private static func secret(of signer: LedgerSignerRecord, pem: [UInt8]) throws -> PrivateKey {
        let reasons: [String]
        do throws(OpenSSLError) {
            let key = try PrivateKey(pem: pem)
            if try key.matches(certificateDER: signer.certificate) { return key }
            reasons = ["it is not the key of its certificate"]
        } catch {
            reasons = error.reasons
        }
        throw ServiceError.refused(
            "InvalidKey",
            "keys/\(signer.keyName), the key of the ledger's signer, cannot be used: \(reasons.joined(separator: "; "))",
            hint: "Put the file back from a backup that includes keys, or remove it: the next checkpoint makes another."
        )
    }

    /// Sees to it that the ledger has a signer whose key is at hand, certified by the root that signs now: made by the
    /// first checkpoint, and anew when the root is another one, the certificate has expired or the key is lost.
    private func ensureLedgerSigner(_ ledger: Ledger) throws {
        try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            let old = try state.ledgerSigner()
            let root = try state.credential()?.issuer
            if let old, root == nil || root == old.issuedBy, time < old.notAfter,
                try snapshot.key(old.keyName) != nil
            {
                return .answer(())
            }
            let authority = try state.issuer(state.requiredCredential().issuer)
            try checkClock(snapshot, at: time)
            let issuer = try issuer(authority, snapshot)
            let secret = try PrivateKey.generate(.p384)
            let subject = Hex.lower(try randomBytes(16))
            let certificate = try CertificateFactory.ledgerSigner(
                key: secret,
                issuer: issuer,
                notBefore: time,
                name: subject,
                serial: SerialNumber.make(random: try randomBytes(16))
            )
            let file = try keyFile(of: "ledger", subject, secret)
            let record = LedgerSignerRecord(
                certificate: certificate,
                subject: subject,
                keyName: file.name,
                issuedBy: authority.subject
            )
            let transaction = Transaction(
                event: "LedgerSignerCreated",
                details: details([("subject", .string(record.certificateSubject))], snapshot, at: time),
                changes: [record.change],
                keys: [file],
                wipedKeys: old.map { [$0.keyName] } ?? []
            )
            return .commit(transaction, ())
        }
    }
}
