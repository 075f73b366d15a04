import JSON
import Store

/// Kinds of names that completion offers.
package enum NamedKind: String, Sendable {
    case group, namespace, policy, hub
    /// Provisioning services.
    case dps
    /// Names of devices in their namespace.
    case device
    /// The registration IDs of devices, as hubs know them.
    case deviceID
    /// The CA certificates hubs trust.
    case certificate
    /// The hubs that provisioning services assign devices to.
    case linkedHub = "linked-hub"
    /// The IDs of individual enrollments.
    case enrollment
    case enrollmentGroup = "enrollment-group"

    /// Whether a name is unique in the whole store, or lies within one that is, and is found without a resource group.
    var isFoundByName: Bool {
        switch self {
        case .hub, .certificate, .dps, .linkedHub, .enrollment, .enrollmentGroup: true
        case .group, .namespace, .policy, .device, .deviceID: false
        }
    }
}

/// What a line has said so far of where a name lies; nil for what it has not said.
package struct NameScope: Sendable {
    package var group: ResourceGroupName?
    package var namespace: NamespaceName?
    package var hub: HubName?
    package var service: ProvisioningServiceName?

    package init(group: ResourceGroupName? = nil) {
        self.group = group
    }
}

extension Registry {
    /// The names of a kind that begin as typed, sorted; letters compare without case.
    ///
    /// They are those that the line means as it stands: without a resource group, of the group `default`. Where there
    /// is none among them, the rest of the line may still mend that, and those of other groups are given. What cannot
    /// be read is left out: nothing is thrown, and nothing is checked that costs time.
    package func names(of kind: NamedKind, in scope: NameScope, beginning typed: String) -> [String] {
        let beginning = typed.lowercased()
        if kind == .group { return fitting(groupNames(), beginning) }
        // Hubs and provisioning services are found by name alone: a group says nothing against one.
        let isFoundByName = kind.isFoundByName
        let group = scope.group ?? (isFoundByName && scope.namespace == nil ? nil : .standard)
        let folders = folders(scope, in: group)
        let found = fitting(names(of: kind, scope, in: folders, beginning), beginning)
        guard found.isEmpty, group != nil, scope.group == nil || isFoundByName else { return found }
        let others = self.folders(scope, in: nil).filter { !folders.contains($0) }
        return fitting(names(of: kind, scope, in: others, beginning), beginning)
    }

    private func names(of kind: NamedKind, _ scope: NameScope, in folders: [String], _ beginning: String) -> [String] {
        switch kind {
        case .group: []
        case .namespace: folders.map(Self.namespaceName)
        case .policy: folders.flatMap(policyNames)
        case .device: folders.flatMap { deviceNames(in: $0, beginning: beginning) }
        case .deviceID: folders.flatMap { deviceIDs(in: $0, beginning: beginning) }
        case .hub: names(\.hubs, orUnder: StoreLayout.hubs, in: folders)
        case .dps: names(\.provisioningServices, orUnder: StoreLayout.provisioningServices, in: folders)
        case .certificate: folders.flatMap { certificateNames(in: $0, of: scope.hub) }
        case .linkedHub: folders.flatMap { linkedHubNames(in: $0, of: scope.service) }
        case .enrollment: folders.flatMap { enrollmentIDs(in: $0, of: scope.service, beginning: beginning) }
        case .enrollmentGroup: folders.flatMap { enrollmentGroupIDs(in: $0, of: scope.service) }
        }
    }

    /// The names that begin so, sorted, each once.
    private func fitting(_ names: [String], _ beginning: String) -> [String] {
        let sorted = names.filter { Self.begins($0, with: beginning) }.sorted()
        var distinct: [String] = []
        distinct.reserveCapacity(sorted.count)
        for name in sorted where name != distinct.last { distinct.append(name) }
        return distinct
    }

