import Glibc
import JSON

/// What one writer does under a ledger's lock.
struct LedgerWriter {
    let ledger: LedgerFolder
    /// Whether a whole line of ours stands in the ledger, flushed or not: then keys it may name have to stay.
    private(set) var hasAppended = false
    /// Where the ledger ends for this writer.
    private(set) var end = LedgerPosition.start
    /// A position whose documents should reach the disk now, with the bytes of `flushed.json` as they were.
    private(set) var markToMove: (position: LedgerPosition, flushed: [UInt8]?)?

    /// Whether the documents are as the ledger's end has them.
    private(set) var hasAppliedAll = true
    /// Time of the last entry, Unix seconds UTC; 0 before it has been looked for.
    private(set) var lastTime: Int64 = 0

    private var base: LedgerFolder.Base
    private var lastSegment: Int64 = 1

    /// The ledger's lock is held by the caller.
    init(_ ledger: LedgerFolder) throws(StoreError) {
        self.ledger = ledger
        base = try ledger.base()
    }

    // MARK: Committing

    /// Appends the transaction if what the snapshot looked at is still so. `false`: it is not, nothing was written.
    mutating func commit(_ transaction: Transaction, judgedOn snapshot: Snapshot, isLast: Bool) throws -> Bool {
        var isUnchanged = try ledger.flushedIdentity() == snapshot.flushedIdentity
        let isThere = try findEnd(judgedAt: snapshot.position) { entry in
            if snapshot.isTouched(by: entry) { isUnchanged = false }
        }
        guard isThere && isUnchanged else { return false }
        _ = try append([transaction], isLast: isLast)
        return true
    }

    /// Reads on from what was judged to the end, handing over each line after it, and mends that. `false` when the ledger
    /// does not contain what was judged.
    mutating func findEnd(judgedAt judged: LedgerPosition, _ each: (LedgerEntry) -> Void) throws -> Bool {
        let from = base.position.number < judged.number ? base.position : judged
        if from.number > 0 && from.number == judged.number {
            guard let last = try lastEntry(judged, isBase: base.position == judged) else { return false }
            lastTime = last.time
        }
        var isThere = true
        var lastTime = self.lastTime
        let scan = try ledger.scan(from: from, known: base.known) { entry, place in
            if place.number == judged.number && entry.hash != judged.hash { isThere = false }
            if place.number > judged.number { each(entry) }
            lastTime = entry.time
        }
        self.lastTime = lastTime
        if scan.end.number < judged.number { isThere = false }
        try mend(scan)
        return isThere
    }

    /// The entry at the end of what was judged. `nil` when the ledger has another one there; damage when it has none,
    /// or not the one that `views.json` vouches for.
    private func lastEntry(_ position: LedgerPosition, isBase: Bool) throws(StoreError) -> LedgerEntry? {
        guard let file = try ledger.segment(position.segment),
            let (bytes, start) = try LineReader.line(in: file, endingAt: position.offset)
        else {
            throw ledger.damaged(
                segment: position.segment,
                "entry \(position.number) does not end at byte \(position.offset) any more"
            )
        }
        let entry = try ledger.decode(bytes, number: position.number, segment: position.segment, start: start)
        if entry.hash == position.hash { return entry }
        if isBase {
            throw ledger.damaged(
                segment: position.segment,
                "entry \(position.number) has the hash \(entry.hash), \(position.hash) was recorded when it was written"
            )
        }
        return nil
    }

    /// Reads the whole ledger, as a rebuild does, and mends its end.
    mutating func findEnd(_ each: (LedgerEntry, LinePlace) throws -> Void) throws {
        let views = try ViewsRecord(in: ledger.folder)
        let flushed = FlushedRecord(try ledger.folder.read(FlushedRecord.name))
        let known = [flushed?.sure, views?.applied].compactMap { $0 }
        try mend(try ledger.scan(from: .start, known: known, each), cutsUnfinished: flushed != nil)
    }

    // MARK: The tail

