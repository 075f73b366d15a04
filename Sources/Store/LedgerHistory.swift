import Glibc
import JSON

extension Ledger {
    /// Calls the body with entries in their order, each one verified, and its joining the one before. What lies before
    /// the first that is wanted is not read.
    ///
    /// - Parameter range: the numbers that are wanted, given the number of the last entry there is; none when empty. Lines
    ///   that come meanwhile are not among them.
    ///
    /// Throws `StoreError.damaged` at the first bad line, and the body's errors unchanged.
    package func forEachEntry(
        in range: (_ last: Int64) -> Range<Int64>,
        _ body: (LedgerEntry) throws -> Void
    ) throws {
        try walk(in: range) { entry, _, _ in try body(entry) }
    }

    /// The same with the line itself and its newline, as it stands in the ledger.
    package func forEachLine(
        in range: (_ last: Int64) -> Range<Int64>,
        _ body: ([UInt8]) throws -> Void
    ) throws {
        try walk(in: range) { _, place, ledger in try body(ledger.line(at: place)) }
    }

    private struct Enough: Error {}

    private func walk(
        in range: (_ last: Int64) -> Range<Int64>,
        _ body: (LedgerEntry, LinePlace, LedgerFolder) throws -> Void
    ) throws {
        let snapshot = try open(forWriting: false, keepingWritersOut: false)
        // What is given out line by line must be on the disk before the first of them.
        try snapshot.flush()
        let end = snapshot.position
        let wanted = range(end.number).clamped(to: 1..<(end.number + 1))
        if wanted.isEmpty { return }
        let ledger = snapshot.ledger
        do {
            let start = try ledger.position(before: wanted.lowerBound, end: end)
            _ = try ledger.scan(from: start, known: [end]) { entry, place in
                if place.number >= wanted.upperBound { throw Enough() }
                if place.number >= wanted.lowerBound { try body(entry, place, ledger) }
            }
        } catch is Enough {}
    }
}

extension LedgerFolder {
    /// A line that was scanned, with its newline.
    func line(at place: LinePlace) throws(StoreError) -> [UInt8] {
        guard let file = try segment(place.segment) else {
            throw damaged(segment: place.segment, "it is not there, entry \(place.number) was needed")
        }
        return try file.read(at: place.start, count: place.length + 1)
    }

    /// Parts of a segment below this many bytes are read line by line.
    private static let shortStretch: Int64 = 1 << 16

    /// The point before an entry, found by halving, so that little before it is read. Where the ledger does not lead
    /// there it is the beginning: reading on from that tells what is wrong.
    func position(before number: Int64, end: LedgerPosition) throws(StoreError) -> LedgerPosition {
        guard number > 1 else { return .start }
        var segment = end.segment
        while segment > 1, try firstNumber(inSegment: segment).map({ $0 > number }) ?? true { segment -= 1 }
        guard let file = try self.segment(segment) else { return .start }
        var low: Int64 = 0
        var high = segment == end.segment ? end.offset : try file.status().size
        while high - low > Self.shortStretch {
            let middle = low + (high - low) / 2
            var reader = LineReader(file, at: middle)
            guard try reader.next() != nil, let (bytes, start) = try reader.next(), start < high,
                let found = LedgerLine.number(of: bytes)
            else {
                high = middle
                continue
            }
            if found <= number { low = start } else { high = middle }
        }
        var reader = LineReader(file, at: low)
        while let (bytes, start) = try reader.next() {
            guard let found = LedgerLine.number(of: bytes), found <= number else { return .start }
            guard found == number else { continue }
            guard let entry = try? LedgerLine.decode(bytes) else { return .start }
            return LedgerPosition(number: number - 1, hash: entry.previous, segment: segment, offset: start)
        }
        return .start
    }

    private func firstNumber(inSegment number: Int64) throws(StoreError) -> Int64? {
        guard let file = try segment(number), let line = try LineReader.line(in: file, at: 0) else { return nil }
        return LedgerLine.number(of: line)
    }
}

extension LedgerLine {
    /// The number that a line gives itself, unverified.
    static func number(of bytes: [UInt8]) -> Int64? {
        JSONObject(readingOnly: ["number"], of: bytes)?["number"]?.integerValue
    }
}
