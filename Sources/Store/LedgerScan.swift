import JSON

/// Where reading a ledger ended.
struct LedgerScan {
    /// Behind the last good line.
    var end: LedgerPosition
    /// The last segment there is, which has no line yet when it is not that of `end`.
    var lastSegment: Int64
    /// Its file; `nil` when the ledger has no segment at all.
    var file: OpenFile?
    /// What stands behind the last good line.
    var tail: Tail

    enum Tail {
        case clean
        /// Bytes without a newline: no line, for anybody.
        case unfinished
        /// A line that is none; why.
        case bad(String)
        /// What no crash leaves: a line that is none, or bytes without a newline, in a segment that is not the last; a
        /// line that is whole and does not belong there.
        case damage(String)
    }

    /// A line that does not go on with the ledger.
    struct BadLine {
        let flaw: String
        /// Whether it is a line of some ledger all the same: only its own place, or nothing, can be written by halves.
        let isWhole: Bool
    }
}

extension LedgerFolder {
    /// Reads the lines behind a position, verifies each one and its joining the one before, and ends at the last good
    /// one. Throws `.damaged` for a ledger that does not contain the points that must be in it.
    func scan(
        from: LedgerPosition,
        known: [LedgerPosition] = [],
        _ each: (LedgerEntry, LinePlace) throws -> Void
    ) throws -> LedgerScan {
        guard var file = try segment(from.segment) else {
            if try from.number > 0 || hasSegments() {
                throw shorter(than: from, segment: from.segment, has: "it is not there")
            }
            try require(known, reached: from)
            return LedgerScan(end: from, lastSegment: 1, file: nil, tail: .clean)
        }
        let size = try file.status().size
        if size < from.offset {
            throw shorter(than: from, segment: from.segment, has: "it has \(size) bytes")
        }
        var end = from
        var number = from.segment
        var reader = LineReader(file, at: from.offset)
        try require(known.filter { $0.number == from.number }, reached: from)
        var hasMore = size > from.offset
        var isComplete = false
        while true {
            let bad = hasMore ? try read(&reader, in: file, segment: number, &end, known, each) : nil
            hasMore = true
            guard let next = try segment(number + 1) else {
                try require(known, reached: end, flaw: bad?.flaw)
                let tail: LedgerScan.Tail =
                    bad.map { $0.isWhole ? .damage($0.flaw) : .bad($0.flaw) }
                    ?? (reader.unfinished > 0 ? .unfinished : .clean)
                return LedgerScan(end: end, lastSegment: number, file: file, tail: tail)
            }
            if !isComplete {
                // A segment gets no further line once there is a next one, but it may have got some between our
                // reading it and our finding the next.
                isComplete = true
                reader = LineReader(file, at: reader.offset)
                if bad == nil { continue }
            }
            if let flaw = bad?.flaw ?? (reader.unfinished > 0 ? "it has no newline" : nil) {
                try require(known, reached: end, flaw: flaw)
                return LedgerScan(end: end, lastSegment: number, file: file, tail: .damage(flaw))
            }
            isComplete = false
            number += 1
            file = next
            reader = LineReader(file, at: 0)
        }
    }

    /// Reads to the end of the segment, or to the first bad line, and says what is wrong with that.
    private func read(
        _ reader: inout LineReader,
        in file: OpenFile,
        segment: Int64,
        _ end: inout LedgerPosition,
        _ known: [LedgerPosition],
        _ each: (LedgerEntry, LinePlace) throws -> Void
    ) throws -> LedgerScan.BadLine? {
        var isSecondLook = false
        while let (bytes, start) = try reader.next() {
            let entry: LedgerEntry
            var isWhole = false
            do throws(LedgerLine.Flaw) {
                let read = try LedgerLine.decode(bytes)
                isWhole = true
                entry = try joined(read, to: end)
            } catch {
                switch error {
                case .newer(let version):
                    throw DocumentForm.newer(self.path(ofSegment: segment), version)
                case .bad(let flaw):
                    reader = LineReader(file, at: start)
                    // A writer may have cut and appended while we read: half of the old line, half of the new.
                    if isSecondLook { return LedgerScan.BadLine(flaw: flaw, isWhole: isWhole) }
                    isSecondLook = true
                    continue
                }
            }
            isSecondLook = false
            end = LedgerPosition(number: entry.number, hash: entry.hash, segment: segment, offset: reader.offset)
            try require(known.filter { $0.number == end.number }, reached: end)
            try each(entry, LinePlace(number: entry.number, segment: segment, start: start, length: bytes.count))
        }
        return nil
    }

