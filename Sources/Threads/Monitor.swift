import Glibc

/// A value that threads share, and on whose changes they wait.
package final class Monitor<State>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let conditions: UnsafeMutablePointer<pthread_cond_t>
    private let count: Int
    private var state: State

    /// - Parameter conditions: on how many things threads wait.
    package init(_ state: State, conditions count: Int) {
        self.state = state
        self.count = count
        conditions = .allocate(capacity: count)
        pthread_mutex_init(lock, nil)
        for place in 0..<count { pthread_cond_init(conditions + place, nil) }
    }

    deinit {
        for place in 0..<count { pthread_cond_destroy(conditions + place) }
        pthread_mutex_destroy(lock)
        conditions.deallocate()
        lock.deallocate()
    }

    package func with<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&state)
    }

    /// Waits until the body gives something, asking again whenever the condition is signalled.
    package func wait<Result>(on condition: Int, _ body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(conditions + condition, lock)
        }
    }

    package func signalAll(_ condition: Int) { pthread_cond_broadcast(conditions + condition) }
}