    /// Whether a name, which is ASCII, begins with these lower-cased characters, whatever its own case. Made for a
    /// hundred thousand names: nothing is lower-cased anew.
    private static func begins(_ name: String, with beginning: String) -> Bool {
        var bytes = name.utf8.makeIterator()
        return beginning.utf8.allSatisfy { wanted in
            guard let byte = bytes.next() else { return false }
            return byte == wanted || (0x41...0x5A).contains(byte) && byte | 0x20 == wanted
        }
    }

    /// The groups that have a namespace.
    private func groupNames() -> [String] {
        let groups = (try? root.folders(in: "groups")) ?? []
        return groups.filter { (try? root.folders(in: StoreLayout.namespaces(of: $0)))?.isEmpty == false }
    }

    /// The folders of the namespaces that the line may mean, of one resource group or of all.
    private func folders(_ scope: NameScope, in group: ResourceGroupName?) -> [String] {
        if scope.hub != nil || scope.service != nil, let index = try? index() {
            let owner =
                scope.hub.flatMap { index.folder(of: .hub($0)) }
                ?? scope.service.flatMap { index.folder(of: .provisioningService($0)) }
            if let owner {
                let isMeant = scope.namespace.map { $0.text == Self.namespaceName(owner) } ?? true
                return isMeant ? [owner] : []
            }
        }
        let folders = (try? namespaceFolders(in: group)) ?? []
        guard let namespace = scope.namespace else { return folders }
        return folders.filter { Self.namespaceName($0) == namespace.text }
    }

    private static func namespaceName(_ folder: String) -> String { lastComponent(of: folder) }

