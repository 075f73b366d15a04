import Foundation
import Testing

@testable import OpenSSL

@Suite struct BytesTests {
    private func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

    /// The examples of FIPS 180-4.
    @Test func digests() {
        let abc = Array("abc".utf8)
        #expect(hex(Digest.sha1.hash(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex(Digest.sha256.hash(abc)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            hex(Digest.sha384.hash(abc))
                == "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        )
        #expect(
            hex(Digest.sha256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(abc.withUnsafeBytes { Digest.sha256.hash($0) } == Digest.sha256.hash(abc))
    }

    /// RFC 4231, test case 2.
    @Test func hmac() throws {
        let code = try Secrets.hmacSHA256(key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
        #expect(hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(Secrets.areEqual(code, code))
        #expect(!Secrets.areEqual(code, Array(code.dropLast())))
        #expect(!Secrets.areEqual(code, [0] + code.dropFirst()))
    }

    @Test func randomBytes() throws {
        #expect(try RandomBytes.generate(0).isEmpty)
        #expect(try RandomBytes.generate(32).count == 32)
        #expect(try RandomBytes.generate(32) != RandomBytes.generate(32))
        #expect(throws: OpenSSLError.self) { try RandomBytes.generate(-1) }
    }

    @Test func base64AsFoundationHasIt() throws {
        for length in 0..<200 {
            let bytes = try RandomBytes.generate(length)
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decodeStrict(Array(text.utf8)) == bytes)
        }
    }

    @Test(
        arguments: [
            "A", "AA", "AAA", "AA=", "AA=A", "====", "A===", "AAAA=", "AAAA====", "=AAA", "AA==AAAA", "AAA\n", "AAAA\n",
            " AAAA", "AA A", "AA\nAA", "AA-_", "AB==", "AAB=", "AA*A", "AA\0A", "////====",
        ]
    )
    func base64Refused(_ text: String) {
        #expect(Base64.decodeStrict(Array(text.utf8)) == nil)
    }

    @Test func pem() throws {
        let der = try RandomBytes.generate(100)
        let one = PEM.encode(label: "ONE", der: der)
        #expect(String(decoding: one, as: UTF8.self).hasPrefix("-----BEGIN ONE-----\n"))
        #expect(one.last == UInt8(ascii: "\n"))
        let text = Array("before\n".utf8) + one + Array("between\n".utf8) + PEM.encode(label: "TWO", der: [1])
        let blocks = PEM.blocks(text)
        #expect(blocks.map(\.label) == ["ONE", "TWO"])
        #expect(blocks.map(\.der) == [der, [1]])
        #expect(PEM.blocks([]).isEmpty)
        #expect(PEM.blocks(Array("-----BEGIN X-----\nnonsense".utf8)).isEmpty)
    }

    @Test func identifiers() {
        #expect(OID.commonName.dotted == "2.5.4.3")
        #expect(OID.commonName.shortName == "CN")
        #expect(OID.ecdsaWithSHA384.longName == "ecdsa-with-SHA384")
        #expect(OID(dotted: "1.2.840.113556.1.8000.2554.1")?.shortName == "1.2.840.113556.1.8000.2554.1")
        #expect(OID(dotted: "no identifier") == nil)
        #expect(OID(dotted: "2.5.4.3") == .commonName)
    }
}
