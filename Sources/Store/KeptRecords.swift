/// What was made of documents that are asked for again and again, for as long as they stay as they are.
final class KeptRecords {
    private class Kept {
        let path: String
        /// Number of the entry at whose state it was made.
        let at: Int64
        /// Which making of the documents that state was of.
        let rebuilds: Int64

        init(_ path: String, at number: Int64, _ rebuilds: Int64) {
            self.path = path
            at = number
            self.rebuilds = rebuilds
        }
    }

    private final class KeptRecord<Record>: Kept {
        let record: Record

        init(_ record: Record, _ path: String, at number: Int64, _ rebuilds: Int64) {
            self.record = record
            super.init(path, at: number, rebuilds)
        }
    }

    private var kept: [Kept] = []
    /// The state of the ledger that all of them are known to be of.
    private var checked: (number: Int64, rebuilds: Int64)?
    /// A judgement asks for a handful; more are not kept.
    private static let limit = 64

    /// What was made of a document, or of all under a prefix.
    func find<Record>(_ path: String, as _: Record.Type) -> Record? {
        for known in kept where known.path == path {
            if let known = known as? KeptRecord<Record> { return known.record }
        }
        return nil
    }

    func keep<Record>(_ record: Record, _ path: String, at number: Int64, _ rebuilds: Int64) {
        if kept.count < Self.limit {
            kept.append(KeptRecord(record, path, at: number, rebuilds))
        }
    }

    /// Forgets what was made of documents that have changed before that state of the ledger.
    func forget(at number: Int64, _ rebuilds: Int64, where hasChanged: (_ path: String, _ since: Int64) -> Bool) {
        if let checked, checked == (number, rebuilds) { return }
        kept.removeAll { $0.rebuilds != rebuilds || hasChanged($0.path, $0.at) }
        checked = (number, rebuilds)
    }
}
