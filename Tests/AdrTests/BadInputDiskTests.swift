import CommandTable
import Foundation
import TestSupport
import Testing

/// Every command that writes, on disks that take nothing: real mounts, since file modes stop nobody who is root.
@Suite(.peer("openssl"), .peer("unshare"))
struct BadInputDiskTests {
    /// For each writing command a line that has something to write, and the namespace whose ledger would take it.
    static let lines: [(command: String, line: String, namespace: String)] = [
        ("ns create", "adr ns create --name newone --ecm", "factory"),
        ("ns update", "adr ns update --name factory --tags line=7", "factory"),
        ("ns delete", "adr ns delete --name lone --yes", "lone"),
        ("credential create", "adr credential create --namespace bare", "bare"),
        ("credential sync", "adr credential sync --namespace plant", "plant"),
        ("credential delete", "adr credential delete --namespace lone --yes", "lone"),
        ("policy create", "adr policy create --namespace factory --name second", "factory"),
        ("policy update", "adr policy update --namespace factory --name default --cert-validity-days 10", "factory"),
        ("policy delete", "adr policy delete --namespace factory --name default --yes", "factory"),
        ("device update", "adr device update --namespace factory --name device-01 --enabled false", "factory"),
        (
            "cert issue",
            "adr cert issue --namespace factory --policy-name default --csr device-02.csr --out x --out-leaf y",
            "factory"
        ),
        (
            "cert renew",
            "adr cert renew --hub-name factory-hub --cp device-01.pem --kp device-01.key --csr device-01.csr --out x",
            "factory"
        ),
        ("device revoke", "adr device revoke --namespace factory --name device-01 --yes", "factory"),
        ("device delete", "adr device delete --namespace factory --name device-01 --yes", "factory"),
        ("policy revoke-issuer", "adr policy revoke-issuer --namespace factory --name default --yes", "factory"),
        ("policy crl", "adr policy crl --namespace factory --name default --out x", "factory"),
        ("credential crl", "adr credential crl --namespace factory --out x", "factory"),
        ("hub create", "adr hub create --name hub-1 --namespace factory", "factory"),
        ("hub delete", "adr hub delete --name factory-hub", "factory"),
        (
            "hub certificate delete",
            "adr hub certificate delete --hub-name factory-hub --name $(cat certificate)",
            "factory"
        ),
        (
            "hub device-identity update",
            "adr hub device-identity update --hub-name factory-hub --device-id device-01 --status disabled",
            "factory"
        ),
        ("quickstart", "adr quickstart --store $ADR_HOME", "factory"),
        ("store check", "adr store check --repair", "factory"),
        (
            "store accept", "adr store accept $ADR_HOME/groups/default/namespaces/factory/policies/default.json",
            "factory"
        ),
        ("dps create", "adr dps create --name dps-1 --namespace factory", "factory"),
        ("dps delete", "adr dps delete --name factory-dps", "factory"),
        ("dps linked-hub create", "adr dps linked-hub create --dps-name plant-dps --hub-name plant-hub-1", "plant"),
        (
            "dps linked-hub update",
            "adr dps linked-hub update --dps-name factory-dps --linked-hub factory-hub --allocation-weight 2",
            "factory"
        ),
        (
            "dps linked-hub delete", "adr dps linked-hub delete --dps-name factory-dps --linked-hub factory-hub",
            "factory"
        ),
        (
            "dps enrollment create",
            "adr dps enrollment create --dps-name factory-dps --enrollment-id e-1 --attestation-type symmetricKey",
            "factory"
        ),
        (
            "dps enrollment update",
            "adr dps enrollment update --dps-name factory-dps --enrollment-id device-05 --provisioning-status disabled",
            "factory"
        ),
        (
            "dps enrollment delete", "adr dps enrollment delete --dps-name factory-dps --enrollment-id device-05",
            "factory"
        ),
        (
            "dps enrollment-group create", "adr dps enrollment-group create --dps-name factory-dps --group-id g-1",
            "factory"
        ),
        (
            "dps enrollment-group update",
            "adr dps enrollment-group update --dps-name factory-dps --group-id line-1 --provisioning-status disabled",
            "factory"
        ),
        (
            "dps enrollment-group delete", "adr dps enrollment-group delete --dps-name factory-dps --group-id line-1",
            "factory"
        ),
        (
            "registration create",
            "adr registration create --dps-name factory-dps --registration-id device-05 --generate --key-out y --out x",
            "factory"
        ),
        (
            "registration delete", "adr registration delete --dps-name factory-dps --registration-id device-08",
            "factory"
        ),
        ("ledger checkpoint", "adr ledger checkpoint --namespace factory --out x", "factory"),
        ("store restore", "adr store restore backup.jsonl --store $ADR_HOME/new", "factory"),
    ]