    private static func lastComponent(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// The name of a document's file, without folder and extension.
    private static func stem(_ path: String) -> String { String(lastComponent(of: path).dropLast(".json".count)) }

    /// What one look at a namespace shows; nil if it cannot be read.
    private func look<T>(at folder: String, _ body: (Snapshot) throws -> T) -> T? {
        var seen: T?
        // What was seen is good enough to offer, even if the store cannot vouch for it afterwards.
        try? root.ledger(at: folder)?.read { snapshot in seen = try body(snapshot) }
        return seen
    }

    private func policyNames(in folder: String) -> [String] {
        look(at: folder) { snapshot in
            try snapshot.names(under: StoreLayout.policies).map { path in
                // A damaged document still has the name of its file.
                (try? snapshot.document(path))??["name"]?.stringValue ?? Self.stem(path)
            }
        } ?? []
    }

    /// The names in the index; where there is none to be read, those of the documents.
    private func names(
        _ indexed: KeyPath<StoreIndex, JSONObject>,
        orUnder prefix: String,
        in folders: [String]
    ) -> [String] {
        if let index = try? index() {
            return index[keyPath: indexed].compactMap { folders.contains($0.value.stringValue ?? "") ? $0.key : nil }
        }
        return folders.flatMap { folder in
            // What lies deeper is the documents of what has these names.
            let paths = look(at: folder) { try $0.names(under: prefix) } ?? []
            return paths.filter { !$0.utf8.dropFirst(prefix.utf8.count).contains(UInt8(ascii: "/")) }.map(Self.stem)
        }
    }

    /// The service the line names, else all of the namespace.
    private func services(in folder: String, _ service: ProvisioningServiceName?) -> [ProvisioningServiceName] {
        if let service { return [service] }
        return names(\.provisioningServices, orUnder: StoreLayout.provisioningServices, in: [folder])
            .compactMap { try? ProvisioningServiceName($0) }
    }

    private func linkedHubNames(in folder: String, of service: ProvisioningServiceName?) -> [String] {
        let services = services(in: folder, service)
        return look(at: folder) { snapshot in
            services.map(StoreLayout.provisioningService).compactMap { path in
                (try? snapshot.document(path))?.flatMap { try? ProvisioningServiceRecord($0, path: path) }
            }.flatMap { $0.linkedHubs.map(\.hub.text) }
        } ?? []
    }

    private func certificateNames(in folder: String, of hub: HubName?) -> [String] {
        look(at: folder) { snapshot in
            let paths = try hub.map { [StoreLayout.hub($0)] } ?? snapshot.names(under: StoreLayout.hubs)
            return paths.compactMap { path in
                (try? snapshot.document(path))?.flatMap { try? HubRecord($0, path: path) }
            }.flatMap { $0.certificates.map(\.name) }
        } ?? []
    }

    /// How many documents are read at most to offer the IDs in them.
    private static let mostDocuments = 200

    /// Device names as their files have them, lower-cased; no document is read.
    private func deviceNames(in folder: String, beginning: String) -> [String] {
        look(at: folder) { snapshot in
            try paths(in: StoreLayout.devices, of: folder, snapshot, beginning: beginning).map(Self.stem)
        } ?? []
    }

    private func deviceIDs(in folder: String, beginning: String) -> [String] {
        look(at: folder) { snapshot in
            try ids("registrationId", in: StoreLayout.devices, of: folder, snapshot, beginning: beginning)
        } ?? []
    }

    private func enrollmentIDs(
        in folder: String,
        of service: ProvisioningServiceName?,
        beginning: String
    ) -> [String] {
        let services = services(in: folder, service)
        return look(at: folder) { snapshot in
            try services.map(StoreLayout.enrollments).flatMap {
                try ids("id", in: $0, of: folder, snapshot, beginning: beginning)
            }
        } ?? []
    }

    /// Groups are few, and lie in no buckets.
    private func enrollmentGroupIDs(in folder: String, of service: ProvisioningServiceName?) -> [String] {
        let services = services(in: folder, service)
        return look(at: folder) { snapshot in
            try services.map(StoreLayout.enrollmentGroups).flatMap { prefix in
                let paths = try snapshot.names(under: prefix)
                let isFew = paths.count <= Self.mostDocuments
                return paths.compactMap { path in
                    let name = Self.stem(path)
                    let id = isFew ? (try? snapshot.document(path))??["id"]?.stringValue : nil
                    return id ?? (DeviceName.endsInDigest(name) ? nil : name)
                }
            }
        } ?? []
    }

    /// Registration IDs of documents in buckets: those that are device names too, lower-cased, and as long as they are
    /// few those behind names with a digest, from this member of their documents.
    private func ids(
        _ member: String,
        in parent: String,
        of folder: String,
        _ snapshot: Snapshot,
        beginning: String
    ) throws -> [String] {
        // Of an illegal ID a name holds the first 28 legal characters; legal IDs begin with these as well.
        let legal = beginning.utf8.filter(Self.isNameByte).drop { $0 == UInt8(ascii: "-") }.prefix(28)
        var ids: [String] = []
        var behindDigests: [String] = []
        for path in try paths(in: parent, of: folder, snapshot, beginning: String(decoding: legal, as: UTF8.self)) {
            let name = Self.stem(path)
            if DeviceName.endsInDigest(name) { behindDigests.append(path) } else { ids.append(name) }
        }
        guard behindDigests.count <= Self.mostDocuments else { return ids }
        return ids + behindDigests.compactMap { (try? snapshot.document($0))??[member]?.stringValue }
    }

    /// The documents in buckets whose name begins so.
    ///
    /// Bucket by bucket, so that the store looks only at what begins as typed. A document in a bucket that a dead
    /// writer has not made yet is left out.
    private func paths(
        in parent: String,
        of folder: String,
        _ snapshot: Snapshot,
        beginning: String
    ) throws -> [String] {
        guard beginning.utf8.allSatisfy(Self.isNameByte) else { return [] }
        var paths: [String] = []
        for bucket in try root.folders(in: "\(folder)/\(parent.dropLast())") {
            paths += try snapshot.names(under: "\(parent)\(bucket)/\(beginning)")
        }
        return paths
    }

    /// Whether a lower-cased device name may hold the byte.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
