/// What is said of somebody who presents a certificate.
package enum Verdict: Hashable, Sendable, CustomStringConvertible {
    case accepted
    /// With the reason that must be given.
    case refused(String)

    package var description: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let reason): "refused: \(reason)"
        }
    }
}

extension Life {
    /// Whether a certificate was revoked, on a CRL or not.
    package func isRevoked(_ certificate: Certificate) -> Bool {
        devices[certificate.name.device]?.mark != certificate.mark
    }

    /// Its own last second counts no more: so libcrypto has it, against RFC 5280.
    package func isExpired(_ certificate: Certificate) -> Bool { now >= certificate.notAfter }

    /// What a hub says.
    package func verdict(on certificate: Certificate, at hubName: String) -> Verdict {
        guard let hub = hubs[hubName] else { return .refused("ResourceNotFound") }
        if isExpired(certificate) { return .refused("CertificateExpired") }
        guard hub.holds.contains(certificate.authority) else {
            switch authority(of: certificate).state {
            case .current: return .refused("IssuerNotSynced")
            case .retired: return .refused("UnknownIssuer")
            case .revoked: return .refused("IssuerRevoked")
            }
        }
        guard let device = devices[certificate.name.device], device.hub == hubName else {
            return .refused("DeviceNotFound")
        }
        if !device.isEnabled { return .refused("DeviceDisabled") }
        if !device.isIdentityEnabled { return .refused("IdentityDisabled") }
        return device.mark == certificate.mark ? .accepted : .refused("CertificateRevoked")
    }

    /// What somebody says who trusts the roots and reads every CRL.
    package func verdict(on certificate: Certificate) -> Verdict {
        if isExpired(certificate) { return .refused("CertificateExpired") }
        if authority(of: certificate).state == .revoked { return .refused("IssuerRevoked") }
        return isRevoked(certificate) ? .refused("CertificateRevoked") : .accepted
    }
}
