import Glibc
import JSON
import OpenSSL

/// A backup that is read. It may be read more than once; each time everything in it is verified.
package final class BackupFile {
    package let path: String
    package let header: BackupHeader
    private let file: OpenFile

    /// One thing in a backup, in the order in which they stand there.
    package enum Item {
        /// The next lines are of this segment of that ledger, by its place in the header.
        case segment(ledger: Int, number: Int64)
        /// A line of a ledger, its newline included, and what it says.
        case line(ledger: Int, bytes: [UInt8], entry: LedgerEntry)
        /// Files of keys, sealed.
        case keys(JSONValue)
    }

    /// Opens a file and reads its first line. Throws `StoreError.damaged` for what is no backup.
    package init(path: String, environment: StoreEnvironment) throws(StoreError) {
        let access = FileAccess(operations: environment.files)
        do throws(FileError) {
            let descriptor = try access.open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK)
            file = OpenFile(path, in: nil, descriptor: descriptor, access: access)
        } catch {
            let error = StoreError(error, doing: "open", path: path)
            throw StoreError(kind: error.kind, message: error.message, hint: Self.hint, path: path)
        }
        self.path = path
        guard try file.status().mode & UInt32(S_IFMT) == UInt32(S_IFREG) else {
            throw Self.damaged(path, "it is no file, and a backup is read twice", "is no backup")
        }
        var lines = BoundedLines(file)
        guard try file.read(at: 0, count: BackupFormat.opening.utf8.count).elementsEqual(BackupFormat.opening.utf8),
            let first = try lines.next(), let json = try? JSONValue(parsing: first.dropLast().map { $0 })["adrBackup"]
        else { throw Self.damaged(path, "its first line does not begin with \(BackupFormat.opening)", "is no backup") }
        if let version = json["formatVersion"]?.integerValue, version > BackupFormat.version {
            throw StoreError(
                kind: .newerSchema,
                message:
                    "the backup \(path) has the format \(version), this program reads up to \(BackupFormat.version)",
                hint: "use the version of adr that wrote it, or a later one",
                path: path
            )
        }
        guard let createdAt = json["createdAt"]?.stringValue.flatMap(Timestamp.seconds),
            let createdBy = json["createdBy"]?.stringValue, let includesKeys = json["includesKeys"]?.boolValue,
            let listed = json["ledgers"]?.arrayValue, !listed.isEmpty
        else { throw Self.damaged(path, "line 1: a member is missing or of another kind") }
        let ledgers = listed.compactMap { BackupLedger($0) }
        guard ledgers.count == listed.count, Set(ledgers.map(\.path)).count == ledgers.count else {
            throw Self.damaged(path, "line 1: one of its ledgers is none, or stands there twice")
        }
        if let index = json["index"] { _ = try DocumentForm.body(index, path: path) }
        header = BackupHeader(
            createdAt: createdAt,
            createdBy: createdBy,
            includesKeys: includesKeys,
            index: json["index"],
            ledgers: ledgers
        )
    }

    private static let hint = "name another backup, as 'adr store backup --out FILE' wrote it; nothing was changed"

    fileprivate static func damaged(_ path: String, _ what: String, _ verdict: String = "is damaged") -> StoreError {
        StoreError(
            kind: .damaged,
            message: "\(path) \(verdict): \(what)",
            hint: Self.hint,
            path: path
        )
    }

    /// Calls the body with everything that is in the backup. Only when this has returned was all of it as it was written:
    /// each ledger whole and as long as the header says, every byte as the last line says.
    ///
    /// Throws `StoreError.damaged` naming the line, and the body's errors unchanged.
    package func forEachItem(_ body: (Item) throws -> Void) throws {
        var lines = BoundedLines(file)
        let digest = RunningDigest(.sha256)
        var walk = BackupWalk(header)
        var number: Int64 = 0
        var end: JSONValue?
        while let line = try lines.next() {
            if end != nil { throw Self.damaged(path, "something stands behind its last line") }
            number += 1
            do throws(BackupWalk.Flaw) {
                if number == 1 {
                    digest.add(line)
                } else if line.starts(with: BackupFormat.ledgerLine) {
                    let (ledger, entry) = try walk.line(line)
                    digest.add(line)
                    do { try body(.line(ledger: ledger, bytes: line, entry: entry)) } catch { throw .other(error) }
                } else {
                    guard let json = try? JSONValue(parsing: Array(line.dropLast())) else {
                        throw .bad("it is not JSON")
                    }
                    if let found = json["end"] {
                        end = found
                        continue
                    }
                    digest.add(line)
                    let item = try walk.item(json)
                    do { try body(item) } catch { throw .other(error) }
                }
            } catch {
                switch error {
                case .bad(let flaw): throw Self.damaged(path, "line \(number): \(flaw)")
                case .newer(let version): throw DocumentForm.newer(path, version)
                case .other(let error): throw error
                }
            }
        }
        guard let end, lines.unfinished == 0 else {
            throw Self.damaged(path, "it is cut off after line \(number): its last line, \"end\", is missing")
        }
        let sum = DocumentForm.hex(digest.finish())
        guard end["lines"]?.integerValue == number - 1, end["sha256"]?.stringValue == sum else {
            throw Self.damaged(
                path,
                "its last line tells of \(end["lines"]?.integerValue ?? 0) lines with the SHA-256 "
                    + "\(end["sha256"]?.stringValue ?? "of none"), there are \(number - 1) with \(sum)"
            )
        }
        if let missing = walk.missing {
            throw Self.damaged(
                path,
                "the ledger of \(missing.path) does not end with entry \(missing.number), \(missing.hash)"
            )
        }
    }
}

