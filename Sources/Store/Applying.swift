import Glibc
import JSON

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
        var window: [(entry: LedgerEntry, place: LinePlace)] = []
        var bytes = 0
        _ = try scan(from: base) { entry, place in
            // The line that ends a ledger is found by not being applied.
            guard place.number <= end.number && !entry.isLast else { return }
            window.append((entry, place))
            bytes += place.length
            if window.count >= Self.windowLines || bytes >= Self.windowBytes {
                try apply(window)
                window = []
                bytes = 0
            }
        }
        try apply(window)
    }

    private func apply(_ window: [(entry: LedgerEntry, place: LinePlace)]) throws {
        var last: [String: Int64] = [:]
        for (entry, place) in window {
            for change in entry.changes { last[change.path] = place.number }
        }
        for (entry, place) in window {
            try apply(entry.changes, at: place) { last[$0] == place.number }
        }
    }

    /// Applies the changes of one line; of the documents only those that are wanted.
    func apply(_ changes: [Change], at place: LinePlace, wanted: (String) -> Bool = { _ in true }) throws {
        for change in changes {
            switch change.kind {
            case .document(let body):
                guard wanted(change.path), case .object(let body) = body else { continue }
                let bytes = DocumentForm.encode(body)
                let random = try temporaryName()
                try inItsFolder(change.path) {
                    try folder.replace(change.path, with: bytes, .atomic, random: random)
                }
            case .gone:
                if wanted(change.path) { try folder.remove(change.path) }
            case .row(let row):
                let bytes = RowFile.encode(row, at: place)
                try inItsFolder(change.path) {
                    guard let file = try folder.open(change.path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600)
                    else { return false }
                    defer { file.close() }
                    try file.write(bytes)
                    return true
                }
            }
        }
    }

    /// Does it, and again once the folder that `path` belongs into has been made.
    private func inItsFolder(_ path: String, _ write: () throws -> Bool) throws {
        if try write() { return }
        let fixed = try fixedFolders()
        var way = ""
        for component in StorePath.split(path).folder.split(separator: "/") {
            way += (way.isEmpty ? "" : "/") + String(component)
            if try folder.status(of: way) != nil { continue }
            if fixed.contains(where: { $0 == way || $0.hasPrefix(way + "/") }) {
                throw MissingFixedFolder(name: way)
            }
            try folder.make(way)
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
