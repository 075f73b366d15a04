import JSON
import OpenSSL
import PKI
import Store

/// One CA there ever was in a namespace, root or issuing (`issuers/<hex of its subject>.json`).
struct IssuerRecord {
    enum Role: String {
        case root
        case issuing
    }

    /// Where a CA is in its life.
    enum State: String {
        /// Made, pushed to hubs, not signing yet.
        case next
        /// Signs.
        case current
        /// Replaced by a successor; its leaves are alive.
        case former
        /// Its policy or credential is gone; it signs CRLs, never certificates.
        case retired
        /// On its issuer's CRL.
        case revoked

        /// Whether it signs no certificates any more and never will, whatever becomes of its policy.
        var hasEnded: Bool { self == .retired || self == .revoked }
    }

    let role: Role
    /// The 32 hex digits of its subject, which also name its document.
    let subject: String
    var state: State
    let encoded: EncodedCertificate
    /// The subject as the certificate has it, `CN=ica-…`.
    let certificateSubject: String
    let notBefore: Int64
    let notAfter: Int64
    /// SHA-1 of the certificate in upper-case hex, the name by which hubs know it.
    let thumbprint: String
    /// Its key's file under `keys/`.
    let keyName: String
    /// For an issuing CA: the policy it was made for, which may be gone.
    let policyName: String?
    let policyUUID: String?
    /// The subject of the CA that signed it; its own for a root.
    let issuedBy: String
    /// The longest validity, in days, that leaves of this CA were ever given: none is alive longer than this after
    /// the CA has stopped signing.
    var longestLeafValidityDays: Int
    /// When it stopped signing certificates.
    var endedAt: Int64?
    /// Where what it publishes is to be found: written into the certificates it signs.
    var places: PublishedPlaces
    /// The last CRL it signed.
    var lastCRL: IssuedCRL?
    /// When its key was wiped; then ``lastCRL`` is the last there ever is.
    var keyWipedAt: Int64?

    init(
        role: Role,
        certificate: CertificateOutline,
        subject: String,
        keyName: String,
        policy: (name: PolicyName, uuid: String)?,
        issuedBy: String,
        longestLeafValidityDays: Int,
        places: PublishedPlaces
    ) {
        self.role = role
        self.subject = subject
        state = .current
        encoded = EncodedCertificate(certificate.der)
        certificateSubject = certificate.subject.description
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        thumbprint = certificate.thumbprintSHA1
        self.keyName = keyName
        policyName = policy?.name.text
        policyUUID = policy?.uuid
        self.issuedBy = issuedBy
        self.longestLeafValidityDays = longestLeafValidityDays
        self.places = places
    }

    init(_ body: JSONValue, path: String) throws {
        let reader = try RecordReader(body, path: path)
        role = try reader.word("role", Role.self)
        subject = try reader.text("subject")
        state = try reader.word("state", State.self)
        encoded = try EncodedCertificate(reader, "certificate")
        certificateSubject = try reader.text("certificateSubject")
        notBefore = try reader.time("notBefore")
        notAfter = try reader.time("notAfter")
        thumbprint = try reader.text("thumbprint")
        keyName = try reader.text("key")
        policyName = try reader.optionalText("policyName")
        policyUUID = try reader.optionalText("policyUuid")
        issuedBy = try reader.text("issuedBy")
        longestLeafValidityDays = Int(try reader.integer("longestLeafValidityDays"))
        endedAt = try reader.optionalTime("endedAt")
        places = PublishedPlaces(
            crlDistributionPoints: try reader.texts("crlDistributionPoints"),
            caIssuers: try reader.texts("caIssuers")
        )
        lastCRL = try reader.record("lastCrl").map(IssuedCRL.init)
        keyWipedAt = try reader.optionalTime("keyWipedAt")
    }

    var change: Change {
        var object = JSONObject()
        object["role"] = .string(role.rawValue)
        object["subject"] = .string(subject)
        object["state"] = .string(state.rawValue)
        object["certificate"] = encoded.value
        object["certificateSubject"] = .string(certificateSubject)
        object.set("notBefore", time: notBefore)
        object.set("notAfter", time: notAfter)
        object["thumbprint"] = .string(thumbprint)
        object["key"] = .string(keyName)
        object.set("policyName", policyName.map(JSONValue.string))
        object.set("policyUuid", policyUUID.map(JSONValue.string))
        object["issuedBy"] = .string(issuedBy)
        object["longestLeafValidityDays"] = .integer(Int64(longestLeafValidityDays))
        object.set("endedAt", time: endedAt)
        object.set("crlDistributionPoints", texts: places.crlDistributionPoints)
        object.set("caIssuers", texts: places.caIssuers)
        object.set("lastCrl", lastCRL?.value)
        object.set("keyWipedAt", time: keyWipedAt)
        return .put(StoreLayout.issuer(subject), .object(object))
    }

    /// DER.
    var certificate: [UInt8] { encoded.der }

    /// Its common name, `ica-…` or `rootca-…`.
    var commonName: String { String(certificateSubject.dropFirst("CN=".count)) }

    /// Whether it is, or was, of a policy of that name; a root is of none.
    func isOf(_ policy: PolicyName) -> Bool { policyName?.lowercased() == policy.text.lowercased() }

    /// The last moment at which a leaf of this issuing CA can be alive, Unix seconds UTC.
    var lastLeafEnd: Int64 {
        guard let endedAt else { return notAfter }
        return min(notAfter, endedAt + Int64(longestLeafValidityDays) * 86_400)
    }

    /// Whether a leaf of this issuing CA can still be alive at `time`.
    func mayHaveLivingLeaf(at time: Int64) -> Bool { time <= lastLeafEnd }

    /// Ends its signing of certificates; the moment at which it first ended stays.
    mutating func end(as state: State, at time: Int64) {
        self.state = state
        endedAt = endedAt ?? time
    }
}
