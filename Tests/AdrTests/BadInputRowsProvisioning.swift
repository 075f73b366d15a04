/// `adr dps …`, `adr registration …` and `adr query`.
extension BadInput {
    private static let zeros = "00000000-0000-0000-0000-000000000000"
    private static let namespaces = "resourceGroups/default/providers/Microsoft.DeviceRegistry/namespaces"

    private static let services = "resourceGroups/default/providers/Microsoft.Devices/provisioningServices"

    static let serviceRows: [BadInput] = [
        BadInput("adr dps create", 2, .option, "required: --name/-n", "Example: adr dps create"),
        BadInput("adr dps create --name d-1", 2, .option, "--namespace/--ns, --ns-resource-id"),
        BadInput("adr dps create --name d-1 --namespace nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr dps create --name d --namespace factory", 1, .name, "has 1 character\n", "3 to 64"),
        BadInput("adr dps create --name d_1 --namespace factory", 1, .name, "'_', character 2"),
        BadInput("adr dps create --name factory-dps --namespace quiet", 1, .conflict, "'factory'", "for life"),
        BadInput("adr dps create --name factory-dps --namespace factory --location westeurope", 1, .conflict, "eastus"),
        BadInput("adr dps create --name d-1 --ns-resource-id factory", 1, .name, "no resource id of a namespace"),
        BadInput(
            "adr dps create --name d-1 --ns-resource-id /subscriptions/\(zeros)/\(namespaces)/factory",
            1,
            .name,
            "the subscription '\(zeros)'",
            "adr ns show"
        ),
        BadInput(
            "adr dps create --name d-1 --namespace factory "
                + "--ns-resource-id /subscriptions/$SUBSCRIPTION/\(namespaces)/factory",
            2,
            .option,
            "cannot go together"
        ),

        BadInput("adr dps show", 2, .option, "required: --name/-n", "Example: adr dps show"),
        BadInput("adr dps show --name factory-dps --ids /x", 2, .option, "--name and --ids cannot go together"),
        BadInput("adr dps show --ids factory-dps", 1, .name, "no resource id of a provisioning service"),
        BadInput("adr dps show --ids /subscriptions/\(zeros)/\(services)/factory-dps", 1, .name, "the subscription"),
        BadInput("adr dps show --ids /subscriptions/$SUBSCRIPTION/\(services)/nowhere", 3, .notFound, "'nowhere'"),
        BadInput(
            "adr dps show --ids $(adr dps show --name factory-dps --query id -o tsv | sed s/default/other/)",
            3,
            .notFound,
            "the resource group 'default'",
            "names 'other'"
        ),
        BadInput("adr dps show --name nowhere", 3, .notFound, "'nowhere'", "adr dps list"),
        BadInput("adr dps show --name a/b", 1, .name, "'/', character 2"),

        BadInput("adr dps list extra", 2, .option, "unrecognized arguments: extra"),
        BadInput("adr dps list -g '*'", 1, .name, "'*'"),
        BadInput("adr dps list --namespace factory", 2, .option, "--namespace factory"),

        BadInput("adr dps delete", 2, .option, "required: --name/-n"),
        BadInput("adr dps delete --ids x", 1, .name, "no resource id"),
        BadInput("adr dps delete --name 'factory-dps!'", 1, .name, "'!'"),
        BadInput("adr dps delete --name factory-dps --force", 2, .option, "--force"),
    ]

    private static let link = "adr dps linked-hub create --dps-name factory-dps"
    private static let linked = "adr dps linked-hub update --dps-name factory-dps --linked-hub factory-hub"

