import OpenSSL
import Testing

@testable import PKI

/// Dates, serial numbers, issuers, and certificates that are not as they should be.
@Suite struct CertificateRuleTests {
    private func moment(_ text: String) throws -> Int64 {
        // Days since 1970 by counting.
        let parts = text.split(whereSeparator: { "-T:Z".contains($0) }).compactMap { Int64($0) }
        var days: Int64 = 0
        func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        for year in 1970..<parts[0] { days += isLeap(year) ? 366 : 365 }
        let months: [Int64] = [31, isLeap(parts[0]) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        days += months.prefix(Int(parts[1]) - 1).reduce(0, +) + parts[2] - 1
        return ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
    }

    @Test(
        arguments: [
            ("2026-03-01T00:00:00Z", 1, "2027-03-01T00:00:00Z"), ("2028-02-29T23:59:59Z", 1, "2029-02-28T23:59:59Z"),
            ("2028-02-29T12:00:00Z", 10, "2038-02-28T12:00:00Z"), ("2028-02-29T12:00:00Z", 4, "2032-02-29T12:00:00Z"),
            ("2027-02-28T12:00:00Z", 1, "2028-02-28T12:00:00Z"), ("2096-02-29T00:00:00Z", 4, "2100-02-28T00:00:00Z"),
            ("2099-12-31T23:59:59Z", 1, "2100-12-31T23:59:59Z"),
        ]
    ) func calendarYears(_ start: String, _ years: Int, _ end: String) throws {
        let start = try moment(start)
        #expect(Moment.adding(years: years, to: start) == (try moment(end)))
        #expect(Moment.text(try moment(end)) == end)
    }

    @Test func leapDayInCertificates() throws {
        let authority = try Samples.Authority(notBefore: try moment("2028-02-29T08:00:00Z"))
        #expect(Moment.text(authority.root.notAfter) == "2038-02-28T08:00:00Z")
        #expect(Moment.text(authority.issuing.notAfter) == "2029-02-28T08:00:00Z")
    }

    @Test func yearsFrom2050AreGeneralizedTime() throws {
        let start = try moment("2049-06-01T00:00:00Z")
        let authority = try Samples.Authority(notBefore: start)
        let leaf = try authority.leaf(key: try .generate(), notBefore: try moment("2049-12-31T23:59:59Z"))
        #expect(Moment.text(leaf.notAfter) == "2050-01-30T23:59:59Z")
        let validity = DERNode(leaf.der)[0, 4]
        #expect(validity[0].tag == 0x17 && validity[0].content == Samples.text("491231235959Z"))
        #expect(validity[1].tag == 0x18 && validity[1].content == Samples.text("20500130235959Z"))
        let scratch = try Scratch()
        try scratch.write(leaf.der, "leaf.der")
        let text = try scratch.run("openssl", "x509", "-in", "leaf.der", "-inform", "DER", "-noout", "-enddate").output
        #expect(text.contains("Jan 30 23:59:59 2050 GMT"))
    }

    @Test func serialNumbers() throws {
        for first in UInt8.min...UInt8.max {
            let serial = SerialNumber.make(random: [first] + [UInt8](repeating: 0, count: 15))
            #expect(serial.count == 16)
            #expect((0x01...0x7F).contains(serial[0]))
        }
        let key = try PrivateKey.generate()
        for serial in [[], [1], [0] + [UInt8](repeating: 1, count: 15), [0x80] + [UInt8](repeating: 1, count: 15)] {
            #expect(throws: Refusal.self) {
                _ = try CertificateFactory.root(key: key, notBefore: 0, name: Samples.name, serial: serial)
            }
        }
    }

    @Test func deviceIdentifierArcsAreSmall() {
        let arcs = deviceIdentifierOID.split(separator: ".").compactMap { Int($0) }
        #expect(arcs.count == 14)
        #expect(arcs.prefix(7) == [1, 2, 840, 113556, 1, 8000, 2554])
        #expect(arcs.allSatisfy { $0 < 1 << 28 })
    }