    /// Cuts what no line is off the end: bytes without a newline, and after a power cut everything from the first bad
    /// line on. Everything else is damage.
    private mutating func mend(_ scan: LedgerScan, cutsUnfinished: Bool = true) throws(StoreError) {
        end = scan.end
        lastSegment = scan.lastSegment
        let size = scan.lastSegment == scan.end.segment ? scan.end.offset : 0
        let what = "the line after entry \(scan.end.number)"
        switch scan.tail {
        case .clean:
            return
        case .unfinished:
            guard base.isOfThisBoot || base.hasFlushedRecord else {
                if !cutsUnfinished { return }
                throw ledger.damaged(
                    segment: scan.lastSegment,
                    "\(what) has no end, and without flushed.json nothing is cut off"
                )
            }
        case .bad(let flaw):
            guard try ledger.mayBeCut(after: scan.end), let file = scan.file else {
                throw ledger.damaged(segment: scan.lastSegment, "\(what): \(flaw)")
            }
            try keepLines(of: file, from: size, segment: scan.lastSegment)
        case .damage(let flaw):
            throw ledger.damaged(segment: scan.end.segment, "\(what): \(flaw)")
        }
        if let refusal = ledger.writeRefusal { throw refusal }
        try scan.file?.truncate(to: size)
    }

    /// Whole lines that are cut off are kept beside the ledger: nobody was told that they count, but a person may want
    /// to know what they were.
    private func keepLines(of file: OpenFile, from offset: Int64, segment: Int64) throws(StoreError) {
        let bytes = try file.read(at: offset, count: Int(try file.status().size - offset))
        guard let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return }
        let name = "ledger/cut-after-\(end.number)-\(try ledger.environment.randomName()).txt"
        let kept = try ledger.folder.openPresent(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        defer { kept.close() }
        try kept.write(Array(bytes[...newline]))
        try kept.flush()
        try ledger.folder.flushFolder("ledger")
        ledger.environment.note(
            "a power cut left unreadable lines behind entry \(end.number) of \(ledger.path(ofSegment: segment)); "
                + "they were never acknowledged and are kept in \(ledger.folder.absolute(name))"
        )
    }

    // MARK: Appending

    /// Appends transactions, a line each, with one write and one flush, and brings the documents up to the last of them.
    /// When it returns, the lines are on the disk.
    ///
    /// - Returns: how many of them, at least one: those that the segment takes.
    mutating func append(
        _ transactions: some Collection<Transaction>,
        isLast: Bool = false,
        fixedFolders: [String]? = nil
    ) throws -> Int {
        let (file, start) = try placeToAppend()
        let old = end
        let time = max(ledger.environment.now(), lastTime)
        var end = self.end
        var bytes: [UInt8] = []
        var lines: [AppliedLine] = []
        for transaction in transactions {
            let offset = start + Int64(bytes.count)
            if !lines.isEmpty && offset >= Int64(ledger.environment.segmentSize) { break }
            let frame = LedgerLine.Frame(
                number: end.number + 1,
                previous: end.hash,
                time: time,
                who: ledger.environment.who,
                isLast: isLast,
                fixedFolders: fixedFolders
            )
            let (hash, texts) = LedgerLine.encode(transaction, frame, into: &bytes)
            // The lines of a group are about as long as each other.
            if lines.isEmpty { bytes.reserveCapacity((bytes.count + 64) * transactions.count) }
            let length = Int(start) + bytes.count - Int(offset)
            let place = LinePlace(number: frame.number, segment: lastSegment, start: offset, length: length - 1)
            lines.append(AppliedLine(changes: transaction.changes, place: place, texts: texts))
            end = LedgerPosition(after: place, hash: hash)
        }
        try write(bytes, to: file, at: start)
        hasAppended = true
        self.end = end
        lastTime = time
        try flushLine()
        if !isLast { bringDocumentsUp(lines, behind: old) }
        return lines.count
    }

    /// Where nothing is appended: flushes the lines after base, which a dead writer left, and applies them.
    mutating func catchUp() throws {
        guard end.number > base.position.number else { return }
        try flushLine()
        bringDocumentsUp([], behind: end)
    }

