import JSON

/// What a ledger says of documents and rows, as far as comparing files with it needs.
///
/// Base is the point up to which the files have to show it; what lines after base change, readers take from the lines.
struct LedgerStates {
    struct Document {
        /// Of the file as it should be; `nil` for none.
        var content: Fingerprint?
        /// Whether a line after base names it.
        var isBehind: Bool
        var isSeen = false
    }

    struct Row {
        let isBehind: Bool
        var isSeen = false
    }

    /// Number of the line that base lies behind.
    private let base: Int64
    /// Names of key files to look out for in documents.
    private let keys: Set<String>

    private(set) var documents: [Fingerprint: Document] = [:]
    private(set) var rows: [Fingerprint: Row] = [:]
    private(set) var rowFiles: Set<Fingerprint> = []
    /// Every folder that a document or row file was ever in, and those above.
    private(set) var folders: Set<String> = []
    private var keysOfDocuments: [Fingerprint: [String]] = [:]
    private(set) var isEnded = false
    /// Number of the last line that changes anything.
    private(set) var lastChange: Int64 = 0

    init(base: Int64, keys: Set<String>) {
        self.base = base
        self.keys = keys
    }

    /// The key files that documents name, of those looked out for.
    var namedKeys: Set<String> { Set(keysOfDocuments.values.joined()) }

    mutating func take(_ entry: LedgerEntry, _ place: LinePlace) {
        isEnded = isEnded || entry.isLast
        // The line that ends a ledger is never applied.
        if entry.isLast { return }
        if !entry.changes.isEmpty { lastChange = place.number }
        let isBehind = place.number > base
        for change in entry.changes {
            takeFolder(of: change.path)
            switch change.kind {
            case .document(let body):
                let path = Fingerprint(path: change.path)
                let content = body.objectValue.map { Fingerprint(DocumentForm.encode($0)) }
                documents[path] = Document(content: content, isBehind: isBehind)
                takeKeys(of: path, body)
            case .gone:
                let path = Fingerprint(path: change.path)
                // Its file may still be there for a while.
                documents[path] = isBehind ? Document(content: nil, isBehind: true) : nil
                keysOfDocuments[path] = nil
            case .row(let row):
                rowFiles.insert(Fingerprint(path: change.path))
                rows[Fingerprint(row: RowFile.bytes(row, at: place), in: change.path)] = Row(isBehind: isBehind)
            }
        }
    }

    private mutating func takeFolder(of path: String) {
        var folder = StorePath.split(path).folder
        while !folder.isEmpty && folders.insert(String(folder.dropLast())).inserted {
            folder = StorePath.split(String(folder.dropLast())).folder
        }
    }

    private mutating func takeKeys(of path: Fingerprint, _ body: JSONValue) {
        if keys.isEmpty { return }
        let named = body.texts.filter(keys.contains)
        keysOfDocuments[path] = named.isEmpty ? nil : named
    }

    /// What the ledger says of a document, whose file was met.
    mutating func see(document path: String) -> Document? {
        let path = Fingerprint(path: path)
        documents[path]?.isSeen = true
        return documents[path]
    }

    /// Whether the ledger has that row, which was met.
    mutating func see(row bytes: [UInt8], in path: String) -> Bool {
        let row = Fingerprint(row: bytes, in: path)
        rows[row]?.isSeen = true
        return rows[row] != nil
    }
}

extension JSONValue {
    /// All strings in it, at any depth.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap(\.value.texts)
        default: []
        }
    }
}
