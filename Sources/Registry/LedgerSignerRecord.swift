import JSON
import OpenSSL
import PKI
import Store

/// The key that signs the checkpoints of a namespace's ledger (`ledger-signer.json`). A CA's key signs certificates and
/// CRLs only, so the root certifies this one.
struct LedgerSignerRecord {
    /// The 32 hex digits of its subject.
    let subject: String
    let certificate: [UInt8]
    let certificateSubject: String
    let notBefore: Int64
    let notAfter: Int64
    /// Its key's file under `keys/`.
    let keyName: String
    /// The subject of the root that certified it.
    let issuedBy: String

    init(certificate: CertificateOutline, subject: String, keyName: String, issuedBy: String) {
        self.subject = subject
        self.certificate = certificate.der
        certificateSubject = certificate.subject.description
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        self.keyName = keyName
        self.issuedBy = issuedBy
    }

    init(_ body: JSONValue) throws {
        let reader = try RecordReader(body, path: StoreLayout.ledgerSignerDocument)
        subject = try reader.text("subject")
        certificate = try reader.bytes("certificate")
        certificateSubject = try reader.text("certificateSubject")
        notBefore = try reader.time("notBefore")
        notAfter = try reader.time("notAfter")
        keyName = try reader.text("key")
        issuedBy = try reader.text("issuedBy")
    }

    var change: Change {
        var object = JSONObject()
        object["subject"] = .string(subject)
        object.set("certificate", base64: certificate)
        object["certificateSubject"] = .string(certificateSubject)
        object.set("notBefore", time: notBefore)
        object.set("notAfter", time: notAfter)
        object["key"] = .string(keyName)
        object["issuedBy"] = .string(issuedBy)
        return .put(StoreLayout.ledgerSignerDocument, .object(object))
    }
}

extension NamespaceState {
    func ledgerSigner() throws -> LedgerSignerRecord? {
        try snapshot.document(StoreLayout.ledgerSignerDocument).map { try LedgerSignerRecord($0) }
    }
}
