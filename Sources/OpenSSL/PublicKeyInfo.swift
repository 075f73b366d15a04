import COpenSSL
import CTemplates

/// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): an algorithm and a bit string, whatever the key.
package struct PublicKeyInfo: Sendable, Equatable {
    package let algorithm: AlgorithmIdentifier
    /// The octets of the bit string: for an EC key its point (RFC 5480 §2.2).
    package let bits: [UInt8]
    /// How many bits of the last octet are unused: 0 in every key that makes sense.
    package let unusedBits: Int
    /// All of it in DER.
    package let der: [UInt8]

    /// Reads the DER of one.
    package init(der: [UInt8]) throws(OpenSSLError) {
        let value = try ASN1Value<ADR_PUBLIC_KEY>(ADR_PUBLIC_KEY_it(), readingAll: der, "a public key")
        try self.init(value.pointer)
    }

    init(_ value: UnsafeMutablePointer<ADR_PUBLIC_KEY>) throws(OpenSSLError) {
        self.init(value, der: try ASN1.encode(OpaquePointer(value), ADR_PUBLIC_KEY_it()))
    }

    /// - Parameter der: what the encoder made of it.
    init(_ value: UnsafeMutablePointer<ADR_PUBLIC_KEY>, der: [UInt8]) {
        algorithm = AlgorithmIdentifier(value.pointee.algorithm)
        bits = ASN1.content(value.pointee.key)
        unusedBits = ASN1.unusedBits(value.pointee.key)
        self.der = der
    }

    /// The curve if this is an EC key on a NIST curve given by its name.
    package var namedCurve: NamedCurve? { NamedCurve(algorithm) }

    /// The key in a word or two: "P-384", "RSA 2048", "EC secp256k1", "Ed25519".
    package var description: String {
        if algorithm.algorithm == .ecPublicKey {
            switch algorithm.parameters {
            case .identifier(let curve):
                if let named = NamedCurve(oid: curve) { return named.rawValue }
                let name = curve.shortName
                return name == "secp224r1" ? "P-224" : name == "prime192v1" ? "P-192" : "EC \(name)"
            case .other: return "EC with explicit parameters"
            case .absent, .null: return "EC without a curve"
            }
        }
        if algorithm.algorithm == .rsaEncryption, let key = try? PublicKey(der: der) { return "RSA \(key.bitCount)" }
        ErrorQueue.clear()
        return algorithm.algorithm == .rsaEncryption ? "RSA" : algorithm.algorithm.shortName
    }
}
