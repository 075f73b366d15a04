import Glibc

extension LedgerFolder {
    /// Makes all documents anew from the ledger. Under the lock.
    ///
    /// The ledger is read and verified first: if it is damaged nothing is touched. Then the mark goes back to the
    /// beginning, flushed, before any document is: a power cut on the way leaves a store that is read from the ledger
    /// alone. What the ledger does not know is removed with the documents; other files are left.
    ///
    /// - Parameter mayHaveEnded: whether a ledger that has ended is one, too.
    func rebuild(because reason: String, mayHaveEnded: Bool = false) throws {
        var writer = try LedgerWriter(self)
        var isEnded = false
        var applicable = LedgerPosition.start
        try writer.findEnd { entry, place in
            isEnded = entry.isLast
            if !isEnded { applicable = LedgerPosition(after: place, hash: entry.hash) }
        }
        guard writer.end.number > 0 && (!isEnded || mayHaveEnded) else {
            throw StoreError(kind: .notFound, message: "there is no live ledger in \(path)", path: path)
        }
        let old = FlushedRecord(try folder.read(FlushedRecord.name))
        let applied = try ViewsRecord(in: folder)?.applied ?? .start
        try writeFlushedRecord(
            FlushedRecord(
                mark: .start,
                sure: .later(old?.sure ?? .start, applied),
                rebuilds: (old?.rebuilds ?? 0) + 1
            )
        )
        try folder.remove(ViewsRecord.name)
        try removeDocuments(in: folder, isTop: true)
        try makeFixedFolders()
        try flushLines(upTo: writer.end, isLocked: true)
        try apply(after: .start, upTo: applicable)
        try writeViewsRecord(applied: applicable)
        environment.note("\(reason): the documents in \(path) were made anew from \(writer.end.number) ledger entries")
    }

    private func removeDocuments(in folder: Folder, isTop: Bool) throws(StoreError) {
        for name in try folder.allNames() where !(isTop && StorePath.reserved.contains(name)) {
            guard let status = try folder.status(of: name) else { continue }
            if status.isFolder {
                guard !name.hasPrefix("."), let below = try folder.folder(name) else { continue }
                try removeDocuments(in: below, isTop: false)
                below.file.close()
            } else if StorePath.isTemporary(name) || name.hasSuffix(".json") || name.hasSuffix(".jsonl") {
                try folder.remove(name)
            }
        }
    }

    private func makeFixedFolders() throws(StoreError) {
        for path in try fixedFolders() {
            var way = ""
            for component in path.split(separator: "/") {
                way += (way.isEmpty ? "" : "/") + component
                try folder.make(way)
            }
        }
    }
}
