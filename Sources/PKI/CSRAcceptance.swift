import OpenSSL

/// The one place where a certification request is judged.
package enum CSRAcceptance {
    /// Judges every requirement that can be judged, whatever failed before it.
    ///
    /// - Parameter input: the request as it came, of any length: what is too long is not read.
    package static func judge(_ input: [UInt8], rules: CSRRules) -> CSRJudgement {
        var judge = CSRJudge(rules)
        return judge.judge(input)
    }
}

private struct CSRJudge: ~Copyable {
    private let rules: CSRRules
    private let remedy: CSRRemedy
    private var findings: [CSRFinding] = []
    /// How many requirements have been judged, or are known not to be.
    private var judged = 0
    /// The request's key on a curve, once its point has been set.
    private var key: PublicKey?

    init(_ rules: CSRRules) {
        self.rules = rules
        remedy = CSRRemedy(rules)
        if rules.tellsPasses { findings.reserveCapacity(CSRRequirement.all.count) }
    }

    mutating func judge(_ input: [UInt8]) -> CSRJudgement {
        let envelope = CSREnvelope(input, maximumBase64Length: rules.maximumBase64Length)
        judgeEncoding(envelope)
        guard judgeSize(input, envelope) else {
            skipTheRest("the input is too long to be read")
            return CSRJudgement(findings: findings, request: nil, encoding: envelope.encoding)
        }
        guard let der = envelope.der else {
            skipTheRest("there is no request to be read")
            return CSRJudgement(findings: findings, request: nil, encoding: envelope.encoding)
        }
        let info: CertificationRequestInfo
        do throws(OpenSSLError) {
            info = try CertificationRequestInfo(reading: der)
        } catch {
            fail(.der, found: DERDiagnosis.whyUnreadable(der, error), remedy: remedy.remake)
            skipTheRest("the request can't be read")
            return CSRJudgement(findings: findings, request: nil, encoding: envelope.encoding)
        }
        let wishes = CSRWishes(info)
        judgeDER(der, info, wishes)
        judgeVersion(info)
        judgeName(info)
        judgeKey(info)
        let signatureCheck = judgeSignature(info, der, mayWait: wishes.toBeCA.isEmpty)
        judge(wishes)
        let request = CertificationRequest(
            info,
            requestedExtensions: wishes.readable,
            signatureCheck: signatureCheck
        )
        return CSRJudgement(findings: findings, request: request, encoding: envelope.encoding)
    }

    // MARK: Findings

    private mutating func pass(
        _ requirement: CSRRequirement,
        found: @autoclosure () -> String? = nil,
        note: String? = nil
    ) {
        judged += 1
        if rules.tellsPasses { append(requirement, .pass, found: found(), note: note) }
    }

    private mutating func fail(
        _ requirement: CSRRequirement,
        found: String,
        needed: String? = nil,
        remedy: String?,
        note: String? = nil
    ) {
        judged += 1
        append(requirement, .fail, found: found, needed: needed ?? requirement.title, remedy: remedy, note: note)
    }

    private mutating func skip(_ requirement: CSRRequirement, _ why: String) {
        judged += 1
        append(requirement, .notJudged, note: why)
    }

    /// Marks as not judged all that has no finding yet.
    private mutating func skipTheRest(_ why: String) {
        for requirement in CSRRequirement.all.dropFirst(judged) { skip(requirement, why) }
    }

    private mutating func append(
        _ requirement: CSRRequirement,
        _ outcome: CSRFinding.Outcome,
        found: String? = nil,
        needed: String? = nil,
        remedy: String? = nil,
        note: String? = nil
    ) {
        findings.append(
            CSRFinding(
                requirement: requirement,
                outcome: outcome,
                found: found,
                needed: needed,
                remedy: remedy,
                note: note
            )
        )
    }

    // MARK: Encoding and size