    /// The last segment, or a new one when that is full.
    private mutating func placeToAppend() throws(StoreError) -> (OpenFile, Int64) {
        guard let file = try ledger.segment(lastSegment) else {
            return (try ledger.makeSegment(lastSegment), 0)
        }
        if let refusal = ledger.writeRefusal { throw refusal }
        if lastSegment > end.segment || end.number == 0 {
            // Whoever made it may have died before flushing its name.
            try ledger.folder.flushFolder("ledger")
            return (file, 0)
        }
        if end.offset < Int64(ledger.environment.segmentSize) { return (file, end.offset) }
        try ledger.flushLines(upTo: end, isLocked: true)
        lastSegment += 1
        return (try ledger.makeSegment(lastSegment), 0)
    }

    /// One write. If it takes less than everything, what it took is cut off again: bytes without a newline count for
    /// nobody, whether or not that succeeds.
    private func write(_ bytes: [UInt8], to file: OpenFile, at offset: Int64) throws(StoreError) {
        let failure: StoreError
        do throws(StoreError) {
            let count = try file.writeOnce(bytes, at: offset)
            if count == bytes.count { return }
            failure = StoreError(
                kind: .noSpace,
                message: "cannot write \(file.path): the disk took \(count) of \(bytes.count) bytes",
                hint: "make room on that disk and repeat the command",
                path: file.path
            )
        } catch {
            failure = error
        }
        try? file.truncate(to: offset)
        throw failure
    }

    private func flushLine() throws(StoreError) {
        do throws(StoreError) {
            try ledger.flushLines(upTo: end, isLocked: true)
        } catch {
            throw StoreError(
                kind: error.kind,
                message: "\(error.message); entry \(end.number) may or may not have reached the disk",
                hint: "look after the disk before anything else, then see whether the entry is in the ledger",
                path: error.path
            )
        }
    }

    /// Applies the lines after base and the own ones, which stand behind `old`. The commit stands already: what fails here
    /// is left to the next writer, and readers take it from the ledger meanwhile.
    private mutating func bringDocumentsUp(_ lines: [AppliedLine], behind old: LedgerPosition) {
        hasAppliedAll = false
        do {
            if base.position.number == old.number {
                try ledger.apply(lines)
            } else {
                try ledger.apply(after: base.position, upTo: end)
            }
            try ledger.writeViewsRecord(applied: end)
            base = LedgerFolder.Base(position: end, isOfThisBoot: true, hasFlushedRecord: true, known: [])
            hasAppliedAll = true
            if lines.first?.place.start == 0 { try noteMark() }
        } catch let missing as LedgerFolder.MissingFixedFolder {
            rebuildLater(missing.name)
        } catch {
            let reason = (error as? StoreError)?.message ?? "\(error)"
            ledger.environment.note("the change is committed, but its documents are not written yet: \(reason)")
        }
    }

    private mutating func rebuildLater(_ missing: String) {
        do {
            try ledger.rebuild(because: "\(ledger.folder.absolute(missing)) was missing")
            hasAppliedAll = true
        } catch {
            let reason = (error as? StoreError)?.message ?? "\(error)"
            ledger.environment.note("the change is committed, but its documents could not be made anew: \(reason)")
        }
    }

    /// The mark follows once a segment, with its first line.
    private mutating func noteMark() throws(StoreError) {
        guard end.segment > 1 else { return }
        let bytes = try ledger.folder.read(FlushedRecord.name)
        if FlushedRecord(bytes)?.mark.segment ?? 0 < end.segment {
            markToMove = (end, bytes)
        }
    }
}

extension LedgerFolder {
    /// Brings the documents to the disk and notes that. Without the lock, which is taken for the last step: until then
    /// others go on writing, so that only the position that was noted before may be written.
    func moveMark(to position: LedgerPosition, flushed noted: [UInt8]?) throws(StoreError) {
        try folder.file.flushFileSystem()
        guard let lock = try lockForWriting() else { return }
        defer { lock.close() }
        let bytes = try folder.read(FlushedRecord.name)
        // A rebuild meanwhile has written the documents anew, unflushed.
        guard bytes == noted, try base().isOfThisBoot else { return }
        let old = FlushedRecord(bytes)
        try writeFlushedRecord(
            FlushedRecord(
                mark: position,
                sure: .later(position, old?.sure ?? position),
                rebuilds: old?.rebuilds ?? 0
            )
        )
    }
}
