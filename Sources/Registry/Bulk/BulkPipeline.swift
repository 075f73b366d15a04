import Store
import Threads

/// The way of the entries of a batch: taken from the source by several workers, brought back into order, and handed to
/// the writer in groups. A bounded number of them is on the way at a time.
final class BulkPipeline<Entry>: Sendable {
    private struct State {
        /// A ring of what is done, by the entry's place. What was released stays until the next comes into its place: the
        /// workers, who make entries, are then the ones who free them, which is cheap for the same thread alone.
        var slots: [Entry?]
        var isDone: [Bool]
        /// How many entries have been taken from the source, and how many of them released.
        var taken = 0
        var released = 0
        /// How many from the first that is not released on have been delivered without a gap.
        var ready = 0
        var workers: Int
        /// Workers that wait for something that the writer or nobody here can hurry.
        var idle = 0
        var isReading = false
        var hasEnded = false
        var failure: (any Error)?
    }

    private let state: Monitor<State>
    private static var writerCondition: Int { 0 }
    private static var workerCondition: Int { 1 }

    /// How many entries are on the way at most.
    static var window: Int { 512 }
    /// So many share a flush, unless there is nothing more to come at the moment.
    private static var groupSize: Int { 64 }
    /// And never more than so many.
    private static var largestGroup: Int { 128 }
    /// How many a worker takes at a time at most; fewer, where the window has to do for many of them.
    private static var largestPortion: Int { 16 }
    private let portion: Int

    init(workers: Int) {
        portion = max(1, min(Self.largestPortion, Self.window / (2 * workers)))
        state = Monitor(
            State(
                slots: Array(repeating: nil, count: Self.window),
                isDone: Array(repeating: false, count: Self.window),
                workers: workers
            ),
            conditions: 2
        )
    }

    /// Why the source or a worker could not go on.
    var failure: (any Error)? { state.with { $0.failure } }

    // MARK: Workers

    typealias Taking = (_ source: (Int, (Bool) -> Void) throws -> [BulkItem]) throws -> (first: Int, items: [BulkItem])

    /// Runs a worker's body, which takes portions, none at the end, and delivers each entry under its place.
    func work(_ body: (_ take: Taking, _ deliver: (Int, Entry) -> Void) throws -> Void) {
        do {
            try body(take, deliver)
        } catch {
            state.with { state in
                state.failure = state.failure ?? error
                state.hasEnded = true
            }
        }
        state.with { $0.workers -= 1 }
        state.signalAll(Self.writerCondition)
        state.signalAll(Self.workerCondition)
    }

    private func take(
        from source: (Int, (Bool) -> Void) throws -> [BulkItem]
    ) throws -> (first: Int, items: [BulkItem]) {
        let (limit, first) = waitForTurn()
        guard limit > 0 else { return (first, []) }
        var items: [BulkItem] = []
        defer {
            state.with { state in
                state.isReading = false
                state.taken += items.count
                if items.isEmpty { state.hasEnded = true }
            }
            state.signalAll(Self.workerCondition)
        }
        items = try source(limit) { isWaiting in
            state.with { $0.idle += isWaiting ? 1 : -1 }
            if isWaiting { state.signalAll(Self.writerCondition) }
        }
        return (first, items)
    }

    /// Waits until this worker may read and there is room; 0 at the end.
    private func waitForTurn() -> (limit: Int, first: Int) {
        var isIdle = false
        return state.wait(on: Self.workerCondition) { state in
            let room = Self.window - (state.taken - state.released)
            if state.hasEnded || (!state.isReading && room > 0) {
                if isIdle { state.idle -= 1 }
                state.isReading = !state.hasEnded
                return (state.hasEnded ? 0 : min(portion, room), state.taken)
            }
            if !isIdle {
                isIdle = true
                state.idle += 1
                if state.idle == state.workers { self.state.signalAll(Self.writerCondition) }
            }
            return nil
        }
    }

    private func deliver(_ place: Int, _ entry: Entry) {
        var last: Entry? = entry
        let isEnough = state.with { state in
            // The one that was there is freed when nobody waits for the lock.
            swap(&state.slots[place % Self.window], &last)
            state.isDone[place % Self.window] = true
            let before = state.ready
            while state.ready < Self.window, state.isDone[(state.released + state.ready) % Self.window] {
                state.ready += 1
            }
            return before < Self.groupSize && state.ready >= Self.groupSize
        }
        if isEnough { state.signalAll(Self.writerCondition) }
    }

    // MARK: The writer

    /// The next entries in order; nil when all have been handed over and no more will come.
    func nextGroup() -> [Entry]? {
        let group: [Entry] = state.wait(on: Self.writerCondition) { state in
            let isEnough = state.ready >= Self.groupSize || state.idle == state.workers
            guard state.ready > 0 && isEnough else { return state.workers == 0 ? [] : nil }
            let count = min(state.ready, Self.largestGroup)
            return (0..<count).compactMap { state.slots[(state.released + $0) % Self.window] }
        }
        return group.isEmpty ? nil : group
    }

    /// Makes room for as many as the last group had.
    func release(_ count: Int) {
        state.with { state in
            for place in 0..<count { state.isDone[(state.released + place) % Self.window] = false }
            state.released += count
            state.ready -= count
        }
        state.signalAll(Self.workerCondition)
    }

    /// Has the workers end with what they have taken.
    func stop() {
        state.with { $0.hasEnded = true }
        state.signalAll(Self.workerCondition)
    }
}
