import Glibc
import JSON

/// A ledger that was read through from its first byte and found whole.
package struct VerifiedLedger: Sendable {
    /// Number, hash and time (Unix seconds UTC) of the last entry.
    package let number: Int64
    package let hash: String
    package let time: Int64
    /// How many segments there are.
    package let segments: Int64
    /// What stands behind the last entry and is none, as a crash or a power cut leaves it; nil for nothing.
    package let leftover: String?
}

extension Ledger {
    /// Reads the whole ledger: each line must have the hash it says, and follow the one before by number, hash and time;
    /// no segment may be missing, and what `views.json` and `flushed.json` say was written must be there. The loss of
    /// the end together with those two files is what nothing in the store can tell.
    ///
    /// - Parameter each: gets every entry, once and in order.
    ///
    /// Throws `StoreError.damaged` that names segment, entry and what is wrong, and the errors of `each` unchanged.
    package func verify(_ each: (LedgerEntry) throws -> Void = { _ in }) throws -> VerifiedLedger {
        guard let ledger = try LedgerFolder(at: path, environment, forWriting: false) else {
            throw absence?() ?? notFound
        }
        let base = try ledger.base()
        var last = Last()
        func take(_ entry: LedgerEntry, _ place: LinePlace) throws {
            try last.follow(entry, place, in: ledger)
            try each(entry)
        }
        var scan = try ledger.scan(from: .start, known: base.known + [base.position], take)
        if !scan.tail.isClean, let lock = try ledger.lockForReading() {
            // It may be half of a writer's work. Under the lock it is what it is.
            defer { lock.close() }
            scan = try ledger.scan(from: scan.end, known: base.known, take)
        }
        let leftover = try ledger.leftover(scan)
        try ledger.requireEverySegment(upTo: scan.lastSegment)
        if scan.end.number > base.position.number { try ledger.flushLines(upTo: scan.end, isLocked: false) }
        if scan.end.number == 0 || last.isEnd { throw absence?() ?? notFound }
        return VerifiedLedger(
            number: scan.end.number,
            hash: scan.end.hash,
            time: last.time,
            segments: scan.lastSegment,
            leftover: leftover
        )
    }

    /// What the next entry has to follow, besides the hash.
    private struct Last {
        var time = Int64.min
        var isEnd = false

        mutating func follow(_ entry: LedgerEntry, _ place: LinePlace, in ledger: LedgerFolder) throws(StoreError) {
            if isEnd {
                throw ledger.damaged(
                    segment: place.segment,
                    "entry \(entry.number) follows the one that ended the ledger"
                )
            }
            if entry.time < time {
                throw ledger.damaged(
                    segment: place.segment,
                    "entry \(entry.number) is of \(Timestamp.text(entry.time)), "
                        + "the one before it of \(Timestamp.text(time)), which is later"
                )
            }
            time = entry.time
            isEnd = entry.isLast
        }
    }
}

extension LedgerScan.Tail {
    var isClean: Bool {
        if case .clean = self { true } else { false }
    }
}

extension LedgerFolder {
    /// What a crash may have left behind the last entry, in words; everything else there is damage.
    fileprivate func leftover(_ scan: LedgerScan) throws(StoreError) -> String? {
        switch scan.tail {
        case .clean:
            return nil
        case .unfinished:
            return "bytes without a newline stand behind entry \(scan.end.number) in "
                + "\(path(ofSegment: scan.lastSegment)): a line that was never acknowledged; the next writer cuts it off"
        case .bad(let flaw):
            guard scan.end.number > 0, try mayBeCut(after: scan.end) else {
                throw damaged(segment: scan.lastSegment, lineAfter: scan.end, flaw)
            }
            return "what stands behind entry \(scan.end.number) in \(path(ofSegment: scan.lastSegment)) is no line, as "
                + "a power cut leaves it: \(flaw); the next writer cuts it off"
        case .damage(let flaw):
            throw damaged(segment: scan.end.segment, lineAfter: scan.end, flaw)
        }
    }

    /// A segment that is missing would end the ledger before its time.
    fileprivate func requireEverySegment(upTo last: Int64) throws(StoreError) {
        guard let names = try folder.folder("ledger")?.names() else { return }
        let behind = names.compactMap { name -> Int64? in
            guard name.hasSuffix(".jsonl"), let number = Int64(name.dropLast(6)), number > last + 1 else { return nil }
            return number
        }
        if let next = behind.min() {
            throw damaged(segment: last + 1, "it is not there, and segment \(next) is")
        }
    }
}
