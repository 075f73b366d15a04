import JSON
import PKI
import Store

/// One certificate that a CA's CRL lists, or will (`revoked/<hex of the CA>.jsonl`).
struct RevokedRow {
    let serialNumber: String
    let revokedAt: Int64
    let reason: RevocationReason
    let notAfter: Int64
    /// The name of the device it was issued to; nil for the certificate of a CA.
    let device: String?

    init(serialNumber: String, revokedAt: Int64, reason: RevocationReason, notAfter: Int64, device: String?) {
        self.serialNumber = serialNumber
        self.revokedAt = revokedAt
        self.reason = reason
        self.notAfter = notAfter
        self.device = device
    }

    /// Nil for what is no such row: rows that cannot be read are skipped.
    init?(_ row: JSONObject) {
        guard let serialNumber = row["serialNumber"]?.stringValue,
            let revokedAt = row["revokedAt"]?.stringValue.flatMap(Timestamp.seconds),
            let reason = row["reason"]?.stringValue.flatMap(RevocationReason.init(rawValue:)),
            let notAfter = row["notAfter"]?.stringValue.flatMap(Timestamp.seconds)
        else { return nil }
        self.init(
            serialNumber: serialNumber,
            revokedAt: revokedAt,
            reason: reason,
            notAfter: notAfter,
            device: row["device"]?.stringValue
        )
    }

    /// - Parameter issuer: the subject of the CA that issued the certificate.
    func change(of issuer: String) -> Change {
        var row: JSONObject = [
            "serialNumber": .string(serialNumber), "revokedAt": .string(Timestamp.text(revokedAt)),
            "reason": .string(reason.rawValue), "notAfter": .string(Timestamp.text(notAfter)),
        ]
        row.set("device", device.map(JSONValue.string))
        return .row(StoreLayout.revoked(by: issuer), row)
    }

    var entry: RevokedSerial { RevokedSerial(serialNumber: serialNumber, revokedAt: revokedAt, reason: reason) }
}

extension NamespaceState {
    /// What a CA's CRL lists, in the order of revocation, each number once.
    func revoked(by issuer: String) throws -> [RevokedRow] {
        var seen: Set<String> = []
        return try snapshot.rows(StoreLayout.revoked(by: issuer)).compactMap(RevokedRow.init)
            .filter { seen.insert($0.serialNumber).inserted }
    }
}
