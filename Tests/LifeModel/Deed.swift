/// What becomes of a device's identity when it registers again.
package enum Reprovisioning: String, CaseIterable, Hashable, Sendable {
    case migrate
    case reset
    case never
}

/// The `number`-th certificate, counted from 0, that was ever issued under a device's name.
package struct CertificateName: Hashable, Sendable {
    package let device: String
    package let number: Int

    package init(device: String, number: Int) {
        self.device = device
        self.number = number
    }
}

/// The `number`-th issuing CA, counted from 0, that was ever made under a policy's name.
package struct AuthorityName: Hashable, Sendable {
    package let policy: String
    package let number: Int

    package init(policy: String, number: Int) {
        self.policy = policy
        self.number = number
    }
}

/// One thing that an operator, a device or time does. It holds names alone, so that it can be repeated when others
/// before it are left out.
package enum Deed: Hashable, Sendable {
    case createCredential
    case deleteCredential(wipesKey: Bool)
    case signCredentialCRLs
    /// Makes a policy; with the days of its leaves, else their default.
    case createPolicy(String, days: Int?)
    case updatePolicy(String, days: Int)
    case deletePolicy(String, wipesKey: Bool)
    case revokeIssuer(String)
    /// CRLs of one policy, or of all.
    case signPolicyCRLs(String?)
    case synchronize(prunes: Bool)
    case createHub(String)
    case deleteHub(String)
    /// Lets the provisioning service assign devices to a hub.
    case linkHub(String)
    /// Takes a CA from a hub.
    case deleteHubCertificate(hub: String, AuthorityName)
    case setIdentity(hub: String, device: String, enabled: Bool)
    /// The operator's own issuance; `key` is one of the two keys that a device has.
    case issue(device: String, policy: String, hub: String?, key: Int)
    /// Changes a device's enrollment.
    case enroll(device: String, policy: String, hub: String, Reprovisioning)
    case register(device: String, key: Int)
    /// The device renews at a hub, with one of its certificates.
    case renew(CertificateName, hub: String, key: Int)
    case revokeDevice(String, disables: Bool)
    case deleteDevice(String)
    case setDevice(String, enabled: Bool)
    case setPolicy(device: String, policy: String)
    case pass(seconds: Int64)
}

/// How an operation ends.
package enum Answer: Hashable, Sendable {
    case done
    /// With the exit status and the code of the refusal.
    case refused(Int32, String)
    /// It names what there never was, and cannot even be tried.
    case impossible
}

/// What an operation brings about.
package struct Effect: Hashable, Sendable {
    package var answer: Answer
    /// Whether anybody could be judged in another way than before.
    package var isChange = false
    package var certificate: CertificateName?
    package var authority: AuthorityName?
    /// The number of a new root.
    package var root: Int?

    init(_ answer: Answer) { self.answer = answer }
}
