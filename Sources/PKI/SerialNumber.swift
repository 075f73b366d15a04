/// Serial numbers of certificates (RFC 5280 §4.1.2.2).
package enum SerialNumber {
    /// How many octets ours have.
    package static let length = 16

    /// Makes a serial number of random octets: the first one comes to lie between 01 and 7F, so that the number is
    /// positive and has its full length.
    package static func make(random: [UInt8]) -> [UInt8] {
        guard let first = random.first else { return [] }
        var octets = random
        octets[0] = first & 0x7F
        if octets[0] == 0 { octets[0] = 0x01 }
        return octets
    }

    /// Whether a number is as ``make(random:)`` makes it.
    static func isOurs(_ octets: [UInt8]) -> Bool {
        octets.count == length && octets.first.map { (0x01...0x7F).contains($0) } == true
    }
}
