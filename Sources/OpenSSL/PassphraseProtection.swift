import COpenSSL

/// Content that a passphrase protects: CMS AuthEnvelopedData (RFC 5083) in AES-256-GCM, its key wrapped by one that
/// PBKDF2 derives from the passphrase (RFC 3211). `openssl cms -decrypt -pwri_password` opens it.
package enum PassphraseProtection {
    /// Iterations of PBKDF2 with HMAC-SHA-1, the one function libcrypto's CMS uses there: what OWASP asks of it.
    private static let iterations: Int32 = 1_300_000

    /// - Returns: the message in DER.
    package static func encrypt(_ content: [UInt8], passphrase: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let operation = "encrypting with a passphrase"
        RandomGenerator.choose()
        guard let message = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()) else { throw OpenSSLError(operation) }
        defer { CMS_ContentInfo_free(message) }
        guard CMS_set_detached(message, 0) == 1 else { throw OpenSSLError(operation) }
        // The message frees, and wipes, the copy that it is given.
        guard !passphrase.isEmpty, let copy = CRYPTO_memdup(passphrase, passphrase.count, #file, #line),
            CMS_add0_recipient_password(
                message,
                iterations,
                NID_id_alg_PWRI_KEK,
                NID_id_pbkdf2,
                copy.assumingMemoryBound(to: UInt8.self),
                passphrase.count,
                EVP_aes_256_cbc()
            ) != nil
        else { throw OpenSSLError(operation) }
        let isDone = try MemoryBIO.reading(content) { (bio) throws(OpenSSLError) in
            CMS_final(message, bio, nil, UInt32(CMS_BINARY)) == 1
        }
        guard isDone else { throw OpenSSLError(operation) }
        return try SignedMessage.der(of: message, operation)
    }

    /// The content; throws where the passphrase is another one, or the message was changed.
    package static func decrypt(_ der: [UInt8], passphrase: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let operation = "decrypting with a passphrase"
        let message = try CMSMessage(der, operation)
        var secret = passphrase
        let isOpen = secret.withUnsafeMutableBufferPointer { buffer in
            CMS_decrypt_set1_password(message.pointer, buffer.baseAddress, buffer.count) == 1
        }
        guard !passphrase.isEmpty, isOpen else { throw OpenSSLError(operation) }
        let output = try MemoryBIO()
        // What was decrypted before the message was found to be changed is thrown away.
        guard CMS_decrypt(message.pointer, nil, nil, nil, output.pointer, UInt32(CMS_BINARY)) == 1 else {
            throw OpenSSLError(operation)
        }
        return output.drain()
    }
}