    /// What a line needs to have something to write. Whatever is empty is not compared.
    static let preparations = [
        "store check": "rmdir $ADR_HOME/groups/default/namespaces/factory/revoked",
        // Documents are only asked in the folder that they were written in.
        "store accept": """
        adr ns update --name factory --tags settled=yes --output none
        sed -i 's/"leafValidityDays": 30/"leafValidityDays": 31/' \
          $ADR_HOME/groups/default/namespaces/factory/policies/default.json
        """,
    ]

    private static let commands = TableTests.commands.filter { $0.effect == .writes }.map(TableTests.name)

    /// What the scripts below have in common. `run` keeps what the line says in `said` and `erred`.
    private static let prologue = #"""
        certificate() { adr hub certificate list --hub-name factory-hub | sed -n 's/.*"name": "\(.*\)".*/\1/p'; }
        # A file to be locked says nothing, and stays, since others may hold it.
        digest() { find "$1" -type f ! -name filler ! -path "$1/lock" ! -path "$1/new/lock" -exec sha256sum {} + | sort; adr ns list; adr hub list; }
        certificate > certificate
        """#

    @Test(arguments: commands) func onAReadOnlyDisk(_ command: String) throws {
        let line = try #require(Self.lines.first { $0.command == command }?.line, "no line for it")
        let store = try BadInputStore()
        let outcome = try store.runMounting(
            Self.prologue + """

                \(Self.preparations[command] ?? ":")
                mount --bind store store && mount -o remount,bind,ro store || exit 90
                digest store > before
                \(line) > said 2> erred
                status=$?
                digest store | cmp before - && test ! -e x && test ! -e y || exit 91
                exit $status
                """
        )
        try check(outcome, command, "(ReadOnlyStore) ", in: store)
    }

    @Test(arguments: commands) func onAFullDisk(_ command: String) throws {
        let (_, line, namespace) = try #require(Self.lines.first { $0.command == command }, "no line for it")
        let store = try BadInputStore()
        let outcome = try store.runMounting(
            Self.prologue + """

                mkdir disk && mount -t tmpfs -o size=16m none disk && cp -a store disk && export ADR_HOME=$PWD/disk/store || exit 90
                \(Self.preparations[command] ?? ":")
                ledger=$ADR_HOME/groups/default/namespaces/\(namespace)/ledger/00000001.jsonl
                # The ledger is brought to the end of a page, so that no line finds room in it.
                size() { wc -c < $ledger; }
                pad() { adr ns update --name \(namespace) --output none --tags pad=$(head -c $1 /dev/zero | tr '\\0' p); }
                empty=$(size); pad 1; padded=$(size)
                pad $((8192 - (2 * padded - empty) % 4096 - 8)) || exit 91
                digest $ADR_HOME > before
                head -c 64m /dev/zero > disk/filler 2> /dev/null
                \(line) > said 2> erred
                status=$?
                digest $ADR_HOME | cmp before - && test ! -e x && test ! -e y || exit 92
                rm disk/filler
                [ $status != 1 ] || \(line) > /dev/null 2> again || { cat again >&2; exit 93; }
                exit $status
                """
        )
        try check(outcome, command, "(NoSpace) ", in: store)
    }

    /// Where there is room for some of what a command makes, and not for all, it leaves nothing of it either.
    @Test(arguments: ["ns create --name newone --ecm", "hub create --name hub-1 --namespace plain"])
    func onADiskThatIsNearlyFull(_ line: String) throws {
        let store = try BadInputStore()
        let outcome = try store.runMounting(
            Self.prologue + """

