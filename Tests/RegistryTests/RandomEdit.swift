import TestSupport

/// One change of a file's bytes by another hand, drawn from a seed.
struct RandomEdit: CustomStringConvertible {
    let description: String
    /// The file as it is then; nil for one that is removed.
    let bytes: [UInt8]?

    /// - Parameters:
    ///   - other: the bytes of another file, to take some from.
    init(of bytes: [UInt8], other: [UInt8], _ chance: inout Chance) {
        var edited = bytes
        let place = chance.below(max(1, bytes.count))
        let length = min(bytes.count - min(place, bytes.count), 1 + chance.below(chance.happens(50) ? 4 : 200))
        let kind = chance.below(12)
        switch kind {
        case 0 where !bytes.isEmpty: edited[place] ^= 1 << UInt8(chance.below(8))
        case 1 where !bytes.isEmpty: edited[place] = UInt8(chance.below(256))
        case 2: edited.insert(contentsOf: (0..<length).map { _ in UInt8(chance.below(256)) }, at: place)
        case 3: edited.removeSubrange(place..<(place + length))
        case 4: edited.removeSubrange(place...)
        case 5: edited += other.dropFirst(chance.below(max(1, other.count))).prefix(length)
        case 6: edited.insert(UInt8(ascii: "\n"), at: place)
        case 7: edited.replaceSubrange(place..<(place + length), with: [UInt8](repeating: 0, count: length))
        case 8: edited = Self.lines(bytes) { $0.swapAt(chance.below($0.count), chance.below($0.count)) }
        case 9: edited = Self.lines(bytes) { $0.remove(at: chance.below($0.count)) }
        case 10: edited = Self.lines(bytes) { $0.insert(chance.pick($0), at: chance.below($0.count)) }
        default: edited = other
        }
        description = "kind \(kind) at \(place), \(length) long"
        self.bytes = chance.happens(4) ? nil : edited
    }

    private static func lines(_ bytes: [UInt8], _ change: (inout [ArraySlice<UInt8>]) -> Void) -> [UInt8] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        change(&lines)
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
