import OpenSSL

/// A shared access signature token of DPS: `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`
/// (Microsoft Learn, "Control access to Azure IoT Hub DPS with shared access signatures").
package struct SharedAccessSignature: Sendable {
    /// The resource exactly as it stands in the token, percent-encoded: the signature covers these bytes.
    private let resource: String
    private let signature: [UInt8]
    private let expiry: String
    /// Unix seconds.
    package let expiresAt: Int64

    /// Makes the token a device presents.
    ///
    /// - Parameters:
    ///   - key: the device's key, octets.
    ///   - expiresAt: Unix seconds.
    package static func token(
        idScope: String,
        registrationID: String,
        key: [UInt8],
        expiresAt: Int64
    ) throws -> String {
        let resource = percentEncoded("\(idScope)/registrations/\(registrationID)")
        let signature = try Secrets.hmacSHA256(key: key, message: Array("\(resource)\n\(expiresAt)".utf8))
        let encoded = percentEncoded(Base64.encode(signature))
        return "SharedAccessSignature sr=\(resource)&sig=\(encoded)&se=\(expiresAt)&skn=registration"
    }

    /// The key of a device of a group enrollment: HMAC-SHA256 of its registration ID under the group's key.
    package static func deviceKey(groupKey: [UInt8], registrationID: String) throws -> [UInt8] {
        try Secrets.hmacSHA256(key: groupKey, message: Array(registrationID.utf8))
    }

    /// - Throws: 401002 for a text that is no such token. Fields may stand in any order.
    init(parsing token: String) throws(ServiceError) {
        let scheme = "SharedAccessSignature "
        guard token.lowercased().hasPrefix(scheme.lowercased()) else {
            throw .unauthorized("the token does not begin with 'SharedAccessSignature '")
        }
        var fields: [String: String] = [:]
        for field in token.dropFirst(scheme.count).split(separator: "&", omittingEmptySubsequences: false) {
            guard let equals = field.firstIndex(of: "=") else {
                throw .unauthorized("the token has a field without a value")
            }
            let name = String(field[..<equals])
            guard fields[name] == nil else { throw .unauthorized("the token has the field '\(name)' twice") }
            fields[name] = String(field[field.index(after: equals)...])
        }
        guard let resource = fields["sr"], let signature = fields["sig"], let expiry = fields["se"] else {
            throw .unauthorized("the token lacks one of the fields sr, sig and se")
        }
        guard expiry.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let time = Int64(expiry) else {
            throw .unauthorized("the token's expiry '\(expiry)' is no number of seconds")
        }
        guard let text = Self.percentDecoded(signature), let octets = Base64.decodeStrict(Array(text.utf8)) else {
            throw .unauthorized("the token's signature is no percent-encoded base64")
        }
        self.resource = resource
        self.signature = octets
        self.expiry = expiry
        expiresAt = time
    }

    /// Checks what can be checked without a key: what the token is for, and until when.
    func check(idScope: String, registrationID: String, at time: Int64) throws(ServiceError) {
        guard let decoded = Self.percentDecoded(resource),
            decoded.lowercased() == "\(idScope)/registrations/\(registrationID)".lowercased()
        else {
            throw .unauthorized(
                "the token is for '\(Self.percentDecoded(resource) ?? resource)', not for "
                    + "'\(idScope)/registrations/\(registrationID)'"
            )
        }
        guard time < expiresAt else {
            throw .unauthorized("the token expired at \(expiresAt) (Unix seconds); it is \(time)")
        }
    }

    /// Whether the token was signed with this key. The comparison takes the same time wherever they differ.
    func isSigned(with key: [UInt8]) throws -> Bool {
        let expected = try Secrets.hmacSHA256(key: key, message: Array("\(resource)\n\(expiry)".utf8))
        return Secrets.areEqual(expected, signature)
    }

    private static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + Hex.upper([byte])
            }
        }
        return encoded
    }

    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

extension ServiceError {
    /// The device did not prove who it is (DPS error 401002).
    package static func unauthorized(_ message: String, hint: String? = nil) -> ServiceError {
        .refused("401002", message, hint: hint)
    }
}
