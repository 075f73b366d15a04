import CommandTable
import Glibc
import JSON
import OpenSSL
import Registry

extension Command where Context == Invocation {
    /// The whole path in a scratch store, each step shown with the very command that does it.
    static var quickstart: Command {
        Command(
            "quickstart",
            summary: "Run the whole flow in a scratch store, from nothing to an accepted device.",
            description: "Every step is shown with the command that does it; the folder is kept, so that one can look "
                + "around. With --store the steps work on that store.",
            arguments: [],
            examples: [Example(summary: "See the whole flow at once", command: "adr quickstart")],
            effect: .writes
        ) { arguments, invocation in
            try Quickstart(arguments, invocation).run()
        }
    }
}

/// What one step printed.
private struct StepResult {
    let status: Int32
    let output: JSONValue?
    let errors: [String]
}

private struct Quickstart {
    private let host: Host
    private let program: @Sendable ([String], Host) -> Int32
    private let folder: String
    private let store: String

    init(_ arguments: Arguments, _ invocation: Invocation) throws {
        host = invocation.host
        program = invocation.program
        let parent = host.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        folder = "\(parent)/adr-quickstart-\(Hex.lower(try host.randomBytes(4)))"
        store = arguments.has(Options.store) ? try invocation.storePath(arguments) : folder + "/store"
        guard mkdir(folder, 0o700) == 0 else {
            throw FileProblem(
                errno,
                "make the folder",
                folder,
                hint: "TMPDIR=DIR adr quickstart works in another folder; '\(parent)' must be one and take new files."
            )
        }
    }

    func run() throws {
        do {
            try play()
        } catch {
            // Nothing to look around in: an empty folder would only be left lying about.
            rmdir(folder)
            throw error
        }
    }

    private func play() throws {
        try say("From nothing to a device that its hub accepts. Every line behind '$' is a command you can type.")
        try say("")
        try say("    $ cd \(folder)")
        try say("    $ export ADR_HOME=\(store.hasPrefix(folder) ? "$PWD/store" : store)")

        try step("A namespace with its own root CA, and a policy with its issuing CA")
        try expectDone(command(["ns", "create", "--name", "quickstart", "--enable-certificate-management"]))
        let policy = try look(["policy", "show", "--namespace", "quickstart", "--name", "default"])
        let configuration = policy["properties"]?["certificate"]?["certificateAuthorityConfiguration"]
        let subject = configuration?["subject"]?.stringValue ?? ""
        try say("    issuing CA \(subject), until \(day(configuration?["validityNotAfter"]))")

        try step("A hub that belongs to the namespace; it trusts nobody yet")
        try expectDone(command(["hub", "create", "--name", "quickstart-hub", "--namespace", "quickstart"]))

        try step("A provisioning service that assigns devices to the hub")
        try expectDone(command(["dps", "create", "--name", "quickstart-dps", "--namespace", "quickstart"]))
        try expectDone(
            command(
                ["dps", "linked-hub", "create", "--dps-name", "quickstart-dps", "--hub-name", "quickstart-hub"]
            )
        )

        try step("Who may enroll: devices with a key derived from the group's; their CSRs go to the policy")
        try expectDone(
            command(
                [
                    "dps", "enrollment-group", "create", "--dps-name", "quickstart-dps", "--group-id", "fleet",
                    "--credential-policy-name", "default",
                ]
            )
        )

        try step("On the device: a P-384 key and a CSR in the form DPS wants")
        let (key, csr, chain) = ("\(folder)/device-01.key", "\(folder)/device-01.csr", "\(folder)/device-01.pem")
        try expectDone(command(["csr", "generate", "--registration-id", "device-01", "--key-out", key, "--out", csr]))
        let verdict = try expectDone(command(["csr", "verify", csr, "--registration-id", "device-01"]))
        let requirements = verdict.output?["requirements"]?.arrayValue ?? []
        let passed = requirements.filter { $0["outcome"]?.stringValue == "pass" }
        try say("    \(passed.count) of \(requirements.count) requirements pass")

        try step("The device registers: it proves who it is, gets a hub, and a certificate for its CSR")
        let registered = try expectDone(
            command(
                [
                    "registration", "create", "--dps-name", "quickstart-dps", "--registration-id", "device-01",
                    "--group-id", "fleet", "--csr", csr, "--out", chain,
                ]
            )
        )
        let assigned = registered.output?["registrationState"]?["assignedHub"]?.stringValue ?? ""
        try say("    assigned to \(assigned)")
        let issued = try look(["cert", "show", "--namespace", "quickstart", "--device-name", "device-01"])
        try say("    serial \(issued["serialNumber"]?.stringValue ?? ""), until \(day(issued["notAfter"]))")

        let connect = [
            "hub", "connect", "--hub-name", "quickstart-hub", "--certificate-file-path", chain,
            "--key-file-path", key,
        ]
        try step("The device connects before the hub knows the issuing CA: refused")
        _ = try command(connect)

        try step("Credential sync pushes the issuing CA to the hub")
        try expectDone(command(["credential", "sync", "--namespace", "quickstart"]))

        try step("The device connects again: a real TLS handshake, and the hub accepts the chain")
        let connection = try expectDone(command(connect))
        try tree(subject: subject, issued: issued, connection: connection.output)
    }

