import OpenSSL
import Testing

@testable import PKI

/// What is on a list, member by member, and what is refused when one is made.
@Suite struct CRLFormTests {
    private let authority: Samples.Authority
    private let now = Samples.now

    init() throws { authority = try Samples.Authority() }

    private func make(
        _ entries: [RevokedSerial] = [],
        number: Int64 = 7,
        thisUpdate: Int64 = Samples.now,
        nextUpdate: Int64 = Samples.now + 7 * Samples.day
    ) throws -> CRLOutline {
        let der = try CRLFactory.make(
            issuer: authority.issuer,
            entries: entries,
            number: number,
            thisUpdate: thisUpdate,
            nextUpdate: nextUpdate
        )
        return try CRLOutline(der: der)
    }

    private func entry(_ serial: String, at time: Int64 = Samples.now, _ reason: RevocationReason = .unspecified)
        -> RevokedSerial
    { RevokedSerial(serialNumber: serial, revokedAt: time, reason: reason) }

    @Test func everyMember() throws {
        let crl = try make([entry("0A01", .keyCompromise)])
        #expect(crl.info.version == 2)
        #expect(crl.issuer == authority.issuing.subject)
        #expect(crl.info.issuerDER == (try CRLInfo.subjectDER(ofCertificate: authority.issuing.der)))
        #expect(crl.number == 7)
        #expect(crl.thisUpdate == now)
        #expect(crl.nextUpdate == now + 7 * Samples.day)
        #expect(crl.authorityKeyIdentifier == authority.issuing.subjectKeyIdentifier)
        #expect(crl.signatureAlgorithm == "ecdsa-with-SHA384")
        #expect(crl.info.extensions.map(\.type) == [.authorityKeyIdentifier, .crlNumber])
        #expect(crl.info.extensions.allSatisfy { !$0.isCritical })
        #expect(crl.entryCount == 1)
        #expect(crl.entries == [entry("0A01", .keyCompromise)])
        #expect(crl.isSigned(by: authority.issuing))
        #expect(!crl.isSigned(by: authority.root))
        #expect(!crl.isSigned(by: try Samples.Authority().issuing), "the same name, another key")
    }

    @Test func emptyListIsLeftOut() throws {
        let crl = try make()
        #expect(crl.entryCount == 0 && crl.entries.isEmpty)
        #expect(!crl.contains("01"))
        // version, algorithm, issuer, thisUpdate, nextUpdate, extensions
        let tags = try #require(DERNode(crl.der)[0].children).map(\.tag)
        #expect(tags == [0x02, 0x30, 0x30, 0x17, 0x17, 0xA0])
    }

