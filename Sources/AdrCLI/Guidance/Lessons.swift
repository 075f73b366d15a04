extension Lesson {
    /// The first that fits a line counts, so what is narrower stands before what is wider.
    static let all: [Lesson] =
        invented + single + renamed + certificateAuthorities + devices + links + provisioning + elsewhere

    /// Groups that machine-written guides teach and no release ever had.
    private static let invented: [Lesson] = [
        Lesson(
            "iot device-registry namespace",
            says: "The group of namespaces is 'iot adr ns', 'ns' for short.",
            to: "ns",
            renaming: ["--namespace-name": "--name"],
            example: "ns create --name factory"
        ),
        Lesson(
            "iot device-registry",
            says: "There is no 'iot device-registry': the group is 'iot adr ns', 'ns' for short.",
            to: "ns",
            renaming: ["--namespace-name": "--namespace"],
            example: "ns list"
        ),
        Lesson(
            "iot adr namespace",
            says: "The group of namespaces is 'iot adr ns', 'ns' for short.",
            to: "ns",
            renaming: ["--namespace-name": "--name"],
            example: "ns create --name factory"
        ),
        Lesson(
            "iot adr credential-policy",
            says:
                "There is no 'credential-policy': a namespace has a credential, its root CA, and policies, its issuing "
                + "CAs.",
            to: "policy",
            renaming: [
                "--certificate-type": "", "--namespace-name": "--namespace", "--validity": "--cert-validity-days",
                "--validity-days": "--cert-validity-days",
            ],
            example: "policy create --namespace factory --name line-1"
        ),
        Lesson(
            "iot adr credential",
            says: "The credential belongs to a namespace: the group is 'iot adr ns credential'.",
            to: "credential",
            example: "credential create --namespace factory"
        ),
        Lesson(
            "iot adr policy",
            says: "Policies belong to a namespace: the group is 'iot adr ns policy'.",
            to: "policy",
            example: "policy create --namespace factory --name line-1"
        ),
        Lesson(
            "iot adr device",
            says: "Devices belong to a namespace: the group is 'iot adr ns device'.",
            to: "device",
            example: "device list --namespace factory"
        ),
        Lesson(
            "iot ns",
            says: "The group of namespaces is 'iot adr ns', 'ns' for short.",
            to: "ns",
            example: "ns create --name factory"
        ),
        Lesson(
            "hub device-identity credential-policy",
            says: "Issuing CAs are pushed to all the hubs of a namespace at once.",
            to: "credential",
            renaming: ["--hub-name": "", "-n": "", "--namespace-name": "--namespace"],
            example: "credential sync --namespace factory"
        ),
    ]

    /// What is there once and so has neither a name nor a list.
    private static let single: [Lesson] = [
        Lesson(
            "credential list",
            says: "A namespace has one credential, so there is no list.",
            to: "credential show",
            example: "credential show --namespace factory"
        ),
        Lesson(
            "credential",
            given: [Given(names: ["--credential-name", "--name", "-n"])],
            says: "The credential of a namespace is always called 'default', so no option names it.",
            to: "credential",
            renaming: ["--credential-name": "", "--name": "", "-n": ""],
            example: "credential show --namespace factory"
        ),
        Lesson(
            "",
            given: [Given(names: ["--no-wait"])],
            says: "Every command is done when it returns, so there is no --no-wait.",
            to: "",
            renaming: ["--no-wait": ""],
            example: "ns list"
        ),
        Lesson(
            "ns wait",
            says: "Every command is done when it returns, so there is nothing to wait for.",
            to: "ns show",
            renaming: ["--created": "", "--updated": "", "--exists": "", "--interval": "", "--timeout": ""],
            example: "ns show --name factory"
        ),
    ]

    private static let validity: [String: String] = [
        "--validity": "--cert-validity-days", "--validity-days": "--cert-validity-days", "--vd": "--cert-validity-days",
        "--validity-period": "--cert-validity-days", "--validity-period-in-days": "--cert-validity-days",
    ]

    /// Options that had another name before, or have one in guides.
    private static let renamed: [Lesson] =
        [
            Lesson(
                "ns create",
                given: [Given(names: ["--enable-credential-policy", "--ecp"])],
                says: "The option is called --enable-certificate-management, --ecm for short.",
                to: "ns create",
                renaming: [
                    "--enable-credential-policy": "--enable-certificate-management",
                    "--ecp": "--enable-certificate-management",
                ],
                example: "ns create --name factory --enable-certificate-management"
            ),
            Lesson(
                "ns create",
                given: [Given(names: ["--no-credential", "--no-policy"])],
                says: "A namespace gets a credential and a policy only where they are asked for.",
                to: "ns create",
                renaming: ["--no-credential": "", "--no-policy": ""],
                example: "ns create --name factory"
            ),
        ]
        + ["ns create", "policy create", "policy update"].map { words in
            Lesson(
                words,
                given: [Given(names: validity.keys.sorted())],
                says: "How long device certificates live is told with --cert-validity-days.",
                to: words,
                renaming: validity,
                example: words == "ns create"
                    ? "ns create --name factory --cert-validity-days 30"
                    : "\(words) --namespace factory --name line-1 --cert-validity-days 30"
            )
        }

    /// The groups that came after credentials and policies: certificate authorities, and policies below them.
    private static let certificateAuthorities: [Lesson] = [
        Lesson(
            "ns ca policy",
            says: "A policy here is an issuing CA and what it issues in one.",
            to: "policy",
            renaming: validity.merging(["--ca-name": "", "--ca": ""]) { $1 },
            example: "policy create --namespace factory --name line-1"
        ),
        Lesson(
            "ns ca create",
            given: [Given(names: ["--issuer-type"], value: "External")],
            says:
                "An issuing CA below a root of your own is a policy with --enable-byor, which is not there yet; without "
                + "it the namespace's own root signs.",
            to: "policy create",
            renaming: issuing,
            example: "policy create --namespace factory --name line-1"
        ),
        Lesson(
            "ns ca create",
            given: [Given(names: ["--type", "--ca-type"], value: "ICA")],
            says: "An issuing CA is made with its policy.",
            to: "policy create",
            renaming: issuing,
            example: "policy create --namespace factory --name line-1"
        ),
        Lesson(
            "ns ca create",
            says: "The root CA of a namespace is its credential.",
            to: "credential create",
            renaming: issuing.merging(["--name": "", "-n": "", "--ca-name": "", "--key-type": ""]) { $1 },
            example: "credential create --namespace factory"
        ),
        Lesson(
            "ns ca activate",
            says: "Bringing your own root is not there yet: issuing CAs are signed by the namespace's own root.",
            to: "policy show",
            renaming: ["--ca-name": "--policy-name", "--certificate-chain-file": "", "--ccf": ""],
            example: "policy show --namespace factory --name line-1",
            until: "policy activate-byor"
        ),
        Lesson(
            "policy activate-byor",
            says: "Bringing your own root is not there yet: issuing CAs are signed by the namespace's own root.",
            to: "policy show",
            renaming: ["--certificate-chain-file": "", "--ccf": ""],
            example: "policy show --namespace factory --name line-1",
            until: "policy activate-byor"
        ),
        Lesson(
            "ns ca revoke",
            says: "An issuing CA is revoked, and replaced, by its policy.",
            to: "policy revoke-issuer",
            renaming: ["--name": "--policy-name", "-n": "--policy-name", "--ca-name": "--policy-name"],
            example: "policy revoke-issuer --namespace factory --name line-1"
        ),
        Lesson(
            "ns ca",
            says: "The root CA of a namespace is its credential, its issuing CAs are its policies.",
            to: "policy",
            renaming: ["--ca-name": "--policy-name"],
            example: "policy list --namespace factory"
        ),
    ]

    /// Options of `ca create` that say what here the command says.
    private static let issuing: [String: String] = [
        "--type": "", "--ca-type": "", "--issuer-type": "", "--issuer-ca-name": "",
        "--issuer-certificate-authority-name": "", "--key-type": "--cert-key-type", "--ca-name": "--policy-name",
        "--location": "", "-l": "",
    ]

    private static let devices: [Lesson] =
        [
            Lesson(
                "device auth revoke-certs",
                says: "The certificates of a device are revoked by the device itself.",
                to: "device revoke",
                example: "device revoke --namespace factory --name device-01"
            )
        ]
        + ["device create", "hub device-identity create"].map { words in
            Lesson(
                words,
                says: "A device, and its identity in the hub, come with its first certificate or registration.",
                to: "cert issue",
                example: issue
            )
        }

    private static let issue =
        "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr"

    /// Linking, which moved from the hub to the namespace.
    private static let links: [Lesson] = [
        Lesson(
            "ns link hub add",
            says: "A hub is linked to its namespace when it is created.",
            to: "hub create",
            example: "hub create --name hub-1 --namespace factory"
        ),
        Lesson(
            "ns link hub remove",
            says: "A hub belongs to its namespace as long as it is there.",
            to: "hub delete",
            renaming: ["--hub-name": "--name", "--namespace": "", "--ns": ""],
            example: "hub delete --name hub-1"
        ),
        Lesson(
            "ns link dps add",
            says: "A provisioning service is linked to its namespace when it is created.",
            to: "dps create",
            example: "dps create --name factory-dps --namespace factory"
        ),
        Lesson(
            "ns link dps remove",
            says: "A provisioning service belongs to its namespace as long as it is there.",
            to: "dps delete",
            renaming: ["--dps-name": "--name", "--namespace": "", "--ns": ""],
            example: "dps delete --name factory-dps"
        ),
        Lesson(
            "ns link dps",
            says: "A provisioning service is linked to its namespace when it is created.",
            to: "dps",
            example: "dps list"
        ),
        Lesson(
            "ns link",
            says: "A hub is linked to its namespace when it is created.",
            to: "hub",
            example: "hub list"
        ),
        Lesson(
            "hub certificate create",
            says: "The CAs that a hub trusts come from its namespace.",
            to: "credential sync",
            example: "credential sync --namespace factory"
        ),
    ]

    /// What belongs to the cloud.
    private static let elsewhere: [Lesson] =
        ["ns", "hub", "dps"].map { group in
            Lesson(
                "\(group) identity",
                says: "There are no managed identities here, and nothing needs one.",
                to: group,
                example: "\(group) list"
            )
        } + [
            Lesson(
                "group",
                says: "A resource group is there as soon as something is in it.",
                to: "ns create",
                example: "ns create --name factory --resource-group plant"
            ),
            Lesson("login", says: "There is nothing to log in to.", to: "ns list", example: "ns list"),
            Lesson("account", says: "The store is its own subscription.", to: "ns list", example: "ns list"),
        ]

    private static let provisioning: [Lesson] =
        [
            ("dps enrollment create", "--enrollment-id device-01 --attestation-type symmetricKey"),
            ("dps enrollment update", "--enrollment-id device-01"),
            ("dps enrollment-group create", "--group-id line-1"),
            ("dps enrollment-group update", "--group-id line-1"),
        ].map { words, which in
            Lesson(
                words,
                given: [Given(names: ["--adr-cert-policy-name", "--adr-ca-name", "--adr-namespace"])],
                says: "The policy of an enrollment is one of the service's namespace, and given by its name alone.",
                to: words,
                renaming: [
                    "--adr-cert-policy-name": "--credential-policy-name", "--adr-ca-name": "", "--adr-namespace": "",
                ],
                example: "\(words) --dps-name factory-dps \(which) --credential-policy-name default"
            )
        } + [
            Lesson(
                "registration operation-status",
                says: "A registration is done when its command returns; its outcome is kept.",
                to: "registration show",
                renaming: ["--operation-id": "", "--oid": ""],
                example: "registration show --dps-name factory-dps --registration-id device-01"
            )
        ]
}
