import OpenSSL
import Testing

@testable import PKI

/// The requests that other tools turn into certificates, each refused for the reason a reader would give.
@Suite struct BadRequestTests {
    private let id = "device-1"

    private func judge(_ input: [UInt8], _ id: String? = "device-1") -> CSRJudgement {
        CSRAcceptance.judge(input, rules: CSRRules(registrationID: id, fileName: "dev.csr"))
    }

    /// Expects a refusal for `requirements` and nothing else, whose text has `words`.
    private func expectRefusal(
        _ input: [UInt8],
        _ requirements: [String],
        _ words: String...,
        id: String? = "device-1",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let judgement = judge(input, id)
        let failed = judgement.findings.filter { $0.outcome == .fail }
        #expect(failed.map(\.requirement.id) == requirements, sourceLocation: sourceLocation)
        #expect(judgement.findings.map(\.requirement) == CSRRequirement.all, sourceLocation: sourceLocation)
        for finding in failed {
            #expect(finding.found?.isEmpty == false && finding.needed?.isEmpty == false && finding.remedy != nil)
        }
        do throws(Refusal) {
            _ = try judgement.accepted()
            Issue.record("accepted", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == "InvalidCertificateSigningRequest", sourceLocation: sourceLocation)
            for word in words {
                #expect(error.message.contains(word), "\(error.message)", sourceLocation: sourceLocation)
            }
            #expect(error.hint != nil, sourceLocation: sourceLocation)
        }
    }

    private func cli(_ key: String, _ request: String, _ scratch: Scratch) throws -> [UInt8] {
        try scratch.openssl("\(key) -out key.pem")
        try scratch.openssl("req -new -key key.pem -outform DER -out r.der \(request)")
        return Samples.base64(try scratch.read("r.der"))
    }

    private let p384 = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384"

    @Test func aGoodOneIsAccepted() throws {
        let scratch = try Scratch()
        let judgement = judge(try cli(p384, "-subj /CN=device-1", scratch))
        #expect(judgement.findings.allSatisfy { $0.outcome == .pass })
        let request = try judgement.accepted()
        #expect(request.commonName == id)
        #expect(request.commonNameType == "UTF8String")
        #expect(request.keyDescription == "P-384")
        #expect(request.curve == .p384)
        #expect(request.signatureAlgorithm == "ecdsa-with-SHA256")
        #expect(request.digest == Digest.sha256.hash(request.der))
        #expect(request.requestedExtensions.isEmpty)
    }

    @Test func badSignature() throws {
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        node[2].content[20] ^= 1
        expectRefusal(Samples.base64(node.encode()), ["signature"], "does not verify")
    }

    @Test func signedByAnotherKey() throws {
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        try node.sign(try PrivateKey.generate())
        expectRefusal(Samples.base64(node.encode()), ["signature"], "does not verify", "another key")
    }

    @Test func pointOffTheCurve() throws {
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        node[0, 2, 1].content[60] ^= 1
        try node.sign(key)
        let judgement = judge(Samples.base64(node.encode()))
        #expect(judgement.findings.first { $0.requirement.id == "signature" }?.outcome == .notJudged)
        expectRefusal(Samples.base64(node.encode()), ["point"], "not on P-384")
    }

    @Test func rsa1024() throws {
        let request = try cli(
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024",
            "-subj /CN=device-1",
            try Scratch()
        )
        expectRefusal(request, ["key", "signature"], "RSA 1024", "P-384")
    }

    @Test func p224AndP256() throws {
        let scratch = try Scratch()
        let p224 = try cli("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-224", "-subj /CN=device-1", scratch)
        expectRefusal(p224, ["key"], "P-224", "P-384")
        let p256 = try cli("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-subj /CN=device-1", scratch)
        expectRefusal(p256, ["key"], "found P-256", "on P-384")
        let hint = #expect(throws: Refusal.self) { try judge(p256).accepted() }?.hint
        #expect(hint?.contains("--allow-csr-key P-256") == true)
        #expect(hint?.contains("ec_paramgen_curve:P-384") == true)
        let rules = CSRRules(registrationID: id, allowedCurves: [.p384, .p256])
        #expect(try CSRAcceptance.judge(p256, rules: rules).accepted().curve == .p256)
    }

    @Test func sha1Signature() throws {
        let request = try cli(p384, "-subj /CN=device-1 -sha1", try Scratch())
        expectRefusal(request, ["signature"], "ecdsa-with-SHA1", "SHA-384")
    }

    @Test(arguments: [1, 7] as [UInt8]) func anotherVersion(_ version: UInt8) throws {
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        node[0, 0].content = [version]
        try node.sign(key)
        expectRefusal(Samples.base64(node.encode()), ["version"], "an encoded version of \(version)", "v1")
    }

