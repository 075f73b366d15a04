extension Life {
    private static let noCredential = Answer.refused(3, "ParentResourceNotFound")
    private static let notFound = Answer.refused(3, "ResourceNotFound")

    /// Lets an operation happen, and says how it must end.
    package mutating func apply(_ operation: Deed) -> Effect {
        switch operation {
        case .createCredential: createCredential()
        case .deleteCredential(let wipesKey): deleteCredential(wipesKey: wipesKey)
        case .signCredentialCRLs: Effect(.done)
        case .createPolicy(let name, let days): createPolicy(name, days: days)
        case .updatePolicy(let name, let days): updatePolicy(name, days: days)
        case .deletePolicy(let name, let wipesKey): deletePolicy(name, wipesKey: wipesKey)
        case .revokeIssuer(let name): revokeIssuer(name)
        case .signPolicyCRLs(let name): signPolicyCRLs(name)
        case .synchronize(let prunes): synchronize(prunes: prunes)
        case .createHub(let name): createHub(name)
        case .deleteHub(let name): deleteHub(name)
        case .linkHub(let name): linkHub(name)
        case .deleteHubCertificate(let hub, let authority): deleteHubCertificate(hub, authority)
        case .setIdentity(let hub, let device, let enabled): setIdentity(hub, device, enabled)
        case .issue(let device, let policy, let hub, let key): issue(device, policy, hub, key)
        case .enroll(let device, let policy, let hub, let reprovisioning):
            enroll(device, Enrollment(policy: policy, hub: hub, reprovisioning: reprovisioning))
        case .register(let device, let key): register(device, key)
        case .renew(let certificate, let hub, let key): renew(certificate, hub, key)
        case .revokeDevice(let name, let disables): revokeDevice(name, disables: disables)
        case .deleteDevice(let name): deleteDevice(name)
        case .setDevice(let name, let enabled): setDevice(name, enabled: enabled)
        case .setPolicy(let device, let policy): setPolicy(of: device, policy)
        case .pass(let seconds): pass(seconds)
        }
    }

    private func changed(_ configure: (inout Effect) -> Void = { _ in }) -> Effect {
        var effect = Effect(.done)
        effect.isChange = true
        configure(&effect)
        return effect
    }

    private mutating func pass(_ seconds: Int64) -> Effect {
        now += seconds
        return changed()
    }

    // MARK: Credential and policies

    private mutating func createCredential() -> Effect {
        guard root == nil else { return Effect(.done) }
        addRoot()
        let number = roots.count - 1
        return changed { $0.root = number }
    }

    private mutating func deleteCredential(wipesKey: Bool) -> Effect {
        if root != nil, !policies.isEmpty { return Effect(.refused(1, "Conflict")) }
        if root != nil { roots[roots.count - 1].hasEnded = true }
        for place in roots.indices where wipesKey && roots[place].hasEnded { roots[place].isWiped = true }
        return changed()
    }

    private mutating func createPolicy(_ name: String, days: Int?) -> Effect {
        guard root != nil else { return Effect(Self.noCredential) }
        guard policies[name] == nil else { return days.map { updatePolicy(name, days: $0) } ?? Effect(.done) }
        guard policies.count < Self.mostPolicies else { return Effect(.refused(1, "Conflict")) }
        let authority = makePolicy(name, days: days)
        return changed { $0.authority = authority }
    }

    private mutating func updatePolicy(_ name: String, days: Int) -> Effect {
        guard root != nil else { return Effect(Self.noCredential) }
        guard let policy = policies[name] else { return Effect(Self.notFound) }
        policies[name]?.days = days
        if let authority = authorities[policy.authority], authority.longestDays < days {
            authorities[policy.authority]?.longestDays = days
        }
        return Effect(.done)
    }

    private mutating func deletePolicy(_ name: String, wipesKey: Bool) -> Effect {
        if let policy = policies.removeValue(forKey: name) { end(policy.authority, as: .retired) }
        // Of those that were deleted or revoked before, too.
        for (key, authority) in authorities where wipesKey && key.policy == name && authority.state != .current {
            authorities[key]?.isWiped = true
        }
        return changed()
    }

    private mutating func revokeIssuer(_ name: String) -> Effect {
        guard root != nil else { return Effect(Self.noCredential) }
        guard let policy = policies[name] else { return Effect(Self.notFound) }
        end(policy.authority, as: .revoked)
        for hub in hubs.keys { hubs[hub]?.holds.remove(policy.authority) }
        let authority = makeAuthority(for: name, days: policy.days)
        policies[name]?.authority = authority
        return changed { $0.authority = authority }
    }

    private func signPolicyCRLs(_ name: String?) -> Effect {
        guard let name, policies[name] == nil, !authorities.keys.contains(where: { $0.policy == name }) else {
            return Effect(.done)
        }
        return Effect(Self.notFound)
    }

    // MARK: Hubs

    private mutating func synchronize(prunes: Bool) -> Effect {
        guard root != nil else { return Effect(Self.noCredential) }
        let current = Set(policies.values.map(\.authority))
        for name in hubs.keys {
            let orphans = hubs[name]?.holds.filter { authorities[$0]?.state == .retired } ?? []
            hubs[name]?.holds = prunes ? current : current.union(orphans)
        }
        return changed()
    }

    private mutating func createHub(_ name: String) -> Effect {
        if hubs[name] != nil { return Effect(.done) }
        hubs[name] = Hub()
        return changed()
    }

    private mutating func deleteHub(_ name: String) -> Effect {
        hubs[name] = nil
        for device in devices.keys where devices[device]?.hub == name { devices[device]?.hub = nil }
        return changed()
    }

    private mutating func linkHub(_ name: String) -> Effect {
        guard hubs[name] != nil else { return Effect(Self.notFound) }
        hubs[name]?.isLinked = true
        return Effect(.done)
    }

    private mutating func deleteHubCertificate(_ hub: String, _ authority: AuthorityName) -> Effect {
        guard authorities[authority] != nil else { return Effect(.impossible) }
        guard hubs[hub] != nil else { return Effect(Self.notFound) }
        hubs[hub]?.holds.remove(authority)
        return changed()
    }

    private mutating func setIdentity(_ hub: String, _ device: String, _ enabled: Bool) -> Effect {
        guard hubs[hub] != nil, devices[device]?.hub == hub else { return Effect(Self.notFound) }
        devices[device]?.isIdentityEnabled = enabled
        return changed()
    }

    // MARK: Devices

    private mutating func revokeDevice(_ name: String, disables: Bool) -> Effect {
        guard devices[name] != nil else { return Effect(Self.notFound) }
        revokeCertificates(of: name)
        let mark = makeMark()
        devices[name]?.mark = mark
        if disables { devices[name]?.isEnabled = false }
        return changed()
    }

    private mutating func deleteDevice(_ name: String) -> Effect {
        revokeCertificates(of: name)
        devices[name] = nil
        return changed()
    }

    private mutating func setDevice(_ name: String, enabled: Bool) -> Effect {
        guard devices[name] != nil else { return Effect(Self.notFound) }
        devices[name]?.isEnabled = enabled
        return changed()
    }

    private mutating func setPolicy(of device: String, _ policy: String) -> Effect {
        guard devices[device] != nil, policies[policy] != nil else { return Effect(Self.notFound) }
        devices[device]?.policy = policy
        return Effect(.done)
    }
}
