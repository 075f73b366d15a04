import Testing

@testable import OpenSSL

/// Keys in our own form are read the short way; every other form is left to libcrypto's reader, with the same result.
@Suite struct PlainKeyReaderTests {
    /// The key itself is left to the end of the process.
    private func isPlain(_ pem: [UInt8]) -> Bool { PlainKeyReader.read(pem: pem) != nil }

    @Test(arguments: [NamedCurve.p256, .p384, .p521])
    func ourOwnFormIsReadTheShortWay(_ curve: NamedCurve) throws {
        for _ in 0..<20 {
            let pem = try PrivateKey.generate(curve).pem()
            #expect(isPlain(pem))
            let again = try PrivateKey(pem: pem)
            #expect(try again.pem() == pem)
        }
    }

    @Test func everyOtherFormIsReadTheLongWay() throws {
        let made = try shell(
            """
            openssl ecparam -name secp384r1 -genkey -noout -out sec1.pem &&
            openssl ec -in sec1.pem -conv_form compressed -out compressed.pem &&
            openssl pkcs8 -topk8 -nocrypt -in compressed.pem -out compressed8.pem &&
            openssl ec -in sec1.pem -no_public -out bare.pem &&
            openssl pkcs8 -topk8 -nocrypt -in bare.pem -out bare8.pem &&
            openssl ec -in sec1.pem -param_enc explicit -out explicit.pem &&
            openssl pkcs8 -topk8 -nocrypt -in explicit.pem -out explicit8.pem &&
            openssl ecparam -name secp256k1 -genkey -noout -out other.pem &&
            openssl pkcs8 -topk8 -nocrypt -in other.pem -out other8.pem &&
            openssl pkcs8 -topk8 -nocrypt -in sec1.pem -out plain.pem
            """
        )
        #expect(made.status == 0)
        func file(_ name: String) throws -> [UInt8] { try #require(made.files[name]) }
        #expect(isPlain(try file("plain.pem")))
        let info = try PublicKeyInfo(der: try PrivateKey(pem: try file("plain.pem")).subjectPublicKeyInfo)
        for name in ["sec1.pem", "compressed.pem", "compressed8.pem", "explicit8.pem", "other8.pem"] {
            #expect(!isPlain(try file(name)), "\(name)")
        }
        for name in ["sec1.pem", "compressed8.pem", "bare8.pem"] {
            #expect(try PrivateKey(pem: try file(name)).matches(info), "\(name)")
        }
        #expect(try !PrivateKey(pem: try file("other8.pem")).matches(info))
    }

    /// A point that is not on the curve makes no key, whichever way it is read.
    @Test func aPointOffTheCurveIsRefused() throws {
        let pem = try PrivateKey.generate().pem()
        var der = try #require(PEM.blocks(pem).first).der
        der[der.count - 1] ^= 1
        let damaged = PEM.encode(label: "PRIVATE KEY", der: der)
        #expect(!isPlain(damaged))
        #expect(throws: OpenSSLError.self) { _ = try PrivateKey(pem: damaged) }
    }
}
