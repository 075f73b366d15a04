import JSON
import Store

/// Finds out which devices of a namespace are dark, or soon will be, without looking at all of them.
///
/// - The certificates that end within seven days are those of the expiry files of these days; whether such a one is its
///   device's newest, the device's document says. Every one of them is looked at.
/// - What ends next, if too little does within seven days, is looked for among ``Limits/next`` more certificates.
/// - What has expired is looked for from the latest expiry file backwards, among ``Limits/past`` certificates: those of
///   a fleet of some thousand devices for years, of a fleet of a million for some days. Where that did not reach the
///   first file, ``FleetStatus/searchedSince`` says how far it did.
struct FleetInspection {
    /// How many certificates or documents are looked at besides what must be.
    struct Limits {
        var next = 10_000
        var past = 100_000
        /// Up to so many documents are read to count devices; of what failed to become one there is a document too.
        var count = 1_000
    }

    /// How soon is soon, in seconds.
    static let soon: Int64 = 7 * 86_400

    private let ledger: Ledger
    private let time: Int64
    private let limits: Limits
    private var ending = 0
    private var ended = 0
    private var next: [DeviceValidity] = []
    private var last: [DeviceValidity] = []

    init(_ ledger: Ledger, at time: Int64, _ limits: Limits = Limits()) {
        self.ledger = ledger
        self.time = time
        self.limits = limits
    }

    mutating func status() throws -> FleetStatus {
        let (count, isExact) = try counted()
        let today = Timestamp.day(time)
        let days = try ledger.expiryDays()
        try lookAhead(days.filter { $0 >= today })
        let searchedSince = try lookBack(days.filter { $0 < today }.reversed())
        return FleetStatus(
            count: count,
            isCountExact: isExact,
            ending: ending,
            ended: ended,
            next: next,
            last: last,
            searchedSince: searchedSince
        )
    }

    private func counted() throws -> (Int, isExact: Bool) {
        try ledger.read { snapshot in
            let documents = try snapshot.count(under: StoreLayout.devices)
            guard documents <= limits.count else { return (documents, false) }
            let devices = try snapshot.documents(under: StoreLayout.devices)
            return (devices.count { DeviceRecord.isDevice($0.body) }, true)
        }
    }

    private mutating func lookAhead(_ days: [String]) throws {
        let lastDay = Timestamp.day(time + Self.soon)
        var others = 0
        for day in days {
            if day > lastDay, next.count >= FleetStatus.shown || others >= limits.next { return }
            var endedToday: [DeviceValidity] = []
            for rows in try ledger.expiryRows(of: day).stretches(of: 64) {
                if day > lastDay {
                    others += rows.count
                    if next.count >= FleetStatus.shown || others > limits.next { break }
                }
                for device in try enabledDevices(ofNewest: rows) {
                    if device.validity.isOver(at: time) {
                        endedToday.append(device)
                        continue
                    }
                    if device.validity.left(at: time) <= Self.soon { ending += 1 }
                    if next.count < FleetStatus.shown { next.append(device) }
                }
            }
            note(ended: endedToday)
        }
    }

    /// - Returns: the last day that was looked through, if there are more.
    private mutating func lookBack(_ days: some Sequence<String>) throws -> String? {
        var looked = 0
        var reached: String?
        for day in days {
            if looked >= limits.past { return reached }
            reached = day
            var found: [DeviceValidity] = []
            for rows in try ledger.expiryRows(of: day).stretches(of: 64) {
                looked += rows.count
                found += try enabledDevices(ofNewest: rows)
            }
            note(ended: found)
        }
        return nil
    }

    private mutating func note(ended devices: [DeviceValidity]) {
        ended += devices.count
        last += devices.suffix(FleetStatus.shown - last.count).reversed()
    }

    /// Of these certificates those that are the newest of an enabled device.
    private func enabledDevices(ofNewest rows: ArraySlice<ExpiryRow>) throws -> [DeviceValidity] {
        try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            return try rows.compactMap { row in
                guard let name = try DeviceName.candidates(for: row.device).first,
                    try state.newestSerial(of: name) == row.serial, let device = try state.device(name),
                    let certificate = device.certificate, device.mayConnect
                else { return nil }
                return DeviceValidity(
                    name: device.name.text,
                    registrationID: device.registrationID,
                    validity: Validity(notBefore: certificate.notBefore, notAfter: certificate.notAfter),
                    isRevoked: try certificate.revokedAt != nil
                        || state.issuer(certificate.issuer).state == .revoked
                )
            }
        }
    }
}

extension NamespaceState {
    /// The serial number of a device's newest certificate, without reading the rest of its document into a record.
    fileprivate func newestSerial(of name: DeviceName) throws -> HexKey? {
        let body = try snapshot.document(StoreLayout.device(name))
        return body?["certificate"]?["serialNumber"]?.stringValue.flatMap(HexKey.init)
    }
}

extension DeviceRecord {
    /// Whether neither the device nor its hub identity is disabled.
    fileprivate var mayConnect: Bool { enabled && identity?.status != .disabled }
}
