import COpenSSL

/// The random generator of libcrypto.
package enum RandomBytes {
    /// Returns `count` bytes fit for keys and serial numbers.
    package static func generate(_ count: Int) throws(OpenSSLError) -> [UInt8] {
        guard let length = Int32(exactly: count), length >= 0 else {
            throw OpenSSLError(operation: "drawing \(count) random bytes", reasons: ["out of range"])
        }
        RandomGenerator.choose()
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, length) == 1 else {
            throw OpenSSLError("drawing \(count) random bytes")
        }
        return bytes
    }
}
