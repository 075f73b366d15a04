import JSON
import PKI
import Store

/// Which certificates `cert list` is asked for. What is not given narrows nothing.
package struct CertificateQuery: Sendable {
    package var policy: PolicyName?
    /// A device by its name or registration ID.
    package var device: String?
    package var isRevoked = false
    package var isExpired = false
    /// Only those that end within so many seconds from now, and of these only the newest of each device.
    package var expiringIn: Int64?
    /// With ``expiringIn``: those that were replaced too.
    package var includesReplaced = false

    package init() {}

    /// Whether a certificate may be wanted that ends on that day, written as `2026-11-24`.
    fileprivate func mayWant(day: String, at time: Int64) -> Bool {
        if isExpired, day > Timestamp.day(time) { return false }
        guard let expiringIn else { return true }
        return day >= Timestamp.day(time) && day <= Timestamp.day(time + expiringIn)
    }

    fileprivate func wants(notAfter: Int64, at time: Int64) -> Bool {
        let hasEnded = Validity.isOver(notAfter, at: time)
        if isExpired, !hasEnded { return false }
        guard let expiringIn else { return true }
        return !hasEnded && notAfter <= time + expiringIn
    }
}

/// A certificate of a list.
package struct ListedCertificate: Sendable {
    package enum Status: String, Sendable {
        /// The device's newest, and valid.
        case active
        /// Valid, but the device has a newer one, or is gone.
        case replaced
        case expired
        case revoked
    }

    let issued: DeviceCertificate
    let registrationID: String
    let deviceName: String
    /// The device's hub now; of a device that is gone the one it had.
    let hubName: String?
    /// The issuing CA's subject.
    let issuer: String
    package let isNewest: Bool
    let revocation: Revocation?
    package let status: Status

    /// The certificate in the words of `cert issue` and `cert show`.
    package var value: JSONValue {
        var object = JSONObject()
        object["registrationId"] = .string(registrationID)
        object["deviceName"] = .string(deviceName)
        object["hubName"] = hubName.map(JSONValue.string) ?? .null
        object["policyName"] = .string(issued.policyName)
        object["serialNumber"] = .string(issued.serialNumber)
        object["thumbprint"] = .string(issued.thumbprint)
        object["issuer"] = .string(issuer)
        object["notBefore"] = .string(Timestamp.text(issued.notBefore))
        object["notAfter"] = .string(Timestamp.text(issued.notAfter))
        object["isNewest"] = .bool(isNewest)
        object["status"] = .string(status.rawValue)
        if let revocation {
            object.set("revokedAt", time: revocation.at)
            object.set("revocationReason", revocation.reason.map { .string($0.rawValue) })
        }
        return .object(object)
    }
}

extension Registry {
    /// How many certificates are looked up together: each such look is true at one moment, the list as a whole need not
    /// be, so that writers are not in its way, nor it in theirs.
    private static let stretch = 64

    /// Calls the body with every certificate of a namespace that is asked for, soonest end first.
    ///
    /// Reads the expiry files of the days that can hold one, a day at a time, and the ledger entries they point to: what
    /// is kept in memory is some hundred octets for each certificate that ends on the same day, and each that is revoked.
    package func listCertificates(
        _ key: NamespaceKey,
        _ query: CertificateQuery,
        _ body: (ListedCertificate) throws -> Void
    ) throws {
        let ledger = try ledger(key)
        let time = now
        let issuers = try query.policy.map { policy in
            let issuers = try ledger.read { try NamespaceState($0).issuers(ofPolicy: policy) }
            return Set(issuers.compactMap { HexKey($0.subject) })
        }
        let devices = try query.device.map { try deviceNames($0, ledger) }
        let lookup = IssuerLookup(ledger)
        for day in try ledger.expiryDays() where query.mayWant(day: day, at: time) {
            let rows = try ledger.expiryRows(of: day) { row in
                query.wants(notAfter: row.notAfter, at: time) && issuers?.contains(row.issuer) ?? true
                    && devices?.contains(row.device.lowercased()) ?? true
            }
            for rows in rows.stretches(of: Self.stretch) {
                let wanted = try rows.filter {
                    try !query.isRevoked || lookup.revocation(of: $0.serial, issuer: $0.issuer) != nil
                }
                for certificate in try Self.certificates(wanted, ledger, lookup, at: time) {
                    if query.expiringIn != nil, !query.includesReplaced, !certificate.isNewest { continue }
                    try body(certificate)
                }
            }
        }
    }

    /// The names, lower-cased, of the device that is meant.
    private func deviceNames(_ text: String, _ ledger: Ledger) throws -> Set<String> {
        if let device = try ledger.read({ try NamespaceState($0).deviceIfAny(named: text) }) {
            return [device.name.text.lowercased()]
        }
        // Of a device that was deleted there are certificates all the same.
        let names = Set(try DeviceName.candidates(for: text).map { $0.text.lowercased() })
        for day in try ledger.expiryDays() {
            let rows = try ledger.expiryRows(of: day) { names.contains($0.device.lowercased()) }
            if !rows.isEmpty { return names }
        }
        return [try ledger.read { try NamespaceState($0).device(named: text).name.text.lowercased() }]
    }

    private static func certificates(
        _ rows: [ExpiryRow],
        _ ledger: Ledger,
        _ lookup: IssuerLookup,
        at time: Int64
    ) throws -> [ListedCertificate] {
        if rows.isEmpty { return [] }
        let issued = try zip(rows, try ledger.entries(at: rows.map(\.place))).map { row, entry in
            try certificate(row.serial.upper, device: row.device, in: entry)
        }
        let current = try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try issued.map { try state.device($0.name) }
        }
        var certificates: [ListedCertificate] = []
        for (row, (then, now)) in zip(rows, zip(issued, current)) {
            guard let certificate = then.certificate else { preconditionFailure("only devices with one are found") }
            let isNewest = now?.certificate?.serialNumber == certificate.serialNumber
            let revocation = try lookup.revocation(of: row.serial, issuer: row.issuer)
            let status: ListedCertificate.Status =
                if revocation != nil {
                    .revoked
                } else if Validity.isOver(certificate.notAfter, at: time) {
                    .expired
                } else {
                    isNewest ? .active : .replaced
                }
            certificates.append(
                ListedCertificate(
                    issued: certificate,
                    registrationID: then.registrationID,
                    deviceName: then.name.text,
                    hubName: (now?.identity ?? then.identity)?.hub.text,
                    issuer: try lookup.subject(of: row.issuer),
                    isNewest: isNewest,
                    revocation: revocation,
                    status: status
                )
            )
        }
        return certificates
    }
}
