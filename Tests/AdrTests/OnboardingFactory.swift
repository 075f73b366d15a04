import Foundation
import JSON
import TestSupport

/// A factory whose devices onboard through a provisioning service: a namespace, three hubs that trust it and are linked,
/// and the certificates of a manufacturer, made by `openssl`. It is made once, and every test works on a copy.
enum OnboardingFactory {
    static let hubs = ["hub-1", "hub-2", "hub-3"]

    private static let prepared = Result { try prepare() }

    /// Somebody with a copy of the factory.
    static func makeOperator(_ name: String = #function) throws -> Operator {
        let source = try prepared.get()
        let person = Operator(name, inMemory: true)
        let outcome = try Run.command(["cp", "-a", "\(source.scratch.path)/.", person.scratch.path])
        guard outcome.status == 0 else { throw Unexpected(line: "cp", outcome: outcome) }
        return person
    }

    private static func prepare() throws -> Operator {
        let person = Operator("onboarding", inMemory: true)
        try person.expect("ns create --name factory --enable-certificate-management")
        try person.expect("dps create --name factory-dps --namespace factory")
        for (index, hub) in hubs.enumerated() {
            try person.expect("hub create --name \(hub) --namespace factory")
            try person.expect(
                "dps linked-hub create --dps-name factory-dps --hub-name \(hub) --latency-ms \(10 + index * 10)"
            )
        }
        try person.expect("credential sync --namespace factory")
        try person.makeAuthority("root")
        try person.makeAuthority("intermediate", under: "root")
        for device in ["device-01", "device-02"] {
            try person.makeLeaf("\(device).onboarding", device, under: "intermediate")
            try person.makeLeaf("\(device).self", device)
            try person.makeLeaf("\(device).spare", device)
            for kind in ["onboarding", "self", "spare"] {
                try FileManager.default.copyItem(
                    atPath: person.scratch.file("\(device).\(kind).pem"),
                    toPath: person.scratch.file("\(device).\(kind).chain")
                )
            }
            let chain = try person.scratch.text("\(device).onboarding.pem") + person.scratch.text("intermediate.pem")
            person.scratch.write("\(device).onboarding.chain", chain)
        }
        return person
    }
}

extension Operator {
    /// A CA of a manufacturer: `<name>.pem`, `<name>.key`.
    func makeAuthority(_ name: String, under issuer: String? = nil) throws {
        try makeCertificate(
            name,
            "CN=Manufacturer \(name)",
            issuer,
            ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"],
            days: 3650
        )
    }

    /// An onboarding certificate, self-signed without an issuer: `<name>.pem`, `<name>.key`.
    func makeLeaf(_ name: String, _ commonName: String, under issuer: String? = nil, days: Int = 365) throws {
        try makeCertificate(
            name,
            "CN=\(commonName)",
            issuer,
            [
                "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                "extendedKeyUsage=clientAuth",
            ],
            days: days
        )
    }

    private func makeCertificate(
        _ name: String,
        _ subject: String,
        _ issuer: String?,
        _ extensions: [String],
        days: Int
    ) throws {
        scratch.write("\(name).ext", extensions.joined(separator: "\n") + "\n")
        try expectRun(
            "openssl",
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "\(name).key",
            "-out",
            "\(name).req",
            "-subj",
            "/\(subject)"
        )
        let signer = issuer.map { ["-CA", "\($0).pem", "-CAkey", "\($0).key"] } ?? ["-signkey", "\(name).key"]
        try expectRun(
            [
                "openssl", "x509", "-req", "-in", "\(name).req", "-out", "\(name).pem", "-days", "\(days)", "-sha256",
                "-extfile", "\(name).ext",
            ] + signer
        )
    }

    func expectRun(_ words: String...) throws { try expectRun(words) }

    func expectRun(_ words: [String]) throws {
        let outcome = try Run.command(words, environment: environment, directory: scratch.path)
        guard outcome.status == 0 else { throw Unexpected(line: words.joined(separator: " "), outcome: outcome) }
    }

    /// An executable in the scratch folder; its absolute path.
    @discardableResult
    func makeProgram(_ name: String, _ script: String) throws -> String {
        let path = scratch.write(name, "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return path
    }

    /// Registers a device with a new key and CSR: `<file>.key`, and the issued chain `<file>.pem`.
    func register(_ id: String, as file: String, by proof: String = "") throws -> Outcome {
        try adr(
            "registration create --dps-name factory-dps --registration-id \(id) --generate --key-out \(file).key "
                + "--out \(file).pem \(proof)"
        )
    }

    /// Registers, and returns the registration state.
    @discardableResult
    func expectRegistered(_ id: String, as file: String, by proof: String = "") throws -> JSONValue {
        let outcome = try register(id, as: file, by: proof)
        guard outcome.status == 0 else { throw Unexpected(line: "registration create", outcome: outcome) }
        return try JSONValue(parsing: outcome.stdout)["registrationState"] ?? .null
    }

    /// What the namespace and its hubs say of devices and identities: what a refused registration must not change.
    func identities() throws -> [String] {
        let lines =
            ["device list --namespace factory"]
            + OnboardingFactory.hubs.map { "hub device-identity list --hub-name \($0)" }
        return try lines.map { try adr($0).output }
    }
}
