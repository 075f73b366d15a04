import Synchronization

/// Where the time of many issuances goes.
package enum Stage: Int, CaseIterable, Sendable {
    /// Getting the input.
    case reading
    /// Taking an entry apart.
    case parsing
    /// Reading documents: the policy, the device.
    case documents
    /// Judging the CSR, but for its signature.
    case request
    /// Verifying that.
    case verifying
    /// Building the certificate and reading it back.
    case certificate
    /// Signing it.
    case signing
    /// The device's document and the ledger's line: making them in memory.
    case ledger
    /// Under the lock: the line's bytes, writing, flushing, the documents.
    case commit
    /// Telling the result.
    case output
}

/// Sums up a thread's time by stage. One thread has one.
package final class StageMeter {
    private let clock: @Sendable () -> UInt64
    private var stage: Stage?
    private var since: UInt64 = 0
    /// Nanoseconds by stage.
    package private(set) var spent = [UInt64](repeating: 0, count: Stage.allCases.count)

    /// - Parameter clock: nanoseconds that this thread has used.
    init(_ clock: @escaping @Sendable () -> UInt64) { self.clock = clock }

    /// From here on the time is this stage's; nil for nobody's.
    func enter(_ next: Stage?) {
        let now = clock()
        if let stage { spent[stage.rawValue] += now - since }
        stage = next
        since = now
    }
}

/// The sums of all threads.
package final class StageTimes: Sendable {
    private struct Sums {
        var spent = [UInt64](repeating: 0, count: Stage.allCases.count)
        var waited: UInt64 = 0
    }

    private let sums = Mutex(Sums())
    private let used: @Sendable () -> UInt64
    private let clock: @Sendable () -> UInt64

    /// - Parameters:
    ///   - used: nanoseconds of a processor that the thread which asks has used.
    ///   - clock: nanoseconds that have passed.
    package init(used: @escaping @Sendable () -> UInt64, clock: @escaping @Sendable () -> UInt64) {
        self.used = used
        self.clock = clock
    }

    func meter() -> StageMeter { StageMeter(used) }

    func add(_ meter: StageMeter) {
        meter.enter(nil)
        let spent = meter.spent
        sums.withLock { sums in
            for place in spent.indices { sums.spent[place] += spent[place] }
        }
    }

    /// Counts as waiting what passes beyond what this thread works.
    func waiting<Result>(_ body: () -> Result) -> Result {
        let (used, clock) = (used(), clock())
        let result = body()
        let (passed, worked) = (self.clock() - clock, self.used() - used)
        sums.withLock { $0.waited += passed > worked ? passed - worked : 0 }
        return result
    }

    /// Nanoseconds of processors that went to a stage.
    package func spent(_ stage: Stage) -> UInt64 { sums.withLock { $0.spent[stage.rawValue] } }

    /// Nanoseconds for which the writer waited: for the disk, for the ledger's lock, for a processor.
    package var waited: UInt64 { sums.withLock { $0.waited } }
}