    private mutating func judgeEncoding(_ envelope: CSREnvelope) {
        let isTaken = envelope.encoding.map(rules.encodings.contains) ?? false
        if isTaken, envelope.isSound {
            return pass(.encoding, found: envelope.found, note: envelope.note)
        }
        // Who takes PEM converts it anyway, and may as well take base64 in lines.
        if isTaken, envelope.encoding == .base64, envelope.der != nil, rules.encodings.contains(.pem) {
            return pass(.encoding, found: envelope.found)
        }
        let names = rules.encodings.map { $0 == .base64 ? "base64" : $0.rawValue.uppercased() }
        fail(
            .encoding,
            found: envelope.found,
            needed: rules.encodings == [.base64]
                ? CSRRequirement.encoding.title : "one request as \(names.joined(separator: ", "))",
            remedy: envelope.der == nil ? remedy.remake : remedy.convert,
            note: envelope.note
        )
    }

    /// Returns whether there is any use in reading on.
    private mutating func judgeSize(_ input: [UInt8], _ envelope: CSREnvelope) -> Bool {
        let needed = "at most \(rules.maximumBase64Length) characters of base64"
        if input.count > CSREnvelope.limit(maximumBase64Length: rules.maximumBase64Length) {
            fail(.size, found: "\(input.count) bytes", needed: needed, remedy: remedy.remake)
            return false
        }
        guard let der = envelope.der else {
            if envelope.encoding == .base64, input.count > rules.maximumBase64Length + 2 {
                fail(.size, found: "\(input.count) bytes", needed: needed, remedy: remedy.remake)
            } else {
                skip(.size, "there is no request to be measured")
            }
            return true
        }
        let length = (der.count + 2) / 3 * 4
        if length > rules.maximumBase64Length {
            fail(
                .size,
                found: "\(length) characters of base64 (\(der.count) bytes of DER)",
                needed: needed,
                remedy: remedy.remake
            )
        } else {
            pass(.size, found: "\(length) characters of base64")
        }
        return true
    }

    // MARK: Form

    private mutating func judgeDER(_ der: [UInt8], _ info: CertificationRequestInfo, _ wishes: CSRWishes) {
        var faults: [String] = []
        if info.length < der.count {
            let rest = der.count - info.length
            faults.append("\(rest) byte\(rest == 1 ? "" : "s") after the end of the request")
        }
        if !info.isDER {
            faults.append(DERDiagnosis.firstDifference(der, info.der))
        }
        if info.attributes == nil { faults.append("no attributes field, which is not optional (an empty one is [0])") }
        if let fault = wishes.fault { faults.append(fault) }
        if faults.isEmpty {
            pass(.der, found: "\(der.count) bytes")
        } else {
            fail(.der, found: faults.joined(separator: "; "), remedy: remedy.remake)
        }
    }

    private mutating func judgeVersion(_ info: CertificationRequestInfo) {
        if info.version == 0 { return pass(.version, found: "v1 (encoded 0)") }
        let found = info.version.map { "an encoded version of \($0)" } ?? "a version that is no small number"
        fail(.version, found: found, remedy: remedy.remake)
    }

    // MARK: Subject

    private mutating func judgeName(_ info: CertificationRequestInfo) {
        let attributes = info.subject.flatMap { $0 }
        let names = attributes.filter { $0.type == .commonName }
        let others = attributes.filter { $0.type != .commonName }
        if attributes.isEmpty {
            fail(.commonName, found: "an empty subject", needed: neededName, remedy: remedy.remake)
            return skip(.subject, "the subject is empty")
        }
        judgeCommonName(names)
        if others.isEmpty {
            pass(.subject, found: Visible.line(DistinguishedName(info.subject).description))
        } else {
            let list = DistinguishedName([others]).description
            fail(.subject, found: "also \(list)", remedy: remedy.remake)
        }
    }

    private var neededName: String {
        rules.registrationID.map { "the CN \(Visible.quoted($0)), byte for byte the registration ID" } ?? "one CN"
    }

