import Foundation
import JSON
import Store
import Testing

/// Compares a store's files with what its ledgers say, without the code that reads through both.
enum StoreAudit {
    /// The folder of every namespace there is.
    static func namespaceFolders(_ store: String) throws -> [String] {
        let root = StoreRoot(path: store, environment: .system(note: { _ in }))
        return try root.folders(in: "groups").flatMap { group in
            try root.folders(in: "groups/\(group)/namespaces").map { "groups/\(group)/namespaces/\($0)" }
        }.filter { try root.ledger(at: $0) != nil }
    }

    static func entries(_ store: String, _ folder: String) throws -> [LedgerEntry] {
        let root = StoreRoot(path: store, environment: .system(note: { _ in }))
        var entries: [LedgerEntry] = []
        try root.ledger(at: folder)?.forEachEntry { entries.append($0) }
        return entries
    }

    /// Every document file holds the last body that the ledger has for it, and there is no other.
    static func expectViewsEqualLedger(_ store: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for folder in try namespaceFolders(store) {
            var bodies: [String: JSONValue] = [:]
            var rows: [String: [String]] = [:]
            for change in try entries(store, folder).flatMap(\.changes) {
                switch change.kind {
                case .document(let body): bodies[change.path] = body
                case .gone: bodies[change.path] = nil
                case .row(let row): rows[change.path, default: []].append(text(row))
                }
            }
            var files = try documentFiles("\(store)/\(folder)")
            for (path, body) in bodies {
                guard let bytes = files.removeValue(forKey: path) else {
                    Issue.record("\(folder)/\(path) is missing", sourceLocation: sourceLocation)
                    continue
                }
                guard case .object(var members) = try JSONValue(parsing: bytes) else { continue }
                _ = members.removeValue(forKey: "schemaVersion")
                _ = members.removeValue(forKey: "digest")
                let isEqual = JSONValue.object(members) == body
                #expect(isEqual, "\(folder)/\(path) is not what the ledger says", sourceLocation: sourceLocation)
            }
            #expect(files.keys.sorted() == [], "documents the ledger does not know", sourceLocation: sourceLocation)
            for (path, expected) in rows {
                let lines = (try? String(contentsOfFile: "\(store)/\(folder)/\(path)", encoding: .utf8)) ?? ""
                let found = lines.split(separator: "\n").compactMap {
                    try? JSONValue(parsing: Array($0.utf8)).objectValue
                }
                // A row may come twice, after a crash.
                #expect(Set(found.map(text)) == Set(expected), "\(folder)/\(path)", sourceLocation: sourceLocation)
            }
        }
    }

    /// A row as the ledger has it: the file adds its place there.
    private static func text(_ row: JSONObject) -> String {
        var row = row
        _ = row.removeValue(forKey: "place")
        return String(decoding: JSONValue.object(row).compact(), as: UTF8.self)
    }

    /// The documents of a namespace by path: every `.json` but the positions, outside `ledger` and `keys`.
    private static func documentFiles(_ folder: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        guard let names = FileManager.default.enumerator(atPath: folder) else { return [:] }
        for case let name as String in names
        where name.hasSuffix(".json") && !["views.json", "flushed.json"].contains(name) && !name.hasPrefix("keys/") {
            found[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
        }
        return found
    }
}
