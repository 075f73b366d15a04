import Foundation
import JSON
import TestSupport
import Testing

/// Names from the store, as `adr __complete` offers them.
struct CompletionNamesTests {
    private func complete(_ person: Operator, _ line: String) throws -> String {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let outcome = try person.adr(["__complete"] + words)
        #expect(outcome.status == 0 && outcome.stderr.isEmpty, "\(line): \(outcome)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.last?.first == ":", "\(line): \(outcome)")
        return lines.dropLast().joined(separator: " ")
    }

    private func factory(_ name: String = #function) throws -> Operator {
        let person = Operator(name)
        try person.setUpFactory()
        try person.expect("ns create --name farm")
        try person.expect("ns create -g Prod --name plant --policy-name Line-1")
        try person.expect("hub create -g Prod --name Plant-Hub --namespace plant")
        try person.expect("ns create -g (south).2 --name factory --policy-name other")
        for id in ["Device-01", "device-02", "mx_chip.3"] { try person.provision(id) }
        return person
    }

    @Test func namesAreNarrowedByTheLine() throws {
        var person = try factory()
        let digest = "mxchip3-xef8f4f238a5e2840df3a21651c27dbb1"
        let before = try person.storeContents()
        for (line, expected) in [
            ("ns list -g ", "(south).2 default prod"),
            ("ns list -g P", "prod"),
            ("ns list --resource-group=d", "--resource-group=default"),
            ("ns list -gd", "-gdefault"),
            ("ns show --name ", "factory farm"),
            ("ns show --name fac", "factory"),
            ("ns show --name pl", "plant"),
            ("ns show --name x", ""),
            ("ns show -g prod --name ", "plant"),
            ("ns show -g prod --name fac", ""),
            ("ns show --name= -g PROD --name=", "--name=plant"),
            ("ns show -g (south).2 -n ", "factory"),
            ("ns show -g ../.. -n ", ""),
            ("policy show --ns factory --pn ", "default"),
            ("policy show --ns factory -g (south).2 --pn ", "other"),
            ("policy show --ns plant --pn ", "Line-1"),
            ("policy show --ns plant --pn l", "Line-1"),
            ("policy show --ns nowhere --pn ", ""),
            ("policy show --ns NOT_A_NAME --pn ", ""),
            ("policy show --pn ", "default"),
            ("policy show --pn o", "other"),
            ("cert issue --hub-name plant-hub --policy-name ", "Line-1"),
            ("cert issue --hub-name plant-hub --namespace ", "plant"),
            ("ns create --name factory --policy-name ", "default"),
            ("hub show --name ", "factory-hub plant-hub"),
            ("hub show -g prod --name ", "plant-hub"),
            ("hub show -g default --name p", "plant-hub"),
            ("cert issue --namespace factory --hub-name ", "factory-hub"),
            ("cert list --namespace factory --policy-name ", "default"),
            ("cert list --namespace factory --device-name D", "device-01 device-02"),
            ("status --namespace fac", "factory"), ("status -g prod --namespace ", "plant"),
            ("hub connect --hub-name F", "factory-hub"),
            ("device show --namespace factory --name ", "device-01 device-02 \(digest)"),
            ("device show --namespace factory --name D", "device-01 device-02"),
            ("device show --namespace factory --name device-02", "device-02"),
            ("device show --namespace farm --name ", ""),
            ("device show --name device-02", "device-02"),
            ("device show --ns factory --name ../", ""),
            ("hub device-identity show --hub-name factory-hub --device-id ", "device-01 device-02 mx_chip.3"),
            ("hub device-identity show -n factory-hub -d mx_", "mx_chip.3"),
            ("hub device-identity show -n plant-hub -d ", ""),
            ("--store /nonexistent ns show --name ", ""),
            ("--store \(person.store) ns show --name fac", "factory"),
            ("ns show --store=~/store --name fac", "factory"),
        ] {
            #expect(try complete(person, line) == expected, "\(line)")
        }
        let certificates = try person.expect("hub certificate list --hub-name factory-hub")["value"]?.arrayValue ?? []
        let names = certificates.compactMap { $0["name"]?.stringValue }
        #expect(names.count == 1)
        for line in ["hub certificate show --hub-name factory-hub --name ", "hub certificate delete --name "] {
            #expect(try complete(person, line) == names.joined(separator: " "))
        }
        #expect(try complete(person, "hub certificate show --hub-name plant-hub --name ") == "")

        // What was offered for a device is understood.
        try person.expect("device show --namespace factory --name device-01")
        try person.expect("device show --namespace factory --name \(digest)")
        try person.expect("hub device-identity show --hub-name factory-hub --device-id mx_chip.3")

        person.environment["AZURE_DEFAULTS_GROUP"] = "prod"
        #expect(try complete(person, "ns show --name ") == "plant")
        person.environment["ADR_HOME"] = "/nonexistent"
        #expect(try complete(person, "ns show --name ") == "")
        #expect(try person.storeContents() == before)
    }

