import COpenSSL

/// A hash function of libcrypto (FIPS 180-4).
package enum Digest: Sendable {
    case sha1
    case sha256
    case sha384

    package func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { fatalError() }
    package func hash(_ bytes: [UInt8]) -> [UInt8] { fatalError() }
}
