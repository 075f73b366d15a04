import Testing

@testable import OpenSSL

@Suite struct PrivateKeyTests {
    private let digests: [NamedCurve: String] = [.p256: "P-256", .p384: "P-384", .p521: "P-521"]

    @Test(arguments: [NamedCurve.p256, .p384, .p521])
    func aKeyGoesOutAndIn(_ curve: NamedCurve) throws {
        let key = try PrivateKey.generate(curve)
        #expect(key.curve == curve)
        let pem = try key.pem()
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        let again = try PrivateKey(pem: pem)
        #expect(again.curve == curve)
        #expect(try again.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
        let info = try PublicKeyInfo(der: try key.subjectPublicKeyInfo)
        #expect(info.namedCurve == curve)
        #expect(info.description == curve.rawValue)
        #expect(info.bits.count == curve.uncompressedPointLength)
        #expect(info.bits.first == 4)
        #expect(try key.matches(info))
        let other = try PrivateKey.generate(curve)
        #expect(try !other.matches(info))
        let message = Array("message".utf8)
        let signature = try key.sign(message, with: .sha384)
        #expect(try PublicKey(info).verify(signature: signature, of: message, digestName: "SHA384"))
        #expect(try PublicKey(der: info.der).verify(signature: signature, of: message, digestName: "SHA384"))
        #expect(try !PublicKey(info).verify(signature: signature, of: message + [0], digestName: "SHA384"))
        #expect(try !PublicKey(info).verify(signature: signature, of: message, digestName: "SHA256"))
    }

    @Test func openSSLReadsOurKeysAndWeItsOwn() throws {
        let pem = try PrivateKey.generate().pem()
        let checked = try shell(
            "openssl pkey -in key.pem -check -noout && openssl pkey -in key.pem -pubout -outform DER -out p",
            ["key.pem": pem]
        )
        #expect(checked.status == 0)
        #expect(try checked.files["p"] == PrivateKey(pem: pem).subjectPublicKeyInfo)
        let made = try shell(
            """
            openssl ecparam -name secp384r1 -genkey -out sec1.pem &&
            openssl ec -in sec1.pem -aes256 -passout pass:secret -out legacy.pem &&
            openssl pkcs8 -topk8 -in sec1.pem -passout pass:secret -out encrypted.pem &&
            openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
            """
        )
        let sec1 = try PrivateKey(pem: try #require(made.files["sec1.pem"]))
        #expect(sec1.curve == .p384)
        let rsa = try PrivateKey(pem: try #require(made.files["rsa.pem"]))
        #expect(rsa.curve == nil)
        #expect(try PublicKeyInfo(der: try rsa.subjectPublicKeyInfo).description == "RSA 2048")
        for name in ["legacy.pem", "encrypted.pem"] {
            let bytes = try #require(made.files[name])
            let error = #expect(throws: OpenSSLError.self) { _ = try PrivateKey(pem: bytes) }
            #expect(error?.reasons == ["the key is encrypted; it must be unencrypted"])
        }
    }

    @Test func whatIsNoKey() throws {
        let error = #expect(throws: OpenSSLError.self) { _ = try PrivateKey(pem: Array("nothing".utf8)) }
        #expect(error?.reasons == ["this is no PEM text"])
        #expect(throws: OpenSSLError.self) { _ = try PrivateKey(pem: []) }
        let publicHalf = PEM.encode(label: "PUBLIC KEY", der: try PrivateKey.generate().subjectPublicKeyInfo)
        let other = #expect(throws: OpenSSLError.self) { _ = try PrivateKey(pem: publicHalf) }
        #expect(other?.reasons == ["there is no private key in it, but PUBLIC KEY"])
        #expect(throws: OpenSSLError.self) {
            _ = try PrivateKey(pem: PEM.encode(label: "PRIVATE KEY", der: [1, 2, 3]))
        }
        #expect(ErrorQueue.drain().isEmpty)
    }

    @Test func pointsAreChecked() throws {
        let key = try PrivateKey.generate()
        var point = try PublicKeyInfo(der: try key.subjectPublicKeyInfo).bits
        #expect(throws: Never.self) { _ = try PublicKey(point: point, on: .p384) }
        point[50] ^= 1
        #expect(throws: OpenSSLError.self) { _ = try PublicKey(point: point, on: .p384) }
        #expect(throws: OpenSSLError.self) { _ = try PublicKey(point: [], on: .p384) }
        // The key that failed was not put back for the next one.
        #expect(throws: Never.self) { _ = try PublicKey(PublicKeyInfo(der: try key.subjectPublicKeyInfo)) }
    }

    @Test func manyThreadsVerifyAtATime() async throws {
        let key = try PrivateKey.generate()
        let info = try PublicKeyInfo(der: try key.subjectPublicKeyInfo)
        let other = try PublicKeyInfo(der: try PrivateKey.generate().subjectPublicKeyInfo)
        let message = Array("message".utf8)
        let signature = try key.sign(message, with: .sha384)
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for _ in 0..<20 {
                        let good = try PublicKey(info)
                        let bad = try PublicKey(other)
                        if !good.verify(signature: signature, of: message, digestName: "SHA384") { wrong += 1 }
                        if bad.verify(signature: signature, of: message, digestName: "SHA384") { wrong += 1 }
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
