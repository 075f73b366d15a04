import CommandTable
import Registry

/// How hubs and provisioning services name the namespace they belong to: by its name, or by its resource id.
enum OwnerOptions {
    static let namespace = Argument<NamespaceName>(
        "--namespace",
        "--ns",
        value: "NAME",
        help: "The namespace it belongs to, instead of --ns-resource-id; in the same resource group.",
        completion: .names("namespace")
    ) { try NamespaceName($0.last ?? "") }

    /// - Parameter id: az gives the option other spellings in each group.
    /// - Parameter example: a line that works.
    static func owner(
        by id: Argument<(subscription: String, key: NamespaceKey)>,
        _ group: ResourceGroupName,
        _ arguments: Arguments,
        example: String
    ) throws -> (subscription: String?, key: NamespaceKey) {
        switch (try arguments.value(id), try arguments.value(namespace)) {
        case (let id?, nil): return (id.subscription, id.key)
        case (nil, let name?): return (nil, NamespaceKey(group: group, name: name))
        case (nil, nil):
            throw UsageError(
                "one of the following arguments is required: --namespace/--ns, \(id.shape.names.joined(separator: "/"))",
                recommendations: ["Example: \(example)"]
            )
        case (.some, .some):
            throw UsageError(
                "--namespace and --ns-resource-id cannot go together",
                recommendations: ["Either of them names the namespace; leave out one."]
            )
        }
    }
}
