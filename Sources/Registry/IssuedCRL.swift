import JSON
import OpenSSL
import PKI
import Store

/// What is on record of the last CRL that a CA signed.
struct IssuedCRL {
    let number: Int64
    /// Unix seconds UTC.
    let thisUpdate: Int64
    /// Unix seconds UTC.
    let nextUpdate: Int64
    /// The CRL itself, DER; kept when the key that could sign another is wiped.
    let der: [UInt8]?

    init(_ crl: CRLOutline, isKept: Bool) {
        number = crl.number ?? 0
        thisUpdate = crl.thisUpdate
        nextUpdate = crl.nextUpdate
        der = isKept ? crl.der : nil
    }

    init(_ reader: RecordReader) throws {
        number = try reader.integer("number")
        thisUpdate = try reader.time("thisUpdate")
        nextUpdate = try reader.time("nextUpdate")
        der = try reader.value("crl") == nil ? nil : reader.bytes("crl")
    }

    var value: JSONValue {
        var object = JSONObject()
        object["number"] = .integer(number)
        object.set("thisUpdate", time: thisUpdate)
        object.set("nextUpdate", time: nextUpdate)
        if let der { object.set("crl", base64: der) }
        return .object(object)
    }
}

/// A CRL as it is handed out, and whose it is.
package struct HandedOutCRL: Sendable {
    /// The common name of the CA.
    package let issuer: String
    /// nil for a root.
    package let policyName: String?
    /// Where the CA is in its life: `current`, `former`, `retired`, `revoked`.
    package let state: String
    package let crl: CRLOutline
    /// Whether no other will follow: the key is wiped.
    package let isLast: Bool

    init(_ issuer: IssuerRecord, _ crl: CRLOutline) {
        self.issuer = issuer.commonName
        policyName = issuer.policyName
        state = issuer.state.rawValue
        self.crl = crl
        isLast = issuer.keyWipedAt != nil
    }

    /// Without the CRL itself.
    package var value: JSONValue {
        var object = JSONObject()
        object["issuer"] = .string(issuer)
        object["policyName"] = policyName.map(JSONValue.string) ?? .null
        object["issuerState"] = .string(state)
        object["crlNumber"] = crl.number.map(JSONValue.integer) ?? .null
        object["thisUpdate"] = .string(Timestamp.text(crl.thisUpdate))
        object["nextUpdate"] = .string(Timestamp.text(crl.nextUpdate))
        object["revokedCount"] = .integer(Int64(crl.entryCount))
        object["isLast"] = .bool(isLast)
        return .object(object)
    }
}
