import OpenSSL

/// One thing a certification request has to fulfil.
package struct CSRRequirement: Sendable, Equatable {
    /// A word for it ("commonName").
    package let id: String
    /// What is asked, in one line.
    package let title: String
    /// Where that is written.
    package let source: String

    /// All of them, in the order they are judged and shown.
    package static let all: [CSRRequirement] = [
        encoding, size, der, version, commonName, subject, key, point, signature, extensions,
    ]

    static let encoding = CSRRequirement(
        id: "encoding",
        title: "base64 of the DER on one line, without PEM armour",
        source: "DPS register device: csr; RFC 4648 §4"
    )
    static let size = CSRRequirement(
        id: "size",
        title: "at most 8 KiB of base64",
        source: "DPS register device: csr"
    )
    static let der = CSRRequirement(
        id: "der",
        title: "exactly one PKCS #10 request in strict DER",
        source: "RFC 2986 §4.2; X.690 §10"
    )
    static let version = CSRRequirement(id: "version", title: "version v1, encoded as 0", source: "RFC 2986 §4.1")
    static let commonName = CSRRequirement(
        id: "commonName",
        title: "one CN, byte for byte the registration ID",
        source: "DPS certificate issuance; RFC 5280 A.1 ub-common-name"
    )
    static let subject = CSRRequirement(
        id: "subject",
        title: "nothing in the subject but the CN",
        source: "DPS certificate issuance"
    )
    static let key = CSRRequirement(
        id: "key",
        title: "an EC key on the curve P-384, given by its name",
        source: "RFC 5480 §2.1.1"
    )
    static let point = CSRRequirement(
        id: "point",
        title: "the public point uncompressed and on the curve",
        source: "RFC 5480 §2.2; SEC 1 §2.3.4"
    )
    static let signature = CSRRequirement(
        id: "signature",
        title: "an ECDSA signature with SHA-2 by the key in the request",
        source: "RFC 2986 §4.2; RFC 5758 §3.2"
    )
    static let extensions = CSRRequirement(
        id: "extensions",
        title: "no request for a CA certificate",
        source: "RFC 2985 §5.4.2; RFC 5280 §4.2.1.9"
    )
}

/// What a request is judged by.
package struct CSRRules: Sendable {
    /// The registration ID the CN has to be; nil for any one CN that could be one.
    package var registrationID: String?
    /// The curves the policy signs.
    package var allowedCurves: [NamedCurve]
    /// How the request may come.
    package var encodings: [CSREncoding]
    /// The longest base64 text that is taken, in characters.
    package var maximumBase64Length: Int
    /// The file the request came from, for the command lines that mend it.
    package var fileName: String?
    /// Whether a person will read what was found where there is no fault.
    package var tellsPasses = true
    /// When the signature is judged. What is made for a request whose signature was not waited for comes out of
    /// ``CertificateFactory`` only when it is good.
    package var signatureCheck = SignatureCheckTime.atOnce

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
