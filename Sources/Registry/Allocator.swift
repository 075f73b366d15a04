import JSON
import Store

/// The hub that was chosen, and what the choice brought with it.
struct AllocatedHub {
    let hub: HubName
    /// From a custom allocation: what the device is told, and its twin.
    var payload: JSONValue?
    var initialTwin: JSONObject?
}

/// What a program has to be asked before a hub can be chosen. Thrown out of the judgement: a judgement may be repeated,
/// and may hold the lock, so nothing that takes its time, or writes to the store itself, may run in it.
struct ProgramQuestion: Error, Equatable {
    /// The absolute path.
    let program: String
    /// What it gets on its standard input.
    let input: [UInt8]
}

/// A question, and what came of it.
struct ProgramAnswer {
    let question: ProgramQuestion
    let outcome: ProgramOutcome
}

/// Chooses the hub of a device as its enrollment says.
struct Allocator {
    private let service: ProvisioningServiceRecord
    /// What the last question brought, if one was asked.
    private let answer: ProgramAnswer?

    init(_ service: ProvisioningServiceRecord, _ answer: ProgramAnswer?) {
        self.service = service
        self.answer = answer
    }

    /// - Parameters:
    ///   - identity: where the device is now, if it is anywhere.
    ///   - payload: what the device sent for a custom allocation.
    /// - Throws: `ProgramQuestion` when a program has to be asked first.
    func choose(
        for enrollment: EnrollmentRecord,
        _ registrationID: String,
        _ identity: DeviceIdentity?,
        _ payload: JSONValue?,
        _ attestation: OnboardingAttestation
    ) throws -> AllocatedHub {
        if let identity, enrollment.reprovision == .never { return AllocatedHub(hub: identity.hub) }
        let named = enrollment.hubs.map { $0.lowercased() }
        let candidates = service.linkedHubs.filter {
            $0.isAllocated && (named.isEmpty || named.contains($0.hub.text.lowercased()))
        }
        guard !candidates.isEmpty else { throw noCandidate(named) }
        let chosen: LinkedHub?
        switch enrollment.allocation {
        case .hashed: chosen = Allocation.hashed(registrationID, among: candidates)
        case .geoLatency: chosen = Allocation.nearest(registrationID, among: candidates)
        case .fixed: chosen = candidates.first
        case .custom: return try ask(enrollment, registrationID, identity, payload, attestation, candidates)
        }
        guard let chosen else {
            throw OperationFailure(
                400_208,
                "every hub this enrollment may use has the allocation weight 0",
                hint:
                    "adr dps linked-hub update --dps-name \(service.name.text) --linked-hub <hub> --allocation-weight 1"
            )
        }
        return AllocatedHub(hub: chosen.hub)
    }

    private func noCandidate(_ named: [String]) -> OperationFailure {
        let line = "adr dps linked-hub"
        let resting = service.linkedHubs.first { named.isEmpty || named.contains($0.hub.text.lowercased()) }
        if let resting {
            return OperationFailure(
                400_208,
                "no linked hub of '\(service.name.text)' that this enrollment may use takes part in allocation",
                hint: "\(line) update --dps-name \(service.name.text) --linked-hub \(resting.hub.text) "
                    + "--apply-allocation-policy true"
            )
        }
        return OperationFailure(
            400_208,
            named.isEmpty
                ? "the provisioning service '\(service.name.text)' has no linked hub"
                : "the enrollment may use \(named.joined(separator: ", ")) alone, and '\(service.name.text)' has no such "
                    + "linked hub",
            hint: "\(line) create --dps-name \(service.name.text) --hub-name \(named.first ?? "<hub>")"
        )
    }

    // MARK: - Custom allocation

    /// How long the program may think, in seconds.
    static let programSeconds = 5

    /// Asks the enrollment's program, in the JSON the service sends its webhook.
    private func ask(
        _ enrollment: EnrollmentRecord,
        _ registrationID: String,
        _ identity: DeviceIdentity?,
        _ payload: JSONValue?,
        _ attestation: OnboardingAttestation,
        _ candidates: [LinkedHub]
    ) throws -> AllocatedHub {
        let program = enrollment.webhook ?? ""
        var context = JSONObject([("registrationId", .string(registrationID))])
        context.set("currentIotHubHostName", identity.map { .string($0.hub.hostName) })
        context.set("currentDeviceId", identity.map { .string($0.deviceID ?? registrationID) })
        context[attestation.member.name] = attestation.member.value
        context.set("payload", payload)
        let question: JSONValue = [
            enrollment.id.isGroup ? "enrollmentGroup" : "individualEnrollment": try enrollment.resource(keys: nil),
            "deviceRuntimeContext": .object(context),
            "linkedHubs": .array(candidates.map { .string($0.hub.hostName) }),
        ]
        func failed(_ why: String) -> OperationFailure {
            OperationFailure(
                400_207,
                "custom allocation failed: \(program) \(why)",
                hint:
                    #"It gets JSON on standard input and answers {"iotHubHostName": "<a linked hub>"} within 5 seconds."#
            )
        }
        let asked = ProgramQuestion(program: program, input: question.pretty() + [0x0A])
        guard let answer, answer.question == asked else { throw asked }
        let reply: JSONValue
        switch answer.outcome {
        case .failed(let why): throw failed(why)
        case .output(let bytes):
            do {
                reply = try JSONValue(parsing: bytes)
            } catch {
                throw failed("did not answer in JSON: \(error.message)")
            }
        }
        guard let name = reply["iotHubHostName"]?.stringValue else {
            throw failed("answered without 'iotHubHostName'")
        }
        guard let hub = try? HubName(name), let chosen = candidates.first(where: { $0.hub == hub }) else {
            throw failed(
                "chose \(quoted(name)), which is none of \(candidates.map(\.hub.hostName).joined(separator: ", "))"
            )
        }
        let twin = reply["initialTwin"]
        guard twin == nil || twin == .null || twin?.objectValue != nil else {
            throw failed("answered with an 'initialTwin' that is no object")
        }
        return AllocatedHub(hub: chosen.hub, payload: reply["payload"], initialTwin: twin?.objectValue)
    }
}
