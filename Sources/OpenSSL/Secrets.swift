import COpenSSL

/// Keyed hashes and the comparison of secrets.
package enum Secrets {
    /// HMAC-SHA-256 (RFC 2104) of `message` under `key`: 32 octets.
    package static func hmacSHA256(key: [UInt8], message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        var length: UInt32 = 0
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        guard HMAC(Digest.sha256.method, key, Int32(key.count), message, message.count, &code, &length) != nil else {
            throw OpenSSLError("computing an HMAC")
        }
        return Array(code.prefix(Int(length)))
    }

    /// Whether two secrets are equal, in a time that depends on their length alone.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }
}