                mkdir disk && mount -t tmpfs -o size=1m none disk && export ADR_HOME=$PWD/disk/store || exit 90
                adr ns create --name plain --ecm --output none || exit 91
                digest $ADR_HOME > before
                refused=0
                for room in $(seq 0 4 100); do
                  head -c 4m /dev/zero > disk/filler 2> /dev/null
                  truncate -s -${room}K disk/filler
                  if adr \(line) > said 2> erred; then break; fi
                  refused=$((refused + 1))
                  digest $ADR_HOME | cmp before - || { echo "with $room KiB" >&2; exit 92; }
                  adr store check --output none 2> checked && test $(wc -l < checked) = 1 || { cat checked >&2; exit 93; }
                done
                rm disk/filler
                test $refused -gt 1 && test $room -lt 100 || { echo "$refused times, $room KiB" >&2; exit 94; }
                """
        )
        #expect(outcome.status == 0, "\(outcome)")
    }

    private func check(_ outcome: Outcome, _ command: String, _ code: String, in store: BadInputStore) throws {
        #expect(outcome.status == 1, "\(outcome)")
        let errors = try store.scratch.read("erred")
        let text = String(decoding: errors, as: UTF8.self)
        #expect(RefusalForm.faults(in: errors) == [], "\(text)")
        #expect(text.contains(code), "\(text)")
        // The quickstart shows the steps that went well, and the one that did not.
        #expect(try store.scratch.read("said").isEmpty == (command != "quickstart"))
    }

    // MARK: The user's own files

    /// Where the result should go is tried before anything is committed.
    @Test func resultsOnAReadOnlyDisk() throws {
        let store = try BadInputStore()
        let before = store.contents()
        for line in [
            "adr cert issue --namespace factory --policy-name default --csr device-02.csr --out folder/x",
            "adr cert issue --namespace factory --policy-name default --csr device-02.csr --out-leaf folder/x",
            "adr cert show --namespace factory --device-name device-01 --out folder/x",
            "adr csr generate --registration-id device-03 --key-out folder/k",
            "adr csr generate --registration-id device-03 --key-out k --out folder/x",
            "adr csr show device-02.csr --format pem --out folder/x",
            "adr credential show --namespace factory --certificate --out folder/x",
            "adr policy show --namespace factory --name default --certificate --out folder/x",
            "adr ledger export --namespace factory --out folder/x",
            "adr ledger checkpoint --namespace factory --out folder/x",
            "adr store backup --out folder/x",
            "adr quickstart",
        ] {
            let outcome = try store.runMounting(
                "mount --bind folder folder && mount -o remount,bind,ro folder || exit 90; \(line)"
            )
            #expect(outcome.status == 1, "\(line): \(outcome)")
            #expect(outcome.errors.contains("Read-only file system"), "\(line): \(outcome)")
            #expect(RefusalForm.faults(in: outcome.stderr) == [], "\(line): \(outcome)")
            #expect(outcome.stdout.isEmpty, "\(line): \(outcome)")
            #expect(store.contents() == before, "\(line)")
        }
    }

    /// A disk that turns out to be full is found after the commit: then the line that gives the chain again works.
    @Test func resultsOnAFullDisk() throws {
        let store = try BadInputStore()
        let outcome = try store.runMounting(
            """
            mount -t tmpfs -o size=1m none folder && head -c 4m /dev/zero > folder/filler 2> /dev/null
            adr csr generate --registration-id device-03 --key-out k --out folder/x 2> generated && exit 90
            test ! -e k || exit 91
            adr csr generate --registration-id device-03 --key-out folder/k --out y 2> /dev/null && exit 92
            test ! -s folder/k && test ! -e y || exit 93
            adr cert issue --namespace factory --policy-name default --csr device-02.csr --out folder/x > said 2> erred
            [ $? = 1 ] && test ! -s said && test ! -e folder/x || exit 94
            rm folder/filler
            again=$(sed -n '2s/FILE$/again.pem/p' erred)
            $again --output none && openssl verify -CAfile root.pem -untrusted again.pem again.pem
            """
        )
        #expect(outcome.status == 0, "\(outcome)")
        for name in ["generated", "erred"] {
            let errors = try store.scratch.read(name)
            #expect(RefusalForm.faults(in: errors) == [], "\(String(decoding: errors, as: UTF8.self))")
        }
    }
}
