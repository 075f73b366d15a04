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
        try commit(to: ledger(key)) { snapshot in
            let state = NamespaceState(snapshot)
            let time = now
            try checkClock(snapshot, at: time)
            var device = try state.device(named: name)
            var (transaction, report) = try revocation(of: device, reason, as: "DeviceRevoked", state, at: time)
            device.identifier = try randomBytes(DeviceIdentifier.length)
            device.living = []
            device.certificate?.revokedAt = time
            if disabling { device.enabled = false }
            device.touch(by: environment.who, at: time)
            transaction.details["reason"] = .string(reason.rawValue)
            transaction.changes.insert(device.change, at: 0)
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
            var (transaction, report) = try revocation(
                of: device,
                .cessationOfOperation,
                as: "DeviceDeleted",
                state,
                at: time
            )
            transaction.changes.insert(.remove(StoreLayout.device(device.name)), at: 0)
            transaction.changes += try DeviceIDRecord.changes(from: device, to: nil)
            return .commit(transaction, report)
        }
    }

    /// The rows of a device's certificates that are still alive, and what is to be told of them. What becomes of the
    /// device's own document is left to the caller.
    private func revocation(
        of device: DeviceRecord,
        _ reason: RevocationReason,
        as event: String,
        _ state: NamespaceState,
        at time: Int64
    ) throws -> (Transaction, DeviceRevocationReport) {
        let living = device.living.filter { $0.notAfter >= time }
        let issuers = try Set(living.map(\.issuer)).sorted().map { try state.issuer($0) }
        let report = DeviceRevocationReport(
            deviceName: device.name.text,
            serialNumbers: living.map(\.serialNumber),
            withoutCRL: issuers.filter { $0.keyWipedAt != nil }.map(\.commonName)
        )
        let transaction = Transaction(
            event: event,
            details: details(
                [
                    ("deviceName", .string(report.deviceName)),
                    ("serialNumbers", .array(report.serialNumbers.map(JSONValue.string))),
                ],
                state.snapshot,
                at: time
            ),
            changes: living.map { serial in
                RevokedRow(
                    serialNumber: serial.serialNumber,
                    revokedAt: time,
                    reason: reason,
                    notAfter: serial.notAfter,
                    device: device.name.text
                ).change(of: serial.issuer)
            }
        )
        return (transaction, report)
    }
}
