import OpenSSL

/// What was found about one requirement.
package struct CSRFinding: Sendable {
    package enum Outcome: String, Sendable {
        case pass
        case fail
        /// It could not be judged, because something before it failed; `note` says what.
        case notJudged
    }

    package let requirement: CSRRequirement
    package let outcome: Outcome
    /// What the request has ("RSA 1024").
    package let found: String?
    /// What it should have; given where `outcome` is `fail`.
    package let needed: String?
    /// The command line that mends it.
    package let remedy: String?
    /// What else there is to say.
    package let note: String?
}

/// The findings about one request.
package struct CSRJudgement: Sendable {
    /// One for each of ``CSRRequirement/all``, in that order; without those that are fulfilled where nobody reads them,
    /// see ``CSRRules/tellsPasses``.
    package let findings: [CSRFinding]
    /// The request, also a refused one, as far as it could be read.
    package let request: CertificationRequest?
    /// How it came; nil if that can't be told.
    package let encoding: CSREncoding?

    /// The code of every refusal of a request.
    package static let refusalCode = "InvalidCertificateSigningRequest"

    /// The request if every requirement is fulfilled.
    ///
    /// Its signature may still be checked, where the rules allow it: see ``CSRRules/signatureCheck``.
    ///
    /// Throws a ``Refusal`` that names every requirement that is not, and the command that mends the first.
    package func accepted() throws(Refusal) -> CertificationRequest {
        // By their places: a finding is a handful of texts, which would be copied to look at each.
        if let request, findings.indices.allSatisfy({ findings[$0].outcome == .pass }) { return request }
        throw Self.refusal(findings.filter { $0.outcome == .fail })
    }

    static func refusal(_ failures: [CSRFinding]) -> Refusal {
        let reasons = failures.map { finding in
            "\(finding.requirement.id): found \(finding.found ?? "nothing"); needed \(finding.needed ?? "")"
        }
        return Refusal(
            code: Self.refusalCode,
            message: "The certificate signing request is refused. " + reasons.joined(separator: ". ") + ".",
            hint: failures.first.flatMap { first in
                let lines = [first.remedy, first.note].compactMap { $0 }
                return lines.isEmpty ? nil : lines.joined(separator: "\n")
            }
        )
    }
}
