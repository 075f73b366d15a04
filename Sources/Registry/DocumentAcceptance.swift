import JSON
import Store

/// A hand edit that was taken over.
package struct AcceptedDocument: Sendable {
    /// The folder of the namespace, below the store.
    package let namespace: String
    /// The document's path in it.
    package let document: String
    /// The members that the edit changed, added or took away, sorted; empty when there was nothing to take over.
    package let changedMembers: [String]
    /// Whether the ledger has a new entry.
    package let isRecorded: Bool

    package var value: JSONValue {
        [
            "namespace": .string(namespace), "document": .string(document),
            "changedMembers": .array(changedMembers.map(JSONValue.string)), "recorded": .bool(isRecorded),
        ]
    }
}

extension Registry {
    /// Takes the edit of one document by another hand over as an event, after judging that the document is still one of
    /// its kind and place, and that nothing would be lost of it.
    ///
    /// - Parameter file: the file in the store, absolute or from the current folder.
    package func acceptDocument(_ file: String) throws -> AcceptedDocument {
        let (folder, path) = try documentPlace(of: file)
        guard let ledger = try root.ledger(at: folder) else {
            throw Self.notAcceptable(
                file,
                "there is no namespace in \(folder)",
                hint: "'adr ns list' shows those there are."
            )
        }
        return try commit(to: ledger) { snapshot in
            guard let edited = try snapshot.editedDocument(path) else {
                throw ServiceError(
                    .notFound,
                    code: "ResourceNotFound",
                    "there is no file \(quoted(file)) in the store",
                    hint:
                        "'adr store check --repair' brings back what the ledger has; to delete something use its command."
                )
            }
            guard let recorded = edited.recorded else {
                throw Self.notAcceptable(
                    file,
                    "the ledger has no such document: an edit is taken over, nothing new",
                    hint: "Make it with its 'create' command; 'adr store check --repair' removes the file."
                )
            }
            try judge(edited.body, at: path, in: folder, file, snapshot)
            let members = Set(edited.body.keys + recorded.keys)
                .filter { edited.body[$0] != recorded[$0] }.sorted { $0 < $1 }
            let accepted = AcceptedDocument(
                namespace: folder,
                document: path,
                changedMembers: members,
                isRecorded: !edited.isAsRecorded
            )
            if edited.isAsRecorded { return .answer(accepted) }
            let transaction = Transaction(
                event: "DocumentAccepted",
                details: details(
                    [("document", .string(path)), ("members", .array(members.map(JSONValue.string)))],
                    snapshot,
                    at: now
                ),
                changes: [.put(path, .object(edited.body))]
            )
            return .commit(transaction, accepted)
        }
    }

    private static let hint =
        "Mend the file, or have it restored: 'adr store check --repair' writes what the ledger says."

    private static func notAcceptable(_ file: String, _ reason: String, hint: String = hint) -> ServiceError {
        .refused("InvalidDocument", "\(quoted(file)) cannot be taken over: \(reason)", hint: hint)
    }

    /// The namespace's folder and the document's path in it.
    private func documentPlace(of file: String) throws -> (folder: String, path: String) {
        func refuse(_ reason: String) -> ServiceError {
            Self.notAcceptable(
                file,
                reason,
                hint:
                    "Name a document of a namespace, like '\(root.path)/groups/default/namespaces/factory/policies/default.json'."
            )
        }
        guard let place = root.place(ofFile: file) else {
            throw refuse("it does not lie in the store \(root.path)")
        }
        let parts = place.split(separator: "/").map(String.init)
        guard parts.count > 4, parts[0] == "groups", parts[2] == "namespaces" else {
            throw refuse("it lies outside the folders of the namespaces")
        }
        let path = parts[4...].joined(separator: "/")
        switch parts[4] {
        case "ledger": throw refuse("the ledger is the record itself, which is only added to")
        case "keys": throw refuse("a key is no document")
        case "views.json", "flushed.json", "lock": throw refuse("it is the store's own note, and no document")
        default: break
        }
        if path.hasSuffix(".jsonl") { throw refuse("rows follow from what was issued and revoked, and are not edited") }
        guard path.hasSuffix(".json"), !parts.contains(where: { $0.hasPrefix(".") }) else {
            throw refuse("it is no document")
        }
        return (parts[..<4].joined(separator: "/"), path)
    }

    /// Refuses a body that this program could not have written there.
    private func judge(
        _ body: JSONObject,
        at path: String,
        in folder: String,
        _ file: String,
        _ snapshot: Snapshot
    ) throws {
        let change: Change?
        do {
            change = try DocumentKinds.rewritten(.object(body), path: path)
        } catch let error as StoreError where error.kind == .damaged {
            throw Self.notAcceptable(file, error.message)
        } catch let error as ServiceError {
            throw Self.notAcceptable(file, error.message)
        }
        guard let change, case .document(.object(let kept)) = change.kind else {
            throw Self.notAcceptable(file, "no kind of document that this program knows lies there")
        }
        guard change.path == path else {
            throw Self.notAcceptable(file, "by what it says it would be the document \(change.path)")
        }
        if path == StoreLayout.namespaceDocument, let record = try? NamespaceRecord(.object(body)),
            StoreLayout.namespace(record.key) != folder
        {
            throw Self.notAcceptable(file, "it names another namespace than the one whose folder it lies in")
        }
        if let member = Set(kept.keys + body.keys).filter({ kept[$0] != body[$0] }).min() {
            throw Self.notAcceptable(
                file,
                "its member '\(member)' is not one that this program would keep as it stands"
            )
        }
        if let use = KeyUse(.object(body), path: path), let flaw = use.flaw(of: try snapshot.key(use.name)),
            flaw.kind != .keyWiped
        {
            throw Self.notAcceptable(file, "it names keys/\(use.name): \(flaw.message)")
        }
    }
}
