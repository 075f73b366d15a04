import JSON
import Store

/// How a program that was run ended.
package enum ProgramOutcome: Sendable {
    /// It exited 0, with this on its standard output.
    case output([UInt8])
    /// It did not, and why.
    case failed(String)
}

/// The services of the registry over one store. Every front door ends in the same calls.
///
/// Errors thrown: `ServiceError` for what the service judges, `Refusal` for what the PKI's rules refuse, `StoreError`
/// for what the disk or another writer does.
package struct Registry: Sendable {
    package let root: StoreRoot
    let environment: StoreEnvironment
    /// Runs a program with octets on its standard input and seconds to answer in.
    let runProgram: @Sendable (_ path: String, _ input: [UInt8], _ seconds: Int) -> ProgramOutcome
    /// Whether a clock that stands before the last ledger entry is taken at its word; the ledger records it.
    let acceptsClock: Bool
    let signers = Signers()

    package init(
        root: StoreRoot,
        environment: StoreEnvironment,
        acceptsClock: Bool = false,
        runProgram: @escaping @Sendable (String, [UInt8], Int) -> ProgramOutcome = { path, _, _ in
            .failed("\(path): no programs are run here")
        }
    ) {
        self.root = root
        self.environment = environment
        self.runProgram = runProgram
        self.acceptsClock = acceptsClock
    }

    /// The clock: Unix seconds, UTC.
    package var now: Int64 { environment.now() }

    /// Random octets, for identifiers and serial numbers; private keys come from libcrypto itself.
    func randomBytes(_ count: Int) throws -> [UInt8] { try environment.randomBytes(count) }

    /// A random (version 4) UUID in its text form, RFC 9562.
    func makeUUID() throws -> String { Self.uuid(of: try randomBytes(16)) }

    /// The one that 16 random octets make.
    static func uuid(of random: [UInt8]) -> String {
        var bytes = random
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.lower(bytes).utf8)
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: hex[$0], as: UTF8.self) }
        return parts.joined(separator: "-")
    }

    /// The namespace's ledger.
    ///
    /// - Throws: `ResourceNotFound` when there is no such namespace.
    func ledger(_ key: NamespaceKey) throws -> Ledger {
        guard let ledger = try root.ledger(at: StoreLayout.namespace(key)) else { throw Self.noNamespace(key) }
        return ledger
    }

    /// The same for a caller that goes straight on to read or commit: that finds out whether the namespace is there.
    func assumedLedger(_ key: NamespaceKey) throws -> Ledger {
        try root.ledger(at: StoreLayout.namespace(key)) { Self.noNamespace(key) }
    }

    static func noNamespace(_ key: NamespaceKey) -> ServiceError {
        .notFound(
            "there is no namespace '\(key.name.text)' in the resource group '\(key.group.text)'",
            hint:
                "'adr ns list' shows those there are; 'adr ns create --name \(key.name.text)\(groupOption(key.group))' makes it."
        )
    }

    static func noService(_ name: ProvisioningServiceName) -> ServiceError {
        .notFound(
            "there is no provisioning service '\(name.text)'",
            hint:
                "'adr dps list' shows those there are; 'adr dps create --name \(name.text) --namespace <namespace>' makes it."
        )
    }

    /// `-g GROUP`, with a leading blank, where the group is not the one that is meant without it.
    package static func groupOption(_ group: ResourceGroupName) -> String {
        group.text.lowercased() == ResourceGroupName.standard.text ? "" : " -g \(group.text)"
    }

    /// Refuses to sign when the clock stands more than five minutes before the last ledger entry.
    func checkClock(_ snapshot: Snapshot, at time: Int64) throws(ServiceError) {
        guard time < snapshot.lastTime - 300, !acceptsClock else { return }
        throw .refused(
            "ClockWentBack",
            "the clock says \(Timestamp.text(time)), but the last entry of the ledger was written at \(Timestamp.text(snapshot.lastTime))",
            hint: "Set the clock right, or repeat the command with --accept-clock, which the ledger records."
        )
    }

    /// The details every entry of this moment carries besides its own: that a clock was accepted against the ledger.
    func details(_ members: [(String, JSONValue)], _ snapshot: Snapshot, at time: Int64) -> JSONObject {
        var details = JSONObject(members)
        if acceptsClock, time < snapshot.lastTime { details.set("acceptedClock", time: time) }
        return details
    }
}
