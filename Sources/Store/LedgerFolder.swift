import Glibc
import JSON

/// One ledger's folder, opened for one attempt: everything of the attempt goes through this descriptor.
final class LedgerFolder {
    /// Absolute.
    let path: String
    let folder: Folder
    let status: FileStatus
    let environment: StoreEnvironment
    private let forWriting: Bool
    private var temporary: String?
    private var fixed: [String]?
    /// The line at the end that was read last: the judge and then the writer ask for it.
    private var lastLine: (bytes: [UInt8], entry: LedgerEntry)?
    /// Why the last segment could be opened for reading only, if it was wanted for writing.
    private(set) var writeRefusal: StoreError?
    /// The segments in use stay open from judging to answering, so that the kernel reports a failed write-back to us.
    private var segments: [(number: Int64, file: OpenFile)] = []

    /// `nil` when there is no folder at the path.
    init?(at path: String, _ environment: StoreEnvironment, forWriting: Bool) throws(StoreError) {
        guard let folder = try Folder.open(at: path, FileAccess(operations: environment.files)) else { return nil }
        self.path = path
        self.folder = folder
        self.environment = environment
        self.forWriting = forWriting
        status = try folder.file.status()
    }

    /// What the temporary files of this attempt end in.
    func temporaryName() throws(StoreError) -> String {
        if let temporary { return temporary }
        let name = try environment.randomName()
        temporary = name
        return name
    }

    static func segmentName(_ number: Int64) -> String {
        let digits = String(number)
        return "ledger/" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".jsonl"
    }

    /// The segment's file, `nil` when there is no such segment (yet).
    func segment(_ number: Int64) throws(StoreError) -> OpenFile? {
        if let known = segments.first(where: { $0.number == number }) { return known.file }
        guard let file = try openSegment(number) else { return nil }
        keep(file, as: number)
        return file
    }

    private func keep(_ file: OpenFile, as number: Int64) {
        // A scan walks upwards; two are enough to go back to the one before.
        segments.removeAll { $0.number < number - 1 || $0.number > number }
        segments.append((number, file))
    }

    private func openSegment(_ number: Int64) throws(StoreError) -> OpenFile? {
        let name = Self.segmentName(number)
        guard forWriting && writeRefusal == nil else { return try folder.open(name, O_RDONLY) }
        do throws(StoreError) {
            return try folder.open(name, O_RDWR)
        } catch {
            // What only looks at a store that cannot be written still gets its answer.
            guard error.kind == .readOnly || error.kind == .permission else { throw error }
            writeRefusal = error
            return try folder.open(name, O_RDONLY)
        }
    }

    /// Makes a segment that must not be there yet, and flushes its name.
    func makeSegment(_ number: Int64) throws(StoreError) -> OpenFile {
        let file = try folder.openPresent(Self.segmentName(number), O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        try folder.flushFolder("ledger")
        keep(file, as: number)
        return file
    }

    /// Whether there is any segment at all.
    func hasSegments() throws(StoreError) -> Bool {
        guard let ledger = try folder.folder("ledger") else { return false }
        return try ledger.names().contains { $0.hasSuffix(".jsonl") && $0.utf8.count == 14 }
    }

    /// From where the documents have to be completed with lines, and what else is known of the ledger.
    struct Base {
        let position: LedgerPosition
        /// Whether `views.json` is of this boot and folder.
        let isOfThisBoot: Bool
        /// Whether there is a `flushed.json`; without it nothing is ever cut.
        let hasFlushedRecord: Bool
        /// Points the ledger must contain.
        let known: [LedgerPosition]
    }

    func base() throws(StoreError) -> Base {
        let views = try ViewsRecord(in: folder)
        if let views, views.isOf(bootID: environment.bootID(), folder: status) {
            return Base(position: views.applied, isOfThisBoot: true, hasFlushedRecord: true, known: [])
        }
        let flushed = FlushedRecord(try folder.read(FlushedRecord.name))
        return Base(
            position: flushed?.mark ?? .start,
            isOfThisBoot: false,
            hasFlushedRecord: flushed != nil,
            known: [flushed?.sure, views?.applied].compactMap { $0 }
        )
    }

    /// What changes whenever `flushed.json` is written, above all before a rebuild touches the documents.
    func flushedIdentity() throws(StoreError) -> FlushedIdentity {
        guard let status = try folder.status(of: FlushedRecord.name) else {
            return FlushedIdentity(inode: 0, modified: 0)
        }
        return FlushedIdentity(inode: status.inode, modified: status.modified)
    }

    struct FlushedIdentity: Equatable {
        let inode: UInt64
        let modified: Int64
    }

    /// A line whose bytes may have been read and verified before.
    func decodeLast(_ bytes: [UInt8]) throws(LedgerLine.Flaw) -> LedgerEntry {
        if let lastLine, lastLine.bytes == bytes { return lastLine.entry }
        let entry = try LedgerLine.decode(bytes)
        lastLine = (bytes, entry)
        return entry
    }

    /// The folders that are made with the ledger and never by applying it. They stand in its first line, so that they
    /// come back with a backup of the ledger alone.
    func fixedFolders() throws(StoreError) -> [String] {
        if let fixed { return fixed }
        guard let file = try openSegment(1), let line = try LineReader.line(in: file, at: 0),
            let named = LedgerLine.fixedFolders(of: line)
        else { return [] }
        let folders = named.sorted(by: String.byteOrder)
        fixed = folders
        return folders
    }

    /// The first fixed folder that is not there, of those on the way to a prefix and below it.
    func missingFixedFolder(around prefix: String) throws(StoreError) -> String? {
        for fixed in try fixedFolders() {
            let inside = fixed + "/"
            guard prefix.hasPrefix(inside) || inside.hasPrefix(prefix) else { continue }
            if try folder.status(of: fixed) == nil { return fixed }
        }
        return nil
    }
}

extension StoreEnvironment {
    /// 16 random hex digits.
    func randomName() throws(StoreError) -> String {
        do {
            return DocumentForm.hex(try randomBytes(8))
        } catch {
            throw StoreError(kind: .io, message: "no random octets for the name of a temporary file: \(error)")
        }
    }
}
