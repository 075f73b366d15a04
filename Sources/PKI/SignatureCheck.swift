import OpenSSL
import Synchronization
import Threads

/// When the signature of a request is checked that fulfils everything else: this is the dearest part of judging it.
package enum SignatureCheckTime: Sendable {
    /// With the rest.
    case atOnce
    /// On a thread of its own that begins at once: it is as dear as signing, which need not wait for it.
    case aside
    /// When ``CertificationRequest/requireSignature()`` asks for it.
    case later
}

/// The check of a request's signature that was not waited for. Nothing may come of what was signed before ``require()``
/// has returned.
final class SignatureCheck: Sendable {
    private let work: Work
    private let thread: WorkerThread?
    private let isGood = Mutex<Bool?>(nil)
    private let refusal: @Sendable () -> Refusal

    /// - Parameters:
    ///   - digestName: of the signature's digest ("SHA384").
    ///   - key: the request's.
    ///   - refusal: of a request whose signature its key does not verify.
    /// - Throws: ``NoThread`` for a check aside where the system gives no thread.
    init(
        _ info: CertificationRequestInfo,
        digestName: String,
        by key: consuming PublicKey,
        isAside: Bool,
        refusal: @escaping @Sendable () -> Refusal
    ) throws(NoThread) {
        let work = Work(info, digestName, key)
        thread = isAside ? try WorkerThread { work.verify() } : nil
        self.work = work
        self.refusal = refusal
    }

    deinit { isGood.withLock { if $0 == nil { thread?.join() } } }

    /// Waits for the end of the check, or does it. Throws the refusal of the request where its signature is not good.
    func require() throws(Refusal) {
        let isGood = isGood.withLock { known in
            if let known { return known }
            if let thread { thread.join() } else { work.verify() }
            known = work.isGood
            return work.isGood
        }
        guard isGood else { throw refusal() }
    }
}

/// What one thread does; others ask when that thread has been joined.
private final class Work: @unchecked Sendable {
    private let key: PublicKey
    private let signature: [UInt8]
    private let signedBytes: [UInt8]
    private let digestName: String
    private(set) var isGood = false

    init(_ info: CertificationRequestInfo, _ digestName: String, _ key: consuming PublicKey) {
        self.key = key
        signature = info.signature
        signedBytes = info.signedBytes
        self.digestName = digestName
    }

    func verify() {
        isGood = key.verify(signature: signature, of: signedBytes, digestName: digestName)
    }
}
