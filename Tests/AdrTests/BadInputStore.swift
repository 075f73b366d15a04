import Foundation
import JSON
import TestSupport

/// A folder with a store and every file that bad lines name, made once; whoever uses it gets a copy.
struct BadInputStore {
    /// The folder the lines run in; the store is `store` in it.
    let scratch: Scratch
    private let tools: Scratch
    private let environment: [String: String]

    /// A copy of the prepared folder.
    init(_ name: String = #function, inMemory: Bool = false) throws {
        let template = try Self.template.get()
        scratch = Scratch(name, inMemory: inMemory)
        tools = template.tools
        environment = Self.environment(scratch, tools, subscription: template.subscription)
        let copied = try Run.command(["cp", "-a", "\(template.scratch.path)/.", scratch.path])
        guard copied.status == 0 else { throw Unprepared(outcome: copied) }
    }

    /// Runs a line at a shell; `adr` is the program under test.
    func run(_ line: String, timeout: Double = 60) throws -> Outcome {
        try Run.command(["sh", "-c", line], environment: environment, directory: scratch.path, timeout: timeout)
    }

    /// Runs lines at a shell that is root in a mount namespace of its own; what it mounts is gone at its end.
    func runMounting(_ lines: String) throws -> Outcome {
        try Run.command(["unshare", "-rm", "sh", "-c", lines], environment: environment, directory: scratch.path)
    }

