import OpenSSL

/// The name of a device in a namespace, and where its document lies.
///
/// A registration ID that is a legal ADR name (3–64 letters, digits and hyphens, beginning with a letter or digit)
/// and does not end in `-x` and 32 hex digits is its own name. Any other is named
/// `<its first 28 legal characters, or d>-x<first 32 hex digits of SHA-256 of the lower-cased ID>`.
package struct DeviceName: Sendable, Equatable {
    /// The name as it is shown.
    package let text: String
    /// The first 12 bits, as three hex digits, of SHA-256 of the lower-cased registration ID.
    package let bucket: String

    /// The name of the device that has this registration ID.
    package init(registering id: RegistrationID) {
        let digest = Self.digest(of: id.text)
        bucket = String(digest.prefix(3))
        let bytes = id.text.utf8
        let isLegal =
            (3...64).contains(bytes.count) && bytes.first.map { Self.isLegal($0, first: true) } == true
            && bytes.allSatisfy { Self.isLegal($0, first: false) } && Self.digestSuffix(of: id.text) == nil
        if isLegal {
            text = id.text
        } else {
            let legal = bytes.drop { !Self.isLegal($0, first: true) }.filter { Self.isLegal($0, first: false) }
            let stem = legal.isEmpty ? "d" : String(decoding: legal.prefix(28), as: UTF8.self)
            text = stem + "-x" + digest.prefix(32)
        }
    }

    /// SHA-256 of an ID in lower case, in hex: files are named and spread by it, since IDs compare without case.
    static func digest(of id: String) -> String { Hex.lower(Digest.sha256.hash(Array(id.lowercased().utf8))) }

    private init(text: String, bucket: String) {
        self.text = text
        self.bucket = bucket
    }

    /// The names a person may have meant: a device name, else the registration ID behind one.
    package static func candidates(for text: String) throws(ServiceError) -> [DeviceName] {
        let registered = DeviceName(registering: try RegistrationID(text, calledA: "device name"))
        guard let digest = digestSuffix(of: text) else { return [registered] }
        return [DeviceName(text: text, bucket: String(digest.prefix(3))), registered]
    }

    private static func isLegal(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2D: !first
        default: false
        }
    }

    /// Whether the name was made from the digest of an ID that is no legal name.
    static func endsInDigest(_ name: String) -> Bool { digestSuffix(of: name) != nil }

    /// The 32 hex digits behind a closing `-x`, lower-cased, if the text ends so.
    private static func digestSuffix(of text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count >= 34 else { return nil }
        let tail = Array(bytes.suffix(34)).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        let digits = tail.dropFirst(2)
        guard tail.starts(with: "-x".utf8),
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }
}

/// Hexadecimal text of bytes.
package enum Hex {
    package static func lower(_ bytes: [UInt8]) -> String { text(bytes, digits: "0123456789abcdef") }
    package static func upper(_ bytes: [UInt8]) -> String { text(bytes, digits: "0123456789ABCDEF") }

    private static func text(_ bytes: [UInt8], digits: StaticString) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (place, byte) in bytes.enumerated() {
                buffer[2 * place] = digits.utf8Start[Int(byte >> 4)]
                buffer[2 * place + 1] = digits.utf8Start[Int(byte & 0x0F)]
            }
            return bytes.count * 2
        }
    }
}
