import CommandTable

/// az's options that concern the cloud alone: taken, without effect, and named under `--verbose`.
enum CloudOptions {
    private static let sku = Argument<String>.text("--sku", help: "Pricing tier; has no effect.")
    private static let unit = Argument<Int>.integer("--unit", help: "Units; has no effect.")
    private static let partitions = Argument<Int>.integer("--partition-count", help: "Partitions; has no effect.")
    private static let systemIdentity = Argument<Bool>.threeState(
        "--mi-system-assigned",
        help: "Managed identity; has no effect."
    )
    private static let userIdentities = Argument<[String]>.list(
        "--mi-user-assigned",
        help: "Managed identities; has no effect."
    )
    private static let namespaceIdentity = Argument<String>.text(
        "--ns-identity-id",
        help: "Identity used towards the namespace; has no effect."
    )
    private static let skipRoles = Argument<Bool>.threeState(
        "--skip-ns-ra",
        help: "Do not create role assignments; has no effect."
    )
    private static let role = Argument<String>.text(
        "--custom-ns-role-id",
        help: "Role definition to assign; has no effect."
    )
    private static let residency = Argument<Bool>.threeState(
        "--enforce-data-residency",
        "--edr",
        help: "Data residency; has no effect."
    )
    private static let login = Argument<String>.text("--login", "-l", help: "Connection string; has no effect.")
    private static let authType = Argument<String>.text("--auth-type", help: "How to sign in; has no effect.")
    private static let noWait = Argument<Bool>.flag("--no-wait", help: "Do not wait; has no effect.")
    private static let host = Argument<String>.text(
        "--provisioning-host",
        "--host",
        help: "Host of the device endpoint; has no effect."
    )

    static let hub: [ArgumentUse] = [
        .accepted(sku, "there are no tiers here"), .accepted(unit, "there are no units here"),
        .accepted(partitions, "there are no partitions here"),
        .accepted(systemIdentity, "there are no managed identities here"),
        .accepted(userIdentities, "there are no managed identities here"),
        .accepted(namespaceIdentity, "there are no managed identities here"),
        .accepted(skipRoles, "there are no role assignments here"),
        .accepted(role, "there are no role assignments here"),
    ]

    static let provisioningService: [ArgumentUse] = [
        .accepted(sku, "there are no tiers here"), .accepted(unit, "there are no units here"),
        .accepted(systemIdentity, "there are no managed identities here"),
        .accepted(userIdentities, "there are no managed identities here"),
        .accepted(namespaceIdentity, "there are no managed identities here"),
        .accepted(residency, "there are no regions here"),
    ]

    static let signIn: [ArgumentUse] = [
        .accepted(login, "there is nothing to sign in to"), .accepted(authType, "there is nothing to sign in to"),
    ]

    static let waiting: ArgumentUse = .accepted(noWait, "nothing here takes long enough to wait for")
    static let provisioningHost: ArgumentUse = .accepted(host, "the service is the one that --dps-name names")
}
