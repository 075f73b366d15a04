import OpenSSL

/// Judges the chains that devices present.
package enum ChainJudge {
    /// Judges as a hub does: its CA certificates are the only anchors, and one of them must have issued the leaf itself.
    ///
    /// Presented certificates help to build the chain and are never trusted. Strict checks are on, the purpose is TLS
    /// client, both certificates must be valid at `time`.
    ///
    /// - Parameters:
    ///   - presented: in DER, leaf first.
    ///   - anchors: the hub's CA certificates in DER.
    ///   - time: Unix seconds UTC.
    /// - Returns: the anchor that vouches.
    package static func hub(
        presented: [[UInt8]],
        anchors: [[UInt8]],
        at time: Int64
    ) -> Result<CertificateOutline, TrustFailure> {
        verify(presented, anchors, called: "the hub's CA certificates", partial: true, time).flatMap { chain in
            if chain.count == 2 { return .success(chain[1]) }
            let leaf = chain[0].subject.description
            let message =
                chain.count < 2
                ? "The certificate of \(leaf) itself is among the hub's CA certificates; none of them issued it."
                : "The hub holds \(chain[chain.count - 1].subject), but not \(chain[0].issuer), which issued the "
                    + "certificate of \(leaf). Only the issuing CA itself counts."
            return .failure(
                TrustFailure(reason: .notDirectlyUnderAnchor, subject: leaf, depth: 0, message: message)
            )
        }
    }

    /// Judges as an ordinary verifier does: the presented certificates must lead to one of the roots.
    ///
    /// - Returns: the chain, leaf first, root last.
    package static func full(
        presented: [[UInt8]],
        roots: [[UInt8]],
        at time: Int64
    ) -> Result<[CertificateOutline], TrustFailure> {
        verify(presented, roots, called: "the roots", partial: false, time)
    }

    /// Judges an onboarding certificate: the CA that an enrollment group names, intermediate or root, must be reached.
    ///
    /// Onboarding certificates are made by others and by older tools, so strict checks are off.
    ///
    /// - Returns: the chain, leaf first, the group's CA last.
    package static func onboarding(
        presented: [[UInt8]],
        authorities: [[UInt8]],
        at time: Int64
    ) -> Result<[CertificateOutline], TrustFailure> {
        verify(presented, authorities, called: "the CAs that are enrolled", partial: true, strict: false, time)
    }

    private static func verify(
        _ presented: [[UInt8]],
        _ anchors: [[UInt8]],
        called holders: String,
        partial: Bool,
        strict: Bool = true,
        _ time: Int64
    ) -> Result<[CertificateOutline], TrustFailure> {
        if presented.isEmpty {
            let message = "No certificate was presented."
            return .failure(TrustFailure(reason: .noCertificate, subject: "", depth: 0, message: message))
        }
        do {
            let result = try ChainVerification.verify(
                presented: presented,
                anchors: anchors,
                partial: partial,
                strict: strict,
                at: time
            )
            if result.code != 0 {
                return .failure(
                    TrustExplanation(result, presented, anchors, called: holders, isPartial: partial, time).failure
                )
            }
            return .success(try result.chain.map { try CertificateOutline(lenient: $0) })
        } catch let error as ChainVerification.Malformed {
            let message =
                error.isAnchor
                ? "CA certificate \(error.index + 1) is no X.509 certificate in DER."
                : "Presented certificate \(error.index + 1) is no X.509 certificate in DER."
            let depth = error.isAnchor ? 0 : error.index
            return .failure(TrustFailure(reason: .malformed, subject: "", depth: depth, message: message))
        } catch {
            let text = "\(error)"
            return .failure(TrustFailure(reason: .other(code: 0, text: text), subject: "", depth: 0, message: text))
        }
    }
}

/// Turns libcrypto's code into a reason and a sentence.
private struct TrustExplanation {
    private let result: ChainVerification.Result
    private let anchors: [[UInt8]]
    /// What the anchors are called.
    private let holders: String
    /// Whether an anchor need not be self-signed: then the leaf's own issuer is what counts.
    private let isPartial: Bool
    private let time: Int64
    private let leaf: CertificateOutline?
    private let culprit: CertificateOutline?

    init(
        _ result: ChainVerification.Result,
        _ presented: [[UInt8]],
        _ anchors: [[UInt8]],
        called holders: String,
        isPartial: Bool,
        _ time: Int64
    ) {
        self.result = result
        self.anchors = anchors
        self.holders = holders
        self.isPartial = isPartial
        self.time = time
        leaf = presented.first.flatMap { try? CertificateOutline(lenient: $0) }
        culprit = result.certificate.flatMap { try? CertificateOutline(lenient: $0) } ?? leaf
    }

    var failure: TrustFailure {
        let name = culprit?.subject.description ?? ""
        let now = Moment.text(time)
        switch result.code {
        case ChainVerification.Code.expired:
            let end = culprit?.notAfter ?? 0
            return make(
                .expired(subject: name, notAfter: end),
                "The certificate of \(name) has expired: it was valid until \(Moment.text(end)), and it is \(now)."
            )
        case ChainVerification.Code.notYetValid:
            let start = Moment.text(culprit?.notBefore ?? 0)
            return make(
                .notYetValid,
                "The certificate of \(name) is not yet valid: it will be from \(start) on, and it is \(now)."
            )
        case ChainVerification.Code.badSignature:
            let issuer = culprit?.issuer.description ?? ""
            return make(
                .badSignature,
                "The signature of the certificate of \(name) does not verify with the key of \(issuer)."
            )
        case ChainVerification.Code.selfSignedLeaf:
            return make(.selfSigned, "The certificate of \(name) is self-signed; no CA vouches for it.")
        case ChainVerification.Code.wrongPurpose:
            return make(.wrongPurpose, "The certificate of \(name) is not made for TLS clients\(purposes).")
        case let code where ChainVerification.Code.noAnchor.contains(code):
            return noAnchor
        default:
            return make(
                .other(code: result.code, text: result.text),
                "The certificate of \(name) breaks a rule: \(result.text)."
            )
        }
    }

    private var purposes: String {
        guard let usage = culprit?.extendedKeyUsage else { return "" }
        return " (extended key usage \(usage.joined(separator: ", ")))"
    }

    private var noAnchor: TrustFailure {
        let last = isPartial ? leaf : result.chain.last.flatMap { try? CertificateOutline(lenient: $0) } ?? culprit
        let subject = last?.subject.description ?? ""
        let message: String
        if let last, last.isSelfIssued {
            message = "The chain ends in \(subject), which is not among \(holders)."
        } else {
            let issuer = last?.issuer.description ?? ""
            let namesake = anchors.contains { (try? CertificateOutline(lenient: $0))?.subject == last?.issuer }
            message =
                namesake
                ? "The certificate of \(subject) was issued by another \(issuer) than the one among \(holders): "
                    + "the keys differ."
                : "The certificate of \(subject) was issued by \(issuer), which is not among \(holders)."
        }
        return TrustFailure(reason: .noAnchor, subject: subject, depth: isPartial ? 0 : result.depth, message: message)
    }

    private func make(_ reason: TrustVerdict.Reason, _ message: String) -> TrustFailure {
        TrustFailure(
            reason: reason,
            subject: culprit?.subject.description ?? "",
            depth: result.depth,
            message: message
        )
    }
}
