/// The members of a JSON object: in the order they were added, each key once.
///
/// A handful of members is searched in order; larger objects carry an index, so that a look-up costs the same
/// however many there are. Removing a member moves those behind it. Equality ignores the order.
package struct JSONObject: Sendable {
    /// One member; no tuple, since the runtime handles lists of those member by member.
    package struct Member: Sendable {
        let key: String
        fileprivate(set) var value: JSONValue
    }

    private var members: [Member] = []
    private var positions: [JSONKey: Int] = [:]
    /// Whether the members are known to be in the order of their keys' code points, as in objects that were read from a
    /// printed document.
    private(set) var isSortedByCodePoint = true

    /// Up to this many members are searched one after the other: that is faster than an index for what documents have,
    /// and a process's first dictionary of a kind costs as much as reading a document.
    private static let searchLimit = 32

    package init() {}

    /// Members in this order. Of a key that comes twice the last value counts, at the place of the first.
    package init(_ pairs: [(String, JSONValue)]) {
        members.reserveCapacity(pairs.count)
        for (key, value) in pairs {
            self[key] = value
        }
    }

    package var count: Int { members.count }

    package var isEmpty: Bool { members.isEmpty }

    /// The keys in the order they were added.
    package var keys: [String] { members.map { $0.key } }

    /// Setting a key that is there keeps its place, setting `nil` removes it. To store a JSON null, set `.null`.
    package subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { members[$0].value }
        }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            let isBehind = isBehindAll(key)
            if !isBehind, let place = position(of: key) {
                members[place].value = newValue
            } else {
                append(key, newValue, isBehindAll: isBehind)
            }
        }
    }

    /// Takes the member out and returns its value, `nil` when there was none.
    @discardableResult
    package mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let place = position(of: key) else { return nil }
        let removed = members.remove(at: place)
        if members.count <= Self.searchLimit {
            positions = [:]
        } else {
            positions[JSONKey(string: key)] = nil
            for later in place..<members.count {
                positions[JSONKey(string: members[later].key)] = later
            }
        }
        return removed.value
    }

    /// Adds a member and says `true`, or leaves the object as it is and says `false` when the key is there.
    mutating func insert(_ key: consuming String, _ value: consuming JSONValue) -> Bool {
        let isBehind = isBehindAll(key)
        if !isBehind && position(of: key) != nil { return false }
        append(key, value, isBehindAll: isBehind)
        return true
    }

    /// Whether the key is known to come after all that are there, as most that are added do; then it is not among them.
    private func isBehindAll(_ key: String) -> Bool {
        guard isSortedByCodePoint, let last = members.last else { return members.isEmpty }
        return last.key.precedes(key)
    }

    private mutating func append(_ key: consuming String, _ value: consuming JSONValue, isBehindAll: Bool) {
        if members.isEmpty { members.reserveCapacity(8) }
        isSortedByCodePoint = isSortedByCodePoint && isBehindAll
        members.append(Member(key: key, value: value))
        if members.count > Self.searchLimit + 1 {
            positions[JSONKey(string: members[members.count - 1].key)] = members.count - 1
        } else if members.count == Self.searchLimit + 1 {
            for (place, member) in members.enumerated() {
                positions[JSONKey(string: member.key)] = place
            }
        }
    }

    /// Sets a member that is not there yet, before the first whose key comes after it: an object in the order of its
    /// keys, as it is printed, stays so.
    package mutating func insertInOrder(_ key: String, _ value: JSONValue) {
        guard position(of: key) == nil, members.count < Self.searchLimit,
            let place = members.firstIndex(where: { key.precedes($0.key) })
        else {
            self[key] = value
            return
        }
        members.insert(Member(key: key, value: value), at: place)
    }

    /// Calls the body with the members in the order they were added.
    func withMembers<Result>(
        _ body: (UnsafeBufferPointer<Member>) -> Result
    ) -> Result {
        members.withUnsafeBufferPointer(body)
    }

    private func position(of key: String) -> Int? {
        if positions.isEmpty {
            return members.firstIndex { $0.key.hasSameBytes(as: key) }
        }
        return positions[JSONKey(string: key)]
    }
}

extension JSONObject: Equatable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> LazyMapSequence<[Member], (key: String, value: JSONValue)>.Iterator {
        members.lazy.map { (key: $0.key, value: $0.value) }.makeIterator()
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

/// A key that is compared byte by byte.
private struct JSONKey: Hashable {
    let string: String

    static func == (left: JSONKey, right: JSONKey) -> Bool {
        left.string.hasSameBytes(as: right.string)
    }

    func hash(into hasher: inout Hasher) {
        let utf8 = string.utf8
        let hashed: Void? = utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        if hashed == nil {
            Array(utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }
}
