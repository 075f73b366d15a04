import JSON
import OpenSSL
import PKI
import Store
import Threads

/// One entry of a batch as it came, not looked into yet.
package struct BulkItem: Sendable {
    package enum Content: Sendable {
        /// A line of JSON.
        case line([UInt8])
        /// A line that is longer than any entry; its length in bytes.
        case tooLong(Int)
        /// A file with a CSR.
        case file(String)
    }

    /// Its line, from 1; of a folder the how manieth file.
    package let number: Int
    package let content: Content

    package init(number: Int, content: Content) {
        self.number = number
        self.content = content
    }
}

/// Where a batch comes from. Called by several threads, by one at a time.
package protocol BulkSource: Sendable {
    /// The next entries, in their order; none at the end.
    ///
    /// - Parameter waiting: to be called before waiting for more to come, and with false after that.
    func next(atMost limit: Int, waiting: (Bool) -> Void) throws -> [BulkItem]
}

/// What an entry of a batch asks for.
package struct BulkEntry: Sendable {
    /// Nil where the CSR's CN is what names the device.
    package let registrationID: RegistrationID?
    package let csr: [UInt8]
    /// What the CSR is called, for the lines that mend it.
    package let csrName: String

    package init(registrationID: RegistrationID?, csr: [UInt8], csrName: String) {
        self.registrationID = registrationID
        self.csr = csr
        self.csrName = csrName
    }
}

/// The answer to one entry.
package struct BulkAnswer: Sendable {
    package let item: BulkItem
    /// Nil where the entry could not be read.
    package let entry: BulkEntry?
    package let result: Result<IssuedCertificate, any Error>
}

/// Issues certificates for many CSRs: judged and signed on several threads, committed in groups that share a flush, and
/// answered in the order they came in, each when it is on the disk.
package struct BulkIssuance: Sendable {
    package var namespace: NamespaceKey
    package var policy: PolicyName
    package var hub: HubName?
    /// Threads that judge and sign.
    package var jobs: Int
    /// Whether a device gets a new certificate also where it has a good one for the same CSR.
    package var reissues: Bool
    package var times: StageTimes?

    package init(namespace: NamespaceKey, policy: PolicyName, hub: HubName?, jobs: Int, reissues: Bool) {
        self.namespace = namespace
        self.policy = policy
        self.hub = hub
        self.jobs = jobs
        self.reissues = reissues
    }

    func request(_ entry: BulkEntry) -> IssueRequest {
        var request = IssueRequest(
            namespace: namespace,
            policy: policy,
            csr: entry.csr,
            csrName: entry.csrName,
            registrationID: entry.registrationID,
            hub: hub
        )
        request.known = reissues ? .reissue : .reuse
        return request
    }
}

