import COpenSSL

/// The digests the program uses (FIPS 180-4).
package enum Digest: Sendable {
    case sha1, sha256, sha384

    /// Returns the digest of `bytes`: 20, 32 or 48 octets.
    package func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        if let digest = hashWithoutProviders(bytes) { return digest }
        let algorithm = method
        return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var length: UInt32 = 0
            // Hashing memory with a digest at hand fails only when memory has run out.
            guard EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &length, algorithm, nil) == 1 else {
                fatalError("\(OpenSSLError("hashing with \(self)"))")
            }
            count = Int(length)
        }
    }

    /// Returns the digest of `bytes`: 20, 32 or 48 octets.
    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }

    /// The digest by libcrypto's function itself; nil where a libcrypto does not offer it any more.
    ///
    /// The first algorithm that is asked of a provider costs a third of a start: configuration and every provider's
    /// list are read. Commands that only read a store need nothing of libcrypto but this. Later on it is a context and
    /// its algorithm, which cost more than a short hash.
    private func hashWithoutProviders(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var isDone = false
        let digest = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            isDone =
                switch self {
                case .sha1: adr_sha1(bytes.baseAddress, bytes.count, buffer.baseAddress) == 1
                case .sha256: adr_sha256(bytes.baseAddress, bytes.count, buffer.baseAddress) == 1
                case .sha384: adr_sha384(bytes.baseAddress, bytes.count, buffer.baseAddress) == 1
                }
            count = isDone ? length : 0
        }
        return isDone ? digest : nil
    }

    /// In octets.
    private var length: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        }
    }

    /// The digest as libcrypto's calls take it.
    var method: OpaquePointer {
        switch self {
        case .sha1: Fetched.sha1.pointer
        case .sha256: Fetched.sha256.pointer
        case .sha384: Fetched.sha384.pointer
        }
    }

    /// A digest by libcrypto's name for it ("SHA384"); nil where it knows none of that name.
    static func method(named name: String) -> OpaquePointer? {
        switch name {
        case "SHA256": Fetched.sha256.pointer
        case "SHA384": Fetched.sha384.pointer
        default: EVP_get_digestbyname(name)
        }
    }

    /// A digest looked up in libcrypto's provider once: looking it up for every call costs more than a short hash.
    private struct Fetched: @unchecked Sendable {
        let pointer: OpaquePointer

        init(_ name: String) {
            guard let pointer = EVP_MD_fetch(nil, name, nil) else {
                fatalError("\(OpenSSLError("looking up \(name)"))")
            }
            self.pointer = pointer
        }

        static let sha1 = Self("SHA1")
        static let sha256 = Self("SHA2-256")
        static let sha384 = Self("SHA2-384")
    }
}
