import OpenSSL

/// A certificate revocation list (RFC 5280 §5), read.
package struct CRLOutline: Sendable {
    package let der: [UInt8]
    package let issuer: DistinguishedName
    /// nil if there is none, as on a CRL of version 1.
    package let number: Int64?
    /// Unix seconds UTC.
    package let thisUpdate: Int64
    /// Unix seconds UTC.
    package let nextUpdate: Int64
    package let authorityKeyIdentifier: [UInt8]?

    let info: CRLInfo
    /// The entries' places, in the order of their numbers.
    private let order: [Int]

    /// How many certificates are on it.
    package var entryCount: Int { info.entries.count }

    /// What is on it, in the order it stands there; made anew each time.
    package var entries: [RevokedSerial] { info.entries.map(RevokedSerial.init) }

    /// The long name of the signature algorithm ("ecdsa-with-SHA384").
    package var signatureAlgorithm: String { info.signatureAlgorithm.algorithm.longName }

    /// The code of every refusal of a CRL.
    package static let refusalCode = "InvalidCertificateRevocationList"

    /// Reads one complete CRL in strict DER with nothing behind it.
    ///
    /// Throws for what can't be asked whether a certificate is revoked: indirect and delta CRLs, and others with
    /// critical extensions (RFC 5280 §5.2); no date for the next one; a number listed twice.
    package init(der: [UInt8]) throws(Refusal) {
        let info = try Self.read(der)
        guard info.isStrict else { throw Self.refusal("The CRL is not strict DER as RFC 5280 wants it.") }
        guard let nextUpdate = info.nextUpdate else {
            throw Self.refusal("The CRL does not say when the next one will be there.")
        }
        for (index, item) in info.extensions.enumerated() {
            let name = item.type.shortName
            if item.isCritical { throw Self.refusal("The CRL's \(name) is critical and not understood here.") }
            if info.extensions[..<index].contains(where: { $0.type == item.type }) {
                throw Self.refusal("The CRL has \(name) twice.")
            }
        }
        try Self.check(info.entries)
        number = try Self.value(.crlNumber, info, ExtensionValues.readCRLNumber)
        authorityKeyIdentifier =
            try Self.value(.authorityKeyIdentifier, info, ExtensionValues.readAuthorityKeyIdentifier) ?? nil
        order = Self.order(info.entries)
        for (one, next) in zip(order, order.dropFirst())
        where info.entries[one].serialNumber == info.entries[next].serialNumber {
            throw Self.refusal("\(Hexadecimal.encode(info.entries[one].serialNumber)) is on the CRL twice.")
        }
        self.info = info
        self.der = der
        issuer = DistinguishedName(info.issuer)
        thisUpdate = info.thisUpdate.seconds
        self.nextUpdate = nextUpdate.seconds
    }

    /// Whether the certificate with this number is on it.
    ///
    /// - Parameter serialNumber: as ``CertificateOutline/serialNumber``.
    package func contains(_ serialNumber: String) -> Bool { revocation(of: serialNumber) != nil }

    /// What it says about the certificate with this number, found in logarithmic time; nil for nothing.
    package func revocation(of serialNumber: String) -> RevokedSerial? {
        let wanted = RevokedSerial(serialNumber: serialNumber, revokedAt: 0, reason: .unspecified)
        guard let octets = wanted.octets else { return nil }
        var range = 0..<order.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            let entry = info.entries[order[middle]]
            if entry.serialNumber == octets { return RevokedSerial(entry) }
            if Self.isLess(entry.serialNumber, octets) {
                range = middle + 1..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return nil
    }

    /// Whether `certificate` is its issuer's: it has the issuer's name, byte for byte, may sign CRLs, and its key
    /// verifies the signature.
    package func isSigned(by certificate: CertificateOutline) -> Bool {
        guard let name = try? CRLInfo.subjectDER(ofCertificate: certificate.der), name == info.issuerDER,
            certificate.keyUsage?.contains("cRLSign") != false,
            let digestName = info.signatureAlgorithm.ecdsaDigestName,
            let key = try? PublicKey(certificate.info.publicKey)
        else { return false }
        return key.verify(signature: info.signature, of: info.signedBytes, digestName: digestName)
    }

    // MARK: Reading

    private static func refusal(_ message: String) -> Refusal { Refusal(code: refusalCode, message: message) }

    private static func read(_ der: [UInt8]) throws(Refusal) -> CRLInfo {
        let info: CRLInfo
        do throws(OpenSSLError) {
            info = try CRLInfo(reading: der)
        } catch {
            let reason = error.reasons.first.map { " (\($0))" } ?? ""
            throw refusal("This is no certificate revocation list in DER\(reason).")
        }
        guard let version = info.version else { throw refusal("The CRL's version is neither v1 nor v2.") }
        guard info.length == der.count else {
            throw refusal("There are \(der.count - info.length) bytes after the end of the CRL.")
        }
        guard version == 2 || info.extensions.isEmpty else { throw refusal("A CRL of version 1 has no extensions.") }
        return info
    }

    private static func check(_ entries: [CRLEntry]) throws(Refusal) {
        for entry in entries {
            let number = { Hexadecimal.encode(entry.serialNumber) }
            if entry.isSerialNumberNegative || entry.serialNumber.first ?? 0 == 0 {
                throw refusal("The CRL lists a number that is not positive.")
            }
            if entry.hasCriticalExtension {
                throw refusal("What the CRL says about \(number()) is critical and not understood here.")
            }
            if let reason = entry.reason, RevocationReason(code: reason) == nil {
                throw refusal("The reason the CRL gives for \(number()), \(reason), is none for a certificate.")
            }
        }
    }

    private static func value<Value>(
        _ type: OID,
        _ info: CRLInfo,
        _ read: ([UInt8]) throws(OpenSSLError) -> Value
    ) throws(Refusal) -> Value? {
        guard let item = info.extensions.first(where: { $0.type == type }) else { return nil }
        do throws(OpenSSLError) {
            return try read(item.value)
        } catch {
            throw refusal("The CRL's \(type.shortName) is damaged.")
        }
    }

    private static func order(_ entries: [CRLEntry]) -> [Int] {
        let places = Array(entries.indices)
        let isSorted = zip(places, places.dropFirst()).allSatisfy {
            !isLess(entries[$1].serialNumber, entries[$0].serialNumber)
        }
        return isSorted ? places : places.sorted { isLess(entries[$0].serialNumber, entries[$1].serialNumber) }
    }

    /// Both without leading zeros.
    private static func isLess(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count ? one.lexicographicallyPrecedes(other) : one.count < other.count
    }
}

extension RevokedSerial {
    /// An entry whose reason is known.
    init(_ entry: CRLEntry) {
        self.init(
            serialNumber: Hexadecimal.encode(entry.serialNumber),
            revokedAt: entry.revokedAt,
            reason: entry.reason.flatMap(RevocationReason.init) ?? .unspecified
        )
    }
}