    /// Two services in two namespaces, with hubs, enrollments and a registration.
    private func services(_ name: String = #function) throws -> Operator {
        let person = try factory(name)
        for line in [
            "hub create --name factory-spare --namespace factory",
            "dps create --name Factory-Dps --namespace factory",
            "dps linked-hub create --dps-name factory-dps --hub-name factory-hub",
            "dps create -g Prod --name plant-dps --namespace plant",
            "dps linked-hub create --dps-name plant-dps --hub-name Plant-Hub",
            "dps enrollment create --dps-name factory-dps --eid Meter-1 --at symmetricKey",
            "dps enrollment create --dps-name factory-dps --eid meter_2 --at symmetricKey",
            "dps enrollment create --dps-name plant-dps --eid press-1 --at symmetricKey",
            "dps enrollment-group create --dps-name factory-dps --group-id Line_1",
            "dps enrollment-group create --dps-name factory-dps --group-id line-2",
            "dps enrollment-group create --dps-name plant-dps --group-id presses",
            "registration create --dps-name plant-dps --registration-id press-1",
        ] { try person.expect(line) }
        return person
    }

    @Test func namesOfServicesAreNarrowedByTheLine() throws {
        let person = try services()
        let before = try person.storeContents()
        for (line, expected) in [
            ("dps show --name ", "factory-dps plant-dps"),
            ("dps show -n F", "factory-dps"),
            ("dps show -g prod --name ", "plant-dps"),
            ("dps show -g default --name p", "plant-dps"),
            ("dps linked-hub create --hub-name plant-hub --dps-name ", "plant-dps"),
            ("dps linked-hub create --dps-name factory-dps --hub-name ", "factory-hub factory-spare"),
            ("dps linked-hub show --dps-name factory-dps --linked-hub ", "factory-hub"),
            ("dps linked-hub show --dps-name factory-dps --linked-hub p", ""),
            ("dps linked-hub show --linked-hub ", "Plant-Hub factory-hub"),
            ("dps enrollment create --dps-name FACTORY-DPS --iot-hubs ", "factory-hub"),
            ("dps enrollment create -n factory-dps --iot-hubs factory-hub f", "factory-hub"),
            ("dps enrollment create --dps-name plant-dps --iot-hub-host-name=", "--iot-hub-host-name=Plant-Hub"),
            ("dps enrollment create --dps-name plant-dps --credential-policy-name ", "Line-1"),
            ("dps enrollment show --dps-name factory-dps --enrollment-id ", "meter-1 meter_2"),
            ("dps enrollment show -n factory-dps --eid METER_", "meter_2"),
            ("dps enrollment show -n factory-dps --eid M", "meter-1 meter_2"),
            ("dps enrollment delete -n plant-dps --eid ", "press-1"),
            ("dps enrollment delete -n plant-dps --eid m", ""),
            ("dps enrollment delete -n nowhere --eid ", ""),
            ("dps enrollment delete -n ../.. --eid ", ""),
            ("dps enrollment show --eid ", "meter-1 meter_2 press-1"),
            ("dps enrollment-group show --dps-name factory-dps --group-id ", "Line_1 line-2"),
            ("dps enrollment-group show --dps-name factory-dps --enrollment-id li", "Line_1 line-2"),
            ("dps enrollment-group show --dps-name factory-dps --gid line_", "Line_1"),
            ("dps enrollment-group compute-device-key -n plant-dps --group-id ", "presses"),
            ("registration create -n factory-dps --group-id ", "Line_1 line-2"),
            ("registration create -n factory-dps --registration-id m", "meter-1 meter_2"),
            ("registration list --dps-name plant-dps --group-id ", "presses"),
            ("registration show --dps-name plant-dps --registration-id ", "press-1"),
            ("registration show --dps-name factory-dps --rid ", "device-01 device-02 mx_chip.3"),
            ("dps enrollment registration show -n factory-dps --enrollment-id m", "meter-1 meter_2"),
            ("dps registration delete -n plant-dps --registration-id ", "press-1"),
            ("iot dps enrollment show -n plant-dps --eid ", "press-1"),
        ] {
            #expect(try complete(person, line) == expected, "\(line)")
        }
        // What was offered is understood.
        try person.expect("dps enrollment show -n factory-dps --eid meter-1")
        try person.expect("dps enrollment-group show -n factory-dps --group-id Line_1")
        try person.expect("dps linked-hub show --dps-name plant-dps --linked-hub Plant-Hub")
        #expect(try person.storeContents() == before)
    }

