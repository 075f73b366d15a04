/// Makes up what might happen next: mostly what is possible, sometimes what is not.
package struct DeedSource<Generator: RandomNumberGenerator> {
    private let devices: [String]
    private let hubs: [String]
    private let policies: [String]
    private var random: Generator
    /// What was decided on and is still to come.
    private var planned: [Deed] = []

    package init(devices: [String], hubs: [String], policies: [String], _ random: Generator) {
        self.devices = devices
        self.hubs = hubs
        self.policies = policies
        self.random = random
    }

    package mutating func next(in life: Life) -> Deed {
        if !planned.isEmpty { return planned.removeFirst() }
        planned = plan(life)
        return planned.removeFirst()
    }

    private enum Kind: CaseIterable {
        case issue, register, renew, enroll, revokeDevice, deleteDevice, setDevice, setIdentity, setPolicy
        case createPolicy, updatePolicy, deletePolicy, revokeIssuer, synchronize, createHub, deleteHub
        case deleteHubCertificate, signPolicyCRLs, signCredentialCRLs, replaceCredential, deleteCredential, pass

        /// How often it comes.
        var weight: Int {
            switch self {
            case .issue: 16
            case .renew: 12
            case .pass: 8
            case .register: 9
            case .synchronize: 8
            case .enroll, .setDevice: 7
            case .setIdentity: 8
            case .revokeDevice: 6
            case .createPolicy: 5
            case .createHub: 4
            case .updatePolicy, .revokeIssuer, .deleteHubCertificate: 3
            case .deleteDevice, .deletePolicy, .setPolicy: 2
            case .deleteHub, .signPolicyCRLs, .signCredentialCRLs, .replaceCredential, .deleteCredential: 1
            }
        }
    }

    private mutating func plan(_ life: Life) -> [Deed] {
        let kinds = Kind.allCases.flatMap { Array(repeating: $0, count: $0.weight) }
        switch pick(kinds) {
        case .issue: return [issue(life)]
        case .register: return [.register(device: device(), key: key())]
        case .renew: return [renew(life)]
        case .enroll: return enroll(life)
        case .revokeDevice: return [.revokeDevice(known(life), disables: happens(30))]
        case .deleteDevice: return [.deleteDevice(known(life))]
        case .setDevice: return [.setDevice(known(life), enabled: happens(60))]
        case .setIdentity: return [setIdentity(life)]
        case .setPolicy: return [.setPolicy(device: known(life), policy: policy(life))]
        case .createPolicy: return [.createPolicy(policy(), days: happens(40) ? days() : nil)]
        case .updatePolicy: return [.updatePolicy(policy(life), days: days())]
        case .deletePolicy: return [.deletePolicy(policy(), wipesKey: happens(40))]
        case .revokeIssuer: return revokeIssuer(life)
        case .synchronize: return [.synchronize(prunes: happens(25))]
        case .createHub: return createHub()
        case .deleteHub: return [.deleteHub(hub())]
        case .deleteHubCertificate: return [deleteHubCertificate(life)]
        case .signPolicyCRLs: return [.signPolicyCRLs(happens(50) ? policy() : nil)]
        case .signCredentialCRLs: return [.signCredentialCRLs]
        case .replaceCredential: return replaceCredential(life)
        case .deleteCredential: return [.deleteCredential(wipesKey: happens(50))]
        case .pass: return [.pass(seconds: seconds(life))]
        }
    }

    // MARK: Who and what

    private mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    private mutating func device() -> String { pick(devices) }
    private mutating func hub() -> String { pick(hubs) }
    private mutating func policy() -> String { pick(policies) }
    private mutating func key() -> Int { Int.random(in: 0..<2, using: &random) }
    private mutating func days() -> Int { pick([7, 8, 30, 60, 90]) }

    /// A device that is there, if any is.
    private mutating func known(_ life: Life) -> String {
        let there = life.devices.keys.sorted()
        return there.isEmpty || happens(10) ? device() : pick(there)
    }

    /// A policy that is there, if any is.
    private mutating func policy(_ life: Life) -> String {
        let there = life.policyNames
        return there.isEmpty || happens(10) ? policy() : pick(there)
    }

    // MARK: What takes some thought

    private mutating func issue(_ life: Life) -> Deed {
        let device = device()
        var hub = life.devices[device]?.hub ?? hub()
        if happens(10) { hub = self.hub() }
        return .issue(
            device: device,
            policy: policy(life),
            hub: happens(20) ? nil : hub,
            key: key()
        )
    }

    private mutating func renew(_ life: Life) -> Deed {
        let accepted = life.certificates.filter { certificate in
            life.hubs.keys.contains { life.verdict(on: certificate, at: $0) == .accepted }
        }
        if !accepted.isEmpty, happens(90) {
            let certificate = pick(accepted)
            let hub = life.devices[certificate.name.device]?.hub ?? hub()
            return .renew(certificate.name, hub: hub, key: key())
        }
        let name = life.certificates.isEmpty ? nil : pick(life.certificates).name
        return .renew(name ?? CertificateName(device: device(), number: 0), hub: hub(), key: key())
    }

    private mutating func enroll(_ life: Life) -> [Deed] {
        let device = device()
        let linked = life.hubs.filter { $0.value.isLinked }.keys.sorted()
        let change = Deed.enroll(
            device: device,
            policy: policy(life),
            hub: linked.isEmpty || happens(10) ? hub() : pick(linked),
            pick(Reprovisioning.allCases)
        )
        return happens(70) ? [change, .register(device: device, key: key())] : [change]
    }

    private mutating func setIdentity(_ life: Life) -> Deed {
        let device = known(life)
        return .setIdentity(
            hub: happens(10) ? hub() : life.devices[device]?.hub ?? hub(),
            device: device,
            enabled: happens(60)
        )
    }

    private mutating func revokeIssuer(_ life: Life) -> [Deed] {
        let policy = policy(life)
        return happens(60) ? [.revokeIssuer(policy), .synchronize(prunes: false)] : [.revokeIssuer(policy)]
    }

    private mutating func createHub() -> [Deed] {
        let hub = hub()
        return [.createHub(hub), .linkHub(hub)] + (happens(50) ? [.synchronize(prunes: false)] : [])
    }

    private mutating func deleteHubCertificate(_ life: Life) -> Deed {
        let hub = hub()
        let held = life.hubs[hub].map { $0.holds.sorted { ($0.policy, $0.number) < ($1.policy, $1.number) } } ?? []
        return .deleteHubCertificate(
            hub: hub,
            held.isEmpty || happens(10) ? AuthorityName(policy: policy(), number: 0) : pick(held)
        )
    }

    /// A new root, and all that it takes.
    private mutating func replaceCredential(_ life: Life) -> [Deed] {
        life.policyNames.map { .deletePolicy($0, wipesKey: happens(30)) } + [
            .deleteCredential(wipesKey: happens(50)), .createCredential, .createPolicy(policy(), days: nil),
            .synchronize(prunes: happens(50)),
        ]
    }

    /// Some days or months, or up to around the end of something.
    private mutating func seconds(_ life: Life) -> Int64 {
        let ends =
            (life.certificates.map(\.notAfter) + life.authorities.values.flatMap { [$0.notAfter, $0.lastLeafEnd] })
            .filter { $0 > life.now + 1 }.sorted()
        if !ends.isEmpty, happens(30) { return pick(ends) - life.now + Int64.random(in: -1...1, using: &random) }
        if happens(15) { return Int64.random(in: 1...90, using: &random) }
        return Calendar.day * Int64.random(in: 1...(happens(30) ? 120 : 25), using: &random)
    }
}
