import JSON
import PKI
import Store

/// What was done to the certificates of one device.
package struct DeviceRevocationReport: Sendable {
    package let deviceName: String
    /// Serial numbers that are on a CRL from now on.
    package let serialNumbers: [String]
    /// Common names of CAs that can list none any more, since their keys were wiped.
    package let withoutCRL: [String]
    /// The device as it is now; nil when it is gone.
    package let resource: JSONValue?
}

extension Registry {
    /// Revokes every certificate that was ever issued to a device: its identifier is rotated, so that no hub accepts
    /// one, and those still alive are put on the CRLs of the CAs that issued them. Nothing is signed.
    ///
    /// - Parameter disabling: also disables the device; one that is disabled already stays so either way.
    package func revokeDevice(
        _ key: NamespaceKey,
        _ name: String,
        reason: RevocationReason,
        disabling: Bool
    ) throws -> DeviceRevocationReport {
        let ledger = try ledger(key)
        let subscription = try subscription()
        return try commit(to: ledger) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            try checkClock(snapshot, at: time)
            var device = try state.device(named: name)
            let (rows, withoutCRL) = try revocation(of: device, reason, state, at: time)
            device.identifier = try randomBytes(DeviceIdentifier.length)
            device.living = []
            device.certificate?.revokedAt = time
            if disabling { device.enabled = false }
            device.touch(by: environment.who, at: time)
            let report = DeviceRevocationReport(
                deviceName: device.name.text,
                serialNumbers: rows.map(\.row.serialNumber),
                withoutCRL: withoutCRL,
                resource: device.resource(of: try state.namespace(), subscription: subscription)
            )
            let transaction = Transaction(
                event: "DeviceRevoked",
                details: details(
                    [
                        ("deviceName", .string(device.name.text)), ("reason", .string(reason.rawValue)),
                        ("serialNumbers", .array(report.serialNumbers.map(JSONValue.string))),
                    ],
                    snapshot,
                    at: time
                ),
                changes: [device.change] + rows.map { $0.row.change(of: $0.issuer) }
            )
            return .commit(transaction, report)
        }
    }

    /// Deletes a device with its hub identity and its registration, and revokes its certificates, which stay listed.
    ///
    /// - Returns: nil when there is none.
    package func deleteDevice(_ key: NamespaceKey, _ name: String) throws -> DeviceRevocationReport? {
        try commit(to: ledger(key)) { snapshot in
            let state = NamespaceState(snapshot)
            guard let device = try state.deviceIfAny(named: name) else { return .answer(nil) }
            let time = now
            try checkClock(snapshot, at: time)
            let (rows, withoutCRL) = try revocation(of: device, .cessationOfOperation, state, at: time)
            let report = DeviceRevocationReport(
                deviceName: device.name.text,
                serialNumbers: rows.map(\.row.serialNumber),
                withoutCRL: withoutCRL,
                resource: nil
            )
            let transaction = Transaction(
                event: "DeviceDeleted",
                details: details(
                    [
                        ("deviceName", .string(device.name.text)),
                        ("serialNumbers", .array(report.serialNumbers.map(JSONValue.string))),
                    ],
                    snapshot,
                    at: time
                ),
                changes: [.remove(StoreLayout.device(device.name))] + rows.map { $0.row.change(of: $0.issuer) }
            )
            return .commit(transaction, report)
        }
    }

    /// The rows of a device's certificates that are still alive, and the CAs whose CRLs come no more.
    private func revocation(
        of device: DeviceRecord,
        _ reason: RevocationReason,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> (rows: [(row: RevokedRow, issuer: String)], withoutCRL: [String]) {
        let living = device.living.filter { $0.notAfter >= time }
        let rows = living.map { serial in
            (
                RevokedRow(
                    serialNumber: serial.serialNumber,
                    revokedAt: time,
                    reason: reason,
                    notAfter: serial.notAfter,
                    device: device.name.text
                ), serial.issuer
            )
        }
        let issuers = try Set(living.map(\.issuer)).sorted().map { try state.issuer($0) }
        return (rows, issuers.filter { $0.keyWipedAt != nil }.map(\.commonName))
    }
}
