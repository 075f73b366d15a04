import Foundation
import OpenSSL
import PKI
import Registry
import Store
import TestSupport

/// A store whose entries were written when a test says, so that the built program, which has no clock but the
/// machine's, finds certificates of every age.
final class AgedStore: Sendable {
    let person: Operator
    let registry: Registry
    private let clock = Clock()

    /// The machine's clock at the beginning: ages are told from here.
    let start = Int64(Date().timeIntervalSince1970)

    private final class Clock: @unchecked Sendable {
        private let lock = NSLock()
        private var time: Int64 = 0

        var now: Int64 {
            get { lock.withLock { time } }
            set { lock.withLock { time = newValue } }
        }
    }

    init(_ name: String = #function) {
        person = Operator(name, inMemory: true)
        var environment = StoreEnvironment.system(note: { _ in })
        environment.now = { [clock] in clock.now }
        registry = Registry(root: StoreRoot(path: person.store, environment: environment), environment: environment)
    }

    /// What is done from here on was done so many days ago. Ledgers go forward only.
    func go(daysBack days: Double) { clock.now = start - Int64(days * 86_400) }

    static func key(_ name: String = "factory") throws -> NamespaceKey {
        NamespaceKey(group: try ResourceGroupName("default"), name: try NamespaceName(name))
    }

    func makeNamespace(_ name: String = "factory", policy: String = "default", validityDays: Int? = nil) throws {
        _ = try registry.createNamespace(
            NamespaceRequest(
                key: Self.key(name),
                location: nil,
                tags: nil,
                policy: PolicyRequest(name: PolicyName(policy), leafValidityDays: validityDays)
            )
        )
    }

    func makePolicy(_ name: String, validityDays: Int) throws {
        _ = try registry.createPolicy(
            Self.key(),
            PolicyRequest(name: PolicyName(name), leafValidityDays: validityDays)
        )
    }

    func makeHub(_ name: String) throws {
        let key = try Self.key()
        _ = try registry.createHub(
            HubRequest(name: HubName(name), namespace: key, group: key.group, location: nil, tags: nil)
        )
    }

    func synchronize() throws { _ = try registry.synchronizeCredential(Self.key(), pruning: false) }

    @discardableResult
    func issue(_ id: String, policy: String = "default", hub: String? = nil) throws -> IssuedCertificate {
        let csr = try CSRBuilder.make(commonName: id, key: try PrivateKey.generate(.p384))
        return try registry.issueCertificate(
            IssueRequest(
                namespace: Self.key(),
                policy: PolicyName(policy),
                csr: Array(Base64.encode(csr).utf8),
                csrName: "\(id).csr",
                registrationID: RegistrationID(id),
                hub: try hub.map { try HubName($0) }
            )
        )
    }
}
