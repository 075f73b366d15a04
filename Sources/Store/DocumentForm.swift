import JSON
import OpenSSL

/// Documents as they lie on the disk: the body's members, `schemaVersion`, and a `digest` over all the rest.
enum DocumentForm {
    /// What this version writes. A higher number is refused before anything else is judged.
    static let schemaVersion: Int64 = 1

    /// Names a body must not use.
    static let ownMembers = ["schemaVersion", "digest"]

    static func hex(_ bytes: [UInt8]) -> String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (place, byte) in bytes.enumerated() {
                buffer[2 * place] = digits.utf8Start[Int(byte >> 4)]
                buffer[2 * place + 1] = digits.utf8Start[Int(byte & 0xF)]
            }
            return bytes.count * 2
        }
    }

    /// The file's bytes for a body: sorted, indented, one newline at the end.
    ///
    /// - Parameter text: the body in the compact form, where it has been printed already.
    static func encode(_ body: JSONObject, printed text: [UInt8]? = nil) -> [UInt8] {
        if var text, PrintedJSON.insert("schemaVersion", Array("\(schemaVersion)".utf8), into: &text),
            PrintedJSON.insert("digest", Array("\"\(digest(of: text))\"".utf8), into: &text)
        {
            return PrintedJSON.prettyLine(fromCompact: text)
        }
        var document = body
        document.insertInOrder("schemaVersion", .integer(schemaVersion))
        document.insertInOrder("digest", .string(digest(of: document)))
        return JSONValue.object(document).pretty() + [UInt8(ascii: "\n")]
    }

    private static func digest(of document: JSONObject) -> String {
        digest(of: JSONValue.object(document).compact())
    }

    /// - Parameter text: the document without its digest, in the compact form.
    private static func digest(of text: [UInt8]) -> String { "sha256:" + hex(Digest.sha256.hash(text)) }

    /// Whether `digest` is that of a document's bytes as they stand there, but for white space: so it is where nobody has
    /// touched what was written. Where it is not, the document's value decides.
    private static func isDigest(_ digest: String, of bytes: [UInt8]) -> Bool {
        var text = PrintedJSON.withoutSpace(bytes)
        return PrintedJSON.remove("digest", from: &text) && self.digest(of: text) == digest
    }

    /// The body in a file's bytes. Throws `.newerSchema`, or `.damaged` with both ways on.
    static func decode(_ bytes: [UInt8], path: String) throws(StoreError) -> JSONObject {
        var document = try members(of: bytes, path: path)
        guard let digest = document.removeValue(forKey: "digest")?.stringValue else {
            throw damaged(path, "\(path) has no digest, one over its other members was needed")
        }
        if !isDigest(digest, of: bytes) {
            let needed = self.digest(of: document)
            guard digest == needed else {
                throw damaged(
                    path,
                    "\(path) was changed by another hand: its digest is \(digest), its contents' \(needed)"
                )
            }
        }
        document.removeValue(forKey: "schemaVersion")
        return document
    }

    /// The body in the bytes of a file that another hand has changed: its digest is left aside.
    static func decodeEdited(_ bytes: [UInt8], path: String) throws(StoreError) -> JSONObject {
        var document = try members(of: bytes, path: path)
        for name in ownMembers { document.removeValue(forKey: name) }
        return document
    }

    /// All members of a document of a version that can be read.
    private static func members(of bytes: [UInt8], path: String) throws(StoreError) -> JSONObject {
        let value: JSONValue
        do throws(JSONParseError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            let place = "line \(error.line), column \(error.column)"
            throw damaged(path, "\(path) is not JSON: \(error.message) (\(place))")
        }
        guard case .object(let document) = value else {
            throw damaged(path, "\(path) holds no JSON object, a document was needed")
        }
        guard let version = document["schemaVersion"]?.integerValue, version >= 1 else {
            throw damaged(path, "\(path) has no schemaVersion, a whole number was needed")
        }
        guard version <= schemaVersion else { throw newer(path, version) }
        return document
    }

    private static func damaged(_ path: String, _ message: String) -> StoreError {
        StoreError(
            kind: .damaged,
            message: message,
            hint: StoreError.mend(path),
            path: path
        )
    }

    static func newer(_ path: String, _ version: Int64) -> StoreError {
        StoreError(
            kind: .newerSchema,
            message: "\(path) has schemaVersion \(version), this program reads up to \(schemaVersion)",
            hint: "use the version of adr that wrote it, or a later one",
            path: path
        )
    }

    /// The object that a body must be, free of the members that the store adds.
    static func body(_ value: JSONValue, path: String) throws(StoreError) -> JSONObject {
        guard case .object(let body) = value, ownMembers.allSatisfy({ body[$0] == nil }) else {
            throw StoreError(
                kind: .io,
                message: "the body of \(path) must be an object without schemaVersion and digest",
                path: path
            )
        }
        return body
    }
}
