import Glibc
import JSON

/// What applying needs of a line.
struct AppliedLine {
    let changes: [Change]
    let place: LinePlace
    /// What the body or row of each change reads in the line, where that is at hand.
    var texts: [[UInt8]?] = []
}

extension LedgerFolder {
    /// A folder that is made with the ledger, and never by applying it, is gone: making it here would hide the loss of
    /// what was in it.
    struct MissingFixedFolder: Error {
        let name: String
    }

    /// How many lines, and bytes of lines, are held at a time while many are applied.
    private static let windowLines = 4096
    private static let windowBytes = 16 << 20

    /// Applies the lines between two positions in order. Under the lock; the lines are flushed.
    ///
    /// Of a document that several lines of one stretch change only the last state is written: nobody reads the others,
    /// since what a line after base names is taken from the line.
    func apply(after base: LedgerPosition, upTo end: LedgerPosition) throws {
        var window: [AppliedLine] = []
        var bytes = 0
        _ = try scan(from: base) { entry, place in
            // The line that ends a ledger is found by not being applied.
            guard place.number <= end.number && !entry.isLast else { return }
            window.append(AppliedLine(changes: entry.changes, place: place))
            bytes += place.length
            if window.count >= Self.windowLines || bytes >= Self.windowBytes {
                try apply(window)
                window = []
                bytes = 0
            }
        }
        try apply(window)
    }

    /// Applies lines that follow each other; the rows that go to one file go there in one write.
    ///
    /// Documents are made some at a time and then written: between two of them would lie the kernel, which leaves little
    /// of any code in the processor's caches.
    func apply(_ lines: [AppliedLine]) throws {
        var last: [String: Int64] = [:]
        if lines.count > 1 {
            for line in lines {
                for change in line.changes { last[change.path] = line.place.number }
            }
        }
        var rows: [(path: String, bytes: [UInt8])] = []
        var documents: [(path: String, bytes: [UInt8])] = []
        func writeDocuments() throws {
            for (path, bytes) in documents { try write(bytes, to: path) }
            documents.removeAll(keepingCapacity: true)
        }
        for line in lines {
            for (index, change) in line.changes.enumerated() {
                let text = index < line.texts.count ? line.texts[index] : nil
                let isWanted = lines.count == 1 || last[change.path] == line.place.number
                switch change.kind {
                case .document(let body):
                    if isWanted, case .object(let body) = body {
                        documents.append((change.path, DocumentForm.encode(body, printed: text)))
                    }
                case .gone:
                    try writeDocuments()
                    if isWanted { try folder.remove(change.path) }
                case .row(let row):
                    let bytes = RowFile.encode(row, printed: text, at: line.place)
                    if let known = rows.firstIndex(where: { $0.path == change.path }) {
                        rows[known].bytes += bytes
                    } else {
                        rows.append((change.path, bytes))
                    }
                }
            }
            if documents.count >= Self.documentsAtATime { try writeDocuments() }
        }
        try writeDocuments()
        for (path, bytes) in rows { try append(bytes, to: path) }
    }

    private static let documentsAtATime = 32

    private func write(_ bytes: [UInt8], to path: String) throws {
        let random = try temporaryName()
        try inItsFolder(path) {
            try folder.replace(path, with: bytes, .atomic, random: random)
        }
    }

    private func append(_ rows: [UInt8], to path: String) throws {
        try inItsFolder(path) {
            guard let file = try folder.open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600) else { return false }
            defer { file.close() }
            try file.write(rows)
            return true
        }
    }

    /// Does it, and again once the folder that `path` belongs into has been made.
    private func inItsFolder(_ path: String, _ write: () throws -> Bool) throws {
        if try write() { return }
        let fixed = try fixedFolders()
        var way = ""
        for component in StorePath.split(path).folder.split(separator: "/") {
            way += (way.isEmpty ? "" : "/") + String(component)
            let inside = way + "/"
            if fixed.contains(where: { $0 == way || $0.hasPrefix(inside) }) {
                if try folder.status(of: way) == nil { throw MissingFixedFolder(name: way) }
            } else {
                try folder.make(way)
            }
        }
        guard try write() else { throw folder.missing(path) }
    }

    /// Notes how far the documents reflect the ledger now.
    func writeViewsRecord(applied: LedgerPosition) throws(StoreError) {
        let record = ViewsRecord(applied: applied, bootID: environment.bootID(), folder: status)
        guard try folder.replace(ViewsRecord.name, with: record.bytes, .atomic, random: try temporaryName()) else {
            throw folder.missing(ViewsRecord.name)
        }
    }

    func writeFlushedRecord(_ record: FlushedRecord) throws(StoreError) {
        guard try folder.replace(FlushedRecord.name, with: record.bytes, .flushed, random: try temporaryName()) else {
            throw folder.missing(FlushedRecord.name)
        }
    }
}
