import COpenSSL

/// A digest over octets that come in pieces.
package struct RunningDigest: ~Copyable {
    private let context: OpaquePointer

    package init(_ digest: Digest) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, digest.method, nil) == 1 else {
            // Beginning with a digest at hand fails only when memory has run out.
            fatalError("\(OpenSSLError("hashing with \(digest)"))")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package func add(_ bytes: [UInt8]) {
        guard EVP_DigestUpdate(context, bytes, bytes.count) == 1 else { fatalError("\(OpenSSLError("hashing"))") }
    }

    /// The digest of everything that was added. To be asked once.
    package func finish() -> [UInt8] {
        var length: UInt32 = 0
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        guard EVP_DigestFinal_ex(context, &digest, &length) == 1 else { fatalError("\(OpenSSLError("hashing"))") }
        return Array(digest.prefix(Int(length)))
    }
}
