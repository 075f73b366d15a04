/// Bytes that become more, without what an array asks at each of them: whether anybody else has it.
struct PrintedBytes: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// All of them.
    var array: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

    mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        base[count] = byte
        count += 1
    }

    mutating func append(_ byte: UInt8, times: Int) {
        makeRoom(for: times)
        (base + count).update(repeating: byte, count: times)
        count += times
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        makeRoom(for: bytes.count)
        (base + count).update(from: start, count: bytes.count)
        count += bytes.count
    }

    /// Begins a line that is indented as the pretty form has it at that depth.
    mutating func startLine(_ depth: Int) {
        append(UInt8(ascii: "\n"))
        append(UInt8(ascii: " "), times: 2 * depth)
    }

    private mutating func makeRoom(for more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    private mutating func grow(by more: Int) {
        capacity = 2 * capacity + more
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }
}