/// Follows the ledgers of a backup line by line.
private struct BackupWalk {
    enum Flaw: Error {
        case bad(String)
        case newer(Int64)
        case other(any Error)
    }

    private let header: BackupHeader
    private var ledger = -1
    private var segment: Int64 = 0
    private var number: Int64 = 0
    private var hash = LedgerPosition.start.hash
    private var ended = 0

    init(_ header: BackupHeader) { self.header = header }

    /// The first ledger that is not whole.
    var missing: BackupLedger? {
        header.ledgers.indices.first { $0 > ledger || $0 == ledger && !isWhole }.map { header.ledgers[$0] }
    }

    private var isWhole: Bool {
        ledger < 0 || number == header.ledgers[ledger].number && hash == header.ledgers[ledger].hash
    }

    mutating func item(_ json: JSONValue) throws(Flaw) -> BackupFile.Item {
        if let keys = json["keys"] {
            guard header.includesKeys else { throw .bad("it holds keys, and the first line says that there are none") }
            return .keys(keys)
        }
        guard let path = json["segment"]?["ledger"]?.stringValue, let wanted = json["segment"]?["number"]?.integerValue
        else { throw .bad("it is nothing that a backup is made of") }
        if ledger < 0 || path != header.ledgers[ledger].path {
            guard isWhole, ledger + 1 < header.ledgers.count, path == header.ledgers[ledger + 1].path else {
                throw .bad("it begins the ledger of \(path), whose turn it is not")
            }
            ledger += 1
            segment = 0
            number = 0
            hash = LedgerPosition.start.hash
        }
        guard wanted == segment + 1 else {
            throw .bad("it begins segment \(wanted), segment \(segment + 1) was needed")
        }
        segment = wanted
        return .segment(ledger: ledger, number: segment)
    }

    mutating func line(_ bytes: [UInt8]) throws(Flaw) -> (ledger: Int, entry: LedgerEntry) {
        guard segment > 0 else { throw .bad("it is an entry of no ledger") }
        let entry: LedgerEntry
        do throws(LedgerLine.Flaw) {
            entry = try LedgerLine.decode(Array(bytes.dropLast()))
        } catch {
            switch error {
            case .bad(let flaw): throw .bad(flaw)
            case .newer(let version): throw .newer(version)
            }
        }
        guard entry.number == number + 1, entry.previous == hash, !entry.isLast else {
            throw .bad("it is entry \(entry.number) and does not follow entry \(number)")
        }
        number = entry.number
        hash = entry.hash
        return (ledger, entry)
    }
}

/// Lines of a file nobody vouches for: none is longer than a line of a backup gets.
private struct BoundedLines {
    private let file: OpenFile
    private var offset: Int64 = 0
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var isAtEnd = false

    init(_ file: OpenFile) { self.file = file }

    /// Bytes behind the last newline, once there is no further line.
    var unfinished: Int { buffer.count - consumed }

    /// The next line with its newline.
    mutating func next() throws(StoreError) -> [UInt8]? {
        var searched = consumed
        while true {
            if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { consumed = newline + 1 }
                return Array(buffer[consumed...newline])
            }
            if isAtEnd { return nil }
            buffer.removeFirst(consumed)
            consumed = 0
            searched = buffer.count
            guard buffer.count < BackupFormat.longestLine else {
                throw BackupFile.damaged(file.path, "it has a line of more than \(BackupFormat.longestLine >> 20) MiB")
            }
            let more = try file.read(at: offset, count: 1 << 20)
            offset += Int64(more.count)
            buffer += more
            isAtEnd = more.isEmpty
        }
    }
}
