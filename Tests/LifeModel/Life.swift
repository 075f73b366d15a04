/// One namespace, `factory`, as somebody would keep it in his head: who is there, what was issued when and by which CA,
/// and which hub holds which CA. It decides who must be let in, from names, dates and events alone.
package struct Life: Sendable {
    /// What a leaf lives where nothing else is asked for, in days.
    static let standardDays = 30
    static let mostPolicies = 3

    /// Unix seconds.
    package internal(set) var now: Int64
    package internal(set) var roots: [Root] = []
    package internal(set) var authorities: [AuthorityName: Authority] = [:]
    package internal(set) var hubs: [String: Hub] = [:]
    package internal(set) var devices: [String: Device] = [:]
    /// Everything that was ever issued, in that order.
    package internal(set) var certificates: [Certificate] = []
    var policies: [String: Policy] = [:]
    var enrollments: [String: Enrollment] = [:]
    private var marks = 0

    /// A namespace that was just made with its PKI and the policy `default`, two linked hubs that were synchronized, and
    /// a provisioning service with an enrollment of each device to the first hub.
    package init(now: Int64, devices: [String], hubs: [String]) {
        self.now = now
        addRoot()
        _ = makePolicy("default", days: nil)
        for hub in hubs {
            self.hubs[hub] = Hub(holds: [AuthorityName(policy: "default", number: 0)], isLinked: true)
        }
        for device in devices {
            enrollments[device] = Enrollment(policy: "default", hub: hubs[0], reprovisioning: .migrate)
        }
    }

    package var policyNames: [String] { policies.keys.sorted() }

    /// The root that signs; nil without a credential.
    var root: Root? { roots.last.flatMap { $0.hasEnded ? nil : $0 } }

    package func certificate(_ name: CertificateName) -> Certificate? {
        certificates.first { $0.name == name }
    }

    package func authority(of certificate: Certificate) -> Authority {
        guard let authority = authorities[certificate.authority] else {
            preconditionFailure("the authority of every certificate is on record")
        }
        return authority
    }

    // MARK: Making

    mutating func addRoot() {
        roots.append(Root(number: roots.count, notAfter: Calendar.adding(years: 10, to: now)))
    }

    mutating func makeAuthority(for policy: String, days: Int) -> AuthorityName {
        let number = authorities.keys.count { $0.policy == policy }
        let name = AuthorityName(policy: policy, number: number)
        authorities[name] = Authority(
            name: name,
            root: roots.count - 1,
            notAfter: Calendar.adding(years: 1, to: now),
            longestDays: days
        )
        return name
    }

    mutating func makePolicy(_ name: String, days: Int?) -> AuthorityName {
        let days = days ?? Self.standardDays
        let authority = makeAuthority(for: name, days: days)
        policies[name] = Policy(authority: authority, days: days)
        return authority
    }

    mutating func makeMark() -> Int {
        marks += 1
        return marks
    }

    // MARK: Ending

    mutating func end(_ name: AuthorityName, as state: Authority.State) {
        authorities[name]?.state = state
        if authorities[name]?.endedAt == nil { authorities[name]?.endedAt = now }
    }

    /// All certificates of a device are void; those of CAs whose key is gone come onto no CRL.
    mutating func revokeCertificates(of device: String) {
        guard let mark = devices[device]?.mark else { return }
        for place in certificates.indices
        where certificates[place].name.device == device && certificates[place].mark == mark {
            certificates[place].isUnlisted = authority(of: certificates[place]).isWiped
        }
    }
}
