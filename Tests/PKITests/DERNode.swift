import OpenSSL

/// ASN.1 taken apart, to be put together again wrongly.
struct DERNode {
    var tag: UInt8
    var content: [UInt8] = []
    var children: [DERNode]?
    /// One octet more in the length than there has to be.
    var hasLongLength = false

    /// Reads one element with short tags and definite lengths, which must be all of `bytes`.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        self = DERNode.take(&rest)
        precondition(rest.isEmpty)
    }

    private init(tag: UInt8) { self.tag = tag }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> DERNode {
        var node = DERNode(tag: rest.removeFirst())
        var length = Int(rest.removeFirst())
        if length > 0x80 {
            let octets = length - 0x80
            length = rest.prefix(octets).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(octets)
        }
        node.content = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
        if node.tag & 0x20 != 0 {
            var inside = node.content[...]
            var children: [DERNode] = []
            while !inside.isEmpty { children.append(take(&inside)) }
            node.children = children
        }
        return node
    }

    func encode() -> [UInt8] {
        let body = children.map { $0.flatMap { $0.encode() } } ?? content
        var length: [UInt8] = []
        var rest = body.count
        repeat {
            length.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        } while rest > 0
        if hasLongLength {
            if body.count >= 0x80 { length.insert(0, at: 0) }
            length.insert(0x80 | UInt8(length.count), at: 0)
        } else if body.count >= 0x80 {
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + body
    }

    /// The number of elements, this one and all inside.
    var count: Int { 1 + (children ?? []).reduce(0) { $0 + $1.count } }

    /// Changes the element with the number `index`, counted from the outside in.
    mutating func change(_ index: Int, _ body: (inout DERNode) -> Void) {
        if index == 0 { return body(&self) }
        var rest = index - 1
        for child in (children ?? []).indices {
            let count = children?[child].count ?? 0
            if rest < count {
                children?[child].change(rest, body)
                return
            }
            rest -= count
        }
    }

    subscript(path: Int...) -> DERNode {
        get { path.reduce(self) { $0.children![$1] } }
        set { set(path[...], newValue) }
    }

    private mutating func set(_ path: ArraySlice<Int>, _ node: DERNode) {
        guard let first = path.first else {
            self = node
            return
        }
        children![first].set(path.dropFirst(), node)
    }

    /// Signs a request or certificate anew after its first element was changed.
    mutating func sign(_ key: borrowing PrivateKey, _ digest: Digest = .sha384) throws {
        let signature = try key.sign(self[0].encode(), with: digest)
        self[2].content = [0] + signature
    }
}
