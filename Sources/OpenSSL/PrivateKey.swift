import COpenSSL
import CTemplates

/// A private key of libcrypto, owned; it is freed, and wiped by libcrypto, with the value.
///
/// libcrypto's keys may be used from several threads at once, as long as nobody changes them; nothing here does.
package struct PrivateKey: ~Copyable, @unchecked Sendable {
    private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// Makes a new key on a NIST curve.
    package static func generate(_ curve: NamedCurve = .p384) throws(OpenSSLError) -> PrivateKey {
        RandomGenerator.choose()
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw OpenSSLError("making a key") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, curve.groupName) == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw OpenSSLError("making a key on \(curve.rawValue)") }
        return PrivateKey(owning: key)
    }

    /// Reads the first private key of a PEM text, PKCS #8 (RFC 5958) or SEC 1 (RFC 5915), not encrypted.
    ///
    /// A key that is encrypted is refused; nobody is asked for a pass phrase.
    package init(pem: [UInt8]) throws(OpenSSLError) {
        RandomGenerator.choose()
        if let plain = PlainKeyReader.read(pem: pem) {
            pointer = plain
            return
        }
        let operation = "reading a private key"
        pointer = try MemoryBIO.reading(pem) { (bio) throws(OpenSSLError) -> OpaquePointer in
            var asked = false
            let key = withUnsafeMutablePointer(to: &asked) { flag in
                PEM_read_bio_PrivateKey(
                    bio,
                    nil,
                    { _, _, _, flag in
                        flag?.assumingMemoryBound(to: Bool.self).pointee = true
                        return -1
                    },
                    flag
                )
            }
            if let key { return key }
            let error = OpenSSLError(operation)
            if asked {
                throw OpenSSLError(operation: operation, reasons: ["the key is encrypted; it must be unencrypted"])
            }
            let labels = PEM.blocks(pem).map(\.label)
            if labels.isEmpty { throw OpenSSLError(operation: operation, reasons: ["this is no PEM text"]) }
            if labels.contains(where: { $0.hasSuffix("PRIVATE KEY") }) { throw error }
            let found = labels.joined(separator: ", ")
            throw OpenSSLError(operation: operation, reasons: ["there is no private key in it, but \(found)"])
        }
        if curve != nil {
            // A key file also says how the public half is to be shown: compressed, or with the curve spelled out. What
            // is made with the key here names the curve and has the whole point.
            EVP_PKEY_set_utf8_string_param(pointer, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed")
            EVP_PKEY_set_utf8_string_param(pointer, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_GROUP)
            ErrorQueue.clear()
        }
    }

    /// The key as unencrypted PKCS #8 in PEM.
    package func pem() throws(OpenSSLError) -> [UInt8] {
        let bio = try MemoryBIO()
        guard PEM_write_bio_PKCS8PrivateKey(bio.pointer, pointer, nil, nil, 0, nil, nil) == 1 else {
            throw OpenSSLError("writing a private key")
        }
        return bio.drain()
    }

    /// The public half as SubjectPublicKeyInfo in DER; an EC key names its curve and has its point uncompressed.
    package var subjectPublicKeyInfo: [UInt8] {
        get throws(OpenSSLError) {
            var der: UnsafeMutablePointer<UInt8>?
            let length = i2d_PUBKEY(pointer, &der)
            guard length > 0, let der else { throw OpenSSLError("writing a public key") }
            defer { CRYPTO_free(der, #file, #line) }
            return Array(UnsafeBufferPointer(start: der, count: Int(length)))
        }
    }

    /// The curve; nil for a key that is not on a NIST curve.
    package var curve: NamedCurve? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else {
            ErrorQueue.clear()
            return nil
        }
        return NamedCurve(groupName: String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Whether the certificate's public key is this key's other half.
    ///
    /// It compares public keys; only a signature proves that the private half goes with them.
    package func matches(certificateDER: [UInt8]) throws(OpenSSLError) -> Bool {
        try matches(CertificateInfo(reading: certificateDER).publicKey)
    }

    /// Whether `info` is this key's public half.
    package func matches(_ info: PublicKeyInfo) throws(OpenSSLError) -> Bool {
        if let curve, curve == info.namedCurve {
            // libcrypto's encoder of public keys costs more than a signature's tenth; a point costs next to nothing.
            return try point == info.bits
        }
        return try PublicKeyInfo(der: subjectPublicKeyInfo) == info
    }

    /// The public point of an EC key, uncompressed.
    private var point: [UInt8] {
        get throws(OpenSSLError) {
            var octets: UnsafeMutablePointer<UInt8>?
            let length = EVP_PKEY_get1_encoded_public_key(pointer, &octets)
            guard length > 0, let octets else { throw OpenSSLError("writing a public point") }
            defer { CRYPTO_free(octets, #file, #line) }
            return Array(UnsafeBufferPointer(start: octets, count: length))
        }
    }

    /// A signature of `message`: for an EC key the DER of an ECDSA-Sig-Value (RFC 3279 §2.2.3).
    package func sign(_ message: [UInt8], with digest: Digest) throws(OpenSSLError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLError("signing") }
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, digest.method, nil, pointer) == 1,
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { throw OpenSSLError("signing") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw OpenSSLError("signing")
        }
        signature.removeSubrange(length...)
        return signature
    }

    /// Signs the DER of a value with SHA-384 and sets its signature and its algorithm, at both places if it has two.
    func sign(
        _ value: OpaquePointer?,
        item: ADR_ITEM_REF,
        algorithm: UnsafeMutablePointer<X509_ALGOR>?,
        innerAlgorithm: UnsafeMutablePointer<X509_ALGOR>? = nil,
        signature: ADR_STRING_REF?
    ) throws(OpenSSLError) {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLError("signing") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, Digest.sha384.method, nil, pointer) == 1,
            ASN1_item_sign_ctx(item, algorithm, innerAlgorithm, signature, UnsafeRawPointer(value), context) > 0
        else { throw OpenSSLError("signing") }
    }

    /// Calls `body` with libcrypto's key.
    func withPointer<Result>(_ body: (OpaquePointer) throws(OpenSSLError) -> Result) throws(OpenSSLError) -> Result {
        try body(pointer)
    }
}
