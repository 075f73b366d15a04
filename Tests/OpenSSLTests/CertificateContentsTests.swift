import Testing

@testable import OpenSSL

/// What is found when a new certificate is read back.
@Suite struct CertificateContentsTests {
    private static let key = Result { try PrivateKey.generate().subjectPublicKeyInfo }

    private static func name(_ text: String) throws -> [UInt8] {
        try NameAttribute.encode([[NameAttribute(type: .commonName, text: text)]])
    }

    private func contents(
        serialNumber: [UInt8] = [0x01, 0x80],
        issuer: String = "issuer",
        notBefore: Int64 = 1_772_323_200,
        notAfter: Int64 = 2_524_608_000,
        subject: String = "subject",
        key: [UInt8]? = nil,
        extensions: [CertificateExtension] = []
    ) throws -> CertificateContents {
        CertificateContents(
            serialNumber: serialNumber,
            issuer: try Self.name(issuer),
            notBefore: notBefore,
            notAfter: notAfter,
            subject: try Self.name(subject),
            subjectPublicKeyInfo: try key ?? Self.key.get(),
            extensions: CertificateExtension.encode(extensions)
        )
    }

    @Test func nothingDiffersFromWhatItWasMadeFrom() throws {
        let made = try contents()
        let der = try made.sign(with: PrivateKey.generate())
        #expect(try made.difference(from: der) == nil)
        #expect(try CertificateInfo(reading: der).isStrict)
    }

    @Test func whatDiffersIsNamed() throws {
        let der = try contents().sign(with: PrivateKey.generate())
        let identifier = CertificateExtension(
            type: .subjectKeyIdentifier,
            isCritical: false,
            value: ExtensionValues.octetString([1])
        )
        let others = [
            "serialNumber": try contents(serialNumber: [0x01, 0x81]),
            "issuer": try contents(issuer: "Issuer"),
            "notBefore": try contents(notBefore: 1_772_323_201),
            "notAfter": try contents(notAfter: 2_524_608_001),
            "subject": try contents(subject: "subject "),
            "subjectPublicKeyInfo": try contents(key: PrivateKey.generate().subjectPublicKeyInfo),
            "extensions": try contents(extensions: [identifier]),
        ]
        for (field, other) in others { #expect(try other.difference(from: der) == field) }
    }

    /// Another algorithm outside than inside, none of the signature, another version: at the octets where they stand.
    @Test func whatIsTheSameInAllIsComparedToo() throws {
        let made = try contents()
        let der = try made.sign(with: PrivateKey.generate())
        let algorithm: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03]
        let places = der.indices.filter { der[$0...].starts(with: algorithm) }
        #expect(places.count == 2)
        for place in places {
            var other = der
            other[place + 7] = 0x02
            #expect(try made.difference(from: other) == "signatureAlgorithm")
        }
        var other = der
        // [0] { INTEGER 2 }
        let version = try #require(der.indices.first { der[$0...].starts(with: [0xA0, 0x03, 0x02, 0x01, 0x02]) })
        other[version + 4] = 1
        #expect(try made.difference(from: other) == "version")
        let unsigned = CertificateContents.certificate(try made.encode(), signature: [])
        #expect(try made.difference(from: unsigned) == "signatureValue")
        #expect(throws: OpenSSLError.self) { try made.difference(from: der + [0]) }
    }
}