    // MARK: - Steps

    private func step(_ title: String) throws {
        try say("")
        try say("# \(title)")
    }

    /// Runs a command, shows it, and shows what it said on standard error.
    private func command(_ arguments: [String]) throws -> StepResult {
        try say("    $ adr \(shown(arguments))")
        let result = try execute(arguments)
        for line in result.errors { try say("    \(line)") }
        return result
    }

    /// A command as it is typed in the quickstart's folder.
    private func shown(_ arguments: [String]) -> String {
        arguments.map { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.count + 1)) : $0 }.joined(
            separator: " "
        )
    }

    /// Runs a command unseen, for what it prints.
    private func look(_ arguments: [String]) throws -> JSONValue {
        try expectDone(execute(arguments)).output ?? .null
    }

    private func execute(_ arguments: [String]) throws -> StepResult {
        let capture = Capture()
        var inner = host
        let store = store
        let environment = host.environment
        inner.environment = { name in
            switch name {
            case "ADR_HOME": store
            case "AZURE_DEFAULTS_GROUP", "AZURE_DEFAULTS_LOCATION", "AZURE_CORE_OUTPUT": nil
            default: environment(name)
            }
        }
        inner.writeOutput = { capture.output += $0 }
        inner.writeError = { capture.errors += $0 }
        let status = program(arguments, inner)
        let lines = String(decoding: capture.errors, as: UTF8.self).split(separator: "\n").map(String.init)
        let output = capture.output.isEmpty ? nil : try? JSONValue(parsing: capture.output)
        return StepResult(status: status, output: output, errors: lines)
    }

    @discardableResult
    private func expectDone(_ result: StepResult) throws -> StepResult {
        guard result.status == 0 else {
            let reason = result.errors.first { $0.hasPrefix("ERROR: ") }.map { ": " + $0.dropFirst("ERROR: ".count) }
            throw FileProblem(
                "the quickstart stops here, at a command that should have succeeded\(reason ?? "")",
                hint: result.errors.last { !$0.hasPrefix("ERROR: ") } ?? "Help: adr quickstart --help"
            )
        }
        return result
    }

    // MARK: - Text

    private func say(_ line: String) throws { try host.writeOutput(Array((line + "\n").utf8)) }

    /// The day of a time, as `2026-11-24`.
    private func day(_ time: JSONValue?) -> String { String((time?.stringValue ?? "").prefix(10)) }

    private func tree(subject: String, issued: JSONValue, connection: JSONValue?) throws {
        let root = try look(["hub", "certificate", "list", "--hub-name", "quickstart-hub"])
        let trusted = (root["value"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        try say("")
        try say("# What now exists")
        try say("    default                          resource group")
        try say("    └─ quickstart                    namespace, its root CA and")
        try say("       ├─ policy default             \(subject)")
        try say("       ├─ hub quickstart-hub         trusts \(trusted.joined(separator: ", "))")
        try say("       ├─ dps quickstart-dps         enrolls the group fleet")
        try say("       └─ device device-01           certificate until \(day(issued["notAfter"]))")
        try say("")
        let version = connection?["tlsVersion"]?.stringValue ?? ""
        let hub = connection?["hubName"]?.stringValue ?? ""
        try say("device-01 was accepted by \(hub) over \(version).")
        try say("Everything lies in \(folder); look around, and remove it when you are done:")
        try say("    $ adr device show --namespace quickstart --name device-01")
        try say("    $ adr cert show device-01.pem")
        try say("    $ rm -r \(folder)")
    }
}

/// Collects what a step prints. Steps run one after another on one thread.
private final class Capture: @unchecked Sendable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
}
