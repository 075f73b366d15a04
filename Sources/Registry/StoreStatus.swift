import JSON
import Store

/// The state of everything in a store at one time: what `status` draws, prints and checks.
package struct StoreStatus: Sendable {
    /// The store's folder.
    package let path: String
    /// Unix seconds.
    package let time: Int64
    package let namespaces: [NamespaceStatus]
    /// What is not well, in the order of the namespaces.
    package let reasons: [StatusReason]

    /// The exit status of a check: 0 when all is well, else the highest of the reasons'.
    package var checkStatus: Int32 { reasons.map(\.kind.rawValue).max() ?? 0 }
}

/// Something that is not well.
package struct StatusReason: Sendable {
    /// The raw value is the exit status of a check.
    package enum Kind: Int32, Sendable {
        /// A CA, or an enabled device's newest certificate, ends soon.
        case ending = 10
        /// A hub lacks a current CA.
        case unsynced = 11
        /// A current CA, or an enabled device's newest certificate, has expired.
        case ended = 12
        /// Part of the store is not as it was written.
        case damaged = 13
    }

    package let kind: Kind
    /// Name of the namespace; nil for what concerns the whole store.
    package let namespace: String?
    /// A sentence without its full stop.
    package let message: String
    /// The command that helps, or shows more.
    package let remedy: String
}

/// A namespace with what is in it.
package struct NamespaceStatus: Sendable {
    package let key: NamespaceKey
    /// The root CA; nil without a credential.
    package let root: AuthorityStatus?
    package let policies: [PolicyStatus]
    package let hubs: [HubStatus]
    package let services: [String]
    /// nil where the documents of devices could not be read.
    package let devices: FleetStatus?
    /// Whether even the namespace itself could not be read; then nothing else is known.
    package let isUnreadable: Bool
}

/// A CA that signs now.
package struct AuthorityStatus: Sendable {
    package enum Standing: String, Sendable {
        case valid
        /// Less than the validity of its policy's certificates and 30 days are left.
        case ending
        case expired
    }

    /// As certificates have it, `CN=ica-…`.
    package let subject: String
    package let validity: Validity
    package let standing: Standing
}

package struct PolicyStatus: Sendable {
    package let name: String
    package let leafValidityDays: Int
    /// The issuing CA.
    package let authority: AuthorityStatus
}

package struct HubStatus: Sendable {
    package let name: String
    /// The policies whose current CA the hub does not hold.
    package let lacking: [String]
}

/// The devices of a namespace.
package struct FleetStatus: Sendable {
    /// How many there are; where not all of them were looked at, at most so many.
    package let count: Int
    package let isCountExact: Bool
    /// Enabled devices whose newest certificate ends within seven days.
    package let ending: Int
    /// Enabled devices whose newest certificate has expired.
    package let ended: Int
    /// The enabled devices whose newest certificates end next, soonest first, and those that ended last, latest first:
    /// ``shown`` of each at most.
    package let next: [DeviceValidity]
    package let last: [DeviceValidity]
    /// Where not all that ever expired could be looked through: the first day, as `2026-11-24`, that was.
    package let searchedSince: String?

    package static let shown = 3
}

/// How long a device's newest certificate is valid.
package struct DeviceValidity: Sendable {
    package let name: String
    package let registrationID: String
    package let validity: Validity
    /// Whether it was revoked since, so that it is of no use to the device however long it is valid.
    package let isRevoked: Bool
}

extension StoreStatus {
    package var value: JSONValue {
        [
            "store": .string(path),
            "time": .string(Timestamp.text(time)),
            "check": ["status": .integer(Int64(checkStatus)), "reasons": .array(reasons.map(\.value))],
            "namespaces": .array(namespaces.map { $0.value(at: time) }),
        ]
    }
}

extension StatusReason {
    fileprivate var value: JSONValue {
        var object: JSONObject = [
            "status": .integer(Int64(kind.rawValue)), "message": .string(message), "remedy": .string(remedy),
        ]
        object.set("namespace", namespace.map(JSONValue.string))
        return .object(object)
    }
}

extension NamespaceStatus {
    fileprivate func value(at time: Int64) -> JSONValue {
        [
            "name": .string(key.name.text),
            "resourceGroup": .string(key.group.text),
            "isReadable": .bool(!isUnreadable),
            "credential": root?.value ?? .null,
            "policies": .array(
                policies.map {
                    [
                        "name": .string($0.name), "validityPeriodInDays": .integer(Int64($0.leafValidityDays)),
                        "issuingCA": $0.authority.value,
                    ]
                }
            ),
            "hubs": .array(
                hubs.map {
                    [
                        "name": .string($0.name), "state": $0.lacking.isEmpty ? "synced" : "stale",
                        "lacking": .array($0.lacking.map(JSONValue.string)),
                    ]
                }
            ),
            "provisioningServices": .array(services.map { ["name": .string($0)] }),
            "devices": devices?.value ?? .null,
        ]
    }
}

extension AuthorityStatus {
    fileprivate var value: JSONValue {
        [
            "subject": .string(subject), "notBefore": .string(Timestamp.text(validity.notBefore)),
            "notAfter": .string(Timestamp.text(validity.notAfter)), "state": .string(standing.rawValue),
        ]
    }
}

extension FleetStatus {
    fileprivate var value: JSONValue {
        var object: JSONObject = [
            "count": .integer(Int64(count)), "isCountExact": .bool(isCountExact),
            "endingWithin7Days": .integer(Int64(ending)), "expired": .integer(Int64(ended)),
            "next": .array(next.map(\.value)), "last": .array(last.map(\.value)),
        ]
        object.set("searchedSince", searchedSince.map(JSONValue.string))
        return .object(object)
    }
}

extension DeviceValidity {
    fileprivate var value: JSONValue {
        [
            "deviceName": .string(name), "registrationId": .string(registrationID),
            "notBefore": .string(Timestamp.text(validity.notBefore)),
            "notAfter": .string(Timestamp.text(validity.notAfter)), "isRevoked": .bool(isRevoked),
        ]
    }
}
