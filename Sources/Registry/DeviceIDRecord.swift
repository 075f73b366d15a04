import JSON
import Store

/// Which device a hub knows by a device ID that an enrollment gave it (`device-ids/<hub>/<xxx>/<digest of the ID>.json`).
///
/// There is one only where the device ID is not the registration ID: all other devices are found under their names.
struct DeviceIDRecord {
    let hub: HubName
    let deviceID: String
    let registrationID: RegistrationID

    init(hub: HubName, deviceID: String, registrationID: RegistrationID) {
        self.hub = hub
        self.deviceID = deviceID
        self.registrationID = registrationID
    }

    init(_ body: JSONValue, path: String) throws {
        let reader = try RecordReader(body, path: path)
        hub = try HubName(try reader.text("hub"))
        deviceID = try reader.text("deviceId")
        registrationID = try RegistrationID(try reader.text("registrationId"))
    }

    /// Of a device that has such an ID; nil for any other.
    init?(_ device: DeviceRecord) throws {
        guard let identity = device.identity, let deviceID = identity.deviceID else { return nil }
        self.init(hub: identity.hub, deviceID: deviceID, registrationID: try RegistrationID(device.registrationID))
    }

    private var path: String { StoreLayout.deviceID(deviceID, in: hub) }

    var change: Change {
        .put(
            path,
            [
                "deviceId": .string(deviceID), "hub": .string(hub.text),
                "registrationId": .string(registrationID.text),
            ]
        )
    }

    /// What has to be changed, beside its own document, when a device becomes another, or none.
    static func changes(from old: DeviceRecord?, to new: DeviceRecord?) throws -> [Change] {
        let (old, new) = (try old.flatMap { try Self($0) }, try new.flatMap { try Self($0) })
        guard old?.path != new?.path else { return [] }
        return (old.map { [.remove($0.path)] } ?? []) + (new.map { [$0.change] } ?? [])
    }
}

extension DeviceRecord {
    /// Why nobody else can have its device ID in its hub.
    func hasTaken(_ deviceID: String, in hub: HubName) -> String {
        "the hub '\(hub.text)' has a device identity \(quoted(deviceID)) already, of the registration ID "
            + quoted(registrationID)
    }

    fileprivate func isKnown(as deviceID: String, in hub: HubName) -> Bool {
        identity?.hub == hub && self.deviceID.lowercased() == deviceID.lowercased()
    }
}

extension NamespaceState {
    /// The device that a hub knows by a device ID, which hubs compare without case.
    func device(withID deviceID: String, in hub: HubName) throws -> DeviceRecord? {
        // Not every device ID can be a registration ID.
        let namesake = try (try? RegistrationID(deviceID)).flatMap { try device(DeviceName(registering: $0)) }
        if let namesake, namesake.isKnown(as: deviceID, in: hub) { return namesake }
        return try device(givenID: deviceID, in: hub)
    }

    /// The same, of a device whose registration ID is another.
    func device(givenID deviceID: String, in hub: HubName) throws -> DeviceRecord? {
        // In most hubs no device has one.
        if try snapshot.holdsNone(under: StoreLayout.deviceIDs(of: hub)) { return nil }
        let path = StoreLayout.deviceID(deviceID, in: hub)
        guard let body = try snapshot.document(path) else { return nil }
        let given = try device(DeviceName(registering: try DeviceIDRecord(body, path: path).registrationID))
        return given.flatMap { $0.isKnown(as: deviceID, in: hub) ? $0 : nil }
    }
}
