import JSON
import Store

/// Kinds of names that completion offers.
package enum NamedKind: String, Sendable {
    case group, namespace, policy, device, hub
    /// The CA certificates hubs trust.
    case certificate
}

/// What a line has said so far of where a name lies; nil for what it has not said.
package struct NameScope: Sendable {
    package var group: ResourceGroupName?
    package var namespace: NamespaceName?
    package var hub: HubName?

    package init(group: ResourceGroupName? = nil, namespace: NamespaceName? = nil, hub: HubName? = nil) {
        self.group = group
        self.namespace = namespace
        self.hub = hub
    }
}

extension Registry {
    /// The names of a kind that begin as typed, sorted; letters compare without case.
    ///
    /// They are those that the line means as it stands: without a resource group, of the group `default`. Where there
    /// is none among them, the rest of the line may still mend that, and the names of all groups are given. What
    /// cannot be read is left out: nothing is thrown, and nothing is checked that costs time.
    package func names(of kind: NamedKind, in scope: NameScope, beginning typed: String) -> [String] {
        let beginning = typed.lowercased()
        var found = names(of: kind, scope, in: scope.group ?? .standard, beginning: beginning)
        // Hubs are found by their names alone: a group says nothing against one.
        let isGroupBinding = scope.group != nil && kind != .hub && kind != .certificate
        if found.isEmpty, !isGroupBinding {
            found = names(of: kind, scope, in: nil, beginning: beginning)
        }
        return found
    }

    private func names(
        of kind: NamedKind,
        _ scope: NameScope,
        in group: ResourceGroupName?,
        beginning: String
    ) -> [String] {
        let found: [String]
        switch kind {
        case .group: found = groupNames()
        case .namespace: found = folders(scope, in: group).map(Self.namespaceName)
        case .policy: found = folders(scope, in: group).flatMap(policyNames)
        case .device: found = folders(scope, in: group).flatMap { deviceNames(in: $0, beginning: beginning) }
        case .hub: found = hubNames(in: folders(scope, in: group))
        case .certificate: found = folders(scope, in: group).flatMap { certificateNames(in: $0, of: scope.hub) }
        }
        let fitting = found.filter { $0.lowercased().hasPrefix(beginning) }.sorted()
        var distinct: [String] = []
        distinct.reserveCapacity(fitting.count)
        for name in fitting where name != distinct.last { distinct.append(name) }
        return distinct
    }

    /// The groups that have a namespace.
    private func groupNames() -> [String] {
        let groups = (try? root.folders(in: "groups")) ?? []
        return groups.filter { (try? root.folders(in: StoreLayout.namespaces(of: $0)))?.isEmpty == false }
    }

    /// The folders of the namespaces that the line may mean, of one resource group or of all.
    private func folders(_ scope: NameScope, in group: ResourceGroupName?) -> [String] {
        if let hub = scope.hub, let folder = (try? index())?.folder(ofHub: hub) {
            let isMeant = scope.namespace.map { $0.text == Self.namespaceName(folder) } ?? true
            return isMeant ? [folder] : []
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
    private func hubNames(in folders: [String]) -> [String] {
        if let index = try? index() {
            return index.hubs.compactMap { folders.contains($0.value) ? $0.key : nil }
        }
        return folders.flatMap { folder in
            look(at: folder) { try $0.names(under: StoreLayout.hubs).map(Self.stem) } ?? []
        }
    }

    private func certificateNames(in folder: String, of hub: HubName?) -> [String] {
        look(at: folder) { snapshot in
            let paths = try hub.map { [StoreLayout.hub($0)] } ?? snapshot.names(under: StoreLayout.hubs)
            return paths.compactMap { path in
                (try? snapshot.document(path))?.flatMap { try? HubRecord($0, path: path) }
            }.flatMap { $0.certificates.map(\.name) }
        } ?? []
    }

    private func deviceNames(in folder: String, beginning: String) -> [String] {
        look(at: folder) { try $0.names(under: StoreLayout.devices).map(Self.stem) } ?? []
    }
}