extension Registry {
    /// Issues a certificate for every entry of a batch.
    ///
    /// - Parameters:
    ///   - read: takes an entry apart, on any of the threads.
    ///   - answer: gets the answers in the order of the entries, some at a time.
    /// - Throws: what keeps it from going on: the namespace or the policy is not there, the disk, `answer`, the source.
    ///   What was answered before stands.
    package func issueCertificates(
        _ bulk: BulkIssuance,
        from source: some BulkSource,
        read: @escaping @Sendable (BulkItem) throws -> BulkEntry,
        answer: ([BulkAnswer]) throws -> Void
    ) throws {
        let ledger = try assumedLedger(bulk.namespace)
        // What no entry could be issued under is told once.
        try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            _ = try state.requiredCredential()
            _ = try state.policy(bulk.policy)
            if let hub = bulk.hub { _ = try state.hub(hub) }
        }
        try wipeOverdueKeys(in: ledger)
        let helpers = Helpers()
        defer { helpers.join() }
        let writer = try ledger.openForGroups { helpers.start($0) }
        let pipeline = BulkPipeline<PendingAnswer>(workers: bulk.jobs)
        // One that waits for input that never comes is not waited for when something fails.
        defer { pipeline.stop() }
        let judges = writer.judges
        let workers = try (0..<bulk.jobs).map { _ in
            do throws(NoThread) {
                return try WorkerThread { work(bulk, judges, source, read, pipeline) }
            } catch {
                throw ServiceError.refused(
                    "NoThread",
                    "the system gives this process no further thread: \(error.reason)",
                    hint: "Use fewer --jobs."
                )
            }
        }
        try answerAll(bulk, writer, pipeline, answer)
        for worker in workers { worker.join() }
        if let failure = pipeline.failure { throw failure }
    }

    /// What one thread does until the source ends.
    private func work(
        _ bulk: BulkIssuance,
        _ judges: GroupJudges,
        _ source: some BulkSource,
        _ read: (BulkItem) throws -> BulkEntry,
        _ pipeline: BulkPipeline<PendingAnswer>
    ) {
        let meter = bulk.times?.meter()
        pipeline.work { take, deliver in
            let judge = try judges.make()
            while true {
                meter?.enter(.reading)
                let (first, items) = try take { limit, waiting in
                    try source.next(atMost: limit, waiting: waiting)
                }
                if items.isEmpty { break }
                meter?.enter(.parsing)
                let portion = items.map { PendingAnswer($0, bulk, read) }
                meter?.enter(.documents)
                self.judge(portion.compactMap { BulkAttempt($0, judge) }, meter)
                meter?.enter(nil)
                for (place, pending) in portion.enumerated() { deliver(first + place, pending) }
            }
        }
        if let meter { bulk.times?.add(meter) }
    }

    /// Judges a portion step by step, each step for all of it: between two signatures lie two milliseconds of arithmetic,
    /// which leave nothing of any other code in the processor's caches.
    private func judge(_ attempts: [BulkAttempt], _ meter: StageMeter?) {
        for attempt in attempts { attempt.findDevice() }
        for attempt in attempts { attempt.accept(self, meter) }
        meter?.enter(.verifying)
        for attempt in attempts { attempt.verify() }
        meter?.enter(.signing)
        for attempt in attempts { attempt.sign() }
        for attempt in attempts { attempt.finish(self, meter) }
    }

    /// Commits what the workers have judged, in order, and answers.
    private func answerAll(
        _ bulk: BulkIssuance,
        _ writer: GroupWriter,
        _ pipeline: BulkPipeline<PendingAnswer>,
        _ answer: ([BulkAnswer]) throws -> Void
    ) throws {
        let meter = bulk.times?.meter()
        defer { if let meter { bulk.times?.add(meter) } }
        let judge = try writer.judges.make()
        while let group = pipeline.nextGroup() {
            meter?.enter(.commit)
            let judged = group.compactMap(\.judged)
            let requests = group.compactMap(\.request)
            func commit() -> [Result<IssuedCertificate, any Error>?] {
                writer.commit(judged) { index in
                    judge.judge { try issue(requests[index], NamespaceState($0), at: now) }
                }
            }
            var results = (bulk.times?.waiting(commit) ?? commit()).makeIterator()
            meter?.enter(.output)
            var answers: [BulkAnswer] = []
            answers.reserveCapacity(group.count)
            for pending in group {
                if let problem = pending.problem {
                    answers.append(BulkAnswer(item: pending.item, entry: pending.entry, result: .failure(problem)))
                } else if let result = results.next() ?? nil {
                    answers.append(BulkAnswer(item: pending.item, entry: pending.entry, result: result))
                } else {
                    break
                }
            }
            try answer(answers)
            meter?.enter(nil)
            if let failure = writer.failure { throw failure }
            pipeline.release(group.count)
        }
    }
}

/// Threads that do what nobody waits for before the end.
private final class Helpers {
    private var threads: [WorkerThread] = []

    func start(_ body: @escaping @Sendable () -> Void) {
        // At most one at a time: what it does is done for the whole of what lies before.
        join()
        if let thread = try? WorkerThread(body) { threads.append(thread) } else { body() }
    }

    func join() {
        for thread in threads { thread.join() }
        threads = []
    }
}
