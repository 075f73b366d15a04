import JSON
import OpenSSL
import PKI
import Store

extension Registry {
    /// A device's current certificate again, with its chain.
    package func certificate(ofDevice name: String, _ key: NamespaceKey) throws -> IssuedCertificate {
        try assumedLedger(key).read { snapshot in
            let state = NamespaceState(snapshot)
            let device = try state.device(named: name)
            guard let certificate = device.certificate else {
                throw ServiceError.notFound(
                    "the device '\(device.name.text)' has no certificate",
                    hint:
                        "'adr cert issue --namespace \(key.name.text)\(Self.groupOption(key.group)) --policy-name POLICY "
                        + "--registration-id \(device.registrationID) --csr FILE' issues one."
                )
            }
            return try issued(
                certificate,
                to: device,
                hub: try device.identity.flatMap { try state.hubIfAny($0.hub) },
                state
            )
        }
    }

    /// An issued certificate by its serial number, in any case, whether or not a later one replaced it.
    package func certificate(serialNumber: String, _ key: NamespaceKey) throws -> IssuedCertificate {
        let ledger = try ledger(key)
        let wanted = serialNumber.uppercased().filter { $0 != ":" }
        guard !wanted.isEmpty, wanted.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) })
        else {
            throw ServiceError.invalid(
                "\(quoted(serialNumber)) is no serial number: it must be hexadecimal digits",
                hint: "--serial takes 32 of them, as 'adr cert show FILE' prints them."
            )
        }
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            for path in try snapshot.rowFiles(under: StoreLayout.expiry) {
                for row in try snapshot.rows(path) where row["serialNumber"]?.stringValue == wanted {
                    guard let place = row["place"], let name = row["device"]?.stringValue else { continue }
                    let entry = try ledger.entry(at: place)
                    return try issued(try Self.certificate(wanted, device: name, in: entry), state)
                }
            }
            throw ServiceError.notFound(
                "no certificate with the serial number \(quoted(serialNumber)) was issued in the namespace '\(key.name.text)'",
                hint: "Serial numbers are compared as hexadecimal digits without case; "
                    + "'adr cert show FILE' prints that of a file."
            )
        }
    }

    private func issued(_ device: DeviceRecord, _ state: NamespaceState) throws -> IssuedCertificate {
        guard let certificate = device.certificate else { preconditionFailure("only devices with one are found") }
        let now = try state.device(device.name)
        let hub = try (now?.identity ?? device.identity).flatMap { try state.hubIfAny($0.hub) }
        return try issued(certificate, to: device, hub: hub, state)
    }

    /// The device as the entry that issued the certificate left it.
    static func certificate(_ serial: String, device name: String, in entry: LedgerEntry) throws -> DeviceRecord {
        for change in entry.changes {
            guard case .document(let body) = change.kind, change.path.hasPrefix(StoreLayout.devices),
                body["certificate"]?["serialNumber"]?.stringValue == serial
            else { continue }
            let device = try DeviceRecord(body, path: change.path)
            if device.name.text == name { return device }
        }
        throw StoreError(
            kind: .damaged,
            message: "entry \(entry.number) of the ledger should hold the certificate \(serial) and does not",
            hint: StoreError.mend(StoreLayout.devices),
            path: nil
        )
    }
}
