import OpenSSL
import Synchronization
import Threads

/// The check of a request's signature on a thread of its own: the dearest part of judging it, and as dear as signing,
/// which need not wait for it. Nothing may come of what was signed before ``require()`` has returned.
final class SignatureCheck: Sendable {
    private let thread: WorkerThread
    private let verdict: Verdict
    private let isDone = Mutex(false)
    private let refusal: Refusal

    /// Begins the check.
    ///
    /// - Parameters:
    ///   - digestName: of the signature's digest ("SHA384").
    ///   - refusal: of a request whose signature its key does not verify.
    init(_ info: CertificationRequestInfo, digestName: String, refusal: Refusal) throws(NoThread) {
        let verdict = Verdict()
        thread = try WorkerThread {
            guard let key = try? PublicKey(info.publicKey) else { return }
            let isGood = key.verify(signature: info.signature, of: info.signedBytes, digestName: digestName)
            verdict.isGood.store(isGood, ordering: .releasing)
        }
        self.verdict = verdict
        self.refusal = refusal
    }

    deinit { wait() }

    /// Waits for the end of the check. Throws the refusal of the request where its signature is not good.
    func require() throws(Refusal) {
        wait()
        guard verdict.isGood.load(ordering: .acquiring) else { throw refusal }
    }

    private func wait() {
        isDone.withLock { isDone in
            if !isDone { thread.join() }
            isDone = true
        }
    }
}

private final class Verdict: Sendable {
    let isGood = Atomic(false)
}
