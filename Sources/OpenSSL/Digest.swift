import COpenSSL

/// The digests the program uses (FIPS 180-4).
package enum Digest: Sendable {
    case sha1, sha256, sha384

    /// The digest of the bytes: 20, 32 or 48 octets.
    ///
    /// libcrypto's own digests of memory fail only when it cannot get any memory or was built without the algorithm;
    /// there is no going on then.
    package func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto has no memory for a digest") }
        defer { EVP_MD_CTX_free(context) }
        let algorithm = self.algorithm
        let digest = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var length: UInt32 = 0
            guard EVP_DigestInit_ex2(context, algorithm, nil) == 1,
                EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1,
                EVP_DigestFinal_ex(context, buffer.baseAddress, &length) == 1
            else { preconditionFailure("libcrypto cannot make a digest") }
            count = Int(length)
        }
        return digest
    }

    /// The digest of the bytes: 20, 32 or 48 octets.
    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }

    private var algorithm: OpaquePointer {
        switch self {
        case .sha1: Self.fetchedSHA1
        case .sha256: Self.fetchedSHA256
        case .sha384: Self.fetchedSHA384
        }
    }

    // Fetched once for the life of the process: a fetch costs more than hashing a kilobyte.
    nonisolated(unsafe) private static let fetchedSHA1 = fetch("SHA1")
    nonisolated(unsafe) private static let fetchedSHA256 = fetch("SHA256")
    nonisolated(unsafe) private static let fetchedSHA384 = fetch("SHA384")

    private static func fetch(_ name: String) -> OpaquePointer {
        guard let algorithm = EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name)")
        }
        return algorithm
    }
}
