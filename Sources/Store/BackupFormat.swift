import JSON

/// A backup of a store: one file of JSON Lines.
///
///     {"adrBackup":{…}}            what it is, from when, the index of the store, and each ledger with its last entry
///     {"segment":{…}}              the ledger and the number of the segment that the next lines are of
///     {"hash":"…",…}               the lines of that segment, as they stand in it
///     {"keys":{…}}                 files of keys, sealed; only when they were asked for
///     {"end":{…}}                  how many lines stand above it, and SHA-256 of all their bytes
enum BackupFormat {
    /// What this version writes. A higher number is refused.
    static let version: Int64 = 1
    /// How the first line begins.
    static let opening = #"{"adrBackup":"#
    /// How a line of a ledger begins, and no other.
    static let ledgerLine = Array(#"{"hash":""#.utf8)
    /// No line is longer, in bytes.
    static let longestLine = 1 << 28
    /// Keys are sealed in portions of about so many bytes.
    static let sealedPortion = 8 << 20
}

/// One ledger in a backup.
package struct BackupLedger: Sendable {
    /// Of its folder, below the store.
    package let path: String
    /// What the writer said of it besides.
    package let description: JSONObject
    /// Number, hash and time (Unix seconds UTC) of the last entry that is in the backup.
    package let number: Int64
    package let hash: String
    package let time: Int64

    var json: JSONValue {
        [
            "path": .string(path), "about": .object(description), "entries": .integer(number), "hash": .string(hash),
            "time": .string(Timestamp.text(time)),
        ]
    }

    init(path: String, description: JSONObject, number: Int64, hash: String, time: Int64) {
        self.path = path
        self.description = description
        self.number = number
        self.hash = hash
        self.time = time
    }

    init?(_ json: JSONValue) {
        guard let path = json["path"]?.stringValue, StorePath.isSafe(path), path.hasPrefix("groups/"),
            let description = json["about"]?.objectValue, let number = json["entries"]?.integerValue, number > 0,
            let hash = json["hash"]?.stringValue, let time = json["time"]?.stringValue.flatMap(Timestamp.seconds)
        else { return nil }
        self.init(path: path, description: description, number: number, hash: hash, time: time)
    }
}

/// What a backup says of itself.
package struct BackupHeader: Sendable {
    /// When it was begun, Unix seconds UTC.
    package let createdAt: Int64
    package let createdBy: String
    package let includesKeys: Bool
    /// The body of `store.json`; nil where the store had none.
    package let index: JSONValue?
    package let ledgers: [BackupLedger]

    var json: JSONValue {
        var object: JSONObject = [
            "formatVersion": .integer(BackupFormat.version), "createdAt": .string(Timestamp.text(createdAt)),
            "createdBy": .string(createdBy), "includesKeys": .bool(includesKeys),
            "ledgers": .array(ledgers.map(\.json)),
        ]
        if let index { object["index"] = index }
        return ["adrBackup": .object(object)]
    }
}

/// A file of keys, by its path below the store.
package struct BackupKey: Sendable {
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