    private mutating func judgeCommonName(_ names: [NameAttribute]) {
        guard let name = names.first, names.count == 1 else {
            let list = names.map { Visible.quoted($0.text ?? "?") }.joined(separator: ", ")
            let found = names.isEmpty ? "no CN" : "\(names.count) CNs (\(list))"
            return fail(.commonName, found: found, needed: neededName, remedy: remedy.remake)
        }
        guard CommonNameRule.isTaken(name.stringType) else {
            return fail(
                .commonName,
                found: "a CN of type \(name.stringType.name)",
                needed: "a CN as UTF8String or PrintableString",
                remedy: remedy.remake
            )
        }
        if let id = rules.registrationID, id.utf8.count > CommonNameRule.maximumLength {
            return fail(
                .commonName,
                found: "the registration ID \(Visible.quoted(id)) of \(id.utf8.count) characters",
                needed: "one of \(CommonNameRule.maximumLength) at most, which is as long as a CN can be",
                remedy: remedy.remakeWithShortName
            )
        }
        if let fault = CommonNameRule.fault(name) {
            let legal = "a CN of \(CommonNameRule.legal)"
            // An ID may be registered and yet be none that a certificate can carry.
            let isOurID = rules.registrationID.map { $0.utf8.elementsEqual(name.value) } ?? true
            return fail(
                .commonName,
                found: fault,
                needed: isOurID ? legal : neededName,
                remedy: isOurID && rules.registrationID != nil ? remedy.remakeWithShortName : remedy.remake
            )
        }
        let text = name.text ?? ""
        if let id = rules.registrationID, !id.utf8.elementsEqual(name.value) {
            return fail(
                .commonName,
                found: "the CN \(Visible.quoted(text)) (\(CommonNameRule.difference(text, id)))",
                needed: neededName,
                remedy: remedy.remake
            )
        }
        pass(.commonName, found: "\(Visible.quoted(text)) (\(name.stringType.name))")
    }

    // MARK: Key and signature

    private mutating func judgeKey(_ info: CertificationRequestInfo) {
        let key = info.publicKey
        if let curve = key.namedCurve, rules.allowedCurves.contains(curve) {
            pass(.key, found: curve.rawValue)
        } else {
            let curves = rules.allowedCurves.map(\.rawValue).joined(separator: " or ")
            let option = key.namedCurve.map { curve in
                "A policy can be told to sign \(curve.rawValue) too: "
                    + "adr policy update --ns NAMESPACE -n POLICY --allow-csr-key \(curve.rawValue)"
            }
            fail(
                .key,
                found: key.description,
                needed: "an EC key on \(curves), the curve given by its name",
                remedy: remedy.remakeWithNewKey,
                note: option
            )
        }
        judgePoint(key)
    }

    private mutating func judgePoint(_ key: PublicKeyInfo) {
        guard let curve = key.namedCurve else { return skip(.point, "the key is \(key.description)") }
        guard let form = key.bits.first, key.unusedBits == 0 else {
            return fail(.point, found: "no point", remedy: remedy.remakeWithNewKey)
        }
        switch form {
        case 0x04 where key.bits.count == curve.uncompressedPointLength: break
        case 0x02, 0x03: return fail(.point, found: "a compressed point", remedy: remedy.uncompress)
        case 0x06, 0x07: return fail(.point, found: "a point in the hybrid form", remedy: remedy.uncompress)
        case 0x00: return fail(.point, found: "the point at infinity", remedy: remedy.remakeWithNewKey)
        default:
            let length = "\(key.bits.count) octets, for a point on \(curve.rawValue) \(curve.uncompressedPointLength)"
            return fail(.point, found: "no uncompressed point (\(length))", remedy: remedy.remakeWithNewKey)
        }
        do throws(OpenSSLError) {
            self.key = try PublicKey(point: key.bits, on: curve)
            pass(.point, found: "uncompressed, on \(curve.rawValue)")
        } catch {
            fail(.point, found: "a point that is not on \(curve.rawValue)", remedy: remedy.remakeWithNewKey)
        }
    }

