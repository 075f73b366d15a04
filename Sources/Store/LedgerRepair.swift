import Glibc

/// Puts right what a check found in one ledger's folder and can be put right from the ledger, and removes what a crash
/// left. Nothing is guessed: what is damaged, and files of others, stay as they are.
struct LedgerRepair {
    private let path: String
    private let environment: StoreEnvironment
    private let mayHaveEnded: Bool

    /// - Parameter mayHaveEnded: whether the ledger is what a deleted one left.
    init(at path: String, mayHaveEnded: Bool, _ environment: StoreEnvironment) {
        self.path = path
        self.environment = environment
        self.mayHaveEnded = mayHaveEnded
    }

    func run(_ findings: [StoreFinding]) throws {
        let kinds = Set(findings.filter(\.isRepairable).map(\.kind))
        if kinds.isEmpty { return }
        guard let (ledger, lock) = try LedgerFolder.openLocked(at: path, environment) else {
            throw StoreError(kind: .notFound, message: "there is no ledger in \(path) any more", path: path)
        }
        defer { lock.close() }
        if findings.contains(where: \.isMendedByRebuild) || mayHaveEnded && kinds.contains(.viewsBehind) {
            try ledger.rebuild(because: "repair", mayHaveEnded: mayHaveEnded)
        } else if kinds.contains(.viewsBehind) || kinds.contains(.ledgerTail) {
            try bringUp(ledger)
        }
        for finding in findings where finding.kind == .temporaryFile {
            let name = String(finding.path.dropFirst(path.utf8.count + 1))
            if try ledger.folder.remove(name) { environment.note("removed the temporary file \(finding.path)") }
        }
        let wiped = findings.filter { $0.kind == .keyWiped }.map(\.path)
        try KeyFolder(of: ledger.folder).wipe(wiped.map { StorePath.split($0).name })
        for path in wiped { environment.note("removed the key \(path), which was to be wiped") }
        try removeKeys(findings.filter { $0.kind == .keyUnnamed && $0.isRepairable }.map(\.path), ledger)
    }

    /// What the next writer would do before its own line.
    private func bringUp(_ ledger: LedgerFolder) throws {
        let base = try ledger.base()
        var writer = try LedgerWriter(ledger)
        try writer.findEnd { _, _ in }
        try ledger.flushLines(upTo: writer.end, isLocked: true)
        try ledger.apply(after: base.position, upTo: writer.end)
        try ledger.writeViewsRecord(applied: writer.end)
        environment.note("the documents in \(path) were brought up to entry \(writer.end.number) of the ledger")
    }

    /// Under the lock: a writer that has put a key there and not yet its line will look for it when it has the lock.
    private func removeKeys(_ paths: [String], _ ledger: LedgerFolder) throws {
        if paths.isEmpty { return }
        let names = Set(paths.map { StorePath.split($0).name })
        var states = LedgerStates(base: 0, keys: names)
        _ = try ledger.scan(from: .start) { states.take($0, $1) }
        let unnamed = names.subtracting(states.namedKeys).sorted(by: String.byteOrder)
        try KeyFolder(of: ledger.folder).wipe(unnamed)
        for name in unnamed {
            environment.note("removed the key \(ledger.folder.absolute("keys/" + name)), which no document names")
        }
    }
}
