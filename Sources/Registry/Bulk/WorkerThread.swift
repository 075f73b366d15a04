import Glibc
import Store

/// A thread of the system. Dispatch and tasks would each cost every start of the program more than this does.
final class WorkerThread {
    private final class Work {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    init(_ body: @escaping @Sendable () -> Void) throws {
        var handle = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let code = pthread_create(
            &handle,
            nil,
            { work in
                if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw ServiceError.refused(
                "NoThread",
                "the system gives this process no further thread: \(String(cString: strerror(code)))",
                hint: "Use fewer --jobs."
            )
        }
        self.handle = handle
    }

    /// Waits for its end. To be called once.
    func join() { pthread_join(handle, nil) }
}

/// A value that threads share, and on whose changes they wait.
final class Monitor<State>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let conditions: UnsafeMutablePointer<pthread_cond_t>
    private let count: Int
    private var state: State

    /// - Parameter conditions: on how many things threads wait.
    init(_ state: State, conditions count: Int) {
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

    func with<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&state)
    }

    /// Waits until the body gives something, asking again whenever the condition is signalled.
    func wait<Result>(on condition: Int, _ body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(conditions + condition, lock)
        }
    }

    func signalAll(_ condition: Int) { pthread_cond_broadcast(conditions + condition) }
}
