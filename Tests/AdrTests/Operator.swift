import Foundation
import JSON
import TestSupport

/// Somebody at a shell: runs the built `adr` in a scratch folder with a store of its own.
struct Operator: Sendable {
    let scratch: Scratch
    var binary = Binary.adr
    var environment: [String: String]

    init(_ name: String = #function, binary: String = Binary.adr, inMemory: Bool = false) {
        scratch = Scratch(name, inMemory: inMemory)
        self.binary = binary
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": scratch.path,
            "ADR_HOME": scratch.file("store"),
        ]
    }

    var store: String { scratch.file("store") }

    /// Runs `adr` with the words of a line, split at blanks.
    @discardableResult
    func adr(_ line: String, input: [UInt8] = []) throws -> Outcome {
        try adr(line.split(separator: " ").map(String.init), input: input)
    }

    @discardableResult
    func adr(_ words: [String], input: [UInt8] = []) throws -> Outcome {
        try Run.command([binary] + words, input: input, environment: environment, directory: scratch.path)
    }

    /// Runs a line that must succeed, and returns what it printed as JSON.
    @discardableResult
    func expect(_ line: String) throws -> JSONValue {
        let outcome = try adr(line)
        guard outcome.status == 0 else { throw Unexpected(line: line, outcome: outcome) }
        return outcome.stdout.isEmpty ? .null : try JSONValue(parsing: outcome.stdout)
    }

    /// Runs another program in the scratch folder.
    @discardableResult
    func run(_ words: String...) throws -> Outcome {
        try Run.command(words, environment: environment, directory: scratch.path)
    }

    /// How openssl judges a chain for a TLS client as strictly as it can, by what the words name and nothing else.
    func verifyStrictly(_ words: [String]) throws -> Outcome {
        let command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-no-CApath", "-no-CAfile"]
        return try Run.command(command + words, environment: environment, directory: scratch.path)
    }

    /// A namespace `factory` with its PKI and a hub `factory-hub` that trusts it.
    func setUpFactory() throws {
        try expect("ns create --name factory --enable-certificate-management")
        try expect("hub create --name factory-hub --namespace factory")
        try expect("credential sync --namespace factory")
    }

    /// A device with key, CSR and an issued chain: `<id>.key`, `<id>.csr`, `<id>.pem`.
    func provision(_ id: String, namespace: String = "factory", policy: String = "default") throws {
        try expect("csr generate --registration-id \(id) --key-out \(id).key --out \(id).csr")
        try expect(
            "cert issue --namespace \(namespace) --policy-name \(policy) --registration-id \(id) "
                + "--csr \(id).csr --out \(id).pem"
        )
    }

    func connect(_ id: String, hub: String = "factory-hub", key: String? = nil, more: String = "") throws -> Outcome {
        try adr(
            "hub connect --hub-name \(hub) --certificate-file-path \(id).pem --key-file-path \(key ?? id).key \(more)"
        )
    }

    /// Every regular file of the store and its contents, to see whether anything changed.
    func storeContents() throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        guard let files = FileManager.default.enumerator(atPath: store) else { return [:] }
        for case let name as String in files {
            let path = store + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            contents[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        return contents
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let line: String
    let outcome: Outcome

    var description: String {
        "adr \(line)\nexited \(outcome.status)\n\(outcome.output)\(outcome.errors)"
    }
}
