import JSON
import Store

extension Registry {
    /// The state of all namespaces, or of those in one resource group, or of one alone.
    ///
    /// What is damaged is a reason among others, and the rest is told all the same.
    ///
    /// - Parameter name: of the group `default`, where none is given.
    /// - Throws: `ResourceNotFound` when there is no namespace of that name.
    package func status(of name: NamespaceName?, in group: ResourceGroupName?) throws -> StoreStatus {
        let time = now
        var namespaces: [NamespaceStatus] = []
        var reasons: [StatusReason] = []
        if let damage = try Self.damage(in: { _ = try root.index() }) {
            reasons.append(Self.reason(damage, namespace: nil))
        }
        let folders: [String]
        if let name {
            let key = NamespaceKey(group: group ?? .standard, name: name)
            _ = try ledger(key)
            folders = [StoreLayout.namespace(key)]
        } else {
            folders = try namespaceFolders(in: group)
        }
        for folder in folders {
            var inspection = NamespaceInspection(at: time)
            let damage = try Self.damage {
                if let ledger = try root.ledger(at: folder) { try inspection.inspect(ledger) }
            }
            if let damage { inspection.note(damage, folder: folder) }
            if let status = inspection.status { namespaces.append(status) }
            reasons += inspection.reasons
        }
        return StoreStatus(path: root.path, time: time, namespaces: namespaces, reasons: reasons)
    }

    /// Does it, and returns the damage to the store that stopped it, if that was it.
    private static func damage(in body: () throws -> Void) throws -> StoreError? {
        do {
            try body()
            return nil
        } catch let error as StoreError {
            guard error.kind == .damaged else { throw error }
            return error
        }
    }

    fileprivate static func reason(_ damage: StoreError, namespace: String?) -> StatusReason {
        StatusReason(kind: .damaged, namespace: namespace, message: damage.message, remedy: damage.hint ?? "")
    }
}

/// Looks at one namespace.
private struct NamespaceInspection {
    private let time: Int64
    private(set) var status: NamespaceStatus?
    private(set) var reasons: [StatusReason] = []

    /// A CA must live on as long as a certificate that it signs today, and so many days more.
    private static let marginDays = 30

    init(at time: Int64) { self.time = time }

    mutating func inspect(_ ledger: Ledger) throws {
        let view = try ledger.read { try NamespaceView(NamespaceState($0)) }
        let longest = view.policies.map(\.record.leafValidityDays).max() ?? PolicyRecord.defaultLeafValidityDays
        let root = view.root.map { authority($0, leafValidityDays: longest) }
        let policies = view.policies.map { policy in
            PolicyStatus(
                name: policy.record.name.text,
                leafValidityDays: policy.record.leafValidityDays,
                authority: authority(policy.issuer, leafValidityDays: policy.record.leafValidityDays)
            )
        }
        let hubs = view.hubs.map { hub in
            HubStatus(
                name: hub.name.text,
                lacking: view.policies.filter { !hub.trusts(thumbprint: $0.issuer.thumbprint) }.map(\.record.name.text)
            )
        }
        func status(_ fleet: FleetStatus?) -> NamespaceStatus {
            NamespaceStatus(
                key: view.key,
                root: root,
                policies: policies,
                hubs: hubs,
                services: view.services,
                devices: fleet,
                isUnreadable: false
            )
        }
        // Should the devices turn out to be damaged, this is known all the same.
        self.status = status(nil)
        if let root { judge(root, "the root CA", "credential show", view.key) }
        for policy in policies {
            let name = policy.name
            let what = "the issuing CA of the policy '\(name)'"
            judge(policy.authority, what, "policy show", view.key, " --name \(name)")
        }
        for hub in hubs where !hub.lacking.isEmpty { note(hub, view.key) }
        var inspection = FleetInspection(ledger, at: time)
        let fleet = try inspection.status()
        self.status = status(fleet)
        judge(fleet, view.key)
    }

