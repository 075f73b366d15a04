import Synchronization

/// What one judgement looked at.
struct Looks: Sendable {
    /// Number of the last entry of the state it looked at.
    let at: Int64
    /// Which making of the documents it looked at.
    let rebuilds: Int64
    /// Documents and row files, found or not.
    let paths: LookedAt
    let prefixes: LookedAt
}

/// Paths that were looked at, or what they begin with. A judgement looks at a handful: those are not worth a set.
struct LookedAt: Sendable {
    private var first: [String] = []
    private var more: Set<String> = []
    private static let few = 32
    private static let usual = 8

    init(_ paths: [String] = []) {
        for path in paths { insert(path) }
    }

    var isEmpty: Bool { first.isEmpty }

    mutating func insert(_ path: String) {
        if first.isEmpty { first.reserveCapacity(Self.usual) }
        if first.count < Self.few { first.append(path) } else { more.insert(path) }
    }

    func contains(_ path: String) -> Bool { first.contains(path) || more.contains(path) }

    func contains(where isWanted: (String) -> Bool) -> Bool {
        first.contains(where: isWanted) || more.contains(where: isWanted)
    }
}

/// The end of a ledger as the writer of groups has brought it about, for all threads that judge meanwhile.
final class LedgerFollower: Sendable {
    /// An end of the ledger up to which all documents are written.
    struct End: Sendable {
        var position: LedgerPosition
        /// Time of its last entry, Unix seconds UTC.
        var time: Int64
        var flushedIdentity: LedgerFolder.FlushedIdentity
        /// How many times the documents had been made anew.
        var rebuilds: Int64
    }

    private struct State {
        var end: End
        var changes: RecentChanges
    }

    private let state: Mutex<State>

    init(_ end: End) {
        state = Mutex(State(end: end, changes: RecentChanges(after: end.position.number)))
    }

    /// The end as it is; what has changed since it was made a record of is forgotten.
    func end(_ records: KeptRecords) -> End {
        state.withLock { state in
            let (end, changes) = (state.end, state.changes)
            records.forget(at: end.position.number, end.rebuilds) { changes.haveTouched($0, since: $1) }
            return end
        }
    }

    func move(to end: End) {
        state.withLock { $0.end = end }
    }

    /// Notes what the entry of that number changes.
    func note(_ changes: [Change], number: Int64) {
        state.withLock { $0.changes.note(changes, number: number) }
    }

    func isTouched(_ looks: Looks) -> Bool {
        state.withLock { $0.end.rebuilds != looks.rebuilds || $0.changes.haveTouched(looks) }
    }
}

/// Which of the last entries changed what. Bounded: what was judged before the oldest that is remembered counts as
/// changed.
struct RecentChanges: Sendable {
    /// By document or row file, and by the folder of each and the folders above that.
    private var paths: [String: Int64] = [:]
    private var folders: [String: Int64] = [:]
    /// Only what comes after the entry of this number is remembered.
    private var horizon: Int64
    private var newest: Int64

    private static let remembered: Int64 = 4096

    init(after number: Int64) {
        horizon = number
        newest = number
    }

    mutating func note(_ changes: [Change], number: Int64) {
        for change in changes {
            paths[change.path] = number
            let path = change.path
            for place in path.utf8.indices where path.utf8[place] == UInt8(ascii: "/") {
                folders[String(path[...place])] = number
            }
        }
        folders[""] = number
        newest = number
        if newest - horizon > 2 * Self.remembered {
            horizon = newest - Self.remembered
            paths = paths.filter { $0.value > horizon }
            folders = folders.filter { $0.value > horizon }
        }
    }

    func haveTouched(_ looks: Looks) -> Bool {
        if looks.at < horizon { return true }
        return looks.paths.contains { has(paths[$0], since: looks.at) }
            || looks.prefixes.contains(where: { has(folders[StorePath.split($0).folder], since: looks.at) })
    }

    /// The same for one path, or a prefix that ends with a slash.
    func haveTouched(_ path: String, since number: Int64) -> Bool {
        number < horizon || has(path.hasSuffix("/") ? folders[path] : paths[path], since: number)
    }

    private func has(_ changed: Int64?, since number: Int64) -> Bool { changed.map { $0 > number } ?? false }
}
