import JSON
import OpenSSL
import PKI
import Store

/// Files of keys that a passphrase protects, as a backup holds them: `{"cms": "<base64 of DER>"}`. Inside is JSON,
/// `{"files": {"<path below the store>": "<base64>"}}`.
enum SealedKeys {
    static func seal(_ keys: [BackupKey], passphrase: [UInt8]) throws -> JSONValue {
        let files = JSONObject(keys.map { ($0.path, JSONValue.string(Base64.encode($0.bytes))) })
        let content = JSONValue.object(["files": .object(files)]).compact() + [0x0A]
        return ["cms": .string(Base64.encode(try PassphraseProtection.encrypt(content, passphrase: passphrase)))]
    }

    static func open(_ sealed: JSONValue, passphrase: [UInt8]) throws -> [BackupKey] {
        guard let der = (sealed["cms"]?.stringValue).flatMap({ Base64.decodeStrict(Array($0.utf8)) }) else {
            throw refusal("no CMS stands where the keys should be")
        }
        let content: [UInt8]
        do {
            content = try PassphraseProtection.decrypt(der, passphrase: passphrase)
        } catch {
            throw refusal(
                error.reasons.isEmpty ? "the passphrase is another one" : error.reasons.joined(separator: "; ")
            )
        }
        guard let files = (try? JSONValue(parsing: content))?["files"]?.objectValue else {
            throw refusal("what is in it is no list of files")
        }
        return try files.map { path, value in
            guard let bytes = (value.stringValue).flatMap({ Base64.decodeStrict(Array($0.utf8)) }) else {
                throw refusal("the file \(quoted(path)) is not base64")
            }
            return BackupKey(path: path, bytes: bytes)
        }
    }

    private static func refusal(_ reason: String) -> ServiceError {
        .refused(
            "WrongPassphrase",
            "the keys in the backup cannot be decrypted: \(reason)",
            hint: "Use the passphrase that the backup was made with, or restore --without-keys, for reading."
        )
    }
}

extension Registry {
    /// Writes a backup of every namespace: the ledgers, and with a passphrase the keys, too.
    ///
    /// - Returns: what is in it.
    package func backUp(passphrase: [UInt8]?, to sink: @escaping ([UInt8]) throws -> Void) throws -> JSONValue {
        let folders = try namespaceFolders(in: nil)
        guard try folders.contains(where: { try root.ledger(at: $0) != nil }) else {
            throw ServiceError.notFound(
                "there is no namespace in the store \(root.path), so nothing to back up",
                hint: "'adr ns list' shows those there are; --store or ADR_HOME names another store."
            )
        }
        var sealing: (([BackupKey]) throws -> JSONValue)?
        if let passphrase { sealing = { try SealedKeys.seal($0, passphrase: passphrase) } }
        let header = try root.writeBackup(
            of: folders,
            describing: { snapshot in
                let namespace = try NamespaceState(snapshot).namespace()
                return [
                    "namespace": .string(namespace.key.name.text), "resourceGroup": .string(namespace.key.group.text),
                    "uuid": .string(namespace.uuid),
                ]
            },
            sealing: sealing,
            to: sink
        )
        return .object(header.description)
    }
}

extension BackupHeader {
    /// What a backup is, as it is shown.
    var description: JSONObject {
        [
            "createdAt": .string(Timestamp.text(createdAt)), "createdBy": .string(createdBy),
            "includesKeys": .bool(includesKeys),
            "namespaces": .array(ledgers.map { .object($0.shown) }),
        ]
    }
}

extension BackupLedger {
    var shown: JSONObject {
        var object: JSONObject = [:]
        object.set("name", description["namespace"])
        object.set("resourceGroup", description["resourceGroup"])
        object.set("uuid", description["uuid"])
        object["entries"] = .integer(number)
        object["lastEntry"] = [
            "number": .integer(number), "hash": .string(hash), "time": .string(Timestamp.text(time)),
        ]
        return object
    }
}