    @Test func explicitParameters() throws {
        let request = try cli("\(p384) -pkeyopt ec_param_enc:explicit", "-subj /CN=device-1", try Scratch())
        expectRefusal(request, ["key"], "explicit parameters", "by its name")
    }

    @Test func asksToBeCA() throws {
        let options =
            "-subj /CN=device-1 -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,cRLSign"
        let request = try cli(p384, options, try Scratch())
        expectRefusal(request, ["extensions"], "CA:TRUE", "keyCertSign", "cRLSign")
        #expect(judge(request).request?.requestedExtensions.contains("basicConstraints: CA:TRUE") == true)
    }

    @Test func otherWishesAreIgnored() throws {
        let options = "-subj /CN=device-1 -addext subjectAltName=DNS:example.com -addext keyUsage=digitalSignature"
        let judgement = judge(try cli(p384, options, try Scratch()))
        #expect(throws: Never.self) { try judgement.accepted() }
        let note = judgement.findings.last?.note
        #expect(note?.contains("subjectAltName: DNS:example.com") == true, "\(note ?? "")")
        #expect(note?.contains("keyUsage: digitalSignature") == true)
    }

    @Test func emptySubject() throws {
        let key = try PrivateKey.generate()
        let der = try CertificationRequestInfo.make(subject: [], key: key)
        expectRefusal(Samples.base64(der), ["commonName"], "empty subject")
    }

    @Test func twoCommonNames() throws {
        let key = try PrivateKey.generate()
        let one = NameAttribute(type: .commonName, text: "device-1")
        let two = NameAttribute(type: .commonName, text: "device-2")
        let der = try CertificationRequestInfo.make(subject: [[one], [two]], key: key)
        expectRefusal(Samples.base64(der), ["commonName"], "2 CNs", "device-1", "device-2")
    }

    @Test func anotherAttribute() throws {
        let request = try cli(p384, "-subj /CN=device-1/O=Contoso", try Scratch())
        expectRefusal(request, ["subject"], "O=Contoso")
    }

    @Test(
        arguments: [
            (String(repeating: "d", count: 200), "of 200 characters"),
            ("device-1\0", "NUL (U+0000)"),
            ("device-1\nx", "newline"),
            ("../../", "'.'"),
            ("device-1 ", "a space at its end"),
            ("device-1.", "ends in '.'"),
            ("", "empty CN"),
            ("dеvice-1", "U+0435"),
            ("\u{202E}device-1", "\\u{202E}"),
        ]
    ) func illegalCommonName(_ name: String, _ words: String) throws {
        let key = try PrivateKey.generate()
        let der = try CertificationRequestInfo.make(
            subject: [[NameAttribute(type: .commonName, text: name)]],
            key: key
        )
        let expected = name == "../../" ? "'/'" : words
        expectRefusal(Samples.base64(der), ["commonName"], expected)
        expectRefusal(Samples.base64(der), ["commonName"], expected, id: nil)
    }

    @Test(
        arguments: [
            ("Device-1", "they differ in case"), ("device-10", "the CN goes on with \"0\""), ("device-", "lacks \"1\""),
            ("device-2", "from character 8 on"),
        ]
    ) func anotherCommonName(_ name: String, _ words: String) throws {
        let key = try PrivateKey.generate()
        let request = Samples.base64(try CSRBuilder.make(commonName: name, key: key))
        expectRefusal(request, ["commonName"], "\"\(name)\"", words, "\"device-1\"")
        #expect(throws: Never.self) { try judge(request, nil).accepted() }
    }

    @Test func idsBeyondACommonNamesLimitGetNoCertificate() throws {
        let long = String(repeating: "d", count: 65)
        let key = try PrivateKey.generate()
        let request = Samples.base64(try CSRBuilder.make(commonName: long, key: key))
        expectRefusal(request, ["commonName"], "of 65 characters", "one of 64 at most", id: long)
        let longest = Samples.base64(try CSRBuilder.make(commonName: String(long.dropLast()), key: key))
        expectRefusal(longest, ["commonName"], "of 65 characters", "one of 64 at most", id: long)
        #expect(throws: Never.self) { try judge(longest, String(long.dropLast())).accepted() }
    }

