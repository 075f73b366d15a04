/// The rules for names that become paths. Whoever calls the store has judged names already; here nothing may leave its
/// folder, whatever a caller or an edited ledger says.
enum StorePath {
    /// What lies beside the documents in a ledger's folder and can be none.
    static let reserved = ["views.json", "flushed.json", "lock", "keys", "ledger"]

    private static let slash = UInt8(ascii: "/")

    /// Visible ASCII, no component empty or beginning with a dot.
    static func isSafe(_ path: String) -> Bool {
        var previous = slash
        for byte in path.utf8 {
            guard byte > 0x20 && byte < 0x7F else { return false }
            if previous == slash && (byte == slash || byte == UInt8(ascii: ".")) {
                return false
            }
            previous = byte
        }
        return previous != slash
    }

    /// A file name without a folder.
    static func isSafeName(_ name: String) -> Bool {
        isSafe(name) && !name.utf8.contains(slash)
    }

    /// Whether a name is that of a file on its way to another name, as ``Folder/replace(_:with:_:random:)`` makes it.
    static func isTemporary(_ name: String) -> Bool {
        name.hasPrefix(".") && name.dropLast(16).hasSuffix(".tmp-")
    }

    static func isDocument(_ path: String) -> Bool {
        path.hasSuffix(".json") && isSafe(path) && !isReserved(path)
    }

    static func isRowFile(_ path: String) -> Bool {
        path.hasSuffix(".jsonl") && isSafe(path) && !isReserved(path)
    }

    private static func isReserved(_ path: String) -> Bool {
        reserved.contains { name in
            path.hasPrefix(name) && path.utf8.dropFirst(name.utf8.count).first ?? slash == slash
        }
    }

    /// The folder with its final slash (empty for none) and the name in it.
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let last = path.utf8.lastIndex(of: slash) else { return ("", path) }
        let after = path.utf8.index(after: last)
        return (String(path[..<after]), String(path[after...]))
    }

    static func refusal(_ path: String, neededFor purpose: String) -> StoreError {
        StoreError(
            kind: .io,
            message: "\"\(path)\" cannot name \(purpose): visible ASCII was needed, and no component that is empty or "
                + "begins with a dot",
            path: path
        )
    }
}

extension String {
    /// Order of the bytes, which is that of `ls` in the C locale and of code points.
    static func byteOrder(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}
