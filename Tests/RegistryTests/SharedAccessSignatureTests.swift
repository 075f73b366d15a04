import Foundation
import OpenSSL
import TestSupport
import Testing

@testable import Registry

/// Tokens and derived keys against a published computation and two independent implementations.
struct SharedAccessSignatureTests {
    private static let groupKey = [UInt8](repeating: UInt8(ascii: "k"), count: 32)
    private static let deviceKey = "+1yfpQ+ly82ili6Kr+qhjuQhewcEg+gzVdJCq1PM+so="
    private static let vector =
        "SharedAccessSignature sr=0ne00EMU001%2Fregistrations%2Fdev001"
        + "&sig=spN4BHF9IzjqS8RKYqGISTYMeGVLckh7B9b2u%2Bo0u3g%3D&se=1893456000&skn=registration"

    @Test func knownDeviceKeyAndToken() throws {
        let key = try SharedAccessSignature.deviceKey(groupKey: Self.groupKey, registrationID: "dev001")
        #expect(Base64.encode(key) == Self.deviceKey)
        let token = try SharedAccessSignature.token(
            idScope: "0ne00EMU001",
            registrationID: "dev001",
            key: key,
            expiresAt: 1_893_456_000
        )
        #expect(token == Self.vector)
        let parsed = try SharedAccessSignature(parsing: Self.vector)
        #expect(try parsed.isSigned(with: key))
        #expect(parsed.expiresAt == 1_893_456_000)
        try parsed.check(idScope: "0ne00EMU001", registrationID: "dev001", at: 1_893_455_999)
    }

    private struct Case {
        let scope: String
        let id: String
        let key: [UInt8]
        let expiry: Int64
    }

    /// IDs with every character that has to be percent-encoded, keys of every length an enrollment takes.
    private static let cases: [Case] = (0..<24).map { number in
        let ids = ["a", "Device:\(number)", "x._-:\(number)-", String(repeating: "ab:", count: 42) + "z"]
        let key = (0..<(16 + number * 2)).map { UInt8(truncatingIfNeeded: $0 * 37 + number) }
        return Case(
            scope: "0ne\(Hex.upper(Array(key.prefix(4))))",
            id: ids[number % 4],
            key: key,
            expiry: 1_700_000_000 + Int64(number) * 86_399
        )
    }