    @Test func theRemedyOfACompressedPointWorks() throws {
        let scratch = try Scratch()
        try scratch.openssl("\(p384) -out plain.pem")
        try scratch.openssl("pkey -in plain.pem -ec_conv_form compressed -out KEY.pem")
        try scratch.openssl("req -new -key KEY.pem -subj /CN=device-1 -outform DER -out r.der")
        let refused = judge(Samples.base64(try scratch.read("r.der")))
        let remedy = try #require(refused.findings.first { $0.outcome == .fail }?.remedy)
        #expect(try scratch.run("sh", "-c", remedy).status == 0)
        #expect(throws: Never.self) { try judge(try scratch.read("dev.csr.b64")).accepted() }
        // A key read from such a file has its public half uncompressed here.
        let key = try PrivateKey(pem: try scratch.read("KEY.pem"))
        #expect(throws: Never.self) {
            try judge(Samples.base64(try CSRBuilder.make(commonName: id, key: key))).accepted()
        }
    }

    @Test func theRemediesWork() throws {
        let scratch = try Scratch()
        let request = try cli("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-subj /CN=device-1", scratch)
        let newKey = try #require(judge(request).findings.first { $0.outcome == .fail }?.remedy)
        #expect(try scratch.run("sh", "-c", newKey).status == 0)
        #expect(throws: Never.self) { try judge(try scratch.read("dev.csr.b64")).accepted() }
        let name = try #require(judge(try scratch.read("dev.csr.b64"), "it's:1").findings[4].remedy)
        #expect(try scratch.run("sh", "-c", name).status == 0)
        let again = judge(try scratch.read("dev.csr.b64"), "it's:1")
        #expect(again.request?.commonName == "it's:1")
    }

    @Test func stringTypes() throws {
        let key = try PrivateKey.generate()
        func request(_ name: String, _ type: NameAttribute.StringType) throws -> [UInt8] {
            let attribute = NameAttribute(type: .commonName, text: name, stringType: type)
            return Samples.base64(try CertificationRequestInfo.make(subject: [[attribute]], key: key))
        }
        let printable = try judge(try request("device-1", .printableString)).accepted()
        #expect(printable.commonNameType == "PrintableString")
        expectRefusal(try request("dev_1", .printableString), ["commonName"], "PrintableString", "'_'", id: "dev_1")
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        node[0, 1, 0, 0, 1].tag = 0x16
        try node.sign(key)
        expectRefusal(Samples.base64(node.encode()), ["commonName"], "IA5String")
    }

    @Test func trailingBytes() throws {
        let key = try PrivateKey.generate()
        let der = try CSRBuilder.make(commonName: id, key: key)
        expectRefusal(Samples.base64(der + [0]), ["der"], "1 byte after the end")
        expectRefusal(Samples.base64(der + der), ["der"], "\(der.count) bytes after the end")
    }

    @Test func truncated() throws {
        let key = try PrivateKey.generate()
        let der = try CSRBuilder.make(commonName: id, key: key)
        for length in [1, 2, 3, 4, 50, der.count - 1] {
            expectRefusal(Samples.base64(Array(der.prefix(length))), ["der"], "found ")
        }
        expectRefusal(Samples.base64(Array(der.dropLast(9))), ["der"], "truncated", "\(der.count - 9)")
    }

    @Test func emptyFileAndNoise() throws {
        expectRefusal([], ["encoding"], "an empty file")
        expectRefusal(Samples.text("\n"), ["encoding"], "neither base64, PEM nor DER")
        expectRefusal(Samples.text("hello, world"), ["encoding"], "neither base64, PEM nor DER")
        expectRefusal([0xFF, 0xD8, 0x00, 0x01], ["encoding"], "neither base64, PEM nor DER")
    }

    @Test func compressedPoint() throws {
        let request = try cli("\(p384) -pkeyopt point-format:compressed", "-subj /CN=device-1", try Scratch())
        let compressed = judge(request).findings.first { $0.requirement.id == "point" }
        if compressed?.outcome == .fail {
            expectRefusal(request, ["point"], "compressed")
        }
        // Whatever the command line made of it: the same by hand.
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        let bits = node[0, 2, 1].content
        node[0, 2, 1].content = [0, 0x02 | (bits[97] & 1)] + bits[2..<50]
        try node.sign(key)
        expectRefusal(Samples.base64(node.encode()), ["point"], "compressed")
        node[0, 2, 1].content = [0, 0x06 | (bits[97] & 1)] + bits[2...]
        try node.sign(key)
        expectRefusal(Samples.base64(node.encode()), ["point"], "hybrid")
    }

    @Test func algorithmParameters() throws {
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        node[1].children?.append(DERNode([5, 0]))
        expectRefusal(Samples.base64(node.encode()), ["signature"], "with parameters")
    }

    @Test func missingAttributes() throws {
        let key = try PrivateKey.generate()
        var node = DERNode(try CSRBuilder.make(commonName: id, key: key))
        node[0].children?.removeLast()
        try node.sign(key)
        expectRefusal(Samples.base64(node.encode()), ["der"], "no attributes")
    }
}