    /// Damage ends the look at the namespace, wherever it has come to.
    mutating func note(_ error: StoreError, folder: String) {
        let parts = folder.split(separator: "/").map(String.init)
        guard parts.count == 4, let group = try? ResourceGroupName(parts[1]), let name = try? NamespaceName(parts[3])
        else {
            // A folder that no namespace can have.
            reasons.append(Registry.reason(error, namespace: nil))
            return
        }
        let key = NamespaceKey(group: group, name: name)
        if status == nil {
            status = NamespaceStatus(
                key: key,
                root: nil,
                policies: [],
                hubs: [],
                services: [],
                devices: nil,
                isUnreadable: true
            )
        }
        reasons.append(Registry.reason(error, namespace: key.name.text))
    }

    private func authority(_ issuer: IssuerRecord, leafValidityDays: Int) -> AuthorityStatus {
        let validity = Validity(notBefore: issuer.notBefore, notAfter: issuer.notAfter)
        let needed = Int64(leafValidityDays + Self.marginDays) * 86_400
        return AuthorityStatus(
            subject: issuer.certificateSubject,
            validity: validity,
            standing: validity.isOver(at: time) ? .expired : validity.left(at: time) < needed ? .ending : .valid
        )
    }

    // MARK: What is not well

    private mutating func judge(
        _ authority: AuthorityStatus,
        _ what: String,
        _ command: String,
        _ key: NamespaceKey,
        _ option: String = ""
    ) {
        let end = Timestamp.day(authority.validity.notAfter)
        let kind: StatusReason.Kind
        let verb: String
        switch authority.standing {
        case .valid: return
        case .ending: (kind, verb) = (.ending, "ends")
        case .expired: (kind, verb) = (.ended, "expired")
        }
        note(kind, "\(what) \(verb) on \(end)", "adr \(command)\(Self.options(key))\(option)", key)
    }

    private mutating func note(_ hub: HubStatus, _ key: NamespaceKey) {
        let policies = hub.lacking.count == 1 ? "policy" : "policies"
        note(
            .unsynced,
            "the hub '\(hub.name)' lacks the current CA of the \(policies) \(hub.lacking.joined(separator: ", "))",
            "adr credential sync\(Self.options(key))",
            key
        )
    }

    private mutating func judge(_ fleet: FleetStatus, _ key: NamespaceKey) {
        if fleet.ending > 0 {
            let soon = fleet.next.prefix(fleet.ending)
            note(
                .ending,
                "\(Self.devices(fleet.ending)) \(fleet.ending == 1 ? "goes" : "go") dark within 7 days: "
                    + Self.list(soon, of: fleet.ending),
                "adr cert list\(Self.options(key)) --expiring-in 7d --output table",
                key
            )
        }
        if fleet.ended > 0 {
            note(
                .ended,
                "\(Self.devices(fleet.ended)) went dark: " + Self.list(fleet.last[...], of: fleet.ended),
                "adr cert list\(Self.options(key)) --expired --query '[?isNewest]' --output table",
                key
            )
        }
    }

    private mutating func note(_ kind: StatusReason.Kind, _ message: String, _ remedy: String, _ key: NamespaceKey) {
        reasons.append(StatusReason(kind: kind, namespace: key.name.text, message: message, remedy: remedy))
    }

    private static func devices(_ count: Int) -> String { count == 1 ? "1 device" : "\(count) devices" }

    private static func list(_ devices: ArraySlice<DeviceValidity>, of count: Int) -> String {
        let named = devices.map { "\($0.name) on \(Timestamp.day($0.validity.notAfter))" }
        let more = count - named.count
        return named.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    private static func options(_ key: NamespaceKey) -> String {
        " --namespace \(key.name.text)\(Registry.groupOption(key.group))"
    }
}

/// The documents of a namespace that a look at it needs, of one moment.
private struct NamespaceView {
    let key: NamespaceKey
    let root: IssuerRecord?
    let policies: [(record: PolicyRecord, issuer: IssuerRecord)]
    let hubs: [HubRecord]
    let services: [String]

    init(_ state: NamespaceState) throws {
        key = try state.namespace().key
        root = try state.credential().map { try state.issuer($0.issuer) }
        policies = try state.policies().map { ($0, try state.issuer($0.issuer)) }
        hubs = try state.hubs()
        services = try state.provisioningServices().map(\.name.text)
    }
}
