/// The bytes of a string up to where something has to be done: a quote, a backslash, or a control character.
///
/// Most strings here are base64 and have nothing of the kind, so eight bytes are looked at at a time.
struct StringRun {
    /// Behind the last byte: the place of what ends the run, or the end of the bytes.
    let end: Int
    let isASCII: Bool

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    init(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        let memory = UnsafeRawBufferPointer(bytes)
        var place = start
        var seen: UInt64 = 0
        while bytes.count - place >= 8 {
            let word = UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let quotes = word ^ (Self.ones &* 0x22)
            let backslashes = word ^ (Self.ones &* 0x5C)
            // A byte's high bit says that it is below 0x20, or nothing after the xor. What is borrowed can only set it in
            // bytes behind the first such one.
            let low = (word &- Self.ones &* 0x20) & ~word
            let found = (low | (quotes &- Self.ones) & ~quotes | (backslashes &- Self.ones) & ~backslashes) & Self.highs
            if found != 0 {
                let count = found.trailingZeroBitCount & ~7
                end = place + count / 8
                isASCII = (seen | word & (1 << UInt64(count) - 1)) & Self.highs == 0
                return
            }
            seen |= word
            place += 8
        }
        while place < bytes.count {
            let byte = bytes[place]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            seen |= UInt64(byte)
            place += 1
        }
        end = place
        isASCII = seen & Self.highs == 0
    }
}
