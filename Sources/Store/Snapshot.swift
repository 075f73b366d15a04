import Glibc
import JSON

/// What a reader or a judge sees: exactly the state at one point of the ledger, whoever writes meanwhile.
///
/// The point is not fixed at the beginning. Documents are read when they are asked for; after each file the ledger is
/// looked at again, and lines that came meanwhile move the point on, unless they change something that was looked at
/// already. Then everything starts anew: a body may therefore run more than once, and must do nothing but look.
package final class Snapshot {
    let ledger: LedgerFolder
    let base: LedgerFolder.Base
    let flushedIdentity: LedgerFolder.FlushedIdentity
    private(set) var position: LedgerPosition
    /// Whether the ledger ends for good with the last line.
    private(set) var isDeleted = false
    /// Something that was looked at has changed since: what was seen belongs to no one point.
    private(set) var isStale = false
    /// A folder that is made with the ledger is gone: its documents have to be made anew.
    private(set) var missingFolder: String?

    /// The last line behind base that changes each document, and whether it removes it.
    private var changed: [String: (place: LinePlace, isGone: Bool)] = [:]
    private var addedRows: [String: [LinePlace]] = [:]
    private var lookedAt = LookedAt()
    /// Bodies of the first documents that were read, by path, null for one that is not there: a chain of records asks for
    /// some of them again.
    private var bodies = JSONObject()
    private static let keptBodies = 16
    private var lookedUnder = LookedAt()
    private var lastEntryTime: Int64?
    private var lastRead: LedgerEntry?
    /// Where a bad line stands that a power cut left and no writer has cut yet.
    private var tornAt: Int64?
    private var lock: OpenFile?
    /// What was made of documents: of this snapshot, or of all that one judge of a group looks at.
    private let records: KeptRecords
    /// Where the writer of groups had brought the ledger, if it is he who watches the lines that come after.
    private let followed: LedgerFollower.End?

    /// Thrown through the body to have it start anew.
    struct StartAnew: Error {}

    /// Opens the state of a folder. With a lock (held by the caller, or taken here as `shared`) nothing can change
    /// while the snapshot lives.
    init(_ ledger: LedgerFolder, lock: OpenFile?) throws {
        self.ledger = ledger
        self.lock = lock
        records = KeptRecords()
        followed = nil
        flushedIdentity = try ledger.flushedIdentity()
        base = try ledger.base()
        position = base.position
        try extend()
    }

    /// The state at an end of the ledger up to which all documents are written. Whether what was looked at still was so
    /// when it was looked at, the writer finds out that follows the ledger, see ``GroupWriter``.
    init(_ ledger: LedgerFolder, at end: LedgerFollower.End, _ records: KeptRecords) {
        self.ledger = ledger
        self.records = records
        followed = end
        flushedIdentity = end.flushedIdentity
        base = LedgerFolder.Base(position: end.position, isOfThisBoot: true, hasFlushedRecord: true, known: [])
        position = end.position
        lastEntryTime = end.time
    }

    // MARK: What callers see

    /// Number and hash of the last entry that this state contains; 0 and 64 zeros before the first.
    package var end: (number: Int64, hash: String) { (position.number, position.hash) }

    /// Time of that entry, Unix seconds UTC; 0 when there is none, or when it cannot be read back.
    package var lastTime: Int64 {
        if let lastEntryTime { return lastEntryTime }
        let time = (try? ledger.lastEntry(before: position))?.time ?? 0
        lastEntryTime = time
        return time
    }

    /// The body of the document at that path, `nil` when there is none. The look is remembered: a commit is judged
    /// again when another writer changes the document, or makes it, meanwhile.
    ///
    /// Throws `StoreError`: `.damaged` for a file that is not as the store wrote it, `.newerSchema`, `.io` and the like.
    package func document(_ path: String) throws -> JSONValue? {
        guard StorePath.isDocument(path) else { throw StorePath.refusal(path, neededFor: "a document (….json)") }
        lookedAt.insert(path)
        if changed[path] == nil {
            // Had it changed since, this snapshot would be stale.
            if let body = bodies[path] { return body == .null ? Optional.none : body }
            let bytes = try ledger.folder.read(path)
            if bytes == nil { try requireFolder(of: path) }
            try catchUp()
            if let bytes {
                let body = JSONValue.object(try DocumentForm.decode(bytes, path: ledger.folder.absolute(path)))
                if bodies.count < Self.keptBodies { bodies[path] = body }
                return body
            }
            if bodies.count < Self.keptBodies { bodies[path] = .null }
            return nil
        }
        return try changedBody(path)
    }

    /// The bytes of a document's file, whatever they are; `nil` when there is none. The look is remembered.
    func lookAtFile(_ path: String) throws -> [UInt8]? {
        lookedAt.insert(path)
        let bytes = try ledger.folder.read(path)
        if bytes == nil { try requireFolder(of: path) }
        try catchUp()
        return bytes
    }

    /// Whether a line after base names the document, so that its file is not asked.
    func isBehind(_ path: String) -> Bool { changed[path] != nil }

    /// What `read` makes of the document at that path, `nil` when there is none. It is made once for as long as the
    /// document stays as it is.
    package func record<Record>(_ path: String, _ read: (JSONValue) throws -> Record) throws -> Record? {
        if let record = records.find(path, as: Record.self) {
            lookedAt.insert(path)
            return record
        }
        guard let body = try document(path) else { return nil }
        let record = try read(body)
        records.keep(record, path, at: position.number, followed?.rebuilds ?? 0)
        return record
    }

    /// The same for all documents whose path begins like that, sorted by path.
    package func records<Record>(
        under prefix: String,
        _ read: (String, JSONValue) throws -> Record
    ) throws -> [Record] {
        if let records = records.find(prefix, as: [Record].self) {
            lookedUnder.insert(prefix)
            return records
        }
        let made = try documents(under: prefix).map { try read($0.path, $0.body) }
        records.keep(made, prefix, at: position.number, followed?.rebuilds ?? 0)
        return made
    }

    /// All documents whose path begins like that (`policies/`, `devices/` with all folders in it), sorted by path. The
    /// look at the prefix is remembered: a document that comes, goes or changes there makes a commit be judged again.
    package func documents(under prefix: String) throws -> [(path: String, body: JSONValue)] {
        var documents: [(path: String, body: JSONValue)] = []
        for path in try names(under: prefix) {
            guard let body = try document(path) else {
                // It was listed, and nothing in the ledger says that it went.
                try catchUp()
                throw ledger.folder.missing(path)
            }
            documents.append((path, body))
        }
        return documents
    }

    /// Whether there certainly is no document whose path begins like that. The look is remembered if there is none.
    package func holdsNone(under prefix: String) throws -> Bool {
        if let known = records.find(prefix, as: Bool.self) {
            if known { lookedUnder.insert(prefix) }
            return known
        }
        struct Found: Error {}
        var isEmpty = !changed.contains { $0.key.hasPrefix(prefix) && !$0.value.isGone }
        do {
            try eachPath(under: prefix, StorePath.isDocument) { _ in throw Found() }
        } catch is Found {
            isEmpty = false
        }
        if isEmpty {
            lookedUnder.insert(prefix)
            try requireFixedFolders(around: prefix)
        }
        try catchUp()
        records.keep(isEmpty, prefix, at: position.number, followed?.rebuilds ?? 0)
        return isEmpty
    }

    /// The paths of ``documents(under:)``.
    package func names(under prefix: String) throws -> [String] {
        var found = try paths(under: prefix, StorePath.isDocument)
        for (path, last) in changed where path.hasPrefix(prefix) {
            if last.isGone {
                found.remove(path)
            } else {
                found.insert(path)
            }
        }
        return found.sorted(by: String.byteOrder)
    }

    /// The paths of all row files whose path begins like that, sorted. The look at the prefix is remembered.
    package func rowFiles(under prefix: String) throws -> [String] {
        try paths(under: prefix, StorePath.isRowFile).union(addedRows.keys.filter { $0.hasPrefix(prefix) })
            .sorted(by: String.byteOrder)
    }

    /// The files under a prefix, as the folders have them.
    private func paths(under prefix: String, _ isWanted: (String) -> Bool) throws -> Set<String> {
        lookedUnder.insert(prefix)
        var found: Set<String> = []
        try eachPath(under: prefix, isWanted) { found.insert($0) }
        try requireFixedFolders(around: prefix)
        try catchUp()
        return found
    }

    private func eachPath(
        under prefix: String,
        _ isWanted: (String) -> Bool,
        _ body: (String) throws -> Void
    ) throws {
        guard prefix.isEmpty || StorePath.isSafe(prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix) else {
            throw StorePath.refusal(prefix, neededFor: "documents or rows")
        }
        try list(StorePath.split(prefix).folder, prefix: prefix, isWanted, body)
    }

    /// The rows of a row file in the order of their entries, each once. Every row carries `place`, which says where in
    /// the ledger it comes from (see ``Ledger/entry(at:)``). The look is remembered.
    package func rows(_ path: String) throws -> [JSONObject] {
        guard StorePath.isRowFile(path) else { throw StorePath.refusal(path, neededFor: "a row file (….jsonl)") }
        lookedAt.insert(path)
        let bytes = try ledger.folder.read(path)
        if bytes == nil { try requireFolder(of: path) }
        try catchUp()
        var rows = RowFile.rows(in: bytes ?? [])
        for place in addedRows[path] ?? [] {
            rows += try RowFile.rows(of: entry(at: place), at: place, for: path)
        }
        return RowFile.inOrder(rows)
    }

    /// Calls the body with every row of a row file, one at a time: for files that nobody wants in memory. Every row
    /// carries `place`; rows come in no order, and one may come twice.
    ///
    /// Rows are appended and never changed, so each of them is true whatever writers do: the look is not remembered, and
    /// a row that is appended meanwhile may or may not be among them.
    package func forEachRow(_ path: String, _ body: (JSONObject) throws -> Void) throws {
        guard StorePath.isRowFile(path) else { throw StorePath.refusal(path, neededFor: "a row file (….jsonl)") }
        if let file = try ledger.folder.open(path, O_RDONLY) {
            defer { file.close() }
            var lines = LineReader(file, at: 0)
            while let line = try lines.next() {
                if let row = RowFile.row(line.bytes) { try body(row.object) }
            }
        } else {
            try requireFolder(of: path)
        }
        try catchUp()
        for place in addedRows[path] ?? [] {
            for row in try RowFile.rows(of: entry(at: place), at: place, for: path) { try body(row.object) }
        }
    }

    /// How many documents there are whose path begins like that, without their names in memory. The look is not
    /// remembered: a document that comes or goes meanwhile may or may not be counted.
    package func count(under prefix: String) throws -> Int {
        var count = 0
        try eachPath(under: prefix, StorePath.isDocument) { _ in count += 1 }
        try requireFixedFolders(around: prefix)
        try catchUp()
        for (path, last) in changed where path.hasPrefix(prefix) {
            let isListed = try ledger.folder.status(of: path) != nil
            if isListed == last.isGone { count += last.isGone ? -1 : 1 }
        }
        return count
    }

    /// The contents of `keys/<name>`, `nil` when there is no such file. Keys are no part of the ledger.
    package func key(_ name: String) throws -> [UInt8]? {
        guard StorePath.isSafeName(name) else { throw StorePath.refusal(name, neededFor: "a key file") }
        if let bytes = try ledger.folder.read("keys/" + name) { return bytes }
        // A key goes after the line that lets go of it: whoever misses it may have looked at what was before.
        try catchUp()
        return nil
    }

    /// Whether others than the owner may read or write that key's file.
    package func keyIsExposed(_ name: String) -> Bool {
        guard StorePath.isSafeName(name), let status = try? ledger.folder.status(of: "keys/" + name) else {
            return false
        }
        return status.mode & 0o077 != 0
    }

    // MARK: Being judged

    /// What was looked at, and at which state.
    var looks: Looks {
        Looks(at: position.number, rebuilds: followed?.rebuilds ?? 0, paths: lookedAt, prefixes: lookedUnder)
    }

    /// Lets writers in again. Nothing may be looked at afterwards.
    func unlock() {
        lock?.close()
        lock = nil
    }

    /// Whether a line changes what was looked at.
    func isTouched(by entry: LedgerEntry) -> Bool {
        entry.isLast || entry.changes.contains { isLookedAt($0.path) }
    }

    private func isLookedAt(_ path: String) -> Bool {
        lookedAt.contains(path) || lookedUnder.contains(where: path.hasPrefix)
    }

    /// Whether what was seen is no one state after all. To be asked when the body has ended, however it ended.
    func mustStartAnew() throws -> Bool {
        if isStale { return true }
        // A rebuild writes this file before it touches a document.
        return try lock == nil && ledger.flushedIdentity() != flushedIdentity
    }

    /// Before any answer that rests on lines which nobody has flushed yet, they are.
    func flush() throws {
        guard position.number > base.position.number else { return }
        try ledger.flushLines(upTo: position, isLocked: lock != nil)
    }

    // MARK: Lines that came after

    /// To be called after a file was read: whatever it shows comes from a line that is in the ledger now.
    private func catchUp() throws {
        if lock == nil && followed == nil { try extend() }
        if isStale { throw StartAnew() }
    }

    private func extend() throws {
        var scan = try ledger.scan(from: position, known: base.known, take)
        position = scan.end
        if case .bad(let flaw) = scan.tail, tornAt != position.number {
            // A bad line may be half of a writer's work. Under the lock it is what it is.
            let ownLock = lock == nil ? try ledger.lockForReading() : nil
            defer { ownLock?.close() }
            if ownLock != nil {
                scan = try ledger.scan(from: position, known: base.known, take)
                position = scan.end
            }
            if case .bad = scan.tail {
                guard try ledger.mayBeCut(after: position) else {
                    throw ledger.damaged(segment: scan.lastSegment, "the line after entry \(position.number): \(flaw)")
                }
                tornAt = position.number
            }
        }
        if case .damage(let flaw) = scan.tail {
            throw ledger.damaged(segment: position.segment, "the line after entry \(position.number): \(flaw)")
        }
    }

    private func take(_ entry: LedgerEntry, _ place: LinePlace) {
        if isTouched(by: entry) && !(lookedAt.isEmpty && lookedUnder.isEmpty) { isStale = true }
        for change in entry.changes {
            switch change.kind {
            case .row:
                if addedRows[change.path]?.last?.number != place.number {
                    addedRows[change.path, default: []].append(place)
                }
            case .document: changed[change.path] = (place, false)
            case .gone: changed[change.path] = (place, true)
            }
        }
        isDeleted = isDeleted || entry.isLast
        lastEntryTime = entry.time
    }

    private func entry(at place: LinePlace) throws -> LedgerEntry {
        if let lastRead, lastRead.number == place.number { return lastRead }
        let entry = try ledger.entry(at: place)
        lastRead = entry
        return entry
    }

    /// What the last line that changes the document says of it: its body, or `nil` when it is gone.
    private func changedBody(_ path: String) throws -> JSONValue? {
        guard let last = changed[path], !last.isGone else { return nil }
        let change = try entry(at: last.place).changes.last { change in
            if case .document = change.kind { return change.path == path }
            return false
        }
        guard case .document(let body)? = change?.kind else { return nil }
        return body
    }

    // MARK: Folders

    private func list(
        _ path: String,
        prefix: String,
        _ isWanted: (String) -> Bool,
        _ body: (String) throws -> Void
    ) throws {
        let folder: Folder
        if path.isEmpty {
            folder = ledger.folder
        } else {
            guard let below = try ledger.folder.folder(String(path.dropLast())) else { return }
            folder = below
        }
        for listed in try folder.contents() {
            let name = listed.name
            let entry = path + name
            if path.isEmpty && StorePath.reserved.contains(name) { continue }
            guard entry.hasPrefix(prefix) || prefix.hasPrefix(entry) else { continue }
            if isWanted(entry), try folder.isFolder(listed) == false {
                if entry.hasPrefix(prefix) { try body(entry) }
            } else if try folder.isFolder(listed) == true {
                try list(entry + "/", prefix: prefix, isWanted, body)
            }
        }
    }

    /// There is no file: is it that there is no document, or that its folder is gone and all that was in it?
    private func requireFolder(of path: String) throws {
        let folder = StorePath.split(path).folder
        if folder.isEmpty { return }
        if let status = try ledger.folder.status(of: String(folder.dropLast())), status.isFolder { return }
        try requireFixedFolders(around: folder)
    }

    /// None of the folders that are made with the ledger, and lie on the way to that prefix or below it, may be gone.
    private func requireFixedFolders(around prefix: String) throws {
        guard let missing = try ledger.missingFixedFolder(around: prefix) else { return }
        missingFolder = missing
        isStale = true
        throw StartAnew()
    }
}

