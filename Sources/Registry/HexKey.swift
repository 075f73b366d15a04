/// 16 octets that are written as 32 hexadecimal digits: a serial number, or the name of a CA. A key for looking things
/// up by the hundred thousand.
struct HexKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter text: 32 hexadecimal digits in any case; of anything else nil comes.
    init?(_ text: String) {
        var halves: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            if count < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            count += 1
        }
        guard count == 32 else { return nil }
        (high, low) = halves
    }

    private var octets: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) } }
    }

    /// As names of CAs are written.
    var lower: String { Hex.lower(octets) }
    /// As serial numbers are written.
    var upper: String { Hex.upper(octets) }
}
