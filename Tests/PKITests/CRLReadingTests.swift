import OpenSSL
import Testing

@testable import PKI

/// Lists that are damaged, of another form, or not to be asked.
@Suite final class CRLReadingTests {
    private let key: PrivateKey
    private let authority: CertificateOutline
    private let der: [UInt8]

    init() throws {
        key = try PrivateKey.generate()
        let authority = try CertificateFactory.root(
            key: key,
            notBefore: Samples.now,
            name: Samples.name,
            serial: try Samples.serial()
        )
        self.authority = authority
        der = try CRLFactory.make(
            issuer: try Issuer(certificate: authority, key: try PrivateKey(pem: try key.pem())),
            entries: [
                RevokedSerial(serialNumber: "11", revokedAt: Samples.now, reason: .unspecified),
                RevokedSerial(serialNumber: "22", revokedAt: Samples.now, reason: .superseded),
            ],
            number: 1,
            thisUpdate: Samples.now,
            nextUpdate: Samples.now + Samples.day
        )
    }

    /// The list after a change of its info, signed anew.
    private func changed(_ body: (inout DERNode) throws -> Void) throws -> [UInt8] {
        var node = DERNode(der)
        var info = node[0]
        try body(&info)
        node[0] = info
        try node.sign(key)
        return node.encode()
    }

    private func refuse(_ words: String, _ der: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        let refusal = #expect(throws: Refusal.self, sourceLocation: sourceLocation) { try CRLOutline(der: der) }
        #expect(refusal?.code == "InvalidCertificateRevocationList", sourceLocation: sourceLocation)
        let message = refusal?.message ?? ""
        #expect(message.contains(words), "\(message)", sourceLocation: sourceLocation)
    }

