import OpenSSL

/// The one place where certificate revocation lists are built.
package enum CRLFactory {
    /// Makes a complete CRL of everything the issuer signed: version 2, ECDSA with SHA-384, the issuer's name as its
    /// certificate has it, authority key identifier and CRL number, entries in the order of their numbers; in DER.
    ///
    /// It is read back, compared with what it was made from, and its signature verified with the public key of the
    /// issuer's certificate. Throws ``Refusal`` where the rules say no, and `OpenSSLError` or ``CRLMismatch`` where
    /// something is broken.
    ///
    /// - Parameters:
    ///   - entries: in any order, no number twice. The reason `unspecified` is left out (RFC 5280 §5.3.1).
    ///   - number: greater than that of every CRL before it (RFC 5280 §5.2.3).
    ///   - thisUpdate: Unix seconds UTC.
    ///   - nextUpdate: Unix seconds UTC, when the next one will be there at the latest.
    package static func make(
        issuer: borrowing Issuer,
        entries: [RevokedSerial],
        number: Int64,
        thisUpdate: Int64,
        nextUpdate: Int64
    ) throws -> [UInt8] {
        let certificate = issuer.certificate
        guard certificate.keyUsage?.contains("cRLSign") != false else {
            throw Refusal(code: "NotACertificateAuthority", message: "\(certificate.subject) may not sign CRLs.")
        }
        guard number >= 0 else {
            throw Refusal(code: "InvalidCRLNumber", message: "\(number) is no number of a CRL.")
        }
        guard years.contains(thisUpdate), years.contains(nextUpdate), thisUpdate < nextUpdate else {
            throw Refusal(
                code: "InvalidValidity",
                message: "A CRL of \(Moment.text(thisUpdate)) can't be followed by one at \(Moment.text(nextUpdate))."
            )
        }
        let sorted = entries.sorted { $0.precedes($1) }
        let contents = CRLInfo.Contents(
            issuer: certificate.subject.relativeNames,
            thisUpdate: thisUpdate,
            nextUpdate: nextUpdate,
            entries: try list(sorted),
            extensions: [
                CertificateExtension(
                    type: .authorityKeyIdentifier,
                    isCritical: false,
                    value: try ExtensionValues.authorityKeyIdentifier(issuer.keyIdentifier)
                ),
                CertificateExtension(
                    type: .crlNumber,
                    isCritical: false,
                    value: try ExtensionValues.crlNumber(number)
                ),
            ]
        )
        let outline = try CRLOutline(der: CRLInfo.sign(contents, with: issuer.key))
        try check(outline, sorted, madeFrom: contents, number, issuer.keyIdentifier)
        guard outline.isSigned(by: certificate) else { throw CRLMismatch(member: "signature or issuer") }
        return outline.der
    }

    /// What a UTCTime or a GeneralizedTime can say (RFC 5280 §4.1.2.5): from 1950 to the end of 9999.
    private static let years: ClosedRange<Int64> = -631_152_000...253_402_300_799

    private static func list(_ sorted: [RevokedSerial]) throws -> [UInt8] {
        var writer = try CRLEntry.Writer()
        var previous: String?
        for entry in sorted {
            guard let octets = entry.octets else {
                throw Refusal(
                    code: "InvalidSerialNumber",
                    message: "\(Visible.quoted(entry.serialNumber)) is no serial number."
                )
            }
            guard entry.serialNumber != previous else {
                throw Refusal(
                    code: "InvalidSerialNumber",
                    message: "\(entry.serialNumber) can't be on a CRL twice."
                )
            }
            guard years.contains(entry.revokedAt) else {
                throw Refusal(
                    code: "InvalidValidity",
                    message: "\(entry.serialNumber) can't have been revoked at \(Moment.text(entry.revokedAt))."
                )
            }
            previous = entry.serialNumber
            let reason = entry.reason == .unspecified ? nil : entry.reason.code
            try writer.append(serialNumber: octets, revokedAt: entry.revokedAt, reason: reason)
        }
        return try writer.list()
    }

    private static func check(
        _ outline: CRLOutline,
        _ entries: [RevokedSerial],
        madeFrom contents: CRLInfo.Contents,
        _ number: Int64,
        _ keyIdentifier: [UInt8]
    ) throws(CRLMismatch) {
        func require(_ member: String, _ holds: Bool) throws(CRLMismatch) {
            if !holds { throw CRLMismatch(member: member) }
        }
        let info = outline.info
        try require("version", info.version == 2)
        try require("issuer", info.issuer == contents.issuer)
        try require("thisUpdate", outline.thisUpdate == contents.thisUpdate)
        try require("nextUpdate", outline.nextUpdate == contents.nextUpdate)
        let algorithm = info.signatureAlgorithm
        try require("signatureAlgorithm", algorithm.algorithm == .ecdsaWithSHA384 && algorithm.parameters == .absent)
        try require("extensions", info.extensions == contents.extensions)
        try require("number", outline.number == number)
        try require("authorityKeyIdentifier", outline.authorityKeyIdentifier == keyIdentifier)
        try require("entries", info.entries.count == entries.count)
        try require("entries", zip(info.entries, entries).allSatisfy { RevokedSerial($0) == $1 })
        try require("reasons", info.entries.allSatisfy { $0.reason != RevocationReason.unspecified.code })
    }
}

/// A CRL that came out other than it was meant; it is thrown away.
package struct CRLMismatch: Error, Sendable, CustomStringConvertible {
    /// The member that differs.
    package let member: String

    package var description: String { "the new CRL's \(member) is not what it should be" }
}
