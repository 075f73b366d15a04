import COpenSSL

/// The NIST curves this program can make keys on (FIPS 186-4 D.1.2, RFC 5480 §2.1.1.1).
package enum NamedCurve: String, Sendable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"
}
