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

    package init(kind: Kind, message: String, hint: String? = nil, path: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.path = path
    }
}
