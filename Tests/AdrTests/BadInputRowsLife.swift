/// What can be wrong with a line that renews, revokes, deletes or signs a CRL.
extension BadInput {
    private static let renew =
        "adr cert renew --hub-name factory-hub --cp device-01.pem --kp device-01.key --csr device-01.csr"
    private static let revoke = "adr device revoke --namespace factory --name device-01"
    private static let crl = "adr policy crl --namespace factory"

    static let renewalRows: [BadInput] = [
        BadInput("adr cert renew --hub-name factory-hub --cp device-01.pem --kp device-01.key", 2, .option, "--csr"),
        BadInput(
            "adr cert renew --hub-name factory-hub --cp device-01.pem --csr device-01.csr",
            2,
            .option,
            "--key-file-path"
        ),
        BadInput(
            "adr cert renew --hub-name nowhere --cp device-01.pem --kp device-01.key --csr device-01.csr",
            3,
            .notFound,
            "'nowhere'",
            "adr hub list"
        ),
        BadInput(
            "adr cert renew --hub-name plant-hub-1 --cp device-01.pem --kp device-01.key --csr device-01.csr",
            1,
            .chain,
            "(UnknownIssuer)",
            "plant-hub-1"
        ),
        BadInput(
            "adr cert renew --hub-name factory-hub --cp device-01.pem --kp device-02.key --csr device-01.csr",
            1,
            .key,
            "(KeyDoesNotMatch)"
        ),
        BadInput(
            "adr cert renew --hub-name factory-hub --cp device-01.pem --kp device-01.key --csr device-02.csr",
            1,
            .csr,
            "device-02",
            "device-01"
        ),
        BadInput(
            "adr cert renew --hub-name factory-hub --cp device-01.pem --kp device-01.key --csr nothere",
            1,
            .file,
            "nothere",
            "Name a file"
        ),
        BadInput(
            "adr cert renew --hub-name factory-hub --cp - --kp - --csr device-01.csr < device-01.pem",
            2,
            .option,
            "both '-'"
        ),
        BadInput("\(renew) --out device-01.key", 2, .file, "name the same file"),
        BadInput("\(renew) --out nowhere/x", 1, .file, "nowhere", "mkdir"),
        BadInput(renew, 1, .state, "(CertificateRevoked)", "adr registration create").after(
            "\(revoke) --yes 2> /dev/null"
        ),
        BadInput(renew, 1, .state, "(DeviceNotFound)").after(
            "adr device delete --namespace factory --name device-01 --yes 2> /dev/null"
        ),
        BadInput(renew, 1, .state, "(IssuerRevoked)", "adr registration create").after(
            "adr policy revoke-issuer --namespace factory --name default --yes > /dev/null 2>&1"
        ),
        BadInput(renew, 1, .state, "(DeviceDisabled)").after(
            "adr device update --namespace factory --name device-01 --enabled false --output none"
        ),
        BadInput(renew, 1, .state, "(PolicyRequired)", "--policy-resource-id").after(
            "adr device update --namespace factory --name device-01 --policy-resource-id '' --output none"
        ),
        BadInput(renew, 3, .notFound, "the policy 'default'", "--policy-resource-id").after(
            "adr policy delete --namespace factory --name default --yes"
        ),
    ]

    static let revocationRows: [BadInput] = [
        BadInput(revoke, 1, .state, "--yes"),
        BadInput("adr device revoke --namespace factory --yes", 2, .option, "--device-name"),
        BadInput("adr device revoke --namespace factory --name nothere --yes", 3, .notFound, "'nothere'"),
        BadInput("adr device revoke --namespace nowhere --name device-01 --yes", 3, .notFound, "'nowhere'"),
        BadInput("\(revoke) --yes --disable perhaps", 2, .value, "Allowed values: true, false"),
        BadInput("\(revoke) --yes --reason boredom", 2, .value, "'boredom'", "keyCompromise"),
        BadInput("\(revoke) --yes --reason certificateHold", 2, .value, "'certificateHold'"),

        BadInput("adr device delete --namespace factory --name device-01", 1, .state, "--yes"),
        BadInput("adr device delete --namespace factory --yes", 2, .option, "--device-name"),
        BadInput("adr device delete --namespace nowhere --name device-01 --yes", 3, .notFound, "'nowhere'"),
        BadInput("adr device delete --namespace factory --name '' --yes", 1, .name, "is empty"),

        BadInput("adr policy revoke-issuer --namespace factory --name default", 1, .state, "--yes"),
        BadInput("adr policy revoke-issuer --namespace factory --name nothere --yes", 3, .notFound, "'nothere'"),
        BadInput("adr policy revoke-issuer --namespace bare --name default --yes", 3, .notFound, "no credential"),
        BadInput("adr policy revoke-issuer --namespace factory --yes", 2, .option, "--policy-name"),
        BadInput("adr policy revoke-issuer --namespace factory --name default --yes", 1, .key, "(KeyNotFound)").after(
            "rm $ADR_HOME/groups/default/namespaces/factory/keys/rootca-*"
        ),

        BadInput("adr policy delete --namespace factory --name default --wipe-key --yes", 1, .key, "(KeyNotFound)")
            .after("rm $ADR_HOME/groups/default/namespaces/factory/keys/ica-*").keeping,
    ]

    static let crlRows: [BadInput] = [
        BadInput("adr policy crl", 2, .option, "required: --namespace/--ns"),
        BadInput("adr policy crl --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("\(crl) --name nothere", 3, .notFound, "'nothere'"),
        BadInput("\(crl) --next-update-days 0", 1, .range, "0 days", "1 to 366"),
        BadInput("\(crl) --next-update-days 367", 1, .range, "367 days"),
        BadInput("\(crl) --next-update-days week", 2, .value, "'week'"),
        BadInput("\(crl) --format txt", 2, .value, "'txt'", "pem, der"),
        BadInput("\(crl) --out x --out-dir folder", 2, .option, "--out and --out-dir"),
        BadInput("\(crl) --out-dir nowhere", 1, .file, "nowhere", "mkdir"),
        BadInput("\(crl) --out folder", 1, .file, "folder", "Name a file"),
        BadInput("adr policy crl --namespace plant --format der --out x", 1, .range, "there are 3", "--out-dir"),
        BadInput(crl, 1, .key, "(KeyNotFound)", "backup").after(
            "rm $ADR_HOME/groups/default/namespaces/factory/keys/ica-*"
        ),

        BadInput("adr credential crl", 2, .option, "required: --namespace/--ns"),
        BadInput("adr credential crl --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr credential crl --namespace bare", 3, .notFound, "no credential"),
        BadInput("adr credential crl --namespace factory --next-update-days -1", 1, .range, "-1 days"),
    ]

    static let publicationRows: [BadInput] = [
        BadInput("adr ns update --name factory --crl-url ftp://pki/{ca}.crl", 1, .range, "http://", "Use a URL"),
        BadInput("adr ns update --name factory --crl-url http://pki/all.crl", 1, .range, "{ca}"),
        BadInput("adr ns update --name factory --crl-url 'http://pki/ {ca}'", 1, .range, "characters"),
        BadInput("adr ns create --name newone --ca-certificate-url pki.example.com", 1, .range, "http://"),
        BadInput(
            #"adr ns create --name newone --crl-url "http://pki/$(printf 'd%.0s' $(seq 1024)){ca}""#,
            1,
            .range,
            "more than 1024"
        ),
    ]

    static let lifeRows = renewalRows + revocationRows + crlRows + publicationRows
}
