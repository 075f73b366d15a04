import JSON
import Store

/// What a row of `expiry/` says of a certificate, kept small: there may be a hundred thousand of one day.
struct ExpiryRow: Sendable {
    let serial: HexKey
    /// The issuing CA.
    let issuer: HexKey
    /// Name of the device.
    let device: String
    let notAfter: Int64
    /// The entry that issued it.
    let place: EntryPlace

    init?(_ row: JSONObject) {
        guard let serial = row["serialNumber"]?.stringValue.flatMap(HexKey.init),
            let issuer = row["issuer"]?.stringValue.flatMap(HexKey.init), let device = row["device"]?.stringValue,
            let notAfter = row["notAfter"]?.stringValue.flatMap(Timestamp.seconds),
            let place = EntryPlace(row["place"])
        else { return nil }
        self.serial = serial
        self.issuer = issuer
        self.device = device
        self.notAfter = notAfter
        self.place = place
    }
}

extension Ledger {
    /// The days on which certificates of this namespace end, as `2026-11-24`, sorted.
    func expiryDays() throws -> [String] {
        try read { try $0.rowFiles(under: StoreLayout.expiry) }
            .map { String($0.dropFirst(StoreLayout.expiry.utf8.count).prefix { $0 != "." }) }
    }

    /// The certificates that end on a day, each once, soonest first; those that end in the same second as they were
    /// issued.
    func expiryRows(of day: String, where isWanted: (ExpiryRow) -> Bool = { _ in true }) throws -> [ExpiryRow] {
        let rows = try read { snapshot in
            var rows: [ExpiryRow] = []
            var seen: Set<HexKey> = []
            try snapshot.forEachRow(StoreLayout.expiry(day: day)) { object in
                guard let row = ExpiryRow(object), isWanted(row), seen.insert(row.serial).inserted else { return }
                rows.append(row)
            }
            return rows
        }
        return rows.sorted { ($0.notAfter, $0.place.number) < ($1.notAfter, $1.place.number) }
    }
}

extension Array {
    /// The elements in stretches of that many; the last may be shorter.
    func stretches(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}
