import JSON

/// A point between two lines of a ledger: behind the line of that number.
struct LedgerPosition: Sendable, Equatable {
    /// Number of the last line before this point, 0 at the beginning.
    var number: Int64
    /// Hash of that line, 64 zeros at the beginning.
    var hash: String
    /// The segment that line is in, from 1.
    var segment: Int64
    /// Offset behind that line's newline in the segment, bytes.
    var offset: Int64

    static let start = LedgerPosition(
        number: 0,
        hash: String(repeating: "0", count: 64),
        segment: 1,
        offset: 0
    )

    static func == (left: LedgerPosition, right: LedgerPosition) -> Bool {
        left.number == right.number && left.hash == right.hash && left.segment == right.segment
            && left.offset == right.offset
    }

    init(number: Int64, hash: String, segment: Int64, offset: Int64) {
        self.number = number
        self.hash = hash
        self.segment = segment
        self.offset = offset
    }

    /// Behind the line at a place.
    init(after place: LinePlace, hash: String) {
        self.init(
            number: place.number,
            hash: hash,
            segment: place.segment,
            offset: place.start + Int64(place.length) + 1
        )
    }

    init?(_ json: JSONValue?) {
        guard let number = json?["number"]?.integerValue, let hash = json?["hash"]?.stringValue,
            let segment = json?["segment"]?.integerValue, let offset = json?["offset"]?.integerValue,
            number >= 0 && segment >= 1 && offset >= 0 && hash.utf8.count == 64
        else { return nil }
        self.init(number: number, hash: hash, segment: segment, offset: offset)
    }

    var json: JSONValue {
        ["number": .integer(number), "hash": .string(hash), "segment": .integer(segment), "offset": .integer(offset)]
    }

    /// The one that is further on.
    static func later(_ a: LedgerPosition, _ b: LedgerPosition) -> LedgerPosition {
        a.number >= b.number ? a : b
    }
}

/// Where one line lies.
struct LinePlace: Sendable {
    let number: Int64
    let segment: Int64
    /// Offset of its first byte in the segment.
    let start: Int64
    /// Bytes without the newline.
    let length: Int

    /// The `place` that rows carry.
    var json: JSONValue {
        ["entry": .integer(number), "offset": .integer(start), "segment": .integer(segment)]
    }
}

/// Where an entry lies in its ledger, as the `place` of a row tells it.
package struct EntryPlace: Sendable, Equatable {
    /// Number of the entry, from 1.
    package let number: Int64
    let segment: Int64
    /// Offset of its first byte in the segment.
    let offset: Int64

    /// - Parameter json: the row's member `place`; nil comes of anything else.
    package init?(_ json: JSONValue?) {
        guard let number = json?["entry"]?.integerValue, let segment = json?["segment"]?.integerValue,
            let offset = json?["offset"]?.integerValue, segment > 0 && offset >= 0
        else { return nil }
        self.number = number
        self.segment = segment
        self.offset = offset
    }
}
