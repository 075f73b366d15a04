import Glibc
import OpenSSL

/// The choice of a hub among those a device may go to.
enum Allocation {
    /// An even spread by weight that is stable for a device: weighted rendezvous hashing. Each hub draws a number from
    /// the device's ID and its own name; taking a hub out moves only the devices that had drawn it.
    ///
    /// - Parameters:
    ///   - deviceID: compared without case.
    ///   - hubs: those of weight 0 are never chosen.
    static func hashed(_ deviceID: String, among hubs: [LinkedHub]) -> LinkedHub? {
        hubs.filter { $0.weight > 0 }.max { score($0, deviceID) < score($1, deviceID) }
    }

    /// The hub that was declared the nearest; hubs without a declaration come last, and ties go by hash. Those of weight 0
    /// are never chosen.
    static func nearest(_ deviceID: String, among hubs: [LinkedHub]) -> LinkedHub? {
        let hubs = hubs.filter { $0.weight > 0 }
        let least = hubs.compactMap(\.latencyMilliseconds).min()
        let nearest = hubs.filter { $0.latencyMilliseconds == least }
        return hashed(deviceID, among: nearest)
    }

    private static func score(_ hub: LinkedHub, _ deviceID: String) -> Double {
        let digest = Digest.sha256.hash(Array("\(deviceID.lowercased())\n\(hub.hub.text.lowercased())".utf8))
        let drawn = digest.prefix(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Uniform in (0, 1): 56 bits, and half a step away from both ends.
        let uniform = (Double(drawn) + 0.5) / 72_057_594_037_927_936
        return -Double(hub.weight) / log(uniform)
    }
}
