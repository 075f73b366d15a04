import Store

/// Which namespace: its resource group and its name.
package struct NamespaceKey: Sendable, Equatable {
    package let group: ResourceGroupName
    package let name: NamespaceName

    package init(group: ResourceGroupName, name: NamespaceName) {
        self.group = group
        self.name = name
    }
}

/// Where everything lies in the store. The only place where a name becomes part of a path; names are validated by
/// their types before, and lower-cased here, because ARM ids compare without case.
enum StoreLayout {
    /// The folders every namespace has from its creation.
    static let fixedFolders = ["policies", "hubs", "dps", "devices", "issuers", "expiry", "revoked", "device-ids"]

    static let namespaceDocument = "namespace.json"
    static let credentialDocument = "credential.json"
    /// The key that signs the ledger's checkpoints, from the first of them on.
    static let ledgerSignerDocument = "ledger-signer.json"
    static let policies = "policies/"
    static let hubs = "hubs/"
    static let provisioningServices = "dps/"
    static let devices = "devices/"
    static let issuers = "issuers/"
    static let deviceIDs = "device-ids/"

    static func namespace(_ key: NamespaceKey) -> String {
        "\(namespaces(of: key.group.text.lowercased()))/\(key.name.text)"
    }

    static func namespaces(of group: String) -> String { "groups/\(group)/namespaces" }

    /// What a deleted namespace leaves; the uuid keeps a namesake's remains apart.
    static func remains(of key: NamespaceKey, uuid: String) -> String { remains(ofFolder: namespace(key), uuid: uuid) }

    /// The same of what lies in a namespace's folder, whatever it is.
    static func remains(ofFolder folder: String, uuid: String) -> String {
        let parts = folder.split(separator: "/")
        return "groups/\(parts[1])/deleted/\(parts[3])-\(uuid)"
    }

    static func policy(_ name: PolicyName) -> String { "\(policies)\(name.text.lowercased()).json" }
    static func hub(_ name: HubName) -> String { "\(hubs)\(name.text.lowercased()).json" }
    static func provisioningService(_ name: ProvisioningServiceName) -> String {
        "\(provisioningServices)\(name.text.lowercased()).json"
    }

    static func enrollments(of service: ProvisioningServiceName) -> String {
        "\(provisioningServices)\(service.text.lowercased())/enrollments/"
    }

    static func enrollmentGroups(of service: ProvisioningServiceName) -> String {
        "\(provisioningServices)\(service.text.lowercased())/enrollment-groups/"
    }

    /// An enrollment's file is named as its device would be, so that any legal ID makes a legal file name.
    static func enrollment(_ id: EnrollmentID, _ service: ProvisioningServiceName) -> String {
        let name = DeviceName(registering: id.id)
        let file = name.text.lowercased() + ".json"
        return id.isGroup
            ? enrollmentGroups(of: service) + file : "\(enrollments(of: service))\(name.bucket)/\(file)"
    }

    static func device(_ name: DeviceName) -> String { "\(devices)\(name.bucket)/\(name.text.lowercased()).json" }
    static func deviceIDs(of hub: HubName) -> String { "\(deviceIDs)\(hub.text.lowercased())/" }
    /// A device ID has characters that file names have not.
    static func deviceID(_ deviceID: String, in hub: HubName) -> String {
        let digest = DeviceName.digest(of: deviceID)
        return "\(deviceIDs(of: hub))\(digest.prefix(3))/\(digest).json"
    }

    static func issuer(_ subject: String) -> String { "\(issuers)\(subject).json" }
    /// The keys that are wiped once nothing can need them any more.
    static let retiredKeysDocument = "retired-keys.json"
    /// The rows of what a CA's CRL will list.
    static func revoked(by issuer: String) -> String { "revoked/\(issuer).jsonl" }
    static let expiry = "expiry/"
    static let revoked = "revoked/"
    static func expiry(notAfter: Int64) -> String { expiry(day: Timestamp.day(notAfter)) }
    static func expiry(day: String) -> String { "\(expiry)\(day).jsonl" }

    /// The certificate and key of the CA whose server certificates the hubs of this store show.
    static let serverCACertificate = "ca.pem"
    static let serverCAKey = "ca.key"
}
