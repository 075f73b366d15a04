/// What a verifier can find about a chain.
package enum TrustVerdict {
    package enum Reason: Sendable, Equatable {
        /// Nothing was presented.
        case noCertificate
        /// What was presented, or an anchor, is no certificate.
        case malformed
        /// Nothing here issued it.
        case noAnchor
        /// The leaf is its own issuer.
        case selfSigned
        /// `notAfter` in Unix seconds UTC.
        case expired(subject: String, notAfter: Int64)
        case notYetValid
        case badSignature
        /// It is not made for TLS clients.
        case wrongPurpose
        /// An anchor vouches for it, but through other CAs.
        case notDirectlyUnderAnchor
        /// libcrypto's code and words for anything else.
        case other(code: Int, text: String)
    }
}

/// Why a chain is not trusted.
package struct TrustFailure: Error, Sendable, CustomStringConvertible {
    package let reason: TrustVerdict.Reason
    /// The subject of the certificate at fault; empty if there is none.
    package let subject: String
    /// Its place in the chain, the leaf being 0.
    package let depth: Int
    /// A sentence: which certificate, which rule, which dates.
    package let message: String

    package var description: String { message }
}
