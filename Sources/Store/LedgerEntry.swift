import JSON

/// One line of a ledger, read back and verified.
package struct LedgerEntry: Sendable {
    /// From 1, without a gap.
    package let number: Int64
    /// Unix seconds UTC, never before the predecessor's.
    package let time: Int64
    package let event: String
    package let who: String
    package let details: JSONObject
    package let changes: [Change]
    /// SHA-256 of the line, 64 hex digits.
    package let hash: String
    /// Hash of the predecessor; 64 zeros in the first entry.
    package let previous: String
    /// Whether this entry ended the ledger: nothing follows it.
    package let isLast: Bool

    /// In the first entry the folders that are made with the ledger and never by applying it.
    let fixedFolders: [String]?
}
