import COpenSSL

/// libcrypto's random generator, as this program wants it.
enum RandomGenerator {
    /// Has libcrypto draw by Hash_DRBG with SHA-256 instead of CTR_DRBG with AES-256 (both NIST SP 800-90A, 256 bits of
    /// strength): a process's first cipher brings the tables of all ciphers, which an issuance needs for nothing else and
    /// which costs more than half a signature. What the configuration of libcrypto says of its generator still holds.
    ///
    /// To be called wherever libcrypto may begin to work: it reads its configuration then, which must come later to be
    /// heard, and the first key or random octet settles the matter.
    static func choose() { chosen }

    private static let chosen: Void = {
        // It fails when a generator is at work already, which does as well.
        if RAND_set_DRBG_type(nil, "HASH-DRBG", nil, nil, "SHA256") != 1 { ErrorQueue.clear() }
    }()
}