    /// - Returns: the check, where it is not done here.
    private mutating func judgeSignature(
        _ info: CertificationRequestInfo,
        _ der: [UInt8],
        mayWait: Bool
    ) -> SignatureCheck? {
        let name = info.signatureAlgorithm.algorithm.longName
        guard let digest = info.signatureAlgorithm.ecdsaDigestName, Self.sha2.contains(digest) else {
            let needed = "ECDSA with SHA-256, SHA-384 or SHA-512"
            fail(.signature, found: name, needed: needed, remedy: remedy.remake)
            return nil
        }
        guard info.signatureAlgorithm.parameters == .absent else {
            fail(.signature, found: "\(name) with parameters", needed: "\(name) without", remedy: remedy.remake)
            return nil
        }
        guard info.publicKey.algorithm.algorithm == .ecPublicKey else {
            let found = "\(name) with a key that is \(info.publicKey.description)"
            fail(.signature, found: found, remedy: remedy.remake)
            return nil
        }
        if mayWait, info.signatureUnusedBits == 0, let check = signatureCheck(info, der, digest) {
            pass(.signature, found: name)
            return check
        }
        do throws(OpenSSLError) {
            if try isSigned(info, der, digest), info.signatureUnusedBits == 0 {
                pass(.signature, found: name)
            } else {
                fail(.signature, found: Self.badSignature, remedy: remedy.remake)
            }
        } catch {
            skip(.signature, "the key can't be used")
        }
        return nil
    }

    /// Whether the request's key verifies its signature.
    private func isSigned(
        _ info: CertificationRequestInfo,
        _ der: [UInt8],
        _ digest: String
    ) throws(OpenSSLError) -> Bool {
        switch key {
        case .some(let key): Self.isSigned(info, der, digest, by: key)
        // A point that was refused for its form may all the same be one.
        case .none: Self.isSigned(info, der, digest, by: try PublicKey(info.publicKey))
        }
    }

    private static func isSigned(
        _ info: CertificationRequestInfo,
        _ der: [UInt8],
        _ digest: String,
        by key: borrowing PublicKey
    ) -> Bool {
        if key.verify(signature: info.signature, of: info.signedBytes, digestName: digest) { return true }
        // What is no DER is refused for that; it may all the same be what was signed.
        guard info.der != der, let slice = ASN1.firstInside(der) else { return false }
        return key.verify(signature: info.signature, of: slice, digestName: digest)
    }

    private static let badSignature =
        "a signature that the key in the request does not verify (changed, or made by another key)"

    /// The check of the signature of a request that fulfils everything else, where the rules let it wait.
    private mutating func signatureCheck(
        _ info: CertificationRequestInfo,
        _ der: [UInt8],
        _ digest: String
    ) -> SignatureCheck? {
        let isAside: Bool
        switch rules.signatureCheck {
        case .atOnce: return nil
        case .aside: isAside = true
        case .later: isAside = false
        }
        guard findings.allSatisfy({ $0.outcome == .pass }), info.isDER, info.length == der.count, let key = key.take()
        else { return nil }
        let remedy = remedy
        return try? SignatureCheck(info, digestName: digest, by: key, isAside: isAside) {
            let finding = CSRFinding(
                requirement: .signature,
                outcome: .fail,
                found: Self.badSignature,
                needed: CSRRequirement.signature.title,
                remedy: remedy.remake,
                note: nil
            )
            return CSRJudgement.refusal([finding])
        }
    }

    private static let sha2: Set<String> = ["SHA224", "SHA256", "SHA384", "SHA512"]

    // MARK: Wishes

    private mutating func judge(_ wishes: CSRWishes) {
        if wishes.toBeCA.isEmpty {
            let note =
                wishes.readable.isEmpty
                ? nil : "Asked for and ignored: " + wishes.readable.joined(separator: "; ") + "."
            pass(.extensions, found: wishes.readable.isEmpty ? "nothing asked for" : nil, note: note)
        } else {
            fail(
                .extensions,
                found: "a request for a CA certificate (\(wishes.toBeCA.joined(separator: ", ")))",
                remedy: remedy.remake
            )
        }
    }
}