    @Test func noise() throws {
        refuse("no certificate revocation list", [])
        refuse("no certificate revocation list", [0x30, 0x00])
        refuse("no certificate revocation list", authority.der)
        refuse("no certificate revocation list", PEM.encode(label: "X509 CRL", der: der))
        refuse("1 bytes after the end", der + [0])
        for length in 0..<der.count { #expect(throws: Refusal.self) { try CRLOutline(der: Array(der[..<length])) } }
    }

    /// A length with an octet too many at any place is not DER, whatever reads it.
    @Test func longLengths() throws {
        let node = DERNode(der)
        for index in 0..<node.count {
            var bent = node
            bent.change(index) { $0.hasLongLength = true }
            try bent.sign(key)
            // Signing replaces the signature's own element.
            if bent.encode() == der || index == node.count - 1 { continue }
            refuse("", bent.encode())
        }
    }

    /// Whatever octet is changed: it is no list any more, or its signature does not hold.
    @Test func everyOctetCounts() throws {
        for index in der.indices {
            var bent = der
            bent[index] ^= 0x01
            guard let read = try? CRLOutline(der: bent) else { continue }
            #expect(!read.isSigned(by: authority), "octet \(index)")
        }
    }

    @Test func form() throws {
        refuse("not strict DER", try changed { $0.children?[5] = DERNode([0x30, 0x00]) })
        refuse("not strict DER", try changed { $0[5, 0].children?.append(DERNode([0x30, 0x00])) })
        refuse("not strict DER", try changed { $0[4] = DERNode([0x18, 15] + Samples.text("20260302000000Z")) })
        refuse("not strict DER", try changed { $0[3] = DERNode([0x17, 11] + Samples.text("2603010000Z")) })
        refuse("not strict DER", try changed { $0[5, 0, 1] = DERNode([0x18, 15] + Samples.text("20260301000000Z")) })
        // FALSE spelled out.
        refuse("not strict DER", try changed { $0[6, 0, 1].children?.insert(DERNode([1, 1, 0]), at: 1) })
        refuse("not strict DER", try changed { $0[5, 1, 2, 0].children?.insert(DERNode([1, 1, 0]), at: 1) })
        refuse("not strict DER", try changed { $0[5, 1, 2, 0].children?.insert(DERNode([1, 1, 1]), at: 1) })
        // The algorithm inside is another one.
        refuse("not strict DER", try changed { $0[1, 0].content[7] = 2 })
        refuse("(", try changed { $0[5, 0, 1].content = Samples.text("yesterday") })
        refuse("(", try changed { $0[5, 0].children?.removeLast() })
        refuse("(", try changed { $0[5].children?.append(DERNode([2, 1, 1])) })
    }

    @Test func versions() throws {
        refuse("neither v1 nor v2", try changed { $0[0].content = [2] })
        refuse("neither v1 nor v2", try changed { $0[0].content = [0] })
        refuse("version 1 has no extensions", try changed { $0.children?.removeFirst() })
        let first = try changed {
            $0.children?.removeFirst()
            $0.children?.removeLast()
            $0[4, 1].children?.removeLast()
        }
        let crl = try CRLOutline(der: first)
        #expect(crl.number == nil && crl.authorityKeyIdentifier == nil)
        #expect(crl.contains("11") && crl.contains("22") && !crl.contains("33"))
        #expect(crl.isSigned(by: authority))
    }

    /// What can't be asked whether a certificate is revoked (RFC 5280 §5.2).
    @Test func whatIsNotUnderstood() throws {
        refuse("next one", try changed { $0.children?.remove(at: 4) })
        let critical = DERNode([1, 1, 0xFF])
        let delta = DERNode([0x30, 0x0D, 6, 3, 0x55, 0x1D, 0x1B, 1, 1, 0xFF, 4, 3, 2, 1, 1])
        refuse("deltaCRL is critical", try changed { $0[6, 0].children?.append(delta) })
        refuse("authorityKeyIdentifier is critical", try changed { $0[6, 0, 0].children?.insert(critical, at: 1) })
        refuse(
            "about 22 is critical",
            try changed { $0[5, 1, 2, 0].children?.insert(critical, at: 1) }
        )
        refuse("for 22, 10, is none", try changed { $0[5, 1, 2, 0, 1].content = [0x0A, 1, 10] })
        refuse("(", try changed { $0[5, 1, 2, 0, 1].content = [0x0A, 1] })
        refuse(
            "not strict DER",
            try changed {
                let reason = $0[5, 1, 2, 0]
                $0[5, 1, 2].children?.append(reason)
            }
        )
        refuse("22 is on the CRL twice", try changed { $0[5, 0, 0].content = [0x22] })
        for number: [UInt8] in [[0x81], [0]] {
            refuse("not positive", try changed { $0[5, 0, 0].content = number })
        }
        refuse(
            "crlNumber twice",
            try changed {
                let number = $0[6, 0, 1]
                $0[6, 0].children?.append(number)
            }
        )
        refuse(
            "crlNumber is damaged",
            try changed { $0[6, 0, 1, 1].content = [2, 9, 0x7F] + Array(repeating: 0, count: 8) }
        )
        refuse("authorityKeyIdentifier is damaged", try changed { $0[6, 0, 0, 1].content = [5, 0] })
    }

    /// Other signers do not sort.
    @Test func unsorted() throws {
        let crl = try CRLOutline(
            der: try changed {
                $0[5].children?.reverse()
                $0[5].children?.append(DERNode([0x30, 20, 2, 3, 0, 0xFF, 1, 0x17, 13] + Samples.text("260301000000Z")))
            }
        )
        #expect(crl.entries.map(\.serialNumber) == ["22", "11", "FF01"])
        #expect(crl.contains("11") && crl.contains("22") && crl.contains("FF01") && !crl.contains("FF02"))
        #expect(crl.revocation(of: "22")?.reason == .superseded)
    }

    /// OpenSSL's own list, with an extension on an entry that is none of ours.
    @Test func openSSLsList() throws {
        let scratch = try Scratch()
        try scratch.write(try key.pem(), "key.pem")
        try scratch.write(PEM.encode(label: "CERTIFICATE", der: authority.der), "ca.pem")
        try scratch.write(
            Samples.text(
                """
                R\t270301000000Z\t260302101112Z,keyCompromise\t1001\tunknown\t/CN=a
                R\t270301000000Z\t260302101113Z,holdInstruction,holdInstructionReject\t0F\tunknown\t/CN=b
                R\t270301000000Z\t260302101114Z\t1002\tunknown\t/CN=c
                V\t270301000000Z\t\t1003\tunknown\t/CN=d

                """
            ),
            "index.txt"
        )
        try scratch.write(Samples.text("BEEF\n"), "number")
        try scratch.write(
            Samples.text(
                "[ca]\ndatabase=index.txt\ncrlnumber=number\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n"
            ),
            "ca.cnf"
        )
        try scratch.openssl(
            "ca -config ca.cnf -name ca -gencrl -keyfile key.pem -cert ca.pem -md sha256 -crldays 9 -out l.pem"
        )
        let pem = try #require(PEM.blocks(try scratch.read("l.pem")).first)
        let crl = try CRLOutline(der: pem.der)
        #expect(crl.number == 0xBEEF)
        #expect(crl.isSigned(by: authority))
        #expect(crl.authorityKeyIdentifier == authority.subjectKeyIdentifier)
        #expect(crl.nextUpdate == crl.thisUpdate + 9 * Samples.day)
        #expect(crl.entryCount == 3)
        #expect(crl.revocation(of: "1001")?.reason == .keyCompromise)
        #expect(crl.revocation(of: "0F")?.reason == .certificateHold)
        #expect(crl.revocation(of: "1002")?.reason == .unspecified)
        #expect(crl.revocation(of: "1002").map { Moment.text($0.revokedAt) } == "2026-03-02T10:11:14Z")
        #expect(!crl.contains("1003"))
    }
}
