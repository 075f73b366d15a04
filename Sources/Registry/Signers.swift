import PKI
import Store
import Synchronization

/// A CA that has been made ready to sign.
final class Signer: Sendable {
    let issuer: Issuer

    init(_ issuer: consuming Issuer) { self.issuer = issuer }
}

/// The CAs this process signs with, by the names of their keys: each is read and proven once. A key's name is never
/// given to another key.
final class Signers: Sendable {
    private let ready = Mutex<[String: Signer]>([:])

    func signer(_ keyName: String, _ make: () throws -> Signer) rethrows -> Signer {
        if let known = ready.withLock({ $0[keyName] }) { return known }
        let made = try make()
        ready.withLock { $0[keyName] = made }
        return made
    }
}

extension Registry {
    /// A CA of the namespace, ready to sign. Throws as ``issuer(_:_:)`` when it is asked for the first time.
    func signer(_ record: IssuerRecord, _ snapshot: Snapshot) throws -> Signer {
        try signers.signer(record.keyName) { Signer(try issuer(record, snapshot)) }
    }
}
