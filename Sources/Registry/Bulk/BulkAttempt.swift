import Store

/// One entry of a portion while it is judged; the steps follow each other, and what one throws is the judgement.
final class BulkAttempt {
    private let pending: PendingAnswer
    private let request: IssueRequest
    private let judge: GroupJudge
    private let snapshot: Snapshot
    /// Nil where only the CSR will say which device it is.
    private var known: Result<DeviceRecord?, any Error>?
    private var issuance: UnsignedIssuance?
    /// What comes of it, where no certificate is signed.
    private var early: Result<IssuedCertificate, any Error>?

    /// - Returns: nil for an entry that could not be read.
    init?(_ pending: PendingAnswer, _ judge: GroupJudge) {
        guard let request = pending.request else { return nil }
        self.pending = pending
        self.request = request
        self.judge = judge
        snapshot = judge.look()
    }

    /// Reads what there is of the device.
    func findDevice() {
        known = request.registrationID.map { id in
            Result { try NamespaceState(snapshot).device(registering: id) }
        }
    }

    /// Judges the CSR, but for its signature, and makes the certificate, but for its signature.
    func accept(_ registry: Registry, _ meter: StageMeter?) {
        meter?.enter(.documents)
        attempt {
            switch try registry.accept(request, NamespaceState(snapshot), known: known, at: registry.now, meter) {
            case .reuse(let issued): early = .success(issued)
            case .new(let unsigned): issuance = unsigned
            }
        }
    }

    /// Checks the CSR's signature.
    func verify() { attempt { try issuance?.verify() } }

    /// Signs the certificate.
    func sign() { attempt { try issuance?.sign() } }

    /// Makes what is to be committed.
    func finish(_ registry: Registry, _ meter: StageMeter?) {
        meter?.enter(.certificate)
        pending.judged = judge.judge(on: snapshot) { snapshot in
            if let issuance { return try registry.finish(issuance, NamespaceState(snapshot), meter) }
            guard let early else { preconditionFailure("it was accepted or not") }
            return .answer(try early.get())
        }
    }

    private func attempt(_ step: () throws -> Void) {
        do {
            try step()
        } catch {
            issuance = nil
            early = .failure(error)
        }
    }
}
