import COpenSSL

/// The digests the program uses.
package enum Digest: Sendable {
    case sha1, sha256, sha384

    /// The digest of the bytes: 20, 32 or 48 octets.
    package func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        fatalError("not yet")
    }

    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }
}
