import Foundation
import JSON
import OpenSSL
import TestSupport
import Testing

/// A key that must show nowhere but in its own file and where it is asked for, in every form it could leak in.
struct Secret {
    let name: String
    let forms: [Data]

    /// A symmetric key, or the private number of another.
    init(_ name: String, _ key: [UInt8]) {
        let texts = Self.hex(key) + Self.escapes(key) + Self.base64(key)
        self.init(name, forms: [Data(key)] + texts.map { Data($0.utf8) })
    }

    /// The private keys of a PEM file. What is secret in one is its private number; the public half beside it is in
    /// certificates too. So that the number is found as well in a PEM that is printed as it lies there, whole or in part,
    /// every line that holds some of it is a form.
    static func inPEM(_ name: String, _ bytes: [UInt8]) throws -> [Secret] {
        try PEM.blocks(bytes).filter { $0.label.contains("PRIVATE") }.map { block in
            let number = try #require(privateNumber(in: block.der), "\(name) is a key of another kind")
            let key = Secret(name, Array(block.der[number]))
            let letters = number.lowerBound * 8 / 6..<(number.upperBound * 8 + 5) / 6
            var position = 0
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("-") }
                .filter { line in
                    defer { position += line.utf8.count }
                    return letters.overlaps(position..<position + line.utf8.count)
                }
            return Secret(name, forms: key.forms + lines.map { Data($0.utf8) })
        }
    }

    private init(_ name: String, forms: [Data]) {
        self.name = name
        var seen = Set<Data>()
        self.forms = forms.filter { seen.insert($0).inserted }
    }

    func isIn(_ data: Data) -> Bool { forms.contains { data.range(of: $0) != nil } }

    func isIn(_ bytes: [UInt8]) -> Bool { isIn(Data(bytes)) }

    /// Where the private number of P-384 or P-256 stands, an OCTET STRING behind the version.
    private static func privateNumber(in der: [UInt8]) -> Range<Int>? {
        [48, 32].lazy.compactMap { length in
            let head = Data([0x02, 0x01, 0x01, 0x04, UInt8(length)])
            return Data(der).range(of: head).map { $0.upperBound..<$0.upperBound + length }
        }.first
    }

    private static func hex(_ bytes: [UInt8]) -> [String] {
        let digits = bytes.map { String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined()
        return [digits, digits.uppercased()]
    }

    /// Percent-encoded: all of it, or only what must be.
    private static func escapes(_ bytes: [UInt8]) -> [String] {
        let all = bytes.map { "%" + hex([$0])[0] }
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let needed = zip(bytes, all).map { unreserved.contains($0) ? String(UnicodeScalar($0)) : $1 }
        let shouted = zip(bytes, all).map { unreserved.contains($0) ? String(UnicodeScalar($0)) : $1.uppercased() }
        return [all.joined(), all.joined().uppercased(), needed.joined(), shouted.joined()]
    }

    /// Base64 of a key alone or inside something longer: then it begins anywhere in a group of three, and its first and
    /// last letters depend on what stands beside it. A line that ends in the middle leaves one of the halves whole.
    private static func base64(_ bytes: [UInt8]) -> [String] {
        (0..<3).flatMap { start -> [String] in
            let whole = bytes.dropFirst(start).prefix((bytes.count - start) / 3 * 3)
            let letters = Base64.encode(Array(whole))
            let half = letters.count / 2
            return [letters.prefix(half), letters.suffix(half)].map(String.init).flatMap { text in
                [
                    text, text.replacing("+", with: "-").replacing("/", with: "_"), text.replacing("/", with: "\\/"),
                    text.replacing("+", with: "%2B").replacing("/", with: "%2F"),
                    text.replacing("+", with: "%2b").replacing("/", with: "%2f"),
                ]
            }
        }
    }
}

extension Operator {
    /// Every key there is: those of the store's own folders for keys, and those of devices in the scratch folder.
    func secrets() throws -> [Secret] {
        let kept = try storeContents().filter { Self.isSecretFile($0.key) }.flatMap { name, bytes -> [Secret] in
            guard name.hasSuffix(".json") else { return try Secret.inPEM(name, bytes) }
            let pair = try JSONValue(parsing: bytes)
            return try ["primaryKey", "secondaryKey"].map { member in
                let text = try #require(pair[member]?.stringValue)
                return Secret("\(name) \(member)", try #require(Base64.decodeStrict(Array(text.utf8))))
            }
        }
        let devices = try scratchFiles().filter { $0.hasSuffix(".key") }.flatMap { name in
            try Secret.inPEM(name, scratch.read(name))
        }
        return kept + devices
    }

    /// Whether a file of the store is there to hold keys.
    static func isSecretFile(_ name: String) -> Bool { name.contains("/keys/") || name.hasPrefix("server/") }

    /// The files of the scratch folder outside the store.
    func scratchFiles() throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: scratch.path)
        return all.filter { name in
            var isFolder: ObjCBool = false
            return !name.hasPrefix("store/")
                && FileManager.default.fileExists(atPath: scratch.file(name), isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }
}