    @Test func entriesAreSortedByNumber() throws {
        // Numbers are compared, not texts: 0100 comes after FF.
        let sorted = ["01", "0F", "7F", "80", "FF", "0100", "FFFF", "010000", String(repeating: "7F", count: 20)]
        for input in [sorted, sorted.reversed(), sorted.shuffled()] {
            let crl = try make(input.map { entry($0) })
            #expect(crl.entries.map(\.serialNumber) == sorted)
            for serial in sorted { #expect(crl.contains(serial)) }
            for serial in ["02", "81", "0101", "", "1", "0001", "ff", "-01", "zz", String(repeating: "7F", count: 21)] {
                #expect(!crl.contains(serial), "\(serial)")
            }
        }
    }

    @Test func reasons() throws {
        let reasons = RevocationReason.allCases
        let entries = reasons.enumerated().map { entry("0\($0.offset + 1)", at: now - Int64($0.offset), $0.element) }
        let crl = try make(entries)
        #expect(crl.entries == entries)
        #expect(crl.info.entries.map(\.reason) == [nil, 1, 2, 3, 4, 5, 6, 9])
        #expect(crl.info.entries.allSatisfy { !$0.hasCriticalExtension })
        // An entry without a reason has no extensions, not an empty list of them.
        let list = DERNode(crl.der)[0, 5]
        #expect(list.children?.map { $0.children?.count } == [2, 3, 3, 3, 3, 3, 3, 3])
        #expect(list[1, 2].encode() == [0x30, 0x0C, 0x30, 0x0A, 6, 3, 0x55, 0x1D, 0x15, 4, 3, 0x0A, 1, 1])
        for reason in reasons {
            #expect(RevocationReason(rawValue: reason.rawValue) == reason)
            #expect(RevocationReason(code: reason.code) == reason)
        }
        for code: Int64 in [-1, 7, 8, 10, 11] { #expect(RevocationReason(code: code) == nil) }
        #expect(crl.revocation(of: "03") == entries[2])
        #expect(crl.revocation(of: "09") == nil)
    }

    /// RFC 5280 §5.1.2.4: UTCTime through 2049, GeneralizedTime from 2050.
    @Test func datesOnBothSidesOf2050() throws {
        let turn: Int64 = 2_524_608_000
        let crl = try make(
            [entry("01", at: turn - 1), entry("02", at: turn), entry("03", at: -1), entry("04", at: turn - 1)],
            thisUpdate: turn - 1,
            nextUpdate: turn
        )
        #expect(Moment.text(turn) == "2050-01-01T00:00:00Z")
        let info = DERNode(crl.der)[0]
        #expect(info[3].tag == 0x17 && info[3].content == Samples.text("491231235959Z"))
        #expect(info[4].tag == 0x18 && info[4].content == Samples.text("20500101000000Z"))
        // One writer makes all entries; none leaves its kind of time to the next.
        #expect(info[5].children?.map { $0[1].tag } == [0x17, 0x18, 0x17, 0x17])
        #expect(crl.entries.map(\.revokedAt) == [turn - 1, turn, -1, turn - 1])
        let last = try make([entry("01", at: 253_402_300_799)], nextUpdate: 253_402_300_799)
        #expect(Moment.text(last.nextUpdate) == "9999-12-31T23:59:59Z")
    }

    @Test(arguments: [0, 127, 128, 1_772_323_200, Int64.max])
    func numbers(_ number: Int64) throws {
        #expect(try make(number: number).number == number)
    }

    @Test func whatCannotBeSaidIsRefused() throws {
        func refused(_ code: String, _ body: () throws -> CRLOutline) {
            let refusal = #expect(throws: Refusal.self) { try body() }
            #expect(refusal?.code == code, "\(String(describing: refusal))")
        }
        refused("InvalidCRLNumber") { try make(number: -1) }
        refused("InvalidValidity") { try make(nextUpdate: now) }
        refused("InvalidValidity") { try make(nextUpdate: now - 1) }
        refused("InvalidValidity") { try make(nextUpdate: 253_402_300_800) }
        refused("InvalidValidity") { try make(thisUpdate: -631_152_001) }
        refused("InvalidValidity") { try make([entry("01", at: 253_402_300_800)]) }
        refused("InvalidSerialNumber") { try make([entry("01"), entry("02"), entry("01", .superseded)]) }
        let long = String(repeating: "80", count: 20)
        for serial in ["", "0", "00", "0001", "-01", "0g", "0a", " 01", "01 ", "0x01", "é", "123", long, long + "00"] {
            refused("InvalidSerialNumber") { try make([entry(serial)]) }
        }
    }

    @Test func aCAThatMayNotSignListsDoesNot() throws {
        let scratch = try Scratch()
        try scratch.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out k.pem")
        try scratch.openssl(
            "req -x509 -key k.pem -subj /CN=ca -days 3650 -addext keyUsage=critical,keyCertSign -outform DER -out c.der"
        )
        let issuer = try Issuer(
            certificate: try CertificateOutline(lenient: try scratch.read("c.der")),
            key: try PrivateKey(pem: try scratch.read("k.pem"))
        )
        let refusal = #expect(throws: Refusal.self) {
            _ = try CRLFactory.make(issuer: issuer, entries: [], number: 1, thisUpdate: now, nextUpdate: now + 1)
        }
        #expect(refusal?.code == "NotACertificateAuthority")
    }

    /// Names of every kind come out as the certificate has them.
    @Test(arguments: [
        "-subj '/C=DE/O=Müller \\+ Söhne/OU=a+OU=b/CN=root' -utf8", "-subj /emailAddress=a@b.example/DC=x/CN=*",
    ])
    func foreignNames(_ options: String) throws {
        let scratch = try Scratch()
        try scratch.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k.pem")
        try scratch.openssl("req -x509 -key k.pem \(options) -days 3650 -outform DER -out c.der")
        let certificate = try CertificateOutline(lenient: try scratch.read("c.der"))
        let der = try CRLFactory.make(
            issuer: try Issuer(certificate: certificate, key: try PrivateKey(pem: try scratch.read("k.pem"))),
            entries: [entry("01")],
            number: 1,
            thisUpdate: now,
            nextUpdate: now + 1
        )
        let issuer = try CRLOutline(der: der).issuer
        #expect(issuer == certificate.subject)
        #expect(issuer.attributes.count > 2)
        try scratch.write(der, "l.der")
        try scratch.openssl("x509 -in c.der -inform DER -out c.pem")
        let judged = try scratch.run("openssl", "crl", "-in", "l.der", "-inform", "DER", "-noout", "-CAfile", "c.pem")
        #expect(judged.output.contains("verify OK"), "\(judged.output)")
    }

    @Test func tenThousand() throws {
        let entries = try (0..<10_000).map { number in
            RevokedSerial(
                serialNumber: Hexadecimal.encode(try Samples.serial()),
                revokedAt: now - Int64(number),
                reason: RevocationReason.allCases[number % RevocationReason.allCases.count]
            )
        }
        let crl = try make(entries)
        #expect(crl.entryCount == entries.count)
        #expect(crl.entries == entries.sorted { $0.serialNumber < $1.serialNumber })
        for entry in entries { #expect(crl.revocation(of: entry.serialNumber) == entry) }
        for _ in 0..<100 { #expect(!crl.contains(Hexadecimal.encode(try Samples.serial()))) }
    }
}
