import Glibc
import OpenSSL

/// How a request comes, told from its first bytes, and what is inside.
struct CSREnvelope {
    /// Nil if it is none of them.
    var encoding: CSREncoding?
    /// What is inside, as far as it could be got at.
    var der: [UInt8]?
    /// The envelope in words ("PEM").
    var found: String
    /// Whether the envelope itself is as it should be, whether or not it is one that is taken.
    var isSound = true
    /// What else there is to say.
    var note: String?

    /// The most that is looked at: twice the base64 for line breaks, twice that for UTF-16, and text before PEM.
    static func limit(maximumBase64Length: Int) -> Int { 4 * maximumBase64Length + 131_072 }

    /// Opens `input`; what is longer than ``limit(maximumBase64Length:)`` is cut before it is looked at.
    init(_ input: [UInt8], maximumBase64Length: Int) {
        let limit = Self.limit(maximumBase64Length: maximumBase64Length)
        let input = input.count > limit ? Array(input.prefix(limit)) : input
        if input.isEmpty {
            self.init(nothing: "an empty file")
        } else if input.starts(with: [0xFF, 0xFE]) || input.starts(with: [0xFE, 0xFF]) {
            self.init(opening: Self.fromUTF16(input))
            found = "UTF-16 text, as Windows PowerShell's > writes it, of \(found)"
            isSound = false
        } else if input.starts(with: [0xEF, 0xBB, 0xBF]) {
            self.init(opening: Array(input.dropFirst(3)))
            found = "a byte order mark before \(found)"
            isSound = false
        } else {
            self.init(opening: input)
        }
    }

    private init(nothing found: String) {
        self.found = found
        isSound = false
    }

    private init(opening input: [UInt8]) {
        if Self.isPEM(input) {
            self.init(pem: input)
        } else if input.first == 0x30, input.prefix(64).contains(where: { !Self.isText($0) }) {
            self.init(der: input)
        } else {
            self.init(base64: input)
        }
    }

    private init(der input: [UInt8]) {
        found = "DER"
        encoding = .der
        der = input
    }

    // MARK: PEM

    private static let dashes = Array("-----BEGIN ".utf8)

    /// Looks for armour in the first kilobytes: `openssl req -text` puts a page of text before it.
    private static func isPEM(_ input: [UInt8]) -> Bool {
        input.withUnsafeBytes { input in
            let head = UnsafeRawBufferPointer(rebasing: input.prefix(65_536))
            var start = 0
            while start < head.count, let base = head.baseAddress,
                let dash = memchr(base + start, Int32(UInt8(ascii: "-")), head.count - start)
            {
                start = base.distance(to: UnsafeRawPointer(dash))
                if head[start...].starts(with: dashes) { return true }
                start += 1
            }
            return false
        }
    }

    private init(pem input: [UInt8]) {
        encoding = .pem
        found = "PEM"
        let blocks = PEM.blocks(input)
        let requests = blocks.filter { $0.label == "CERTIFICATE REQUEST" || $0.label == "NEW CERTIFICATE REQUEST" }
        der = requests.first?.der
        if requests.count > 1 {
            found = "PEM with \(requests.count) requests"
            isSound = false
        } else if requests.isEmpty {
            isSound = false
            if let label = blocks.first?.label {
                found = "PEM of \(Visible.quoted(label)), no request"
                if label.hasSuffix("PRIVATE KEY") {
                    note = "A private key stays on its device: never send it to anybody."
                }
            } else {
                found = "PEM that is damaged"
            }
        }
    }

    // MARK: Base64

    private init(base64 input: [UInt8]) {
        found = "base64 on one line"
        var text = input
        // One final newline is what every editor leaves.
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.count < input.count, text.last == UInt8(ascii: "\r") { text.removeLast() }
        if let bytes = Base64.decodeStrict(text), !bytes.isEmpty {
            encoding = .base64
            take(bytes)
        } else {
            openLoosely(text)
        }
    }

    /// Base64 that is not as it should be: says how, and decodes it all the same.
    private mutating func openLoosely(_ text: [UInt8]) {
        isSound = false
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        var letters = text.filter { !isSpace($0) }
        var faults: [String] = []
        if letters.count < text.count {
            let place = (text.firstIndex(where: isSpace) ?? 0) + 1
            let isBreak = text.contains { $0 == 0x0A || $0 == 0x0D }
            faults.append(isBreak ? "in several lines" : "with a space at character \(place)")
        }
        if letters.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
            faults.append("in the URL alphabet")
            letters = letters.map { letter in
                letter == UInt8(ascii: "-")
                    ? UInt8(ascii: "+") : letter == UInt8(ascii: "_") ? UInt8(ascii: "/") : letter
            }
        }
        let body = letters.prefix { $0 != UInt8(ascii: "=") }
        if body.count == letters.count, !letters.count.isMultiple(of: 4) {
            faults.append("without its padding")
            while !letters.count.isMultiple(of: 4) { letters.append(UInt8(ascii: "=")) }
        }
        guard !letters.isEmpty, let bytes = Base64.decodeStrict(letters), !bytes.isEmpty else {
            let isAlphabet = !body.isEmpty && body.allSatisfy(Base64.isLetter)
            found = isAlphabet && body.count >= 16 ? "base64 that is damaged" : "neither base64, PEM nor DER"
            encoding = isAlphabet && body.count >= 16 ? .base64 : nil
            return
        }
        encoding = .base64
        found = "base64 " + faults.joined(separator: " and ")
        take(bytes)
    }

    /// Base64 of a PEM text is a common slip.
    private mutating func take(_ bytes: [UInt8]) {
        if bytes.first != 0x30, Self.isPEM(bytes) {
            found = "base64 of a PEM text"
            isSound = false
            der = PEM.blocks(bytes).first { $0.label.hasSuffix("CERTIFICATE REQUEST") }?.der
        } else {
            der = bytes
        }
    }

    // MARK: Text

    private static func isText(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) || (0x09...0x0D).contains(byte)
    }

    private static func fromUTF16(_ input: [UInt8]) -> [UInt8] {
        // Both byte orders have a zero beside each letter of base64 or PEM.
        input.dropFirst(2).filter { $0 != 0 }
    }
}