/// A document that another hand may have changed, beside what the ledger says of it.
package struct EditedDocument: Sendable {
    /// What the file holds, its digest left aside.
    package let body: JSONObject
    /// The last body in the ledger; `nil` when the ledger does not have the document.
    package let recorded: JSONObject?
    /// Whether the file is as this program writes that body, byte for byte.
    package let isAsRecorded: Bool
}

extension Snapshot {
    /// A document's file as it is, whatever its digest, and what the ledger says, which is verified from its first
    /// entry. The look is remembered. `nil` when there is no file.
    ///
    /// Throws `StoreError.conflict` when the file does not show what the ledger says now and so is not asked: a change
    /// to it was made to an earlier state.
    package func editedDocument(_ path: String) throws -> EditedDocument? {
        guard StorePath.isDocument(path) else { throw StorePath.refusal(path, neededFor: "a document (….json)") }
        let file = ledger.folder.absolute(path)
        let bytes = try lookAtFile(path)
        guard !isBehind(path) else {
            throw StoreError(
                kind: .conflict,
                message:
                    "\(file) may be older than what the ledger says of it, entry \(position.number) being the last: "
                    + "an edit of it cannot be told from an earlier state",
                hint:
                    "Make a copy of the edit, run 'adr store check --repair', which brings the documents up, and edit the "
                    + "file again.",
                path: file
            )
        }
        guard let bytes else { return nil }
        var recorded: JSONObject?
        _ = try ledger.scan(from: .start) { entry, place in
            guard place.number <= position.number else { return }
            for change in entry.changes where change.path == path {
                if case .document(.object(let body)) = change.kind { recorded = body } else { recorded = nil }
            }
        }
        return EditedDocument(
            body: try DocumentForm.decodeEdited(bytes, path: file),
            recorded: recorded,
            isAsRecorded: recorded.map { DocumentForm.encode($0) == bytes } ?? false
        )
    }
}
