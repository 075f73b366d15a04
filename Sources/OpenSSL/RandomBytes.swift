import COpenSSL
import Synchronization

/// The random generator of libcrypto.
package enum RandomBytes {
    /// Octets that are drawn but not given out: a draw costs the generator nearly the same for sixteen octets as for some
    /// hundred, and an issuance takes few at a time.
    private static let reserve = Mutex<[UInt8]>([])
    private static let reserveSize = 512

    /// Returns `count` bytes fit for keys and serial numbers.
    package static func generate(_ count: Int) throws(OpenSSLError) -> [UInt8] {
        guard (0...reserveSize / 8).contains(count) else { return try draw(count) }
        return try reserve.withLock { (reserve) throws(OpenSSLError) in
            if reserve.count < count { reserve = try draw(reserveSize) }
            let rest = reserve.count - count
            defer {
                // What was given out is nowhere else.
                reserve.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress.map { $0 + rest }, count) }
                reserve.removeLast(count)
            }
            return Array(reserve[rest...])
        }
    }

    private static func draw(_ count: Int) throws(OpenSSLError) -> [UInt8] {
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
