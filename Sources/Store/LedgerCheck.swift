import Glibc
import JSON

/// A look at one ledger's folder: whether the ledger holds together from its first entry, and whether every file beside
/// it is what the ledger says.
///
/// Takes no lock unless writers and rebuilds come between again and again: what they change meanwhile is left out of
/// judgement, as it is in the ledger by then. Holds 32 octets for each document and row, and no document.
package final class LedgerCheck {
    package enum Life: Sendable {
        case live
        case ended
        /// It has no first line.
        case unbegun
        /// What the ledger says cannot be told.
        case damaged
    }

    /// Absolute path of the folder.
    package let path: String
    package private(set) var life = Life.unbegun

    let ledger: LedgerFolder
    /// Whether it lies among what deleted ledgers left.
    let isRemains: Bool
    private(set) var findings: [StoreFinding] = []

    private var base = LedgerFolder.Base(position: .start, isOfThisBoot: false, hasFlushedRecord: false, known: [])
    private var states = LedgerStates(base: 0, keys: [])
    private var end = LedgerPosition.start
    /// Key files that were there before the ledger was read.
    private var keys: Set<String> = []
    /// Documents that lines after base name, and that are not the last that the ledger says of them.
    private var suspects: [String: Bool] = [:]
    /// What no row of a row file is, by file.
    private var fragments: [String: [[UInt8]]] = [:]
    /// Row files with lines too many or too few between the rows.
    private var untidy: [String] = []
    /// Whether files show less than the ledger.
    private var isBehind = false
    /// Whether there are documents or rows where the ledger has no first line.
    private var hasStrangeViews = false

    /// `nil` when there is no folder at the path.
    init?(at path: String, isRemains: Bool, _ environment: StoreEnvironment) throws(StoreError) {
        guard let ledger = try LedgerFolder(at: path, environment, forWriting: false) else { return nil }
        self.ledger = ledger
        self.path = path
        self.isRemains = isRemains
    }

    /// How often a look starts anew because of rebuilds, before they are kept out.
    private static let looks = 3

    /// Looks at everything, and calls `each` with every entry from the first on; after `reset` once more from the first.
    ///
    /// - Returns: what was found, by path.
    package func run(
        reset: () -> Void = {},
        each: (LedgerEntry) throws -> Void = { _ in }
    ) throws -> [StoreFinding] {
        for look in 1... {
            let identity = try ledger.flushedIdentity()
            let lock = look > Self.looks ? try ledger.lockForReading() : nil
            defer { lock?.close() }
            reset()
            try self.look(each)
            if try lock != nil || look > Self.looks || ledger.flushedIdentity() == identity { break }
        }
        return findings.inOrder()
    }

    private func look(_ each: (LedgerEntry) throws -> Void) throws {
        (findings, suspects, fragments, untidy) = ([], [:], [:], [])
        (isBehind, hasStrangeViews) = (false, false)
        try readPositions()
        keys = try Set(ledger.folder.folder(KeyFolder.name)?.names() ?? [])
        states = LedgerStates(base: base.position.number, keys: keys)
        try readLedger(each)
        try walk(ledger.folder, "")
        if hasStrangeViews {
            life = .damaged
            find(.ledgerDamaged, "ledger", "there is no ledger here, and there are documents that came from one")
        }
        guard life != .damaged else { return }
        try compare()
        try leaveOutWhatMoved(each)
        judgeKeys()
        judgeViews()
    }

    private func find(_ kind: StoreFinding.Kind, _ name: String, _ message: String, isRepairable: Bool = false) {
        let path = name.isEmpty ? self.path : ledger.folder.absolute(name)
        findings.append(StoreFinding(kind, path, message, isRepairable: isRepairable))
    }

    // MARK: The ledger

    private func readPositions() throws(StoreError) {
        let views = try ViewsRecord(in: ledger.folder)
        let flushed = FlushedRecord(try ledger.folder.read(FlushedRecord.name))
        let base = try ledger.base()
        self.base = LedgerFolder.Base(
            position: base.position,
            isOfThisBoot: base.isOfThisBoot,
            hasFlushedRecord: flushed != nil,
            known: [flushed?.mark, flushed?.sure, views?.applied].compactMap { $0 }
        )
    }

    private func readLedger(_ each: (LedgerEntry) throws -> Void) throws {
        do {
            var scan = try ledger.scan(from: .start, known: base.known) { entry, place in
                states.take(entry, place)
                try each(entry)
            }
            end = scan.end
            switch scan.tail {
            case .clean: break
            case .unfinished, .bad, .damage:
                // It may be half of a writer's work. Under the lock it is what it is.
                let lock = try ledger.lockForReading()
                defer { lock?.close() }
                scan = try ledger.scan(from: end, known: base.known) { entry, place in
                    states.take(entry, place)
                    try each(entry)
                }
                end = scan.end
                try judgeTail(scan)
            }
            life = end.number == 0 ? .unbegun : states.isEnded ? .ended : .live
        } catch let error as StoreError where error.kind == .damaged || error.kind == .newerSchema {
            life = .damaged
            let kind: StoreFinding.Kind = error.kind == .damaged ? .ledgerDamaged : .newer
            findings.append(StoreFinding(kind, error.path ?? path, withoutPath(error)))
        }
        if end.number > 0, !base.hasFlushedRecord {
            find(
                .flushedMissing,
                FlushedRecord.name,
                "it is not there, or is not what this program writes",
                isRepairable: life == .live
            )
        }
        if end.number > 0 { try judgeSegments() }
    }

    private func judgeTail(_ scan: LedgerScan) throws {
        let segment = LedgerFolder.segmentName(scan.lastSegment)
        switch scan.tail {
        case .clean: break
        case .unfinished:
            find(
                .ledgerTail,
                segment,
                "the line after entry \(scan.end.number) has no end: no line, for anybody",
                isRepairable: base.hasFlushedRecord && !isRemains
            )
        case .bad(let flaw):
            guard try ledger.mayBeCut(after: scan.end), base.known.allSatisfy({ $0.number <= scan.end.number }) else {
                throw ledger.damaged(segment: scan.lastSegment, lineAfter: scan.end, flaw)
            }
            find(
                .ledgerTail,
                segment,
                "what follows entry \(scan.end.number) is what a power cut left of lines that nobody was told of: \(flaw)",
                isRepairable: !isRemains
            )
        case .damage(let flaw):
            throw ledger.damaged(segment: scan.end.segment, lineAfter: scan.end, flaw)
        }
    }

    /// The segments are those that were read, without a gap.
    private func judgeSegments() throws {
        guard let folder = try ledger.folder.folder("ledger") else { return }
        for entry in try folder.allContents() {
            let path = "ledger/" + entry.name
            if entry.name.hasPrefix("cut-after-"), entry.name.hasSuffix(".txt") {
                find(
                    .ledgerLinesKept,
                    path,
                    "lines that a power cut left unreadable, kept for whoever wants to see them"
                )
            } else if let number = Self.segmentNumber(entry.name) {
                // The one after the last may be a writer's, who has not put a line into it yet.
                guard number > end.segment + 1, try ledger.segment(number - 1) == nil else { continue }
                find(.ledgerDamaged, path, "the segment before it is not there")
            } else if !StorePath.isTemporary(entry.name) {
                find(.strayFile, path, "it is no segment of a ledger")
            }
        }
    }

    private static func segmentNumber(_ name: String) -> Int64? {
        guard name.hasSuffix(".jsonl"), let number = Int64(name.dropLast(6)), number > 0,
            LedgerFolder.segmentName(number) == "ledger/" + name
        else { return nil }
        return number
    }

    private func withoutPath(_ error: StoreError) -> String {
        for start in [error.path.map { $0 + " is damaged: " }, error.path.map { $0 + " " }].compactMap({ $0 })
        where error.message.hasPrefix(start) {
            return String(error.message.dropFirst(start.count))
        }
        return error.message
    }

    // MARK: The files

    /// - Parameter place: of the folder in the ledger's, with its final slash; empty for that itself.
    private func walk(_ folder: Folder, _ place: String) throws {
        for entry in try folder.allContents().sorted(by: { String.byteOrder($0.name, $1.name) }) {
            let name = place + entry.name
            guard let status = try folder.status(of: entry.name) else {
                // Gone meanwhile, or a link that leads nowhere.
                if entry.isFolder == nil { find(.strayFile, name, "it is no file") }
                continue
            }
            judgePermissions(status, name)
            if status.isFolder {
                try walkFolder(folder, entry.name, name)
            } else if status.mode & UInt32(S_IFMT) != UInt32(S_IFREG) {
                find(.strayFile, name, "it is neither a file nor a folder")
            } else if StorePath.isTemporary(entry.name) {
                find(.temporaryFile, name, "a file on its way to another name, which a crash left", isRepairable: true)
            } else if place.isEmpty && StorePath.reserved.contains(entry.name) {
                if ["keys", "ledger"].contains(entry.name) { find(.strayFile, name, "a folder was needed") }
            } else if place.hasPrefix("keys/"), entry.name.hasPrefix(".") {
                find(.strayFile, name, "this program makes no such file")
            } else if !place.hasPrefix("ledger/") && !place.hasPrefix("keys/") {
                try judgeFile(name)
            }
        }
    }

    private func walkFolder(_ parent: Folder, _ last: String, _ name: String) throws {
        let top = name.prefix { $0 != "/" }
        if ["views.json", "flushed.json", "lock"].contains(name) || last.hasPrefix(".")
            || (["keys", "ledger"].contains(top) && name != top)
        {
            return find(.strayFile, name, "there is no such folder here")
        }
        if life == .live || life == .ended, top != "keys", top != "ledger", try !isKnown(folder: name) {
            find(.strayFile, name, "no document was ever in such a folder")
        }
        guard let folder = try parent.folder(last) else { return }
        defer { folder.file.close() }
        try walk(folder, name + "/")
    }

    private func isKnown(folder: String) throws -> Bool {
        try states.folders.contains(folder)
            || ledger.fixedFolders().contains { $0 == folder || $0.hasPrefix(folder + "/") }
    }

    private func judgePermissions(_ status: FileStatus, _ name: String) {
        if let message = status.permissionFlaw(absolute: ledger.folder.absolute(name)) {
            find(.permissions, name, message)
        }
    }

    private func judgeFile(_ name: String) throws {
        do throws(StoreError) {
            if StorePath.isDocument(name) {
                try judgeDocument(name)
            } else if StorePath.isRowFile(name) {
                try judgeRows(name)
            } else {
                find(.strayFile, name, "this program makes no such file")
            }
        } catch {
            find(.unreadable, name, withoutPath(error))
        }
    }

    private func judgeDocument(_ name: String) throws(StoreError) {
        if life == .unbegun { hasStrangeViews = true }
        guard life == .live || life == .ended, let bytes = try ledger.folder.read(name) else { return }
        guard let known = states.see(document: name) else {
            return find(.documentUnknown, name, "the ledger knows no such document", isRepairable: true)
        }
        if known.content == Fingerprint(bytes) { return }
        if known.isBehind {
            suspects[name] = false
        } else {
            find(.documentAltered, name, Self.flaw(of: bytes), isRepairable: true)
        }
    }

    private static func flaw(of bytes: [UInt8]) -> String {
        do throws(StoreError) {
            _ = try DocumentForm.decode(bytes, path: "it")
            return "it is not what the ledger says"
        } catch {
            return error.message
        }
    }

    private func judgeRows(_ name: String) throws(StoreError) {
        if life == .unbegun { hasStrangeViews = true }
        guard life == .live || life == .ended, let file = try ledger.folder.open(name, O_RDONLY) else { return }
        defer { file.close() }
        guard states.rowFiles.contains(Fingerprint(path: name)) else {
            return find(.documentUnknown, name, "the ledger knows no such rows", isRepairable: true)
        }
        var reader = LineReader(file, at: 0)
        // A row is written with a newline before it and one behind it.
        var isBetween = true
        var isTidy = true
        while let (line, _) = try reader.next() {
            if line.isEmpty == isBetween {
                isBetween.toggle()
            } else {
                isTidy = false
                isBetween = !line.isEmpty
            }
            if !line.isEmpty, !states.see(row: line, in: name) { fragments[name, default: []].append(line) }
        }
        if reader.unfinished > 0 {
            fragments[name, default: []].append(try file.read(at: reader.offset, count: reader.unfinished))
        }
        if fragments[name] == nil, !isTidy || !isBetween { untidy.append(name) }
    }

    // MARK: Comparing

    private func compare() throws {
        for folder in try ledger.fixedFolders() where try ledger.folder.status(of: folder) == nil {
            find(
                .folderMissing,
                folder,
                "the folder is gone with all that was in it",
                isRepairable: true
            )
        }
        let missing = states.documents.filter { $0.value.content != nil && !$0.value.isSeen }
        let missingRows = states.rows.filter { !$0.value.isSeen }
        isBehind = missing.contains { $0.value.isBehind } || missingRows.contains { $0.value.isBehind }
        let lost = Set(missing.filter { !$0.value.isBehind }.keys)
        let lostRows = Set(missingRows.filter { !$0.value.isBehind }.keys)
        if lost.isEmpty && lostRows.isEmpty && suspects.isEmpty && fragments.isEmpty {
            for name in untidy { findTorn(name) }
            return
        }
        try lookAgain(lost, lostRows)
    }

    /// Reads the ledger a second time, for the names of what is missing, and whether what is otherwise than it should be
    /// is what a power cut leaves: the file as it was at some point after base, the beginning of it, or nothing.
    private func lookAgain(_ lost: Set<Fingerprint>, _ lostRows: Set<Fingerprint>) throws {
        var lostNames: Set<String> = []
        var lostRowCounts: [String: Int] = [:]
        var torn: Set<String> = []
        _ = try ledger.scan(from: .start) { entry, place in
            guard place.number <= end.number else { return }
            for change in entry.changes where !entry.isLast {
                switch change.kind {
                case .document(let body):
                    if lost.contains(Fingerprint(path: change.path)) { lostNames.insert(change.path) }
                    guard let isTrace = suspects[change.path], let body = body.objectValue else { continue }
                    let isLikeThis = try isTraceOf(DocumentForm.encode(body), change.path)
                    suspects[change.path] = isLikeThis || isTrace && place.number > base.position.number
                case .gone:
                    if suspects[change.path] != nil, place.number <= base.position.number {
                        suspects[change.path] = false
                    }
                case .row(let row):
                    let bytes = RowFile.bytes(row, at: place)
                    if lostRows.contains(Fingerprint(row: bytes, in: change.path)) {
                        lostRowCounts[change.path, default: 0] += 1
                    }
                    guard let pieces = fragments[change.path] else { continue }
                    let rest = pieces.filter { !Self.isPiece($0, of: bytes) }
                    if rest.count < pieces.count { torn.insert(change.path) }
                    fragments[change.path] = rest
                }
            }
        }
        let gone = findings.filter { $0.kind == .folderMissing }.map { $0.path + "/" }
        for name in lostNames where !gone.contains(where: ledger.folder.absolute(name).hasPrefix) {
            find(.documentMissing, name, "the ledger has the document, and the file is not there", isRepairable: true)
        }
        for (name, count) in lostRowCounts where !gone.contains(where: ledger.folder.absolute(name).hasPrefix) {
            find(.rowMissing, name, "\(count) of the rows that the ledger has for it are missing", isRepairable: true)
        }
        for (name, isTrace) in suspects {
            if isTrace {
                isBehind = true
            } else {
                let flaw = Self.flaw(of: try ledger.folder.read(name) ?? [])
                find(.documentAltered, name, flaw, isRepairable: true)
            }
        }
        for (name, pieces) in fragments where !pieces.isEmpty {
            find(.rowAltered, name, "\(pieces.count) of its rows are not the ledger's", isRepairable: true)
        }
        for name in torn.union(untidy) where fragments[name]?.isEmpty != false { findTorn(name) }
    }

    private func findTorn(_ name: String) {
        find(.rowTorn, name, "besides whole rows it has what a crash left of some", isRepairable: true)
    }

    private func isTraceOf(_ content: [UInt8], _ name: String) throws(StoreError) -> Bool {
        guard let bytes = try ledger.folder.read(name) else { return true }
        return content.starts(with: Self.withoutNulls(bytes[...]))
    }

    /// Blocks that never reached the disk read as zeros.
    private static func withoutNulls(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes[..<((bytes.lastIndex { $0 != 0 } ?? bytes.startIndex - 1) + 1)]
    }

    private static func isPiece(_ piece: [UInt8], of row: [UInt8]) -> Bool {
        let middle = withoutNulls(piece.drop { $0 == 0 })
        return row.starts(with: middle) || row.suffix(middle.count).elementsEqual(middle)
    }

    // MARK: Writers meanwhile

    /// What lines that came meanwhile name was in motion while it was looked at.
    private func leaveOutWhatMoved(_ each: (LedgerEntry) throws -> Void) throws {
        var moved: Set<String> = []
        try follow { entry in
            for change in entry.changes { moved.insert(self.ledger.folder.absolute(change.path)) }
            try each(entry)
        }
        if !moved.isEmpty { findings.removeAll { moved.contains($0.path) } }
    }

    /// Reads on to where the ledger ends now.
    ///
    /// - Returns: whether anything came.
    @discardableResult
    package func follow(_ each: (LedgerEntry) throws -> Void) throws -> Bool {
        guard life != .damaged else { return false }
        let from = end
        end = try ledger.scan(from: from) { entry, place in
            states.take(entry, place)
            try each(entry)
        }.end
        return end.number > from.number
    }

    // MARK: Keys and positions

    /// The contents of `keys/<name>` now, `nil` when there is no such file.
    package func key(_ name: String) throws(StoreError) -> [UInt8]? {
        guard StorePath.isSafeName(name) else { throw StorePath.refusal(name, neededFor: "a key file") }
        return try ledger.folder.read(KeyFolder.name + "/" + name)
    }

    private func judgeKeys() {
        if life == .unbegun { return }
        let named = life == .ended ? [] : states.namedKeys
        for key in keys.subtracting(named) {
            let name = KeyFolder.name + "/" + key
            if isRemains {
                find(.keyOfDeleted, name, "a deleted namespace has no keys any more; remove it if nothing needs it")
            } else {
                find(
                    .keyUnnamed,
                    name,
                    "no document names the key: a crash left it, or a command is just making it count",
                    isRepairable: life == .live
                )
            }
        }
    }

    private func judgeViews() {
        guard life == .live || life == .ended else { return }
        let isApplied = base.isOfThisBoot && base.position.number < states.lastChange
        guard isApplied || isBehind else { return }
        find(
            .viewsBehind,
            ViewsRecord.name,
            "the documents are sure to reflect the ledger up to entry \(base.position.number) of \(end.number); "
                + "commands take the rest from the ledger",
            isRepairable: true
        )
    }
}

extension FileStatus {
    /// What is wrong with the permissions of a file or folder of a store; `nil` if nothing is.
    func permissionFlaw(absolute path: String) -> String? {
        let needed: UInt32 = isFolder ? 0o700 : 0o600
        let found = mode & 0o777
        if found == needed { return nil }
        let digits = String(found, radix: 8)
        return "its permissions are \(digits), \(String(needed, radix: 8)) was needed: "
            + "'chmod \(String(needed, radix: 8)) \(path)'"
    }
}
