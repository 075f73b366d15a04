import JSON
import OpenSSL
import Store

/// A CA certificate of a hub as it is shown, and what is to be said of it.
package struct HubCertificateView: Sendable {
    package let resource: JSONValue
    package let name: String
    /// Whether the policy it was pushed for is gone.
    package let isOrphaned: Bool
}

extension Registry {
    /// The CA certificates a hub trusts, by name.
    package func listHubCertificates(_ hubName: HubName) throws -> [HubCertificateView] {
        let (key, ledger) = try namespace(ofHub: hubName)
        let subscription = try subscription()
        return try ledger.read { snapshot in
            let state = NamespaceState(snapshot)
            let hub = try state.hub(hubName)
            return try hub.certificates.map { certificate in
                let isOrphaned = try state.issuer(certificate.issuer).state == .retired
                return HubCertificateView(
                    resource: view(of: certificate, hub, key, subscription: subscription, isOrphaned: isOrphaned),
                    name: certificate.name,
                    isOrphaned: isOrphaned
                )
            }
        }
    }

    package func showHubCertificate(_ hubName: HubName, named name: String) throws -> HubCertificateView {
        let certificates = try listHubCertificates(hubName)
        if let found = certificates.first(where: { $0.name.lowercased() == name.lowercased() }) { return found }
        throw try noCertificate(name, hubName, certificates.map(\.name))
    }

    /// Takes a CA certificate from a hub: the hub trusts its leaves no longer. The next sync brings a current one back.
    ///
    /// - Returns: false when there is none of that name.
    package func deleteHubCertificate(
        _ hubName: HubName,
        named name: String,
        ifMatching tag: EntityTag? = nil
    ) throws -> Bool {
        let (_, ledger) = try namespace(ofHub: hubName)
        return try commit(to: ledger) { snapshot in
            var hub = try NamespaceState(snapshot).hub(hubName)
            guard let index = hub.certificates.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) else {
                return .answer(false)
            }
            let time = now
            let removed = hub.certificates.remove(at: index)
            try tag?.check(
                removed.etag,
                of: "the certificate '\(removed.name)'",
                shownBy: "adr hub certificate show --hub-name \(hub.name.text) --name \(removed.name)"
            )
            hub.authorship.modified(by: environment.who, at: time)
            let transaction = Transaction(
                event: "HubCertificateDeleted",
                details: details(
                    [("hubName", .string(hub.name.text)), ("certificateName", .string(removed.name))],
                    snapshot,
                    at: time
                ),
                changes: [hub.change],
                keys: []
            )
            return .commit(transaction, true)
        }
    }

    private func noCertificate(_ name: String, _ hub: HubName, _ others: [String]) throws -> ServiceError {
        let (key, _) = try namespace(ofHub: hub)
        return .notFound(
            "the hub '\(hub.text)' has no certificate \(quoted(name))",
            hint: others.isEmpty
                ? "It has none; 'adr credential sync --namespace \(key.name.text)\(Self.groupOption(key.group))' pushes them."
                : "It has: \(others.joined(separator: ", ")); 'adr hub certificate list --hub-name \(hub.text)' shows them."
        )
    }

    private func view(
        of certificate: HubCertificate,
        _ hub: HubRecord,
        _ key: NamespaceKey,
        subscription: String,
        isOrphaned: Bool
    ) -> JSONValue {
        var properties = JSONObject()
        properties.set("certificate", base64: certificate.certificate)
        properties.set("created", time: certificate.createdAt)
        properties.set("updated", time: certificate.createdAt)
        properties.set("expiry", time: certificate.notAfter)
        properties["isVerified"] = true
        properties["policyResourceId"] = .string(
            ResourceID.policy(certificate.policyName, key, subscription: subscription)
        )
        properties["policyUuid"] = .string(certificate.policyUUID)
        properties["subject"] = .string(certificate.subject)
        properties["thumbprint"] = .string(certificate.thumbprint)
        if isOrphaned { properties["orphaned"] = true }
        return [
            "id": .string("\(hub.resourceID(subscription: subscription))/certificates/\(certificate.name)"),
            "name": .string(certificate.name),
            "type": "Microsoft.Devices/IotHubs/Certificates",
            "resourceGroup": .string(hub.group.text),
            "etag": .string(certificate.etag),
            "properties": .object(properties),
        ]
    }
}
