import JSON

/// A judgement of ``GroupJudge``, for ``GroupWriter`` to commit.
package struct Judged<Value> {
    let result: Result<Judgement<Value>, any Error>
    let looks: Looks
    /// A folder that is made with the ledger and is gone.
    let missingFolder: String?
}

/// Judges for a ``GroupWriter``. One thread has one, any number of threads judge at a time.
package final class GroupJudge {
    private let folder: LedgerFolder
    private let follower: LedgerFollower
    private let records = KeptRecords()

    init(_ folder: LedgerFolder, _ follower: LedgerFollower) {
        self.folder = folder
        self.follower = follower
    }

    /// Lets the body decide on the state at one point of the ledger. What it returns or throws counts only once the
    /// writer says that nothing it looked at has changed meanwhile.
    package func judge<Value>(_ body: (Snapshot) throws -> Judgement<Value>) -> Judged<Value> {
        judge(on: look(), body)
    }

    /// The state of the ledger to judge on: what is looked at before ``judge(on:_:)`` is a part of that judgement.
    package func look() -> Snapshot { Snapshot(folder, at: follower.end(records), records) }

    /// The same on a state that was looked at already.
    ///
    /// What is to be committed is printed here: whoever has just made a body has it in its processor's caches, and the
    /// writer is another thread.
    package func judge<Value>(
        on snapshot: Snapshot,
        _ body: (Snapshot) throws -> Judgement<Value>
    ) -> Judged<Value> {
        let result = Result<Judgement<Value>, any Error> {
            let judgement = try body(snapshot)
            guard case .commit(var transaction, let value) = judgement else { return judgement }
            try LedgerLine.check(transaction)
            transaction.texts = LedgerLine.texts(of: transaction)
            return .commit(transaction, value)
        }
        return Judged(result: result, looks: snapshot.looks, missingFolder: snapshot.missingFolder)
    }
}

/// Makes judges, on whatever thread they are needed.
package struct GroupJudges: Sendable {
    private let ledger: Ledger
    private let follower: LedgerFollower
    private let folder: FileStatus

    init(_ ledger: Ledger, _ follower: LedgerFollower, _ folder: FileStatus) {
        self.ledger = ledger
        self.follower = follower
        self.folder = folder
    }

    /// Throws when the ledger's folder is no longer the one the writer has.
    package func make() throws -> GroupJudge {
        guard let own = try LedgerFolder(at: ledger.path, ledger.environment, forWriting: false),
            own.status.device == folder.device && own.status.inode == folder.inode
        else { throw ledger.notThere }
        return GroupJudge(own, follower)
    }
}

