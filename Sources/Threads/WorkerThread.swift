import Glibc

/// A thread of the system. Dispatch and tasks would each cost every start of the program more than this does.
package final class WorkerThread: Sendable {
    private final class Work {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    /// - Throws: ``NoThread`` when the system gives none.
    package init(_ body: @escaping @Sendable () -> Void) throws(NoThread) {
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
            throw NoThread(reason: String(cString: strerror(code)))
        }
        self.handle = handle
    }

    /// Waits for its end. To be called once.
    package func join() { pthread_join(handle, nil) }
}

/// The system gives this process no further thread.
package struct NoThread: Error, Sendable {
    package let reason: String
}
