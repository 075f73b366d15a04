extension Life {
    private static let notFound = Answer.refused(3, "ResourceNotFound")

    // MARK: The operator

    mutating func issue(_ name: String, _ policyName: String, _ asked: String?, _ key: Int) -> Effect {
        guard root != nil else { return Effect(.refused(3, "ParentResourceNotFound")) }
        guard let policy = policies[policyName] else { return Effect(Self.notFound) }
        let known = devices[name]
        if let known, isLockedOut(known) { return Effect(.refused(1, "DeviceDisabled")) }
        var device = known ?? Device(mark: makeMark())
        if device.hub == nil {
            if let asked {
                guard hubs[asked] != nil else { return Effect(Self.notFound) }
                device.hub = asked
            } else if hubs.count > 1 {
                return Effect(.refused(1, "HubRequired"))
            } else {
                device.hub = hubs.keys.first
            }
            // A new identity, whatever the last one was.
            device.isIdentityEnabled = true
        } else if let asked, asked != device.hub {
            return Effect(.refused(1, "Conflict"))
        }
        return sign(name, device, policyName, policy, key) ?? Effect(.refused(1, "CertificateExpiringSoon"))
    }

    private func isLockedOut(_ device: Device) -> Bool {
        !device.isEnabled || device.hub != nil && !device.isIdentityEnabled
    }

    /// Nil when the CA ends before the certificate would.
    private mutating func sign(
        _ name: String,
        _ device: Device,
        _ policyName: String,
        _ policy: Policy,
        _ key: Int
    ) -> Effect? {
        let end = now + Int64(policy.days) * Calendar.day
        guard let authority = authorities[policy.authority], end <= authority.notAfter else { return nil }
        let certificate = Certificate(
            name: CertificateName(device: name, number: certificates.count { $0.name.device == name }),
            key: key,
            authority: policy.authority,
            notAfter: end,
            mark: device.mark
        )
        certificates.append(certificate)
        devices[name] = device
        devices[name]?.policy = policyName
        var effect = Effect(.done)
        effect.isChange = true
        effect.certificate = certificate.name
        return effect
    }

    // MARK: The device

    /// The device renews where it proves itself by a certificate it has.
    mutating func renew(_ name: CertificateName, _ hub: String, _ key: Int) -> Effect {
        guard let certificate = certificate(name) else { return Effect(.impossible) }
        guard hubs[hub] != nil else { return Effect(Self.notFound) }
        if case .refused(let reason) = verdict(on: certificate, at: hub) { return Effect(.refused(1, reason)) }
        guard let device = devices[name.device], let policyName = device.policy, let policy = policies[policyName]
        else { return Effect(Self.notFound) }
        return sign(name.device, device, policyName, policy, key) ?? Effect(.refused(1, "CertificateExpiringSoon"))
    }

    mutating func enroll(_ device: String, _ enrollment: Enrollment) -> Effect {
        guard policies[enrollment.policy] != nil, hubs[enrollment.hub]?.isLinked == true else {
            return Effect(Self.notFound)
        }
        enrollments[device] = enrollment
        return Effect(.done)
    }

    /// The device goes to its provisioning service, which chooses the hub and may move it there.
    mutating func register(_ name: String, _ key: Int) -> Effect {
        guard let enrollment = enrollments[name] else { return Effect(.impossible) }
        let known = devices[name]
        var device = known ?? Device(mark: makeMark())
        if device.hub == nil || enrollment.reprovisioning != .never {
            guard hubs[enrollment.hub]?.isLinked == true else { return Effect(.refused(1, "400208")) }
            // Only a device that no hub knows gets an identity that is enabled whatever it was.
            if device.hub == nil { device.isIdentityEnabled = true }
            device.hub = enrollment.hub
        }
        guard root != nil, let policy = policies[enrollment.policy] else { return Effect(.refused(1, "400000")) }
        if let known, isLockedOut(known) { return Effect(.refused(1, "400209")) }
        return sign(name, device, enrollment.policy, policy, key) ?? Effect(.refused(1, "400000"))
    }
}
