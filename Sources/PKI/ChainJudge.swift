package enum TrustVerdict {
    package enum Reason: Sendable, Equatable {
        case noCertificate
        case malformed
        case noAnchor
        case selfSigned
        case expired(subject: String, notAfter: Int64)
        case notYetValid
        case badSignature
        case wrongPurpose
        case notDirectlyUnderAnchor
        case other(code: Int, text: String)
    }
}

package struct TrustFailure: Error, Sendable {
    package let reason: TrustVerdict.Reason
    package let subject: String
    package let depth: Int
    package let message: String
}

package enum ChainJudge {
    package static func hub(presented: [[UInt8]], anchors: [[UInt8]], at time: Int64) -> Result<
        CertificateOutline, TrustFailure
    > { fatalError() }
    package static func full(presented: [[UInt8]], roots: [[UInt8]], at time: Int64) -> Result<
        [CertificateOutline], TrustFailure
    > { fatalError() }
}
