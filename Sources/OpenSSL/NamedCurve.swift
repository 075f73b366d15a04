import COpenSSL

/// The NIST curves this program can make keys on (FIPS 186-4 D.1.2, RFC 5480 §2.1.1.1).
package enum NamedCurve: String, Sendable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// The curve that an identifier names; nil for any other.
    package init?(oid: OID) {
        switch oid {
        case Self.p384.oid: self = .p384
        case Self.p256.oid: self = .p256
        case Self.p521.oid: self = .p521
        default: return nil
        }
    }

    /// The curve of an EC key's algorithm that names one; nil for any other.
    init?(_ algorithm: AlgorithmIdentifier) {
        guard algorithm.algorithm == .ecPublicKey, case .identifier(let curve) = algorithm.parameters else {
            return nil
        }
        self.init(oid: curve)
    }

    /// The curve a group of libcrypto is, by any of its names.
    init?(groupName: String) {
        switch OBJ_txt2nid(groupName) {
        case NID_X9_62_prime256v1: self = .p256
        case NID_secp384r1: self = .p384
        case NID_secp521r1: self = .p521
        default:
            guard let named = Self(rawValue: groupName) else { return nil }
            self = named
        }
    }

    /// The identifier of the curve (RFC 5480 §2.1.1.1).
    package var oid: OID {
        switch self {
        case .p256: Self.p256OID
        case .p384: Self.p384OID
        case .p521: Self.p521OID
        }
    }

    /// The octets of an uncompressed point (SEC 1 §2.3.3): one, and two coordinates.
    package var uncompressedPointLength: Int { 1 + 2 * coordinateLength }

    /// The octets of one coordinate.
    package var coordinateLength: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The name libcrypto's providers know it by.
    var groupName: String {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        case .p521: "secp521r1"
        }
    }

    private static let p256OID = OID(nid: NID_X9_62_prime256v1)
    private static let p384OID = OID(nid: NID_secp384r1)
    private static let p521OID = OID(nid: NID_secp521r1)
}