    /// Everything in the folder: kinds, modes, sizes, times, and the contents of all files that are not large.
    func contents() -> [String: String] {
        var contents: [String: String] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: scratch.path) ?? .init() {
            let path = scratch.file(name)
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            var entry = "\(status.st_mode)"
            if status.st_mode & S_IFMT == S_IFREG {
                entry += " \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
                if status.st_size < 1 << 20 {
                    entry += " " + ((try? Data(contentsOf: URL(fileURLWithPath: path)))?.base64EncodedString() ?? "?")
                }
            }
            contents[name] = entry
        }
        return contents
    }

    // MARK: Preparing

    struct Unprepared: Error {
        let outcome: Outcome
    }

    private static let template: Result<(scratch: Scratch, tools: Scratch, subscription: String), any Error> = Result {
        let scratch = Scratch("BadInput")
        let tools = Scratch("BadInputTools")
        try FileManager.default.createSymbolicLink(atPath: tools.file("adr"), withDestinationPath: Binary.adr)
        let made = try Run.command(
            ["sh", "-ec", script],
            environment: environment(scratch, tools, subscription: ""),
            directory: scratch.path
        )
        guard made.status == 0 else { throw Unprepared(outcome: made) }
        let index = try JSONValue(parsing: try scratch.read("store/store.json"))
        return (scratch, tools, index["subscriptionId"]?.stringValue ?? "")
    }

    private static func environment(_ scratch: Scratch, _ tools: Scratch, subscription: String) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return [
            "PATH": "\(tools.path):\(path)", "HOME": scratch.path, "ADR_HOME": scratch.file("store"),
            "TMPDIR": scratch.file("folder"), "SUBSCRIPTION": subscription,
        ]
    }

    /// Namespaces: `factory` with the policy `default`, the hub `factory-hub`, synced, and `device-01`; `bare` without a
    /// credential; `lone` without a policy; `quiet` without a hub; `plant` with three policies and two hubs. The provisioning
    /// service `factory-dps` has the hub linked, four enrollments and the group `line-1`; `device-08` has registered.
    private static let script = #"""
        adr ns create --name factory --enable-certificate-management --output none
        adr hub create --name factory-hub --namespace factory --output none
        adr credential sync --namespace factory 2> /dev/null
        adr ns create --name bare --output none
        adr ns create --name lone --output none
        adr credential create --namespace lone --output none
        adr ns create --name quiet --ecm --output none
        adr ns create --name plant --ecm --output none
        adr policy create --namespace plant --name line-1 --output none
        adr policy create --namespace plant --name line-2 --output none
        adr hub create --name plant-hub-1 --namespace plant --output none
        adr hub create --name plant-hub-2 --namespace plant --output none
        for id in device-01 device-02; do
          adr csr generate --registration-id $id --key-out $id.key --out $id.csr --output none
        done
        adr cert issue --namespace factory --policy-name default --registration-id device-01 \
          --csr device-01.csr --out device-01.pem --out-leaf leaf.pem --output none
        adr cert issue --namespace quiet --policy-name default --registration-id device-01 \
          --csr device-01.csr --out stranger.pem --output none 2> /dev/null
        adr credential show --namespace factory --certificate --out root.pem
        adr dps create --name factory-dps --namespace factory --output none
        adr dps create --name quiet-dps --namespace quiet --output none
        adr dps create --name plant-dps --namespace plant --output none
        adr dps linked-hub create --dps-name factory-dps --hub-name factory-hub --output none
        adr csr show device-02.csr --format pem --out device-02.csr.pem
        adr csr show device-02.csr --format der --out device-02.csr.der

        request() { # FILE DIGEST KEY SUBJECT [OPTION...]
          file=$1; digest=$2; key=$3; subject=$4; shift 4
          openssl req -new -$digest -key $key -subj "$subject" -outform DER "$@" | openssl base64 -A -out $file
        }
        {
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -subj /CN=device-01 \
            -keyout self.key -out self.pem
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=device-06 \
            -addext basicConstraints=CA:FALSE -keyout onboard.key -out onboard.pem
          openssl req -x509 -newkey rsa:1024 -nodes -subj /CN=device-06 -keyout weak.key -out weak.pem
          openssl req -new -key onboard.key -subj /CN=device-06 -out onboard.csr
          openssl x509 -req -in onboard.csr -CA self.pem -CAkey self.key -sha1 -days 30 -out sha1.pem
          openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.key
          openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
          openssl pkcs8 -topk8 -in device-01.key -passout pass:secret -out encrypted.key
          request p256.csr sha256 p256.key /CN=device-02
          request rsa.csr sha256 rsa.key /CN=device-02
          request subject.csr sha384 device-02.key /O=Contoso/CN=device-02
          request nameless.csr sha384 device-02.key /
          request twonames.csr sha384 device-02.key /CN=device-02/CN=device-03
          request ca.csr sha384 device-02.key /CN=device-02 -addext basicConstraints=CA:TRUE
          printf '[req]\ndistinguished_name = dn\nstring_mask = MASK:4\n[dn]\n' > teletex.cnf
          request teletex.csr sha384 device-02.key /CN=device-02 -config teletex.cnf
          request sha1.csr sha1 device-02.key /CN=device-02
          request blank.csr sha384 device-02.key '/CN=device 02'
          openssl x509 -in leaf.pem -outform DER -out leaf.der
          openssl pkey -in device-02.key -pubout -outform DER -out public.der
        } 2> /dev/null
        enroll() { adr dps enrollment create --dps-name factory-dps --output none --enrollment-id "$@"; }
        enroll device-05 --attestation-type symmetricKey --credential-policy-name default
        enroll device-06 --attestation-type x509 --certificate-path onboard.pem --credential-policy-name default
        enroll device-07 --attestation-type symmetricKey --provisioning-status disabled
        enroll device-08 --attestation-type symmetricKey
        adr dps enrollment-group create --dps-name factory-dps --group-id line-1 --output none
        adr registration create --dps-name factory-dps --registration-id device-08 --output none 2> /dev/null
        echo '{"registrationId": "device-20"}' > batch.jsonl
        echo '{"registrationId": "device-21", "attestation": {"type": "tpm"}}' >> batch.jsonl
        awk '/BEGIN/ { n++ } { print > ("part" n) }' device-01.pem
        cat part3 part2 part1 > backwards.pem
        cat part1 part2 > torn.pem; head -n 3 part3 >> torn.pem
        rm part1 part2 part3
        { cat device-02.csr.pem; cat device-02.csr.pem; } > two.csr.pem
        { cat leaf.der; printf more; } > longer.der
        tr -d '\n' < device-02.csr | cut -c 1-100 > half.csr
        fold -w 64 device-02.csr > lines.csr
        printf '\377\376M\0I\0' > utf16.csr
        echo 'correct horse' > passphrase
        adr ledger checkpoint --namespace quiet --out quiet.cms --output none
        openssl cms -sign -binary -nodetach -in passphrase -signer leaf.pem -inkey device-01.key -outform PEM \
          -out other.cms
        ADR_HOME=$PWD/strange adr ns create --name factory --ecm --output none
        ADR_HOME=$PWD/strange adr ledger checkpoint --namespace factory --out stranger.cms --output none
        rm -r strange
        adr store backup --out backup.jsonl --output none 2> /dev/null
        adr store backup --out keys.jsonl --include-keys --passphrase-file passphrase --output none
        head -c 6000 backup.jsonl > cut.jsonl
        sed '3s/eastus/westus/' backup.jsonl > edited.jsonl
        { cat backup.jsonl; tail -n 1 backup.jsonl; } > longer.jsonl
        sed '1s/"createdBy":"/"createdBy":"not /' backup.jsonl > older.jsonl
        sed '1s/"formatVersion":1/"formatVersion":9/' backup.jsonl > later.jsonl
        truncate -s 10M zeros
        truncate -s 17M huge
        : > empty
        echo hello > text
        mkdir folder
        ln -s loop loop
        ln -s /dev/null null
        ln -s /dev/full full
        mkfifo pipe
        """#
}
