import JSON

/// `views.json`: how far the documents reflect the ledger. Not flushed; any state of it that a power cut leaves is
/// either an older one or none.
struct ViewsRecord {
    static let name = "views.json"

    let applied: LedgerPosition
    /// Boot of the machine, and device and inode of the folder, for which this is true without looking further.
    let bootID: String?
    let device: UInt64
    let inode: UInt64

    init(applied: LedgerPosition, bootID: String?, folder: FileStatus) {
        self.applied = applied
        self.bootID = bootID
        device = folder.device
        inode = folder.inode
    }

    /// `nil` when the file is absent or is not what this program writes.
    init?(in folder: Folder) throws(StoreError) {
        guard let bytes = try folder.read(Self.name), let json = try? JSONValue(parsing: bytes),
            let applied = LedgerPosition(json["applied"]), let device = json["device"]?.integerValue,
            let inode = json["inode"]?.integerValue
        else { return nil }
        self.applied = applied
        bootID = json["bootId"]?.stringValue
        self.device = UInt64(bitPattern: device)
        self.inode = UInt64(bitPattern: inode)
    }

    /// Whether the documents are as this record says, no power cut having come between.
    func isOf(bootID: String?, folder: FileStatus) -> Bool {
        bootID != nil && self.bootID == bootID && device == folder.device && inode == folder.inode
    }

    var bytes: [UInt8] {
        let json: JSONValue = [
            "applied": applied.json,
            "bootId": bootID.map { .string($0) } ?? .null,
            "device": .integer(Int64(bitPattern: device)),
            "inode": .integer(Int64(bitPattern: inode)),
        ]
        return json.pretty() + [UInt8(ascii: "\n")]
    }
}

/// `flushed.json`: how far the documents are on the disk. Always flushed.
struct FlushedRecord {
    static let name = "flushed.json"

    /// The documents as of here survive a power cut.
    var mark: LedgerPosition
    /// The ledger up to here was flushed at some time; nothing before it is ever cut. Never sinks.
    var sure: LedgerPosition
    /// How many times the documents were made anew.
    var rebuilds: Int64

    init(mark: LedgerPosition, sure: LedgerPosition, rebuilds: Int64) {
        self.mark = mark
        self.sure = sure
        self.rebuilds = rebuilds
    }

    init?(_ bytes: [UInt8]?) {
        guard let bytes, let json = try? JSONValue(parsing: bytes), let mark = LedgerPosition(json["mark"]),
            let sure = LedgerPosition(json["sure"]), let rebuilds = json["rebuilds"]?.integerValue
        else { return nil }
        self.init(mark: mark, sure: sure, rebuilds: rebuilds)
    }

    var bytes: [UInt8] {
        let json: JSONValue = ["mark": mark.json, "sure": sure.json, "rebuilds": .integer(rebuilds)]
        return json.pretty() + [UInt8(ascii: "\n")]
    }
}
