import Foundation
import OpenSSL
import Testing

@testable import PKI

/// How requests come, and what of their form is judged.
@Suite struct RequestFormTests {
    private let rules = CSRRules(registrationID: "device-1", fileName: "my file.csr")

    private func make() throws -> [UInt8] {
        try CSRBuilder.make(commonName: "device-1", key: try PrivateKey.generate())
    }

    private func failed(_ judgement: CSRJudgement) -> [String] {
        judgement.findings.filter { $0.outcome == .fail }.map(\.requirement.id)
    }

    @Test func openSSLVerifiesWhatWeMake() throws {
        let scratch = try Scratch()
        try scratch.write(try make(), "r.der")
        let outcome = try scratch.run("openssl", "req", "-in", "r.der", "-inform", "DER", "-verify", "-noout", "-text")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("verify OK"))
        #expect(outcome.output.contains("Subject: CN = device-1") || outcome.output.contains("Subject: CN=device-1"))
        #expect(outcome.output.contains("ecdsa-with-SHA384"))
    }

    @Test func pemIsRefusedWithTheLineThatConvertsIt() throws {
        let pem = PEM.encode(label: "CERTIFICATE REQUEST", der: try make())
        let judgement = CSRAcceptance.judge(pem, rules: rules)
        #expect(judgement.encoding == .pem)
        #expect(failed(judgement) == ["encoding"])
        #expect(judgement.request?.commonName == "device-1")
        let refusal = #expect(throws: Refusal.self) { try judgement.accepted() }
        #expect(refusal?.hint == "adr csr show 'my file.csr' --format base64 --out 'my file.csr.b64'")
    }

    @Test func allEncodingsWhereTheyAreTaken() throws {
        let der = try make()
        var rules = rules
        rules.encodings = [.base64, .der, .pem]
        let pem = PEM.encode(label: "CERTIFICATE REQUEST", der: der)
        let old = PEM.encode(label: "NEW CERTIFICATE REQUEST", der: der)
        let text = Samples.text("Certificate Request:\n    Data: - -- ---\n") + pem
        let lines = Array(Data(der).base64EncodedData(options: [.lineLength76Characters, .endLineWithLineFeed]))
        for input in [der, pem, old, text, Samples.base64(der), lines] {
            #expect(try CSRAcceptance.judge(input, rules: rules).accepted().der == der)
        }
    }

    @Test func oneFinalNewline() throws {
        let der = try make()
        let base64 = Samples.base64(der)
        for good in ["", "\n", "\r\n"] {
            #expect(throws: Never.self) {
                try CSRAcceptance.judge(base64 + Samples.text(good), rules: rules).accepted()
            }
        }
        for bad in ["\n\n", " ", " \n", "\r", "=", "A", "-"] {
            #expect(failed(CSRAcceptance.judge(base64 + Samples.text(bad), rules: rules)).first == "encoding", "\(bad)")
        }
        #expect(failed(CSRAcceptance.judge(Samples.text(" ") + base64, rules: rules)) == ["encoding"])
    }

    @Test func slips() throws {
        let der = try make()
        let base64 = Base64.encode(der)
        let lines = Array(Data(der).base64EncodedData(options: [.lineLength76Characters, .endLineWithLineFeed]))
        let url = base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        let twice = Samples.base64(PEM.encode(label: "CERTIFICATE REQUEST", der: der))
        var utf16: [UInt8] = [0xFF, 0xFE]
        for byte in base64.utf8 { utf16 += [byte, 0] }
        let key = try PrivateKey.generate()
        let cases: [([UInt8], String)] = [
            (lines, "in several lines"),
            (Samples.text(url + (url.contains { "-_".contains($0) } ? "" : "-")), "base64"),
            (twice, "base64 of a PEM text"), (utf16, "UTF-16"),
            ([0xEF, 0xBB, 0xBF] + Samples.text(base64), "byte order"),
            (try key.pem(), "PRIVATE KEY"),
            (
                PEM.encode(label: "CERTIFICATE REQUEST", der: der) + PEM.encode(label: "CERTIFICATE REQUEST", der: der),
                "2 req"
            ),
            (Samples.text("-----BEGIN CERTIFICATE REQUEST-----\nAAAA"), "damaged"),
        ]
        for (input, words) in cases {
            let judgement = CSRAcceptance.judge(input, rules: rules)
            #expect(failed(judgement).first == "encoding")
            #expect(
                judgement.findings.first?.found?.contains(words) == true,
                "\(judgement.findings.first?.found ?? "")"
            )
        }
    }

    @Test func sizeIsJudgedFirst() throws {
        let huge = [UInt8](repeating: UInt8(ascii: "A"), count: 10_000_000)
        for input in [huge, [0x30, 0x84] + huge, Samples.text("-----BEGIN CERTIFICATE REQUEST-----\n") + huge] {
            let judgement = CSRAcceptance.judge(input, rules: rules)
            #expect(judgement.findings[1].outcome == .fail)
            #expect(judgement.findings[1].found == "\(input.count) bytes")
            #expect(judgement.findings.dropFirst(2).allSatisfy { $0.outcome == .notJudged })
        }
    }

    @Test func sizeLimitIsExact() throws {
        let der = try make()
        var rules = rules
        rules.maximumBase64Length = Samples.base64(der).count
        #expect(throws: Never.self) { try CSRAcceptance.judge(Samples.base64(der), rules: rules).accepted() }
        rules.maximumBase64Length -= 1
        #expect(failed(CSRAcceptance.judge(Samples.base64(der), rules: rules)) == ["size"])
    }

    @Test func nonMinimalLengthsAtEveryLevel() throws {
        let scratch = try Scratch()
        try scratch.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem")
        try scratch.openssl(
            "req -new -key key.pem -subj /CN=device-1 -addext subjectAltName=DNS:a.example -outform DER -out r.der"
        )
        let key = try PrivateKey(pem: try scratch.read("key.pem"))
        let node = DERNode(try scratch.read("r.der"))
        #expect(node.encode() == (try scratch.read("r.der")))
        #expect(node.count >= 24)
        for index in 0..<node.count {
            var changed = node
            changed.change(index) { $0.hasLongLength = true }
            // Both as it is, and signed anew: neither the bytes signed nor their DER may make it pass.
            let plain = CSRAcceptance.judge(Samples.base64(changed.encode()), rules: rules)
            #expect(failed(plain).contains("der"), "element \(index)")
            try changed.sign(key)
            changed.change(index) { $0.hasLongLength = true }
            let signed = CSRAcceptance.judge(Samples.base64(changed.encode()), rules: rules)
            #expect(failed(signed).contains("der"), "element \(index), signed")
        }
    }

    @Test func otherThingsThanRequests() throws {
        let authority = try Samples.Authority()
        let judgement = CSRAcceptance.judge(Samples.base64(authority.root.der), rules: rules)
        #expect(judgement.findings[2].found == "a certificate, no request")
        var ber = try make()
        ber.replaceSubrange(1..<4, with: [0x80])
        #expect(
            CSRAcceptance.judge(Samples.base64(ber), rules: rules).findings[2].found?.contains("indefinite") == true
        )
    }

    @Test func noiseNeverPassesAndNeverTraps() throws {
        let der = try make()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var noisy = der
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                noisy[Int.random(in: 0..<noisy.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if noisy == der { continue }
            #expect(throws: Refusal.self) { try CSRAcceptance.judge(Samples.base64(noisy), rules: rules).accepted() }
        }
    }
}
