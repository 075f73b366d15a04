import JSON

/// One folder with a ledger, the documents that reflect it, and keys.
///
/// Holds nothing open: each attempt opens the folder anew. Values can be shared by threads.
package final class Ledger: Sendable {
    /// Absolute path of the folder.
    package let path: String
    let environment: StoreEnvironment
    /// What reading and committing throw when the ledger has ended or is not there; nil for `StoreError.notFound`.
    let absence: (@Sendable () -> any Error)?

    /// A commit is judged at most this many times.
    static let judgements = 3
    /// How often reading starts anew because of writers, before they are kept out for one reading.
    private static let readings = 40

    init(path: String, environment: StoreEnvironment, absence: (@Sendable () -> any Error)? = nil) {
        self.path = path
        self.environment = environment
        self.absence = absence
    }

    // MARK: Reading and writing

    /// Calls the body with the state at one point of the ledger. It may be called more than once and must do nothing
    /// but look. Whatever it returns or throws is given on after the lines it rests on have been flushed.
    ///
    /// Throws `StoreError.notFound` when the ledger has ended or is not there, and the body's errors unchanged.
    package func read<T>(_ body: (Snapshot) throws -> T) throws -> T {
        let (snapshot, result) = try look(forWriting: false, body)
        try snapshot.flush()
        return try result.get()
    }

    /// Lets the judge decide on the state at one point of the ledger and, if it says so, commits its transaction, on
    /// condition that nothing it looked at has changed until then. Else it judges again, three times at most.
    ///
    /// When this returns from a commit, the line is on the disk. Throws `StoreError.conflict` after the third time,
    /// and the judge's errors unchanged.
    package func commit<T>(_ judge: (Snapshot) throws -> Judgement<T>) throws -> T {
        try commit(isLast: false, judge) { _ in }
    }

    /// With `isLast` the line ends the ledger; `finish` is then called under the lock.
    func commit<T>(
        isLast: Bool,
        _ judge: (Snapshot) throws -> Judgement<T>,
        finish: (LedgerFolder) throws -> Void
    ) throws -> T {
        for judgement in 1... {
            let (snapshot, result) = try look(forWriting: true, judge)
            guard case .success(.commit(let transaction, let value)) = result else {
                try snapshot.flush()
                guard case .answer(let answer) = try result.get() else { preconditionFailure("judged above") }
                return answer
            }
            try LedgerLine.check(transaction)
            snapshot.unlock()
            if try write(transaction, judgedOn: snapshot, isLast: isLast, finish: finish) { return value }
            if judgement == Self.judgements {
                try snapshot.flush()
                break
            }
        }
        throw tooOftenChanged
    }

    /// What is thrown when judging again has not helped.
    var tooOftenChanged: StoreError {
        StoreError(
            kind: .conflict,
            message: "\(path) was changed by others \(Self.judgements) times while this was being done",
            hint: "repeat the command",
            path: path
        )
    }

    /// `false` when others came first; nothing was written then.
    private func write(
        _ transaction: Transaction,
        judgedOn snapshot: Snapshot,
        isLast: Bool,
        finish: (LedgerFolder) throws -> Void
    ) throws -> Bool {
        let ledger = snapshot.ledger
        if let refusal = ledger.writeRefusal { throw refusal }
        var keys = KeyFolder(of: ledger.folder)
        try keys.write(transaction.keys)
        var hasAppended = false
        defer { if !hasAppended { keys.takeBack() } }
        guard let lock = try ledger.lockForWriting() else { return false }
        defer { lock.close() }
        try keys.ensure(transaction.keys)
        var writer = try LedgerWriter(ledger)
        defer { hasAppended = writer.hasAppended }
        guard try writer.commit(transaction, judgedOn: snapshot, isLast: isLast) else { return false }
        wipe(transaction.wipedKeys, keys)
        if isLast {
            try finish(ledger)
        } else if let mark = writer.markToMove {
            lock.close()
            moveMark(of: ledger, mark)
        }
        return true
    }

    /// The commit stands: keys that could not be wiped are named by no document, and found by a check.
    private func wipe(_ names: [String], _ keys: KeyFolder) {
        do throws(StoreError) {
            try keys.wipe(names)
        } catch {
            environment.note("keys in \(path) could not be wiped: \(error.message)")
        }
    }

    /// The commit stands, whatever becomes of the mark: the next segment's first commit tries again.
    func moveMark(of ledger: LedgerFolder, _ mark: (position: LedgerPosition, flushed: [UInt8]?)) {
        do throws(StoreError) {
            try ledger.moveMark(to: mark.position, flushed: mark.flushed)
        } catch {
            environment.note("the documents in \(path) could not be flushed: \(error.message)")
        }
    }

    /// Calls the body until what it saw is the state at one point.
    private func look<T>(
        forWriting: Bool,
        _ body: (Snapshot) throws -> T
    ) throws -> (Snapshot, Result<T, any Error>) {
        var rebuilds = 0
        for reading in 1... {
            let snapshot = try open(forWriting: forWriting, keepingWritersOut: reading > Self.readings)
            let result = Result { try body(snapshot) }
            if let missing = snapshot.missingFolder {
                rebuilds += 1
                snapshot.unlock()
                try rebuild(missing: missing, isLastAttempt: rebuilds > 3)
            } else if try !snapshot.mustStartAnew() {
                return (snapshot, result)
            }
        }
        preconditionFailure("the loop above has no other end")
    }

    /// What is thrown when there is no live ledger at the path.
    var notThere: any Error { absence?() ?? notFound }

    var notFound: StoreError {
        StoreError(kind: .notFound, message: "there is no live ledger in \(path)", path: path)
    }

    func open(forWriting: Bool, keepingWritersOut: Bool) throws -> Snapshot {
        guard let ledger = try LedgerFolder(at: path, environment, forWriting: forWriting) else {
            throw notThere
        }
        let lock = keepingWritersOut ? try ledger.lockForReading() : nil
        let snapshot = try Snapshot(ledger, lock: lock)
        if snapshot.isDeleted || snapshot.position.number == 0 {
            try snapshot.flush()
            throw notThere
        }
        return snapshot
    }

    // MARK: The ledger itself

    /// The entry that a row's `place` points to, verified.
    package func entry(at place: JSONValue) throws(StoreError) -> LedgerEntry {
        guard let place = EntryPlace(place) else {
            throw StoreError(kind: .damaged, message: "a row's place in \(path) names no entry", path: path)
        }
        return try entries(at: [place])[0]
    }

    /// The entries at these places, each verified, in the order of the places.
    package func entries(at places: [EntryPlace]) throws(StoreError) -> [LedgerEntry] {
        guard let ledger = try LedgerFolder(at: path, environment, forWriting: false) else { throw notFound }
        var entries: [LedgerEntry] = []
        entries.reserveCapacity(places.count)
        for place in places {
            // One entry may have put several rows.
            if let last = entries.last, last.number == place.number {
                entries.append(last)
                continue
            }
            guard let file = try ledger.segment(place.segment),
                let line = try LineReader.line(in: file, at: place.offset)
            else {
                throw ledger.damaged(
                    segment: place.segment,
                    "there is no line at byte \(place.offset), entry \(place.number) was needed"
                )
            }
            entries.append(
                try ledger.decode(line, number: place.number, segment: place.segment, start: place.offset)
            )
        }
        return entries
    }

    /// Calls the body with every entry from the first to the last, each one verified, and its joining the one before.
    /// Lines that come meanwhile may or may not be among them.
    ///
    /// Throws `StoreError.damaged` at the first bad line, and the body's errors unchanged.
    package func forEachEntry(_ body: (LedgerEntry) throws -> Void) throws {
        let snapshot = try open(forWriting: false, keepingWritersOut: false)
        let end = snapshot.position
        let result = Result {
            try snapshot.ledger.scan(from: .start, known: [end]) { entry, place in
                if place.number <= end.number { try body(entry) }
            }
        }
        try snapshot.flush()
        _ = try result.get()
    }

    /// Makes all documents anew from the ledger.
    package func rebuild() throws {
        let (ledger, lock) = try lock()
        defer { lock.close() }
        try ledger.rebuild(because: "repair")
    }

    func rebuild(missing: String, isLastAttempt: Bool) throws {
        let (ledger, lock) = try lock()
        defer { lock.close() }
        // Somebody else may have been faster.
        if try ledger.folder.status(of: missing) != nil { return }
        if isLastAttempt {
            throw StoreError(
                kind: .damaged,
                message: "the folder \(ledger.folder.absolute(missing)) is missing and does not stay when it is made",
                path: ledger.folder.absolute(missing)
            )
        }
        try ledger.rebuild(because: "\(ledger.folder.absolute(missing)) was missing")
    }

    private func lock() throws -> (LedgerFolder, OpenFile) {
        guard let locked = try LedgerFolder.openLocked(at: path, environment) else { throw notFound }
        return locked
    }
}