    @Test func aLeafNeverOutlivesItsIssuer() throws {
        let authority = try Samples.Authority()
        let key = try PrivateKey.generate()
        let last = authority.issuing.notAfter - 30 * Samples.day
        #expect(try authority.leaf(key: key, notBefore: last).notAfter == authority.issuing.notAfter)
        let refusal = #expect(throws: Refusal.self) { _ = try authority.leaf(key: key, notBefore: last + 1) }
        #expect(refusal?.code == "CertificateExpiringSoon")
        #expect(refusal?.message.contains("2027-03-01T00:00:00Z") == true)
        let late = #expect(throws: Refusal.self) {
            _ = try CertificateFactory.issuingCA(
                key: key,
                issuer: authority.rootIssuer,
                notBefore: authority.root.notAfter - 364 * Samples.day,
                name: Samples.name,
                serial: try Samples.serial()
            )
        }
        #expect(late?.code == "CertificateExpiringSoon")
    }

    @Test func anIssuerNeedsItsOwnKeyAndACACertificate() throws {
        let authority = try Samples.Authority()
        let key = try PrivateKey.generate()
        let leaf = try authority.leaf(key: key)
        let pem = try key.pem()
        let noCA = #expect(throws: Refusal.self) {
            _ = try Issuer(certificate: leaf, key: try PrivateKey(pem: pem))
        }
        #expect(noCA?.code == "NotACertificateAuthority")
        let other = #expect(throws: Refusal.self) {
            _ = try Issuer(certificate: authority.issuing, key: try PrivateKey.generate())
        }
        #expect(other?.code == "IssuerKeyMismatch")
        let scratch = try Scratch()
        try scratch.openssl("req -x509 -newkey rsa:2048 -noenc -keyout k.pem -outform DER -out c.der -subj /CN=r")
        let rsa = #expect(throws: Refusal.self) {
            _ = try Issuer(
                certificate: try CertificateOutline(der: try scratch.read("c.der")),
                key: try PrivateKey(pem: try scratch.read("k.pem"))
            )
        }
        #expect(rsa?.code == "UnsupportedIssuerKey")
        #expect(other?.message.contains(authority.issuing.subject.description) == true)
    }

    /// A key file whose public half was exchanged: only a signature finds it out.
    @Test func theFirstSignatureProvesTheKey() throws {
        let scratch = try Scratch()
        try scratch.openssl("ecparam -name secp384r1 -genkey -noout -outform DER -out a.der")
        try scratch.openssl("ecparam -name secp384r1 -genkey -noout -outform DER -out b.der")
        let honest = try PrivateKey(pem: PEM.encode(label: "EC PRIVATE KEY", der: try scratch.read("a.der")))
        var node = DERNode(try scratch.read("a.der"))
        node[1] = DERNode(try scratch.read("b.der"))[1]
        let swapped = try PrivateKey(pem: PEM.encode(label: "EC PRIVATE KEY", der: node.encode()))
        let root = try CertificateFactory.root(
            key: honest,
            notBefore: Samples.now,
            name: Samples.name,
            serial: try Samples.serial()
        )
        let issuer = try Issuer(certificate: root, key: swapped)
        let key = try PrivateKey.generate()
        for _ in 0..<2 {
            #expect(throws: SignatureMismatch.self) {
                _ = try CertificateFactory.issuingCA(
                    key: key,
                    issuer: issuer,
                    notBefore: Samples.now,
                    name: Samples.name,
                    serial: try Samples.serial()
                )
            }
        }
    }

    @Test func strictAndLenientReading() throws {
        let authority = try Samples.Authority()
        let leaf = try authority.leaf(key: try .generate())
        #expect(try CertificateOutline(lenient: leaf.der).serialNumber == leaf.serialNumber)
        let node = DERNode(leaf.der)
        for index in 0..<node.count {
            var changed = node
            changed.change(index) { $0.hasLongLength = true }
            #expect(throws: Refusal.self, "element \(index)") { _ = try CertificateOutline(der: changed.encode()) }
            #expect(throws: Never.self, "element \(index)") { _ = try CertificateOutline(lenient: changed.encode()) }
        }
        #expect(throws: Refusal.self) { _ = try CertificateOutline(der: leaf.der + [0]) }
        #expect(throws: Refusal.self) { _ = try CertificateOutline(lenient: leaf.der + [0]) }
        #expect(throws: Refusal.self) { _ = try CertificateOutline(der: Array(leaf.der.dropLast())) }
        #expect(throws: Refusal.self) { _ = try CertificateOutline(lenient: []) }
        var late = node
        late[0, 4, 0] = DERNode([0x18, 0x0F] + Samples.text("20260301000000Z"))
        #expect(throws: Refusal.self) { _ = try CertificateOutline(der: late.encode()) }
        #expect(try CertificateOutline(lenient: late.encode()).notBefore == Samples.now)
    }

    @Test func foreignCertificatesAreRead() throws {
        let scratch = try Scratch()
        try scratch.openssl(
            "req -x509 -newkey rsa:2048 -noenc -keyout k.pem -outform DER -out c.der -days 400 -set_serial 0xFF01"
                + " -subj '/C=DE/O=A, B \\+ C/OU= x/CN=x.example/emailAddress=a@x.example'"
                + " -addext subjectAltName=DNS:x.example,IP:10.0.0.1,email:a@x.example"
                + " -addext extendedKeyUsage=serverAuth,1.2.3.4 -addext certificatePolicies=1.2.3"
                + " -addext crlDistributionPoints=URI:http://x.example/c.crl"
                + " -addext 'authorityInfoAccess=OCSP;URI:http://x.example/o,caIssuers;URI:http://x.example/c'"
        )
        let foreign = try CertificateOutline(der: try scratch.read("c.der"))
        #expect(foreign.keyDescription == "RSA 2048")
        #expect(foreign.serialNumber == "FF01")
        #expect(foreign.signatureAlgorithm == "sha256WithRSAEncryption")
        #expect(
            foreign.subject.description
                == "emailAddress=a@x.example,CN=x.example,OU=\\ x,O=A\\, B \\+ C,C=DE"
        )
        #expect(foreign.subject.commonName == "x.example")
        #expect(foreign.extendedKeyUsage == ["serverAuth", "1.2.3.4"])
        #expect(foreign.keyUsage == nil)
        #expect(
            foreign.subjectAlternativeNames == ["DNS:x.example", "IP Address:10.0.0.1", "email:a@x.example"]
        )
        #expect(foreign.crlDistributionPoints == ["http://x.example/c.crl"])
        #expect(foreign.caIssuers == ["http://x.example/c"])
        #expect(foreign.otherExtensions.map(\.oid) == ["2.5.29.32"])
        #expect(foreign.deviceIdentifier == nil)
    }

    @Test func noiseNeverTraps() throws {
        let authority = try Samples.Authority()
        let der = try authority.leaf(key: try .generate()).der
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var noisy = der
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                noisy[Int.random(in: 0..<noisy.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if let strict = try? CertificateOutline(der: noisy) { #expect(strict.der == noisy) }
            _ = try? CertificateOutline(lenient: noisy).otherExtensions
        }
    }
}
