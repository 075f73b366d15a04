import Glibc
import JSON

/// A look at a store around its ledgers: folders, permissions, and files that belong nowhere.
package struct StoreSurroundings: Sendable {
    package var findings: [StoreFinding] = []
    /// The folders in which ledgers lie, below the store, by path; and whether deleted ones left them.
    package var ledgers: [(path: String, isRemains: Bool)] = []
    /// The names of the files in the folder `server`.
    package var serverFiles: [String] = []
}

extension StoreRoot {
    /// Whether there is a folder where the store is said to lie.
    package func isThere() throws(StoreError) -> Bool { try Folder.open(at: path, access) != nil }

    /// Looks at everything that is part of no ledger's folder. Reads no file.
    package func checkSurroundings() throws -> StoreSurroundings {
        var found = StoreSurroundings()
        guard let root = try Folder.open(at: path, access) else { return found }
        judge(try root.file.status(), path, &found)
        for (name, isFolder) in try contents(of: root, &found) {
            switch (name, isFolder) {
            case (LockedStore.indexName, false), (LockedStore.lockName, false): break
            case (LockedStore.serverFolder, true): try checkServer(root, &found)
            case (LockedStore.groupsFolder, true): try checkGroups(root, &found)
            case (_, true) where name.hasPrefix(LockedStore.stagingPrefix):
                let message = "a restore that did not come to its end"
                found.findings.append(
                    StoreFinding(.temporaryFile, root.absolute(name), message, isRepairable: true)
                )
            default: found.findings.append(stray(root, name))
            }
        }
        return found
    }

    /// The file `store.json` as it is.
    package struct IndexFile: Sendable, Equatable {
        let bytes: [UInt8]?

        /// The body in it, `nil` when there is no file. Throws as ``StoreRoot/index()`` does.
        package func body() throws(StoreError) -> JSONValue? {
            guard let bytes else { return nil }
            return .object(try DocumentForm.decode(bytes, path: "it"))
        }

        /// Whether it is, byte for byte, as this program writes its body.
        package var isAsWritten: Bool {
            guard let bytes, let body = try? DocumentForm.decode(bytes, path: "it") else { return bytes == nil }
            return DocumentForm.encode(body) == bytes
        }
    }

    package func indexFile() throws(StoreError) -> IndexFile {
        IndexFile(bytes: try Folder.open(at: path, access)?.read(LockedStore.indexName))
    }

    /// A look at the ledger in the folder at that path below the store; `nil` when there is none.
    package func ledgerCheck(at path: String, isRemains: Bool) throws(StoreError) -> LedgerCheck? {
        guard StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a ledger's folder") }
        return try LedgerCheck(at: self.path + "/" + path, isRemains: isRemains, environment)
    }

    /// Puts right what a check found in that ledger's folder, as far as the ledger says how, and says what it did in
    /// notes.
    package func repair(_ findings: [StoreFinding], at path: String, isRemains: Bool) throws {
        guard StorePath.isSafe(path) else { throw StorePath.refusal(path, neededFor: "a ledger's folder") }
        try LedgerRepair(at: self.path + "/" + path, mayHaveEnded: isRemains, environment).run(findings)
    }

    private func checkServer(_ root: Folder, _ found: inout StoreSurroundings) throws {
        guard let server = try root.folder(LockedStore.serverFolder) else { return }
        for (name, isFolder) in try contents(of: server, &found) {
            if isFolder { found.findings.append(stray(server, name)) } else { found.serverFiles.append(name) }
        }
    }

    private func checkGroups(_ root: Folder, _ found: inout StoreSurroundings) throws {
        guard let groups = try root.folder(LockedStore.groupsFolder) else { return }
        for (group, isFolder) in try contents(of: groups, &found) {
            guard isFolder, let folder = try groups.folder(group) else {
                found.findings.append(stray(groups, group))
                continue
            }
            for (kind, isFolder) in try contents(of: folder, &found) {
                guard isFolder, ["namespaces", "deleted"].contains(kind), let ledgers = try folder.folder(kind) else {
                    found.findings.append(stray(folder, kind))
                    continue
                }
                for (name, isFolder) in try contents(of: ledgers, &found) {
                    let place = "groups/\(group)/\(kind)/\(name)"
                    if isFolder, StorePath.isSafe(place) {
                        found.ledgers.append((place, kind == "deleted"))
                    } else {
                        found.findings.append(stray(ledgers, name))
                    }
                }
            }
        }
    }

    /// What is in the folder, sorted, without what a crash left and what is neither file nor folder: those are found.
    private func contents(
        of folder: Folder,
        _ found: inout StoreSurroundings
    ) throws -> [(name: String, isFolder: Bool)] {
        var contents: [(name: String, isFolder: Bool)] = []
        for entry in try folder.allContents().sorted(by: { String.byteOrder($0.name, $1.name) }) {
            let path = folder.absolute(entry.name)
            guard let status = try folder.status(of: entry.name) else {
                if entry.isFolder == nil { found.findings.append(stray(folder, entry.name)) }
                continue
            }
            judge(status, path, &found)
            if !status.isFolder, status.mode & UInt32(S_IFMT) != UInt32(S_IFREG) {
                found.findings.append(stray(folder, entry.name))
            } else if !status.isFolder, StorePath.isTemporary(entry.name) {
                found.findings.append(
                    StoreFinding(
                        .temporaryFile,
                        path,
                        "a file on its way to another name, which a crash left",
                        isRepairable: true
                    )
                )
            } else {
                contents.append((entry.name, status.isFolder))
            }
        }
        return contents
    }

    private func judge(_ status: FileStatus, _ path: String, _ found: inout StoreSurroundings) {
        guard let message = status.permissionFlaw(absolute: path) else { return }
        found.findings.append(StoreFinding(.permissions, path, message))
    }

    private func stray(_ folder: Folder, _ name: String) -> StoreFinding {
        StoreFinding(.strayFile, folder.absolute(name), "this program makes nothing of that name here")
    }
}

extension LockedStore {
    /// Removes temporary files that a crash left around the ledgers, a server file, and what a restore left. Under the
    /// store's lock nobody else is making any.
    package func remove(_ findings: [StoreFinding]) throws(StoreError) {
        for finding in findings where finding.path.hasPrefix(root.path + "/") {
            let name = String(finding.path.dropFirst(root.path.utf8.count + 1))
            if name.hasPrefix(Self.stagingPrefix) {
                try root.removeTree(name)
            } else if try !root.remove(name) {
                continue
            }
            environment.note("removed \(finding.path): \(finding.message)")
        }
    }
}
