import JSON
import OpenSSL

/// The form of a ledger line: `{"hash":"<64 hex>",<rest>`, where the hash is SHA-256 over the bytes of the rest, and the
/// rest is the entry's canonical JSON without its opening brace. The newline belongs to the line, not to the hash.
enum LedgerLine {
    /// What is wrong with bytes that should be a line.
    enum Flaw: Error {
        case bad(String)
        case newer(Int64)
    }

    private static let opening = Array(#"{"hash":""#.utf8)
    private static let restStart = opening.count + 64 + 2

    /// What a line says besides the transaction.
    struct Frame {
        let number: Int64
        let previous: String
        let time: Int64
        let who: String
        var isLast = false
        var fixedFolders: [String]?
    }

    /// Adds the line with its newline to `bytes`.
    ///
    /// - Returns: its hash, and what the body or row of each change reads in it.
    static func encode(
        _ transaction: Transaction,
        _ frame: Frame,
        into bytes: inout [UInt8]
    ) -> (hash: String, texts: [[UInt8]?]) {
        let texts = transaction.texts ?? self.texts(of: transaction)
        bytes += opening
        let hashPlace = bytes.count
        bytes += repeatElement(UInt8(ascii: "0"), count: 64)
        bytes += "\",".utf8
        let start = bytes.count
        // The changes come first, by their name; a body is printed once for the line and for its document.
        bytes += #""changes":["#.utf8
        for (place, change) in transaction.changes.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            append(change, texts[place], to: &bytes)
        }
        bytes += "],".utf8
        var entry: JSONObject = [
            "details": .object(transaction.details),
            "event": .string(transaction.event),
            "number": .integer(frame.number),
            "previous": .string(frame.previous),
            "schemaVersion": .integer(DocumentForm.schemaVersion),
            "time": .string(Timestamp.text(frame.time)),
            "who": .string(frame.who),
        ]
        if frame.isLast { entry["deleted"] = true }
        if let folders = frame.fixedFolders { entry["folders"] = .array(folders.map { .string($0) }) }
        bytes += JSONValue.object(entry).compact().dropFirst()
        let hash = bytes[start...].withUnsafeBytes { DocumentForm.hex(Digest.sha256.hash($0)) }
        bytes.replaceSubrange(hashPlace..<hashPlace + 64, with: hash.utf8)
        bytes.append(UInt8(ascii: "\n"))
        return (hash, texts)
    }

    /// What the body or row of each change reads in the line: in the compact form.
    static func texts(of transaction: Transaction) -> [[UInt8]?] {
        transaction.changes.map { change in
            switch change.kind {
            case .document(let body): body.compact(capacity: 8192)
            case .gone: nil
            case .row(let row): JSONValue.object(row).compact()
            }
        }
    }

    /// - Parameter text: the change's body or row in the compact form.
    private static func append(_ change: Change, _ text: [UInt8]?, to bytes: inout [UInt8]) {
        let path = JSONValue.string(change.path).compact()
        switch change.kind {
        case .document:
            bytes += #"{"body":"#.utf8
            bytes += text ?? []
            bytes += #","path":"#.utf8
            bytes += path
        case .gone:
            bytes += #"{"gone":true,"path":"#.utf8
            bytes += path
        case .row:
            bytes += #"{"path":"#.utf8
            bytes += path
            bytes += #","row":"#.utf8
            bytes += text ?? []
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Reads a line without its newline. A later schema version is told before anything else is judged.
    static func decode(_ bytes: [UInt8]) throws(Flaw) -> LedgerEntry {
        let line: JSONValue
        do throws(JSONParseError) {
            line = try JSONValue(parsing: bytes)
        } catch {
            throw .bad("it is not JSON: \(error.message) (column \(error.column))")
        }
        guard let version = line["schemaVersion"]?.integerValue else { throw .bad("it has no schemaVersion") }
        if version > DocumentForm.schemaVersion { throw .newer(version) }
        guard bytes.count > restStart, bytes.starts(with: opening), let hash = line["hash"]?.stringValue,
            hash.utf8.elementsEqual(bytes[opening.count..<(opening.count + 64)])
        else { throw .bad("it does not begin with its hash") }
        let found = bytes[restStart...].withUnsafeBytes { DocumentForm.hex(Digest.sha256.hash($0)) }
        guard found == hash else { throw .bad("its hash says \(hash), its contents' is \(found)") }
        guard let number = line["number"]?.integerValue, let previous = line["previous"]?.stringValue,
            let time = line["time"]?.stringValue.flatMap(Timestamp.seconds), let event = line["event"]?.stringValue,
            let who = line["who"]?.stringValue, let details = line["details"]?.objectValue,
            let listed = line["changes"]?.arrayValue
        else { throw .bad("a member of an entry is missing or of another kind") }
        var changes: [Change] = []
        changes.reserveCapacity(listed.count)
        for item in listed {
            guard let change = change(item) else { throw .bad("one of its changes is none") }
            changes.append(change)
        }
        return LedgerEntry(
            number: number,
            time: time,
            event: event,
            who: who,
            details: details,
            changes: changes,
            hash: hash,
            previous: previous,
            isLast: line["deleted"]?.boolValue ?? false,
            fixedFolders: folders(line["folders"])
        )
    }

    /// The fixed folders that a line names, in no order, without reading all the documents in it; `nil` for bytes that
    /// are no line of this version.
    static func fixedFolders(of bytes: [UInt8]) -> [String]? {
        guard bytes.count > restStart, bytes.starts(with: opening),
            DocumentForm.hex(bytes[restStart...].withUnsafeBytes { Digest.sha256.hash($0) }).utf8
                .elementsEqual(bytes[opening.count..<(opening.count + 64)]),
            let members = JSONObject(readingOnly: ["folders", "schemaVersion"], of: bytes),
            let version = members["schemaVersion"]?.integerValue, version <= DocumentForm.schemaVersion
        else { return nil }
        return folders(members["folders"]) ?? []
    }

    private static func folders(_ json: JSONValue?) -> [String]? {
        json?.arrayValue?.compactMap { $0.stringValue }.filter(StorePath.isSafe)
    }

    private static func change(_ json: JSONValue) -> Change? {
        guard let path = json["path"]?.stringValue else { return nil }
        if StorePath.isRowFile(path), let row = json["row"]?.objectValue {
            return .row(path, row)
        }
        guard StorePath.isDocument(path) else { return nil }
        if let body = json["body"], body.objectValue != nil {
            return .put(path, body)
        }
        return json["gone"]?.boolValue == true ? .remove(path) : nil
    }

    /// Refuses a transaction that could not be read back or applied.
    static func check(_ transaction: Transaction) throws(StoreError) {
        for change in transaction.changes {
            switch change.kind {
            case .document(let body):
                guard StorePath.isDocument(change.path) else {
                    throw StorePath.refusal(change.path, neededFor: "a document (….json)")
                }
                _ = try DocumentForm.body(body, path: change.path)
            case .gone:
                guard StorePath.isDocument(change.path) else {
                    throw StorePath.refusal(change.path, neededFor: "a document (….json)")
                }
            case .row:
                guard StorePath.isRowFile(change.path) else {
                    throw StorePath.refusal(change.path, neededFor: "a row file (….jsonl)")
                }
            }
        }
        for key in transaction.keys where !StorePath.isSafeName(key.name) {
            throw StorePath.refusal(key.name, neededFor: "a key file")
        }
    }
}
