/// A root CA.
package struct Root: Sendable {
    package let number: Int
    /// Unix seconds.
    package let notAfter: Int64
    /// Whether its credential was deleted.
    package var hasEnded = false
    package var isWiped = false
}

/// An issuing CA.
package struct Authority: Sendable {
    package enum State: Sendable {
        case current, retired, revoked
    }

    package let name: AuthorityName
    package let root: Int
    package let notAfter: Int64
    package var state = State.current
    package var endedAt: Int64?
    /// The most days that a leaf of it was ever given.
    package var longestDays: Int
    package var isWiped = false

    /// When the last leaf that it may have issued is over.
    package var lastLeafEnd: Int64 {
        guard let endedAt else { return notAfter }
        return min(notAfter, endedAt + Int64(longestDays) * Calendar.day)
    }
}

/// A policy, as long as it is there.
struct Policy: Sendable {
    var authority: AuthorityName
    var days: Int
}

/// A hub, as long as it is there.
package struct Hub: Sendable {
    package internal(set) var holds: Set<AuthorityName> = []
    var isLinked = false
}

/// A device, as long as it is there.
package struct Device: Sendable {
    /// What its certificates must carry; another one after every revocation, and for every device of the name.
    package internal(set) var mark: Int
    package internal(set) var isEnabled = true
    package internal(set) var policy: String?
    /// The hub that knows it.
    package internal(set) var hub: String?
    /// Whether that hub lets it in.
    package internal(set) var isIdentityEnabled = true
}

struct Enrollment: Sendable {
    var policy: String
    var hub: String
    var reprovisioning: Reprovisioning
}

/// A certificate that was issued.
package struct Certificate: Sendable {
    package let name: CertificateName
    /// Which of the device's keys it is for.
    package let key: Int
    package let authority: AuthorityName
    package let notAfter: Int64
    /// What the device had to be known by when it was issued.
    package let mark: Int
    /// Revoked when the key of its CA was wiped already: no CRL can list it.
    package internal(set) var isUnlisted = false
}