    @Test func aDamagedServiceOffersWhatIsLeft() throws {
        let person = try services()
        let folder = "\(person.store)/groups/default/namespaces/factory/dps"
        try person.run("bash", "-c", "echo '{' > \(folder)/factory-dps.json; rm \(person.store)/store.json")
        try person.run("bash", "-c", "for f in \(folder)/factory-dps/enrollment-groups/*; do echo '{' > $f; done")
        #expect(try complete(person, "dps show --name ") == "factory-dps plant-dps")
        #expect(try complete(person, "dps linked-hub show --dps-name factory-dps --linked-hub ") == "")
        #expect(try complete(person, "dps linked-hub show --linked-hub ") == "Plant-Hub")
        // The name of one is the digest of its ID, which stands in its document alone.
        #expect(try complete(person, "dps enrollment-group show --dps-name factory-dps --group-id ") == "line-2")
        #expect(try complete(person, "dps enrollment show --dps-name factory-dps --eid ") == "meter-1 meter_2")
        try person.run("bash", "-c", "rm -r \(folder)")
        #expect(try complete(person, "dps show --name ") == "plant-dps")
        #expect(try complete(person, "dps enrollment show --dps-name factory-dps --eid ") == "")
    }

    @Test func manyDevicesAreAllOffered() throws {
        let person = Operator()
        try person.expect("ns create --name fleet")
        // Names are those of files: the documents are not read.
        let folder = "store/groups/default/namespaces/fleet/devices"
        let names = (0..<3000).map { "device-\(10_000 + $0)" }
        for (number, name) in names.enumerated() {
            let bucket = String(0x1000 + number % 256, radix: 16).dropFirst()
            person.scratch.write("\(folder)/\(bucket)/\(name).json", "")
        }
        #expect(try complete(person, "device show --ns fleet --name ") == names.joined(separator: " "))
        #expect(
            try complete(person, "device show --ns fleet --name DEVICE-1129")
                == (11_290...11_299).map { "device-\($0)" }.joined(separator: " ")
        )
    }

    @Test func aDamagedStoreOffersWhatIsLeft() throws {
        let person = try factory()
        let namespace = "store/groups/default/namespaces/factory"
        let everything = [
            "ns show --name ", "ns list -g ", "policy show --ns factory --pn ", "hub show --name ",
            "hub certificate show --name ", "device show --ns factory --name ",
            "hub device-identity show --hub-name factory-hub --device-id ",
        ]
        for (damage, intact) in [
            (
                "echo '{' > store/store.json",
                ["ns show --name ": "factory farm", "hub show --name ": "factory-hub plant-hub"]
            ),
            ("rm store/store.json", ["hub show --name ": "factory-hub plant-hub"]),
            ("echo '{' > \(namespace)/policies/default.json", ["policy show --ns factory --pn ": "default"]),
            ("echo '{' > \(namespace)/hubs/factory-hub.json", ["hub show --name ": "factory-hub plant-hub"]),
            (
                "rm -r \(namespace)/policies",
                ["ns show --name ": "factory farm", "policy show --ns factory --pn ": "other"]
            ),
            ("rm -r \(namespace)/devices", ["device show --ns factory --name ": ""]),
            ("printf '{\"half' >> \(namespace)/ledger/00000001.jsonl", ["policy show --ns factory --pn ": "default"]),
            ("echo nonsense >> \(namespace)/ledger/00000001.jsonl", ["ns show --name ": "factory farm"]),
            ("echo nonsense > \(namespace)/views.json", ["ns show --name ": "factory farm"]),
            ("rm \(namespace)/views.json \(namespace)/flushed.json", ["policy show --ns factory --pn ": "default"]),
            ("rm -r \(namespace)/ledger", ["ns show --name ": "factory farm"]),
            ("rm -r store/groups; touch store/groups", ["ns show --name ": ""]),
            ("rm -r store; touch store", ["ns show --name ": ""]),
            ("rm -r store; ln -s store store", ["ns show --name ": ""]),
            (
                "mkdir store/groups/default/namespaces/$'a\\nb' store/groups/$'c\\td'",
                ["ns show --name ": "factory farm", "ns list -g ": "(south).2 default prod"]
            ),
        ] {
            try person.run("bash", "-c", "rm -rf kept && cp -r store kept")
            try person.run("bash", "-c", damage)
            let before = try person.storeContents()
            for line in everything {
                let offered = try complete(person, line)
                if let expected = intact[line] { #expect(offered == expected, "\(damage): \(line)") }
            }
            #expect(try person.storeContents() == before, "\(damage)")
            try person.run("bash", "-c", "rm -rf store && mv kept store")
        }
    }

    @Test func waitsForNoLock() throws {
        let person = try factory()
        // A shell holds both locks for as long as it asks.
        let program = """
            exec 8<"$1/lock" 9<"$1/groups/default/namespaces/factory/lock" && flock 8 && flock 9 &&
            printf x >>"$1/groups/default/namespaces/factory/ledger/00000001.jsonl" &&
            exec timeout 30 "$2" __complete policy show --namespace factory --name ''
            """
        let outcome = try Run.command(
            ["bash", "-c", program, "bash", person.store, person.binary],
            environment: person.environment
        )
        #expect(outcome.output == "default\n:\n", "\(outcome)")
    }

    @Test(.peer("strace")) func opensNothingForWriting() throws {
        let person = try factory()
        let trace = person.scratch.file("trace")
        for line in ["device show --ns factory --name", "hub certificate show --name", "policy show --pn"] {
            let words = line.split(separator: " ").map(String.init)
            let calls =
                "trace=openat,open,creat,write,pwrite64,flock,fcntl,fsync,fdatasync,syncfs,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,ftruncate"
            _ = try Run.command(
                ["strace", "-f", "-e", calls, "-o", trace, person.binary, "__complete"] + words + [""],
                environment: person.environment
            )
            for call in try person.scratch.text("trace").split(separator: "\n") {
                let isHarmless =
                    call.contains("openat(") && !call.contains("O_WRONLY") && !call.contains("O_RDWR")
                    && !call.contains("O_CREAT")
                    || call.contains(" write(1, ") || call.contains("fcntl(") && !call.contains("F_SETLK")
                    || call.contains("+++ exited with 0 +++")
                #expect(isHarmless, "\(call)")
            }
        }
    }
}
