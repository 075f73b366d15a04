import JSON

/// A secret that goes to `keys/<name>`: never in the ledger, written before the line that makes it count.
package struct KeyFile: Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// What a transaction does to one document or row file.
package struct Change: Sendable {
    package enum Kind: Sendable {
        /// The new full body, an object.
        case document(JSONValue)
        /// The document is removed.
        case gone
        /// One more row of a row file.
        case row(JSONObject)
    }

    /// Relative to the ledger's folder: `policies/p1.json`, `expiry/2026-01-01.jsonl`.
    package let path: String
    package let kind: Kind

    package init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    package static func put(_ path: String, _ body: JSONValue) -> Change {
        Change(path: path, kind: .document(body))
    }

    package static func remove(_ path: String) -> Change {
        Change(path: path, kind: .gone)
    }

    package static func row(_ path: String, _ row: JSONObject) -> Change {
        Change(path: path, kind: .row(row))
    }
}

/// What one ledger line will say.
package struct Transaction: Sendable {
    /// What happened, in a few words.
    package var event: String
    /// Free members of the event.
    package var details: JSONObject
    package var changes: [Change]
    /// Written before the lock is taken, removed again if the commit does not happen.
    package var keys: [KeyFile]
    /// Names of keys that are removed once the line that lets go of them is on the disk.
    package var wipedKeys: [String]
    /// What the body or row of each change reads in the ledger's line, where that has been printed ahead.
    var texts: [[UInt8]?]?

    package init(
        event: String,
        details: JSONObject = JSONObject(),
        changes: [Change] = [],
        keys: [KeyFile] = [],
        wipedKeys: [String] = []
    ) {
        self.event = event
        self.details = details
        self.changes = changes
        self.keys = keys
        self.wipedKeys = wipedKeys
    }
}

/// What a judge decided on what it saw.
package enum Judgement<T> {
    /// Nothing is written.
    case answer(T)
    /// The transaction is committed, if what the judge saw still holds.
    case commit(Transaction, T)
}