    static let linkedHubRows: [BadInput] = [
        BadInput("\(link)", 2, .option, "required: --hub-name"),
        BadInput("\(link) --hub-name nowhere", 3, .notFound, "'nowhere'", "adr hub list"),
        BadInput("\(link) --hub-name plant-hub-1", 1, .conflict, "'plant'", "adr hub list"),
        BadInput("\(link) --hub-name factory-hub --allocation-weight 1001", 1, .range, "1001", "0 to 1000"),
        BadInput("\(link) --hub-name factory-hub --latency-ms -1", 1, .range, "-1 ms", "0 to 60000"),
        BadInput("adr dps linked-hub create --dps-name nowhere --hub-name factory-hub", 3, .notFound, "'nowhere'"),

        BadInput("adr dps linked-hub show --dps-name factory-dps", 2, .option, "required: --linked-hub"),
        BadInput("adr dps linked-hub show --dps-name factory-dps --linked-hub none", 3, .notFound, "factory-hub"),
        BadInput("adr dps linked-hub show --dps-name quiet-dps --linked-hub none", 3, .notFound, "linked-hub create"),

        BadInput("adr dps linked-hub list", 2, .option, "required: --dps-name"),
        BadInput("adr dps linked-hub list --dps-name nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr dps linked-hub list --dps-name 'a b'", 1, .name, "a blank"),

        BadInput("\(linked) --allocation-weight heavy", 2, .value, "invalid int value: 'heavy'"),
        BadInput("\(linked) --allocation-weight -1", 1, .range, "0 to 1000"),
        BadInput("\(linked) --apply-allocation-policy perhaps", 2, .value, "true, false"),
        BadInput("adr dps linked-hub update --dps-name factory-dps --linked-hub none", 3, .notFound, "'none'"),

        BadInput("adr dps linked-hub delete --dps-name factory-dps", 2, .option, "required: --linked-hub"),
        BadInput("adr dps linked-hub delete --dps-name nowhere --linked-hub factory-hub", 3, .notFound, "'nowhere'"),
        BadInput("adr dps linked-hub delete --dps-name factory-dps --linked-hub 'x!y'", 1, .name, "'!'"),
    ]

    private static let enroll = "adr dps enrollment create --dps-name factory-dps"
    private static let one = "\(enroll) --enrollment-id e-1 --attestation-type"
    private static let enrolled = "adr dps enrollment update --dps-name factory-dps --enrollment-id"

    private static let dash = "standard input, line 1, the enrollment 'e-1':"

    /// A batch of one line, which names e-1 and in which the shell replaces `$(…)`.
    private static func batch(_ members: String) -> String {
        "\(enroll) --batch - <<END\n{\"registrationId\": \"e-1\", \(members)}\nEND"
    }

