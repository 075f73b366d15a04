/// Why the store did not do what it was asked.
package struct StoreError: Error, Sendable {
    package enum Kind: Sendable {
        /// Judged three times, and each time another writer came first.
        case conflict
        /// A file is not what the store wrote. Nothing was touched.
        case damaged
        /// Written by a later version of the program.
        case newerSchema
        /// The disk is full; nothing was written.
        case noSpace
        /// The disk is mounted read-only; nothing was written.
        case readOnly
        case permission
        case io
        case exists
        case notFound
    }

    package let kind: Kind
    /// Starts in lower case, ends without a full stop, names the file, what was found and what was needed.
    package let message: String
    /// What to do next.
    package let hint: String?
    /// The absolute path of the file or folder that is meant.
    package let path: String?

    /// What brings back a document that is not what the ledger says. Without the mark of how far it was applied, readers
    /// go by the ledger and the next writer makes all documents anew; a missing index of the store is put together again.
    package static func mend(_ path: String) -> String {
        if path == LockedStore.indexName || path.hasSuffix("/" + LockedStore.indexName) {
            return "move it away: the next command puts it together again from the ledgers"
        }
        return "remove the file views.json beside the folder 'ledger': commands then answer from the ledger, and the "
            + "next one that writes makes every document anew, without what was changed by hand"
    }

    package init(kind: Kind, message: String, hint: String? = nil, path: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.path = path
    }
}
