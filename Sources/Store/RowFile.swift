import JSON

/// Row files (`expiry/`, `revoked/`): one object a line, appended and never changed. A row begins and ends with a
/// newline, so that a row torn by a crash spoils no other; what does not parse is skipped; rows may repeat.
enum RowFile {
    struct Row {
        let object: JSONObject
        let entry: Int64
        /// What tells two rows apart.
        let bytes: [UInt8]
    }

    /// The bytes to append for a row.
    ///
    /// - Parameter text: the row in the compact form, where it has been printed already.
    static func encode(_ row: JSONObject, printed text: [UInt8]?, at place: LinePlace) -> [UInt8] {
        var line = text ?? []
        if !PrintedJSON.insert("place", place.json.compact(), into: &line) { line = placed(row, place).bytes }
        return [UInt8(ascii: "\n")] + line + [UInt8(ascii: "\n")]
    }

    private static func placed(_ row: JSONObject, _ place: LinePlace) -> Row {
        var object = row
        object.insertInOrder("place", place.json)
        return Row(object: object, entry: place.number, bytes: JSONValue.object(object).compact())
    }

    /// The row as it stands in its file, without the newlines around it.
    static func bytes(_ row: JSONObject, at place: LinePlace) -> [UInt8] { placed(row, place).bytes }

    /// The rows in a file.
    static func rows(in bytes: [UInt8]) -> [Row] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { row(Array($0)) }
    }

    /// The row in a line; nil for one that does not parse.
    static func row(_ line: [UInt8]) -> Row? {
        guard case .object(let object)? = try? JSONValue(parsing: line),
            let entry = object["place"]?["entry"]?.integerValue
        else { return nil }
        return Row(object: object, entry: entry, bytes: line)
    }

    /// The rows that an entry adds to a file.
    static func rows(of entry: LedgerEntry, at place: LinePlace, for path: String) -> [Row] {
        entry.changes.compactMap { change in
            guard change.path == path, case .row(let row) = change.kind else { return nil }
            return placed(row, place)
        }
    }

    /// Each row once, in the order of their entries: rows that were appended again after a crash stand too late.
    static func inOrder(_ rows: [Row]) -> [JSONObject] {
        var seen: Set<[UInt8]> = []
        let once = rows.filter { seen.insert($0.bytes).inserted }
        let sorted = once.enumerated().sorted { ($0.element.entry, $0.offset) < ($1.element.entry, $1.offset) }
        return sorted.map { $0.element.object }
    }
}
