import Foundation
import JSON
import OpenSSL
import TestSupport
import Testing

/// What the README shows is run line by line on the built binary, and judged by verifiers that are not ours.
struct ReadmeTests {
    static let readme: String = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../README.md")
        return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    }()

    @Test func sessionsRunAsShown() throws {
        let sessions = Session.blocks(inMarkdown: Self.readme)
        #expect(!sessions.isEmpty)
        let scratch = Scratch()
        for session in sessions {
            let mismatches = try session.run(in: scratch)
            #expect(mismatches.isEmpty, "\(mismatches.map(\.description).joined(separator: "\n"))")
        }
    }

    /// Whatever certificate the session ends up with, also those it replaces or revokes, is one for other verifiers.
    @Test(.peer("openssl"), .peer("certtool")) func othersAcceptAllThatTheSessionIssues() throws {
        var person = Operator()
        person.environment["ADR_HOME"] = person.scratch.file(".session/home/.local/share/adr")
        for session in Session.blocks(inMarkdown: Self.readme) { _ = try session.run(in: person.scratch) }
        try person.expect("credential show --namespace factory --certificate --out root.pem -o none")
        try person.expect("policy show --namespace factory --name default --certificate --out ica.pem -o none")
        var chains = ["ica.pem"]
        for entry in try person.expect("cert list --namespace factory").arrayValue ?? [] {
            let serial = entry["serialNumber"]?.stringValue ?? ""
            try person.expect("cert show --namespace factory --serial \(serial) --out \(serial).pem -o none")
            chains.append("\(serial).pem")
        }
        // Two of devices 01 and 02 each, one of each in the folder.
        #expect(chains.count >= 1 + 6, "\(chains)")
        for chain in chains {
            let strict = try person.verifyStrictly(["-trusted", "root.pem", "-untrusted", chain, chain])
            #expect(strict.status == 0, "\(chain): \(strict.output)\(strict.errors)")
            let anchored = try Run.command(
                ["certtool", "--verify", "--load-ca-certificate", person.scratch.file("root.pem")],
                input: try person.scratch.read(chain)
            )
            #expect(anchored.status == 0, "\(chain): \(anchored.output)\(anchored.errors)")
            if chain == "ica.pem" { continue }
            let whole = try Run.command(["certtool", "--verify-chain"], input: try person.scratch.read(chain))
            #expect(whole.status == 0, "\(chain): \(whole.output)\(whole.errors)")
        }
    }

    /// The PKI of the README's namespace, laid out as files.
    private func factory(_ name: String = #function) throws -> Operator {
        let person = Operator(name)
        try person.setUpFactory()
        try person.provision("device-01")
        try person.expect("credential show --namespace factory --certificate --out root.pem -o none")
        try person.expect("policy show --namespace factory --name default --certificate --out ica.pem -o none")
        try person.expect(
            "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr "
                + "--out-leaf leaf.pem -o none"
        )
        return person
    }

    @Test(.peer("openssl")) func opensslAcceptsEveryCertificate() throws {
        let person = try factory()
        for arguments in [
            ["-trusted", "root.pem", "-untrusted", "ica.pem", "leaf.pem"],
            ["-trusted", "root.pem", "-untrusted", "device-01.pem", "device-01.pem"],
            ["-trusted", "root.pem", "ica.pem"],
            ["-trusted", "root.pem", "root.pem"],
            ["-partial_chain", "-trusted", "ica.pem", "leaf.pem"],
        ] {
            let outcome = try person.verifyStrictly(arguments)
            #expect(outcome.status == 0, "\(arguments): \(outcome.output)\(outcome.errors)")
        }
    }

    @Test(.peer("certtool")) func gnutlsAcceptsTheChain() throws {
        let person = try factory()
        let chain = try person.scratch.read("device-01.pem")
        let outcome = try Run.command(["certtool", "--verify-chain"], input: chain)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let anchored = try Run.command(
            ["certtool", "--verify", "--load-ca-certificate", person.scratch.file("root.pem")],
            input: chain
        )
        #expect(anchored.status == 0, "\(anchored.output)\(anchored.errors)")
    }

    @Test(.peer("pyca")) func pycaReadsTheLeaf() throws {
        let person = try factory()
        let program = """
            import sys
            from cryptography import x509
            from cryptography.hazmat.primitives.asymmetric import ec
            leaf = x509.load_pem_x509_certificate(open(sys.argv[1], "rb").read())
            print(leaf.subject.rfc4514_string())
            print(leaf.public_key().curve.name)
            print(leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
            print((leaf.not_valid_after_utc if hasattr(leaf, "not_valid_after_utc") else leaf.not_valid_after)
                  - (leaf.not_valid_before_utc if hasattr(leaf, "not_valid_before_utc") else leaf.not_valid_before))
            issuer = x509.load_pem_x509_certificate(open(sys.argv[2], "rb").read())
            issuer.public_key().verify(leaf.signature, leaf.tbs_certificate_bytes, ec.ECDSA(leaf.signature_hash_algorithm))
            """
        let outcome = try Run.command(
            [try #require(Peer.python), "-c", program, person.scratch.file("leaf.pem"), person.scratch.file("ica.pem")]
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == "CN=device-01\nsecp384r1\nFalse\n30 days, 0:00:00\n")
    }

    @Test func quickstartEndsWithAnAcceptedDevice() throws {
        var person = Operator()
        person.environment["TMPDIR"] = person.scratch.path
        person.environment["ADR_HOME"] = nil
        let outcome = try person.adr("quickstart")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("IssuerNotSynced"))
        #expect(outcome.output.contains("device-01 was accepted by quickstart-hub over TLSv1.3."))
        // Every line it shows is one that can be typed: the last ones look around in what was left.
        let folder = try #require(
            try FileManager.default.contentsOfDirectory(atPath: person.scratch.path).first {
                $0.hasPrefix("adr-quickstart-")
            }
        )
        person.environment["ADR_HOME"] = "\(person.scratch.path)/\(folder)/store"
        try person.expect("device show --namespace quickstart --name device-01")
        try person.expect("cert show \(person.scratch.path)/\(folder)/device-01.pem")
    }

    /// The quickstart's device gets its hub from a provisioning service, as devices do, and by no shortcut.
    @Test func quickstartGoesThroughTheProvisioningService() throws {
        var person = Operator()
        person.environment["TMPDIR"] = person.scratch.path
        let outcome = try person.adr("quickstart --store \(person.store)")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let typed = outcome.output.split(separator: "\n").map { $0.drop { $0 == " " } }.filter {
            $0.hasPrefix("$ adr ")
        }
        let steps = [
            "dps create", "dps linked-hub create", "dps enrollment-group create", "registration create", "hub connect",
        ].map { step in typed.firstIndex { $0.hasPrefix("$ adr \(step) ") } }
        #expect(!steps.contains(nil), "\(typed)")
        #expect(steps.compactMap { $0 } == steps.compactMap { $0 }.sorted(), "\(typed)")
        #expect(!typed.contains { $0.hasPrefix("$ adr cert issue ") }, "the operator issues nothing by hand")
        let registration = try person.expect("registration show --dps-name quickstart-dps --registration-id device-01")
        #expect(registration["status"]?.stringValue == "assigned")
        #expect(registration["assignedHub"]?.stringValue == "quickstart-hub.azure-devices.net")
        let members = try person.expect("registration list --dps-name quickstart-dps --group-id fleet").arrayValue
        #expect(members?.compactMap { $0["registrationId"]?.stringValue } == ["device-01"])
    }

    /// The README's Makefile provisions a fleet; a second run does nothing, and a changed CSR issues just that one again.
    @Test func makefileProvisionsAndRests() throws {
        let blocks = Self.readme.components(separatedBy: "```make\n").dropFirst()
        let makefile = try #require(blocks.first?.components(separatedBy: "```").first)
        #expect(blocks.count == 1)
        #expect(makefile.split(separator: "\n", omittingEmptySubsequences: false).count - 1 <= 25)
        let scratch = Scratch()
        scratch.write("Makefile", makefile)
        let tools = scratch.file("bin")
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: tools + "/adr", withDestinationPath: Binary.adr)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        func make(_ words: String...) throws -> Outcome {
            try Run.command(
                ["make", "-j2"] + words,
                environment: ["PATH": "\(tools):\(path)", "HOME": scratch.path],
                directory: scratch.path
            )
        }
        func serials() throws -> [String] {
            try ["11", "12", "13"].map { number in
                let outcome = try Run.command(
                    [Binary.adr, "cert", "show", scratch.file("device-\(number).pem")],
                    environment: ["HOME": scratch.path]
                )
                return try JSONValue(parsing: outcome.stdout).arrayValue?.first?["serialNumber"]?.stringValue ?? ""
            }
        }
        let first = try make()
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        let before = try serials()
        #expect(Set(before).count == 3)
        let second = try make()
        #expect(second.status == 0)
        #expect(second.output.contains("Nothing to be done"), "\(second.output)")
        // A file system may keep whole seconds only: the changed CSR is dated ahead of the certificate.
        let csr = try Run.command(
            [
                Binary.adr, "csr", "generate", "--registration-id", "device-12", "--key-file-path", "device-12.key",
                "--out", "device-12.csr",
            ],
            environment: ["HOME": scratch.path],
            directory: scratch.path
        )
        #expect(csr.status == 0, "\(csr.errors)")
        _ = try Run.command(["touch", "-d", "+2 seconds", "device-12.csr"], directory: scratch.path)
        let third = try make()
        #expect(third.status == 0, "\(third.output)\(third.errors)")
        let after = try serials()
        #expect(after[0] == before[0] && after[1] != before[1] && after[2] == before[2])
    }

    @Test func quickstartWorksTwiceOnOneStore() throws {
        var person = Operator()
        person.environment["TMPDIR"] = person.scratch.path
        for _ in 1...2 {
            let outcome = try person.adr("quickstart --store \(person.store)")
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
    }
}