    /// The same, with one onboarding certificate.
    private static func batch(certificate: String, _ more: String = "") -> String {
        batch(#""attestation": {"x509": {"clientCertificates": {"primary": {\#(certificate)}}}\#(more)}"#)
    }

    private static let onboarding = #""certificate": "$(openssl x509 -in onboard.pem -outform DER | base64 -w 0)""#
    private static let keyText = #""certificate": "$(sed 's/$/\\n/' onboard.key | tr -d '\n')""#

    static let batchRows: [BadInput] = [
        BadInput(batch(certificate: onboarding, #", "type": "symmetricKey""#), 1, .range, dash, "holds x509", "one of"),
        BadInput(batch(certificate: onboarding, #", "symmetricKey": {}"#), 1, .range, dash, "symmetricKey and x509"),
        BadInput(batch(certificate: onboarding, #", "type": "magic""#), 1, .range, dash, "'magic'"),
        BadInput(batch(#""attestation": {"tpm": {}}"#), 1, .range, dash, "'tpm' is not taken"),
        BadInput(batch(#""attestation": {"type": "x509"}"#), 1, .range, dash, "needs a certificate", "primary"),
        BadInput(batch(certificate: #""info": {}"#), 1, .range, dash, "the primary certificate itself is missing"),
        BadInput(batch(certificate: keyText), 1, .range, dash, "holds no certificate, but PRIVATE KEY", "PEM text"),
        BadInput(batch(certificate: #""certificate": "hello""#), 1, .range, dash, "neither PEM", "PEM text"),
        BadInput(batch(#""initialTwin": {"tags": 5}"#), 1, .range, dash, "'initialTwin.tags' is no JSON object"),
        BadInput(
            batch(#""initialTwin": {"properties": {"desired": "x"}}"#),
            1,
            .range,
            dash,
            "'initialTwin.properties.desired' is no JSON object"
        ),
        BadInput(batch(#""optionalDeviceInformation": []"#), 1, .range, dash, "is no JSON object"),
        BadInput(
            batch(#""iotHubs": ["factory-hub"], "iotHubHostName": "other-hub""#),
            1,
            .range,
            dash,
            "'other-hub', and iotHubs names factory-hub"
        ),
        BadInput(
            batch(#""iotHubHostName": "factory-hub", "allocationPolicy": "hashed""#),
            1,
            .range,
            dash,
            "allocationPolicy is hashed"
        ),
    ]

    static let enrollmentRows: [BadInput] = [
        BadInput("\(enroll)", 2, .option, "--enrollment-id/--eid, --attestation-type/--at"),
        BadInput("adr dps enrollment create --dps-name nowhere --eid e-1 --at symmetricKey", 3, .notFound, "'nowhere'"),
        BadInput("\(enroll) --eid 'e 1' --at symmetricKey", 1, .name, "the enrollment ID 'e 1'", "a blank"),
        BadInput("\(one) tpm", 1, .range, "(NotSupported)", "symmetricKey"),
        BadInput("\(one) magic", 2, .value, "symmetricKey, tpm, x509"),
        BadInput("\(one) x509", 2, .option, "--certificate-path"),
        BadInput("\(one) symmetricKey --primary-key short", 1, .range, "16 to 64", "openssl rand"),
        BadInput("\(one) symmetricKey --credential-policy-name none", 3, .notFound, "'none'", "default"),
        BadInput("\(one) symmetricKey --credential-policy-name default --device-id other", 1, .range, "'other'"),
        BadInput("\(one) symmetricKey --iot-hubs plant-hub-1", 3, .notFound, "adr dps linked-hub list"),
        BadInput("\(one) symmetricKey --iot-hubs factory-hub --iot-hub-host-name factory-hub", 2, .option, "cannot go"),
        BadInput("\(one) symmetricKey --allocation-policy dice", 2, .value, "hashed"),
        BadInput("\(one) symmetricKey --allocation-policy static", 1, .range, "--iot-hubs"),
        BadInput(
            "\(one) symmetricKey --allocation-policy custom --webhook-url http://x",
            1,
            .range,
            "no absolute path"
        ),
        BadInput("\(one) symmetricKey --initial-twin-tags '{'", 1, .range, "line 1, column 2"),
        BadInput("\(one) symmetricKey --initial-twin-properties 7", 1, .range, "a number, not a JSON object"),
        BadInput("\(one) symmetricKey --device-information '[]'", 1, .range, "a list, not a JSON object"),
        BadInput("\(one) symmetricKey --certificate-path onboard.pem", 2, .option, "does not fit"),
        BadInput("\(one) x509 --certificate-path onboard.pem --primary-key short", 1, .range, "--primary-key"),
        BadInput("\(one) x509 --certificate-path text", 1, .chain, "text holds no certificate"),
        BadInput("\(one) x509 --certificate-path onboard.key", 1, .chain, "onboard.key holds", "but PRIVATE KEY"),
        BadInput("\(one) x509 --certificate-path weak.pem", 1, .chain, "RSA 1024, is too small", "2048"),
        BadInput("\(one) x509 --certificate-path sha1.pem", 1, .chain, "ecdsa-with-SHA1", "SHA-256"),
        BadInput("\(one) x509 --certificate-path nowhere", 1, .file, "No such file"),
        BadInput("\(one) x509 --certificate-path device-02.csr.pem", 1, .chain, "but CERTIFICATE REQUEST"),
        BadInput("\(enroll) --eid device-05 --at x509 --cp onboard.pem", 1, .conflict, "fixed at creation"),
        BadInput("\(enroll) --batch batch.jsonl", 1, .range, "batch.jsonl, line 2", "'tpm'"),
        BadInput("\(enroll) --batch text", 1, .range, "text, line 1: no JSON"),
        BadInput("\(enroll) --batch nowhere", 1, .file, "No such file"),
        BadInput("\(enroll) --batch batch.jsonl --eid e-1", 2, .option, "--batch cannot go with --enrollment-id"),
        BadInput(
            "\(enroll) --batch batch.jsonl --cpn default",
            2,
            .option,
            "with --credential-policy-name",
            "each line"
        ),
        BadInput("\(enroll) --batch batch.jsonl --ps disabled --hn h", 2, .option, "-status, --iot-hub-host-name"),
        BadInput("\(enroll) --batch batch.jsonl --pk AA -d d --ek E", 2, .option, "-key, --device-id, --endorsement-"),
        BadInput(
            "\(enroll) --batch batch.jsonl --ih h --ap custom --wh /p",
            2,
            .option,
            "-policy, --iot-hubs, --webhook"
        ),
        BadInput("\(enroll) --batch batch.jsonl --rp never --tags {}", 2, .option, "-policy, --initial-twin-tags"),

        BadInput("adr dps enrollment show --dps-name factory-dps", 2, .option, "required: --enrollment-id"),
        BadInput("adr dps enrollment show --dps-name factory-dps --eid none", 3, .notFound, "enrollment list"),
        BadInput("adr dps enrollment show --dps-name factory-dps --eid line-1", 3, .notFound, "'line-1'"),

        BadInput("adr dps enrollment list", 2, .option, "required: --dps-name"),
        BadInput("adr dps enrollment list --dps-name nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr dps enrollment list --dps-name factory-dps --top 0", 1, .range, "--top is 0"),

        BadInput("\(enrolled) none --provisioning-status disabled", 3, .notFound, "'none'"),
        BadInput("\(enrolled) device-05 --provisioning-status off", 2, .value, "disabled, enabled"),
        BadInput("\(enrolled) device-05 --credential-policy-name none", 3, .notFound, "'none'"),
        BadInput("\(enrolled) device-05 --ps disabled --etag old", 1, .conflict, "(412)", "is 'old'", "--query etag"),
        BadInput("\(enrolled) device-05 --ps disabled --etag ''", 1, .conflict, "(412)", "--etag is ''"),
        BadInput("\(enrolled) device-05 --remove-certificate", 1, .range, "has no certificates"),
        BadInput("\(enrolled) device-06 --rc true", 1, .range, "left without a certificate", "--certificate-path"),
        BadInput("\(enrolled) device-06 --rc --rsc", 1, .range, "left without a certificate"),
        BadInput("\(enrolled) device-06 --rc maybe", 2, .value, "true, false"),
        BadInput("\(enrolled) device-06 --rc --cp onboard.pem", 2, .option, "cannot go together"),
        BadInput("\(enrolled) device-06 --rsc --scp onboard.pem", 2, .option, "--remove-secondary-certificate"),
        BadInput("\(enrolled) device-06 --primary-key $(head -c 32 zeros | base64)", 1, .conflict, "fixed at creation"),

        BadInput("adr dps enrollment delete --dps-name factory-dps", 2, .option, "required: --enrollment-id"),
        BadInput(
            "adr dps enrollment delete --dps-name factory-dps --eid device-05 -e old",
            1,
            .conflict,
            "(412)",
            "adr dps enrollment show --dps-name factory-dps --enrollment-id device-05"
        ),
        BadInput("adr dps enrollment delete --dps-name nowhere --eid device-05", 3, .notFound, "'nowhere'"),
        BadInput("adr dps enrollment delete --dps-name factory-dps --eid a/b", 1, .name, "'/'"),
    ]

    private static let groups = "adr dps enrollment-group"

    static let enrollmentGroupRows: [BadInput] = [
        BadInput("\(groups) create --dps-name factory-dps", 2, .option, "--group-id"),
        BadInput("\(groups) create --dps-name factory-dps --gid 'g 1'", 1, .name, "the enrollment group ID 'g 1'"),
        BadInput("\(groups) create --dps-name nowhere --gid g-1", 3, .notFound, "'nowhere'"),
        BadInput("\(groups) create --dps-name factory-dps --gid g-1 --ca-name ca", 1, .range, "--certificate-path"),
        BadInput("\(groups) create --dps-name factory-dps --gid g-1 --scn ca", 1, .range, "(NotSupported)"),
        BadInput("\(groups) create --dps-name factory-dps --gid g-1 --cp leaf.pem", 1, .chain, "is no CA"),
        BadInput("\(groups) create --dps-name factory-dps --gid g-1 --cpn none", 3, .notFound, "'none'"),

        BadInput("\(groups) show --dps-name factory-dps", 2, .option, "--group-id"),
        BadInput("\(groups) show --dps-name factory-dps --gid none", 3, .notFound, "enrollment-group list"),
        BadInput("\(groups) show --dps-name factory-dps --gid line-1 --show-keys maybe", 2, .value, "true, false"),

        BadInput("\(groups) list", 2, .option, "required: --dps-name"),
        BadInput("\(groups) list --dps-name nowhere", 3, .notFound, "'nowhere'"),
        BadInput("\(groups) list --dps-name factory-dps --top -1", 1, .range, "--top is -1"),

        BadInput("\(groups) update --dps-name factory-dps --gid none --ps disabled", 3, .notFound, "'none'"),
        BadInput(
            "\(groups) update --dps-name factory-dps --gid line-1 --reprovision-policy always",
            2,
            .value,
            "never"
        ),
        BadInput("\(groups) update --dps-name factory-dps --gid line-1 --iot-hubs none", 3, .notFound, "'none'"),

        BadInput("\(groups) delete --dps-name factory-dps", 2, .option, "--group-id"),
        BadInput("\(groups) update --dps-name factory-dps --gid line-1 --ps disabled -e old", 1, .conflict, "(412)"),
        BadInput("\(groups) update --dps-name factory-dps --gid line-1 --rc", 1, .range, "has no certificates"),
        BadInput("\(groups) update --dps-name factory-dps --gid line-1 --secondary-ca-name ca", 1, .range, "--cert"),
        BadInput("\(groups) delete --dps-name factory-dps --gid line-1 -e old", 1, .conflict, "enrollment-group show"),
        BadInput("\(groups) delete --dps-name nowhere --gid line-1", 3, .notFound, "'nowhere'"),
        BadInput("\(groups) delete --dps-name factory-dps --gid ''", 1, .name, "the enrollment group ID '' is empty"),

        BadInput("\(groups) compute-device-key", 2, .option, "required: --registration-id"),
        BadInput("\(groups) compute-device-key --rid d", 2, .option, "--group-id", "--symmetric-key"),
        BadInput("\(groups) compute-device-key --rid d --dps-name factory-dps --gid none", 3, .notFound, "'none'"),
        BadInput("\(groups) compute-device-key --rid d --key '***'", 1, .key, "no base64"),
        BadInput("\(groups) compute-device-key --rid d --symmetric-key-file text", 1, .key, "no base64"),
        BadInput("\(groups) compute-device-key --rid d --symmetric-key-file nowhere", 1, .file, "No such file"),
        BadInput("\(groups) compute-device-key --rid d --key AAAA --symmetric-key-file text", 2, .option, "cannot go"),
    ]

    private static let register = "adr registration create --dps-name factory-dps --registration-id"
    private static let key = "$(head -c 32 zeros | base64)"

    static let registrationRows: [BadInput] = [
        BadInput("adr registration create --dps-name factory-dps", 2, .option, "required: --registration-id"),
        BadInput("adr registration create --rid device-05", 2, .option, "required: --dps-name/-n, or --id-scope"),
        BadInput("adr registration create --id-scope 0ne00 --rid device-05", 3, .notFound, "'0ne00'", "adr dps list"),
        BadInput("\(register) device-05 --scope 0ne00", 1, .name, "'factory-dps' has the ID scope '0ne"),
        BadInput("adr registration create --dps-name nowhere --rid device-05", 3, .notFound, "'nowhere'"),
        BadInput("adr registration create --dps-name quiet-dps --rid device-05", 3, .notFound, "'device-05'"),
        BadInput("\(register) nobody", 3, .notFound, "'nobody'", "adr dps enrollment list"),
        BadInput("\(register) nobody --key \(key)", 1, .key, "(401002)", "compute-device-key"),
        BadInput("\(register) device-05 --key \(key)", 1, .key, "(401002)", "--show-keys"),
        BadInput("\(register) device-05 --key nonsense!", 1, .key, "no base64"),
        BadInput("\(register) device-06", 1, .option, "attests by certificate", "--certificate-file-path"),
        BadInput("\(register) device-06 --cp onboard.pem", 2, .option, "needs --key-file-path"),
        BadInput("\(register) device-06 --kp onboard.key", 2, .option, "needs --certificate-file-path"),
        BadInput("\(register) device-06 --cp onboard.pem --kp device-01.key", 1, .key, "P-384", "P-256"),
        BadInput("\(register) device-06 --cp onboard.pem --kp p256.key", 1, .key, "did not prove possession"),
        BadInput("\(register) device-06 --cp onboard.pem --kp encrypted.key", 1, .key, "encrypted"),
        BadInput("\(register) device-06 --cp weak.pem --kp weak.key", 1, .chain, "(401002)", "RSA 1024", "2048"),
        BadInput("\(register) device-06 --cp sha1.pem --kp onboard.key", 1, .chain, "(401002)", "SHA1", "SHA-256"),
        BadInput("\(register) device-06 --cp text --kp onboard.key", 1, .chain, "text holds no certificate"),
        BadInput("\(register) device-06 --cp self.pem --kp self.key", 1, .chain, "'device-01'", "'device-06'"),
        BadInput("\(register) device-06 --cp - --kp - < onboard.pem", 2, .option, "standard input can be read once"),
        BadInput("\(register) device-05 --ck", 2, .option, "--compute-key needs --symmetric-key/--key", "--group-id"),
        BadInput("\(register) device-05 --gid line-1 --ck", 2, .option, "--compute-key needs --symmetric-key/--key"),
        BadInput("\(register) device-06 --cp onboard.pem --kp onboard.key --ck", 2, .option, "--compute-key needs"),
        BadInput("\(register) device-05 --gid nope --key \(key) --ck", 3, .notFound, "'nope'", "enrollment-group"),
        BadInput("\(register) device-06 --gid nope --cp onboard.pem --kp onboard.key", 3, .notFound, "'nope'"),
        BadInput("\(register) $(printf %065d 7) --generate --key-out k", 1, .name, "has 65 characters", "up to 64"),
        BadInput("\(register) device-05 --payload '{'", 1, .range, "--payload is no JSON"),
        BadInput("\(register) device-05 --passphrase secret", 1, .range, "(NotSupported)", "openssl pkey"),
        BadInput("\(register) device-05 --generate", 2, .option, "--key-out"),
        BadInput("\(register) device-05 --key-out k", 2, .option, "--generate"),
        BadInput(
            "\(register) device-05 --generate --key-out k --csr device-02.csr",
            2,
            .option,
            "cannot go with --csr"
        ),
        BadInput("\(register) device-05 --generate --key-out - --out x", 2, .option, "--key-out is '-'"),
        BadInput("\(register) device-05 --generate --key-out k --out ./k", 2, .option, "name the same file"),
        BadInput("\(register) device-05 --csr device-02.csr --out device-02.csr", 2, .option, "name the same file"),
        BadInput("\(register) device-05 --generate --key-out device-01.key", 1, .key, "never overwritten", "--csr"),
        BadInput("\(register) device-05 --generate --key-out k --out nowhere/x", 1, .file, "mkdir -p nowhere"),
        BadInput("\(register) device-05 --generate --key-out nowhere/k --out x", 1, .file, "mkdir -p nowhere"),
        BadInput("\(register) device-05 --csr nowhere --out x", 1, .file, "No such file"),
        BadInput("\(register) device-05 --csr device-01.csr --out device-01.key", 1, .key, "is a private key"),
        // Accepted, and then failed: the service keeps that, too.
        BadInput("\(register) device-07", 1, .state, "is disabled", "--provisioning-status enabled").printing.keeping,
        BadInput("\(register) device-05 --csr text --out x", 1, .csr, "neither base64").printing.keeping,
        BadInput("\(register) device-05 --csr device-01.csr --out x", 1, .csr, #"needed the CN "device-05""#).printing
            .keeping,
        BadInput("\(register) device-05 --out x", 1, .state, "(NoCertificate)", "--generate").printing.keeping,
        BadInput("\(register) device-08 --generate --key-out k --out x", 1, .state, "names no policy").printing.keeping,
        BadInput(
            "\(register) device-05 --generate --key-out k --out full",
            1,
            .file,
            "on record",
            "adr cert show --namespace factory"
        ).keeping,

        BadInput("adr registration show --dps-name factory-dps", 2, .option, "required: --registration-id"),
        BadInput("adr registration show --dps-name factory-dps --rid none", 3, .notFound, "'none'"),
        BadInput("adr registration show --dps-name nowhere --rid device-08", 3, .notFound, "'nowhere'"),

        BadInput("adr registration list", 2, .option, "required: --dps-name"),
        BadInput("adr registration list --dps-name nowhere", 3, .notFound, "'nowhere'"),
        BadInput("adr registration list --dps-name factory-dps --top 0", 1, .range, "--top is 0"),

        BadInput("adr registration delete --dps-name factory-dps", 2, .option, "adr registration delete"),
        BadInput(
            "adr registration delete --dps-name factory-dps --rid device-08 --etag old",
            1,
            .conflict,
            "(412)",
            "adr registration show --dps-name factory-dps --registration-id device-08 --query etag"
        ),
        BadInput("adr registration delete --dps-name nowhere --rid device-08", 3, .notFound, "'nowhere'"),
        BadInput("adr registration delete --dps-name factory-dps --rid 'a b'", 1, .name, "a blank"),
    ]

    static let queryRows: [BadInput] = [
        BadInput("adr query text", 1, .file, "text is no JSON document: line 1, column 1"),
        BadInput("adr query nowhere", 1, .file, "No such file"),
        BadInput("adr query folder", 1, .file, "Is a directory"),
        BadInput("adr query empty", 1, .file, "empty is no JSON document"),
        BadInput("adr query batch.jsonl", 1, .file, "batch.jsonl is no JSON document"),
        BadInput("adr query <&-", 1, .stream, "standard input"),
        BadInput("adr query store/store.json --query '['", 2, .value, "--query", "'['"),
        BadInput("adr query store/store.json --query 'nope(@)'", 1, .value, "Unknown function: nope()"),
        BadInput("adr ns list --query ''", 2, .value, "--query", "cannot be empty"),
        BadInput("adr ns list --query '[?name==`x'", 2, .value, "--query"),
        BadInput("adr ns list --only-show-errors --verbose", 1, .option, "--only-show-errors"),
        // What is wrong with the expression is known before anything is done, what it makes of the result only then.
        BadInput("adr ns create --name late --query '['", 2, .value, "--query"),
        BadInput("adr ns create --name late --query 'sort(@)'", 1, .value, "done and on record").keeping,
    ]
}