/// Commits many transactions of one process, several at a time: their lines are appended together and share the flush.
///
/// The protocol is that of ``Ledger/commit(_:)``, for each of them: what it was judged on, by one of ``judges``, must
/// still be so under the lock, also after the transactions before it in its group. Under the lock all lines are written
/// by one call, flushed, and applied; `views.json` is written once; then all are answered. Nothing is signed under it.
///
/// Judges see the ledger only up to ends to which all its documents are written. So they need not look at its lines; the
/// writer alone does.
package final class GroupWriter {
    package let judges: GroupJudges
    /// Why no more can be committed. What was answered before stands.
    package private(set) var failure: (any Error)?

    private let ledger: Ledger
    private let folder: LedgerFolder
    private let follower: LedgerFollower
    private var end: LedgerFollower.End
    private let aside: (@escaping @Sendable () -> Void) -> Void

    /// Brings the documents to the ledger's end first, where a dead writer has left them behind.
    ///
    /// - Parameter aside: does what takes long and is waited for by nobody, on another thread if it likes.
    init(_ ledger: Ledger, aside: @escaping (@escaping @Sendable () -> Void) -> Void) throws {
        // Finds out that there is a live ledger.
        try ledger.read { _ in }
        guard let folder = try LedgerFolder(at: ledger.path, ledger.environment, forWriting: true) else {
            throw ledger.notThere
        }
        self.ledger = ledger
        self.folder = folder
        self.aside = aside
        guard let lock = try folder.lockForWriting() else { throw ledger.notThere }
        defer { lock.close() }
        var writer = try LedgerWriter(folder)
        var isEnded = false
        guard try writer.findEnd(judgedAt: folder.base().position, { isEnded = $0.isLast }), !isEnded else {
            throw ledger.notThere
        }
        try writer.catchUp()
        guard writer.hasAppliedAll else { throw Self.leftBehind(ledger) }
        end = LedgerFollower.End(
            position: writer.end,
            time: writer.lastTime,
            flushedIdentity: try folder.flushedIdentity(),
            rebuilds: FlushedRecord(try folder.folder.read(FlushedRecord.name))?.rebuilds ?? 0
        )
        follower = LedgerFollower(end)
        judges = GroupJudges(ledger, follower, folder.status)
    }

    /// Commits the transactions of a group in its order, and returns what each was judged to be: after a commit its line
    /// is on the disk. A judge's errors are results like others, as is the conflict of what others have changed three
    /// times. Nil stands for what was not done because of ``failure``.
    ///
    /// - Parameter again: judges the one of that index in the group anew, on this thread.
    package func commit<Value>(
        _ group: [Judged<Value>],
        again: (Int) -> Judged<Value>
    ) -> [Result<Value, any Error>?] {
        var judged = group
        var results: [Result<Value, any Error>?] = Array(repeating: nil, count: group.count)
        var waiting = Array(group.indices)
        // The first of those that wait can only have been outdated by others, not by what comes before it here.
        var outdated = 0
        while let first = waiting.first, failure == nil {
            do {
                let touched = try commit(waiting, of: judged, &results)
                outdated = touched.first == first ? outdated + 1 : 0
                waiting = touched
                if outdated == Ledger.judgements {
                    results[first] = .failure(ledger.tooOftenChanged)
                    waiting.removeFirst()
                    outdated = 0
                }
                for index in waiting {
                    if let missing = judged[index].missingFolder {
                        try ledger.rebuild(missing: missing, isLastAttempt: outdated == Ledger.judgements - 1)
                    }
                    judged[index] = again(index)
                }
            } catch {
                failure = error
            }
        }
        return results
    }

    /// - Returns: those that have to be judged anew.
    private func commit<Value>(
        _ waiting: [Int],
        of judged: [Judged<Value>],
        _ results: inout [Result<Value, any Error>?]
    ) throws -> [Int] {
        guard let lock = try folder.lockForWriting() else { throw ledger.notThere }
        defer { lock.close() }
        var writer = try LedgerWriter(folder)
        try follow(&writer)
        var touched: [Int] = []
        var answered: [Int] = []
        var committed: [(index: Int, transaction: Transaction, value: Value)] = []
        for index in waiting {
            let entry = judged[index]
            if entry.missingFolder != nil || follower.isTouched(entry.looks) {
                touched.append(index)
            } else if case .success(.commit(let transaction, let value)) = entry.result {
                precondition(transaction.keys.isEmpty && transaction.wipedKeys.isEmpty, "a group takes no keys")
                committed.append((index, transaction, value))
                follower.note(transaction.changes, number: writer.end.number + Int64(committed.count))
            } else {
                answered.append(index)
            }
        }
        if let refusal = folder.writeRefusal, !committed.isEmpty { throw refusal }
        if committed.isEmpty { try writer.catchUp() }
        var rest = committed[...]
        while !rest.isEmpty {
            let count = try writer.append(rest.map { $0.transaction })
            for done in rest.prefix(count) { results[done.index] = .success(done.value) }
            rest = rest.dropFirst(count)
            guard writer.hasAppliedAll else { break }
        }
        for index in answered {
            switch judged[index].result {
            case .success(.answer(let value)): results[index] = .success(value)
            case .failure(let error): results[index] = .failure(error)
            case .success(.commit): preconditionFailure("it was sorted out above")
            }
        }
        guard writer.hasAppliedAll else { throw Self.leftBehind(ledger) }
        end.position = writer.end
        end.time = writer.lastTime
        follower.move(to: end)
        if let mark = writer.markToMove {
            // It takes the lock itself, for its last step.
            lock.close()
            moveMark(mark)
        }
        return touched
    }

    /// Takes note of what others have done since.
    private func follow(_ writer: inout LedgerWriter) throws {
        let identity = try folder.flushedIdentity()
        if identity != end.flushedIdentity {
            // A mark that was moved changes no document.
            end.rebuilds = FlushedRecord(try folder.folder.read(FlushedRecord.name))?.rebuilds ?? 0
            end.flushedIdentity = identity
            follower.move(to: end)
        }
        var isEnded = false
        let isThere = try writer.findEnd(judgedAt: end.position) { entry in
            follower.note(entry.changes, number: entry.number)
            isEnded = isEnded || entry.isLast
        }
        if isEnded { throw ledger.notThere }
        guard isThere else {
            throw StoreError(
                kind: .conflict,
                message: "the ledger in \(ledger.path) is not the one that it was",
                hint: "repeat the command",
                path: ledger.path
            )
        }
    }

    private func moveMark(_ mark: (position: LedgerPosition, flushed: [UInt8]?)) {
        let ledger = ledger
        let folder = folder.status
        aside {
            // The writer's own folder goes on being used.
            guard let own = try? LedgerFolder(at: ledger.path, ledger.environment, forWriting: true),
                own.status.device == folder.device && own.status.inode == folder.inode
            else { return }
            ledger.moveMark(of: own, mark)
        }
    }

    private static func leftBehind(_ ledger: Ledger) -> StoreError {
        StoreError(
            kind: .io,
            message: "the documents in \(ledger.path) cannot be brought up to its ledger",
            hint: "make room on that disk and repeat the command: what is committed stays so",
            path: ledger.path
        )
    }
}

extension Ledger {
    /// Opens the ledger for many commits of this process.
    ///
    /// Throws `StoreError.notFound` when the ledger has ended or is not there, and what the disk does.
    package func openForGroups(
        aside: @escaping (@escaping @Sendable () -> Void) -> Void = { $0() }
    ) throws -> GroupWriter {
        try GroupWriter(self, aside: aside)
    }
}
