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

    /// The two ways on with a document that is not what the ledger says, at an absolute path. The store's index is no
    /// ledger's document, but is put together again from the ledgers.
    package static func mend(_ path: String) -> String {
        if path == LockedStore.indexName || path.hasSuffix("/" + LockedStore.indexName) {
            return "'adr store check --repair' puts it together again from the ledgers."
        }
        guard path.hasPrefix("/") else {
            return
                "'adr store check' says whether that is the file's fault, 'adr store check --repair' restores what the "
                + "ledger says."
        }
        return
            "'adr store accept \(shellQuoted(path))' takes a deliberate edit over, 'adr store check --repair' restores "
            + "what the ledger says."
    }

    /// A path as a shell takes it for one word.
    private static func shellQuoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            byte > 0x2A && byte < 0x7F && !"<>;?[\\]^`{|}".utf8.contains(byte)
        }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    package init(kind: Kind, message: String, hint: String? = nil, path: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.path = path
    }
}
