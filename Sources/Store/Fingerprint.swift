import OpenSSL

/// The first 16 octets of a SHA-256: what a check remembers of a path or of a file's contents, so that a ledger of a
/// million documents fits into memory.
struct Fingerprint: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    init(_ bytes: [UInt8]) {
        let digest = Digest.sha256.hash(bytes)
        high = digest[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    }

    init(path: String) { self.init(Array(path.utf8)) }

    /// One row of a row file.
    init(row bytes: [UInt8], in path: String) { self.init(Array(path.utf8) + [0] + bytes) }
}