    private func joined(_ entry: LedgerEntry, to end: LedgerPosition) throws(LedgerLine.Flaw) -> LedgerEntry {
        guard entry.number == end.number + 1 else {
            throw .bad("it is entry \(entry.number), entry \(end.number + 1) was needed")
        }
        guard entry.previous == end.hash else {
            throw .bad("it follows an entry of hash \(entry.previous), the one before it has \(end.hash)")
        }
        return entry
    }

    /// The ledger must contain these points once it has been read to its end.
    private func require(
        _ known: [LedgerPosition],
        reached end: LedgerPosition,
        flaw: String? = nil
    ) throws(StoreError) {
        for point in known {
            if point.number > end.number {
                if let flaw { throw damaged(segment: end.segment, lineAfter: end, flaw) }
                throw shorter(than: point, segment: end.segment, has: "its last good entry is \(end.number)")
            }
            if point.number == end.number && point.hash != end.hash {
                throw damaged(
                    segment: end.segment,
                    "entry \(end.number) has the hash \(end.hash), \(point.hash) was recorded when it was written"
                )
            }
        }
    }

    func path(ofSegment number: Int64) -> String { folder.absolute(Self.segmentName(number)) }

    private func shorter(than point: LedgerPosition, segment: Int64, has found: String) -> StoreError {
        damaged(segment: segment, "the ledger is shorter than it was: \(found), entry \(point.number) had been written")
    }

    func damaged(segment: Int64, _ what: String) -> StoreError {
        let path = path(ofSegment: segment)
        return StoreError(
            kind: .damaged,
            message: "\(path) is damaged: \(what)",
            hint: "restore the folder from a backup; nothing was touched",
            path: path
        )
    }

    func damaged(segment: Int64, lineAfter end: LedgerPosition, _ flaw: String) -> StoreError {
        damaged(segment: segment, "the line after entry \(end.number): \(flaw)")
    }

    /// One line again, which was good when it was scanned.
    func entry(at place: LinePlace) throws(StoreError) -> LedgerEntry {
        guard let file = try segment(place.segment) else {
            throw damaged(segment: place.segment, "it is not there, entry \(place.number) was needed")
        }
        let bytes = try file.read(at: place.start, count: place.length)
        return try decode(bytes, number: place.number, segment: place.segment, start: place.start)
    }

    func decode(_ bytes: [UInt8], number: Int64, segment: Int64, start: Int64) throws(StoreError) -> LedgerEntry {
        do throws(LedgerLine.Flaw) {
            let entry = try decodeLast(bytes)
            guard entry.number == number else {
                throw .bad("it is entry \(entry.number), entry \(number) was needed")
            }
            return entry
        } catch {
            switch error {
            case .newer(let version): throw DocumentForm.newer(path(ofSegment: segment), version)
            case .bad(let flaw): throw damaged(segment: segment, "the line at byte \(start): \(flaw)")
            }
        }
    }

    /// The line that ends at a position, if it is the one the position names.
    func lastEntry(before position: LedgerPosition) throws(StoreError) -> LedgerEntry? {
        guard position.number > 0, let file = try segment(position.segment),
            let (bytes, _) = try LineReader.line(in: file, endingAt: position.offset),
            let entry = try? decodeLast(bytes), entry.number == position.number, entry.hash == position.hash
        else { return nil }
        return entry
    }
}
