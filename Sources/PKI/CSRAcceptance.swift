import OpenSSL

package struct CSRRequirement: Sendable {
    package let id: String
    package let title: String
    package let source: String
    package static let all: [CSRRequirement] = []
}

package struct CSRFinding: Sendable {
    package enum Outcome: String, Sendable { case pass, fail, notJudged }
    package let requirement: CSRRequirement
    package let outcome: Outcome
    package let found: String?
    package let needed: String?
    package let remedy: String?
    package let note: String?
}

package struct CSRRules: Sendable {
    package var registrationID: String?
    package var allowedCurves: [NamedCurve]
    package var encodings: [CSREncoding]
    package var maximumBase64Length: Int
    package var fileName: String?

    package init(
        registrationID: String? = nil,
        allowedCurves: [NamedCurve] = [.p384],
        encodings: [CSREncoding] = [.base64],
        maximumBase64Length: Int = 8192,
        fileName: String? = nil
    ) {
        self.registrationID = registrationID
        self.allowedCurves = allowedCurves
        self.encodings = encodings
        self.maximumBase64Length = maximumBase64Length
        self.fileName = fileName
    }
}

package struct CSRJudgement: Sendable {
    package let findings: [CSRFinding]
    package let request: CertificationRequest?
    package let encoding: CSREncoding?
    package func accepted() throws(Refusal) -> CertificationRequest { fatalError() }
}

package enum CSRAcceptance {
    package static func judge(_ input: [UInt8], rules: CSRRules) -> CSRJudgement { fatalError() }
}

package enum CSRBuilder {
    package static func make(commonName: String, key: borrowing PrivateKey) throws -> [UInt8] { fatalError() }
}