    @Test(.peer("python3")) func pythonSignsAndDerivesTheSame() throws {
        let script = """
            import sys, hmac, hashlib, base64, urllib.parse
            for line in sys.stdin:
                scope, id, key, expiry = line.split()
                key = base64.b64decode(key, validate=True)
                derived = base64.b64encode(hmac.new(key, id.encode(), hashlib.sha256).digest()).decode()
                resource = urllib.parse.quote(f"{scope}/registrations/{id}", safe="")
                mac = hmac.new(key, f"{resource}\\n{expiry}".encode(), hashlib.sha256).digest()
                signature = urllib.parse.quote(base64.b64encode(mac), safe="")
                print(derived, f"sr={resource}&sig={signature}&se={expiry}&skn=registration")
            """
        let lines = Self.cases.map { "\($0.scope) \($0.id) \(Base64.encode($0.key)) \($0.expiry)\n" }.joined()
        let outcome = try Run.command(["python3", "-c", script], input: Array(lines.utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let ours = try Self.cases.map { one in
            let derived = try SharedAccessSignature.deviceKey(groupKey: one.key, registrationID: one.id)
            let token = try SharedAccessSignature.token(
                idScope: one.scope,
                registrationID: one.id,
                key: one.key,
                expiresAt: one.expiry
            )
            return "\(Base64.encode(derived)) \(token.dropFirst("SharedAccessSignature ".count))"
        }
        #expect(outcome.output.split(separator: "\n").map(String.init) == ours)
    }

    @Test(.peer("openssl")) func opensslSignsTheSame() throws {
        for one in Self.cases.prefix(6) {
            let token = try SharedAccessSignature.token(
                idScope: one.scope,
                registrationID: one.id,
                key: one.key,
                expiresAt: one.expiry
            )
            let resource = try #require(token.split(separator: "&").first?.split(separator: "=").last)
            let outcome = try Run.command(
                ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:\(Hex.lower(one.key))", "-binary"],
                input: Array("\(resource)\n\(one.expiry)".utf8)
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let signature = Base64.encode(outcome.stdout)
                .replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
            #expect(token.contains("&sig=\(signature)&"))
        }
    }

    /// Clients write the same token in more than one way.
    @Test func formsThatClientsSend() throws {
        let key = try SharedAccessSignature.deviceKey(groupKey: Self.groupKey, registrationID: "dev001")
        func signed(_ resource: String) throws -> String {
            Base64.encode(try Secrets.hmacSHA256(key: key, message: Array("\(resource)\n1893456000".utf8)))
        }
        func escaped(_ text: String) -> String {
            text.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
        }
        let lower = "0ne00emu001%2fregistrations%2fdev001"
        let plain = "0ne00EMU001/registrations/dev001"
        let forms = [
            "SharedAccessSignature sr=\(lower)&sig=\(escaped(try signed(lower)))&se=1893456000",
            "SharedAccessSignature se=1893456000&sig=\(escaped(try signed(lower)))&skn=registration&sr=\(lower)",
            "SharedAccessSignature sr=\(plain)&sig=\(escaped(try signed(plain)))&se=1893456000",
            "SharedAccessSignature sr=\(plain)&sig=\(try signed(plain))&se=1893456000&skn=",
            "SharedAccessSignature sr=\(lower)&sig=\(escaped(try signed(lower)).lowercasedEscapes)&se=1893456000",
            "sharedaccesssignature sr=\(lower)&sig=\(escaped(try signed(lower)))&se=1893456000",
        ]
        for form in forms {
            let token = try SharedAccessSignature(parsing: form)
            #expect(try token.isSigned(with: key), "\(form)")
            try token.check(idScope: "0NE00emu001", registrationID: "DEV001", at: 0)
        }
    }

    @Test(arguments: [
        "", "SharedAccessSignature", "SharedAccessSignature ", "Bearer sr=a&sig=YQ%3D%3D&se=1",
        "SharedAccessSignature sr", "SharedAccessSignature sr=a&sig=YQ%3D%3D", "SharedAccessSignature sr=a&se=1",
        "SharedAccessSignature sig=YQ%3D%3D&se=1", "SharedAccessSignature sr=a&sr=a&sig=YQ%3D%3D&se=1",
        "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=1&se=2", "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=soon",
        "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=-1", "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=+1",
        "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=", "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=1.5",
        "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=99999999999999999999", "SharedAccessSignature sr=a&sig=YQ&se=1",
        "SharedAccessSignature sr=a&sig=YQ%3&se=1", "SharedAccessSignature sr=a&sig=YQ%3D%&se=1",
        "SharedAccessSignature sr=a&sig=YQ%+D%3D&se=1", "SharedAccessSignature sr=a&sig=Y%0AQ%3D%3D&se=1",
        "SharedAccessSignature sr=a&sig=%FF&se=1", "SharedAccessSignature sr=a&sig=YQ%3D%3D&se=1&",
        "SharedAccessSignature  sr=a&sig=YQ%3D%3D&se=1",
    ])
    func whatIsNoToken(_ text: String) {
        let error = #expect(throws: ServiceError.self) { try SharedAccessSignature(parsing: text) }
        #expect(error?.code == "401002")
        #expect(error?.message.contains("token") == true)
    }
}

extension String {
    /// The text with the hex digits of its percent escapes in lower case.
    fileprivate var lowercasedEscapes: String {
        replacing("%2B", with: "%2b").replacing("%2F", with: "%2f").replacing("%3D", with: "%3d")
    }
}
