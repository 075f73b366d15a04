import Foundation
import JSON
import OpenSSL
import PKI
import Store
import TestSupport

@testable import Registry

/// A namespace with hubs and a provisioning service, in process: nobody types, and the clock stands where a test puts it.
final class Plant: Sendable {
    let registry: Registry
    let scratch: Scratch
    private let clock: Clock
    private let programs = Programs()

    /// 2026-03-01T00:00:00Z, where every plant's clock stands at first.
    static let start: Int64 = 1_772_323_200

    private final class Clock: @unchecked Sendable {
        private let lock = NSLock()
        private var time = Plant.start

        var now: Int64 { lock.withLock { time } }
        func set(_ time: Int64) { lock.withLock { self.time = time } }
    }

    /// What the programs of custom allocation do.
    private final class Programs: @unchecked Sendable {
        private let lock = NSLock()
        private var body: @Sendable () throws -> ProgramOutcome = { .failed("no program was expected to run") }

        func set(_ body: @escaping @Sendable () throws -> ProgramOutcome) { lock.withLock { self.body = body } }

        func run() -> ProgramOutcome {
            do {
                return try lock.withLock { body }()
            } catch {
                return .failed("\(error)")
            }
        }
    }

    /// Every program of a custom allocation runs this.
    func onProgram(_ body: @escaping @Sendable () throws -> ProgramOutcome) { programs.set(body) }

    /// - Parameter hubs: names and weights, linked in this order.
    init(
        hubs: [(String, Int)] = [("hub-1", 1), ("hub-2", 1)],
        files: any FileOperations = SystemFiles()
    ) throws {
        let clock = Clock()
        scratch = Scratch("plant", inMemory: true)
        self.clock = clock
        var environment = StoreEnvironment.system(note: { _ in })
        environment.now = { clock.now }
        environment.files = files
        registry = Registry(
            root: StoreRoot(path: scratch.file("store"), environment: environment),
            environment: environment,
            runProgram: { [programs] _, _, _ in programs.run() }
        )
        let namespace = try Self.namespace()
        _ = try registry.createNamespace(
            NamespaceRequest(
                key: namespace,
                location: nil,
                tags: nil,
                policy: PolicyRequest(name: PolicyName("default"))
            )
        )
        _ = try registry.createProvisioningService(
            ProvisioningServiceRequest(
                name: service(),
                namespace: namespace,
                group: namespace.group,
                location: nil,
                tags: nil
            )
        )
        for (name, weight) in hubs {
            let hub = try HubName(name)
            _ = try registry.createHub(
                HubRequest(name: hub, namespace: namespace, group: namespace.group, location: nil, tags: nil)
            )
            _ = try registry.createLinkedHub(
                service(),
                LinkedHubRequest(hub: hub, weight: weight, isAllocated: nil, latencyMilliseconds: nil)
            )
        }
        _ = try registry.synchronizeCredential(namespace, pruning: false)
    }

    static func namespace() throws -> NamespaceKey {
        NamespaceKey(group: try ResourceGroupName("default"), name: try NamespaceName("factory"))
    }

    func service() throws -> ProvisioningServiceName { try ProvisioningServiceName("factory-dps") }

    var now: Int64 {
        get { clock.now }
        set { clock.set(newValue) }
    }

    func idScope() throws -> String {
        try registry.showProvisioningService(service())["properties"]?["idScope"]?.stringValue ?? ""
    }

    /// Enrolls one device, or a group, by symmetric key.
    func enroll(
        _ id: EnrollmentID,
        key: [UInt8],
        secondary: [UInt8]? = nil,
        policy: String? = "default",
        change: (inout EnrollmentRequest) -> Void = { _ in }
    ) throws {
        var request = EnrollmentRequest(id: id)
        request.attestation = .symmetricKey(primary: key, secondary: secondary)
        request.policyName = policy
        change(&request)
        _ = try registry.createEnrollment(service(), request)
    }

    /// A token as a device signs it, good for an hour from now.
    func token(
        _ id: String,
        key: [UInt8],
        scope: String? = nil,
        expiresAt: Int64? = nil
    ) throws -> String {
        try SharedAccessSignature.token(
            idScope: try scope ?? idScope(),
            registrationID: id,
            key: key,
            expiresAt: expiresAt ?? now + 3600
        )
    }

    func register(_ id: String, token: String, csr: [UInt8]? = nil) throws -> RegistrationOutcome {
        try register(id, .token(token), csr: csr)
    }

    func register(_ id: String, _ proof: OnboardingProof, csr: [UInt8]? = nil) throws -> RegistrationOutcome {
        try registry.register(
            RegistrationRequest(
                service: service(),
                registrationID: RegistrationID(id),
                proof: proof,
                csr: csr,
                csrName: "device.csr",
                payload: nil
            )
        )
    }

    /// A CSR as DPS takes it.
    func csr(_ commonName: String) throws -> [UInt8] {
        Array(Base64.encode(try CSRBuilder.make(commonName: commonName, key: try PrivateKey.generate(.p384))).utf8)
    }

    /// The number of entries in the ledger, which every commit makes larger.
    func entries() throws -> Int {
        var count = 0
        try registry.ledger(Self.namespace()).forEachEntry { _ in count += 1 }
        return count
    }

    func devices() throws -> [JSONValue] { try registry.listDevices(Self.namespace()) }
}
