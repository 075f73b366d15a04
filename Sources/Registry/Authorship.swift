import JSON
import Store

/// Who made and last changed a resource, and when: ARM's `systemData`.
struct Authorship {
    let createdAt: Int64
    let createdBy: String
    private(set) var modifiedAt: Int64
    private(set) var modifiedBy: String

    init(by who: String, at time: Int64) {
        createdAt = time
        createdBy = who
        modifiedAt = time
        modifiedBy = who
    }

    init(_ reader: RecordReader) throws {
        let data = try reader.requiredRecord("systemData")
        createdAt = try data.time("createdAt")
        createdBy = try data.text("createdBy")
        modifiedAt = try data.time("lastModifiedAt")
        modifiedBy = try data.text("lastModifiedBy")
    }

    mutating func modified(by who: String, at time: Int64) {
        modifiedAt = time
        modifiedBy = who
    }

    /// As it stands in documents and in what is shown.
    var value: JSONValue {
        [
            "createdAt": .string(Timestamp.text(createdAt)),
            "createdBy": .string(createdBy),
            "createdByType": "User",
            "lastModifiedAt": .string(Timestamp.text(modifiedAt)),
            "lastModifiedBy": .string(modifiedBy),
            "lastModifiedByType": "User",
        ]
    }
}
