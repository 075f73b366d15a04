import COpenSSL
import Synchronization

/// A public key of libcrypto.
///
/// A key on a NIST curve is put into a prepared key of that curve, taken from a pool: decoding a SubjectPublicKeyInfo
/// costs twenty times as much.
package struct PublicKey: ~Copyable {
    private let pointer: OpaquePointer
    private let curve: NamedCurve?

    /// Sets an uncompressed point on its curve; throws if it is not on it.
    package init(point: [UInt8], on curve: NamedCurve) throws(OpenSSLError) {
        let key = try PreparedKeys.take(curve)
        guard EVP_PKEY_set1_encoded_public_key(key, point, point.count) == 1 else {
            let error = OpenSSLError("setting a point on \(curve.rawValue)")
            EVP_PKEY_free(key)
            throw error
        }
        pointer = key
        self.curve = curve
    }

    /// Decodes any SubjectPublicKeyInfo libcrypto understands.
    package init(der: [UInt8]) throws(OpenSSLError) {
        RandomGenerator.choose()
        let key = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_PUBKEY(nil, &cursor, buffer.count)
        }
        guard let key else { throw OpenSSLError("reading a public key") }
        pointer = key
        curve = nil
    }

    /// The quick way for a NIST curve, the other for all else.
    package init(_ info: PublicKeyInfo) throws(OpenSSLError) {
        if let curve = info.namedCurve {
            try self.init(point: info.bits, on: curve)
        } else {
            try self.init(der: info.der)
        }
    }

    deinit {
        if let curve { PreparedKeys.give(pointer, curve) } else { EVP_PKEY_free(pointer) }
    }

    /// The size of the key in bits: of the modulus, of the field.
    package var bitCount: Int { Int(EVP_PKEY_get_bits(pointer)) }

    /// Whether `signature`, a DER ECDSA-Sig-Value for an EC key, is one of `message` under this key.
    ///
    /// - Parameter digestName: the hash, in libcrypto's name ("SHA384").
    package func verify(signature: [UInt8], of message: [UInt8], digestName: String) -> Bool {
        defer { ErrorQueue.clear() }
        guard let digest = Digest.method(named: digestName), let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, digest, nil, pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// Keys that have a curve and no use at the moment.
private enum PreparedKeys {
    private struct Free: @unchecked Sendable { var keys: [OpaquePointer] = [] }

    /// As many as are kept for each curve: where many are verified, each thread has a portion of them at a time.
    private static let limit = 1024
    private static let p256 = Mutex(Free())
    private static let p384 = Mutex(Free())
    private static let p521 = Mutex(Free())

    /// A key of the curve, owned by the caller.
    static func take(_ curve: NamedCurve) throws(OpenSSLError) -> OpaquePointer {
        let kept: OpaquePointer? =
            switch curve {
            case .p256: p256.withLock { $0.keys.popLast() }
            case .p384: p384.withLock { $0.keys.popLast() }
            case .p521: p521.withLock { $0.keys.popLast() }
            }
        if let kept { return kept }
        return try make(curve)
    }

    /// Takes a key back for the next verification.
    static func give(_ key: OpaquePointer, _ curve: NamedCurve) {
        let surplus =
            switch curve {
            case .p256: p256.withLock { keep(key, &$0) }
            case .p384: p384.withLock { keep(key, &$0) }
            case .p521: p521.withLock { keep(key, &$0) }
            }
        if surplus { EVP_PKEY_free(key) }
    }

    private static func keep(_ key: OpaquePointer, _ free: inout Free) -> Bool {
        if free.keys.count >= limit { return true }
        free.keys.append(key)
        return false
    }

    private static func make(_ curve: NamedCurve) throws(OpenSSLError) -> OpaquePointer {
        RandomGenerator.choose()
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw OpenSSLError("preparing a key") }
        defer { EVP_PKEY_CTX_free(context) }
        var group = Array(curve.groupName.utf8CString)
        var key: OpaquePointer?
        // The parameters point to both texts, which have to live as long as they do.
        let made = OSSL_PKEY_PARAM_GROUP_NAME.withCString { member in
            group.withUnsafeMutableBufferPointer { name in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(member, name.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_PKEY_fromdata_init(context) == 1
                    && EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEY_PARAMETERS, &parameters) == 1
            }
        }
        guard made, let key else { throw OpenSSLError("preparing a key on \(curve.rawValue)") }
        return key
    }
}
