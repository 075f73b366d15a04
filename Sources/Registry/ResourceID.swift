/// Azure Resource Manager ids of what the registry holds, under the store's own subscription GUID.
///
/// Ids compare without case (Azure Resource Manager, "Naming rules").
package enum ResourceID {
    package static let registryProvider = "Microsoft.DeviceRegistry"
    package static let devicesProvider = "Microsoft.Devices"

    package static func namespace(_ key: NamespaceKey, subscription: String) -> String {
        "\(group(key.group.text, subscription))/providers/\(registryProvider)/namespaces/\(key.name.text)"
    }

    package static func credential(_ key: NamespaceKey, subscription: String) -> String {
        namespace(key, subscription: subscription) + "/credentials/default"
    }

    package static func policy(_ name: String, _ key: NamespaceKey, subscription: String) -> String {
        credential(key, subscription: subscription) + "/policies/" + name
    }

    package static func device(_ name: String, _ key: NamespaceKey, subscription: String) -> String {
        namespace(key, subscription: subscription) + "/devices/" + name
    }

    package static func hub(_ name: String, group hubGroup: String, subscription: String) -> String {
        "\(group(hubGroup, subscription))/providers/\(devicesProvider)/IotHubs/\(name)"
    }

    package static func provisioningService(_ name: String, group serviceGroup: String, subscription: String) -> String
    {
        "\(group(serviceGroup, subscription))/providers/\(devicesProvider)/provisioningServices/\(name)"
    }

    private static func group(_ name: String, _ subscription: String) -> String {
        "/subscriptions/\(subscription)/resourceGroups/\(name)"
    }

    /// The segments of an id, names and values in turn; nil when it is not of that form.
    private static func segments(_ id: String) -> [String]? {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.first == "", parts.count % 2 == 1, parts.dropFirst().allSatisfy({ !$0.isEmpty }) else { return nil }
        return Array(parts.dropFirst())
    }

    /// The namespace an id names, and the subscription it names it in.
    ///
    /// - Throws: when the text is no namespace id, naming the form that is.
    package static func namespaceKey(
        from id: String
    ) throws(ServiceError) -> (subscription: String, key: NamespaceKey) {
        let parts = segments(id) ?? []
        guard parts.count == 8, matches(parts, registryProvider, "namespaces") else {
            throw .invalid(
                "\(quoted(id)) is no resource id of a namespace",
                hint:
                    "It reads /subscriptions/<id>/resourceGroups/<group>/providers/\(registryProvider)/namespaces/<name>; "
                    + "adr ns show --query id prints it."
            )
        }
        let key = NamespaceKey(group: try ResourceGroupName(parts[3]), name: try NamespaceName(parts[7].lowercased()))
        return (parts[1], key)
    }

    /// The namespace and name a policy's id names, and the subscription it names them in.
    package static func policy(
        from id: String
    ) throws(ServiceError) -> (subscription: String, namespace: NamespaceKey, policy: PolicyName) {
        let parts = segments(id) ?? []
        guard parts.count == 12, matches(parts, registryProvider, "namespaces"), parts[8].lowercased() == "credentials",
            parts[9].lowercased() == "default", parts[10].lowercased() == "policies"
        else {
            throw .invalid(
                "\(quoted(id)) is no resource id of a policy",
                hint:
                    "It ends in /providers/\(registryProvider)/namespaces/<name>/credentials/default/policies/<policy>; "
                    + "adr policy show --query id prints it."
            )
        }
        let key = NamespaceKey(group: try ResourceGroupName(parts[3]), name: try NamespaceName(parts[7].lowercased()))
        return (parts[1], key, try PolicyName(parts[11]))
    }

    /// The name of the provisioning service an id names, the resource group it names it in, and the subscription.
    package static func provisioningService(
        from id: String
    ) throws(ServiceError) -> (subscription: String, group: ResourceGroupName, name: ProvisioningServiceName) {
        let parts = segments(id) ?? []
        guard parts.count == 8, matches(parts, devicesProvider, "provisioningservices") else {
            throw .invalid(
                "\(quoted(id)) is no resource id of a provisioning service",
                hint: "It ends in /resourceGroups/<group>/providers/\(devicesProvider)/provisioningServices/<name>; "
                    + "adr dps show --query id prints it."
            )
        }
        return (parts[1], try ResourceGroupName(parts[3]), try ProvisioningServiceName(parts[7]))
    }

    private static func matches(_ parts: [String], _ provider: String, _ type: String) -> Bool {
        parts[0].lowercased() == "subscriptions" && parts[2].lowercased() == "resourcegroups"
            && parts[4].lowercased() == "providers" && parts[5].lowercased() == provider.lowercased()
            && parts[6].lowercased() == type
    }
}
