import COpenSSL
import CTemplates

/// AlgorithmIdentifier (RFC 5280 §4.1.1.2).
package struct AlgorithmIdentifier: Sendable, Equatable {
    package enum Parameters: Sendable, Equatable {
        case absent
        case null
        case identifier(OID)
        case other
    }

    package let algorithm: OID
    package let parameters: Parameters

    init(_ value: UnsafeMutablePointer<X509_ALGOR>?) {
        var object: OpaquePointer?
        var type: Int32 = 0
        var parameter: UnsafeRawPointer?
        X509_ALGOR_get0(&object, &type, &parameter, value)
        algorithm = OID(object)
        switch type {
        case V_ASN1_UNDEF: parameters = .absent
        case V_ASN1_NULL: parameters = .null
        case V_ASN1_OBJECT: parameters = .identifier(OID(parameter.map { OpaquePointer($0) }))
        default: parameters = .other
        }
    }

    /// The hash of an ECDSA signature algorithm, in libcrypto's name; nil if this is no ECDSA algorithm.
    package var ecdsaDigestName: String? {
        var digest: Int32 = 0
        var key: Int32 = 0
        guard OBJ_find_sigid_algs(algorithm.nid, &digest, &key) == 1, key == NID_X9_62_id_ecPublicKey,
            let name = OBJ_nid2sn(digest)
        else { return nil }
        return String(cString: name)
    }
}
