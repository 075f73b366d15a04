/// From when until when a certificate is valid, in Unix seconds.
package struct Validity: Sendable {
    package let notBefore: Int64
    package let notAfter: Int64

    package init(notBefore: Int64, notAfter: Int64) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Whether what was valid until then is valid no longer. On that last second verifiers differ, and OpenSSL, by which
    /// hubs judge, refuses.
    static func isOver(_ notAfter: Int64, at time: Int64) -> Bool { notAfter <= time }

    package func isOver(at time: Int64) -> Bool { Self.isOver(notAfter, at: time) }

    /// Seconds that are left, none once it is over.
    package func left(at time: Int64) -> Int64 { max(0, notAfter - time) }

    /// The part of the whole that is left, 0 to 1.
    package func share(at time: Int64) -> Double {
        guard notAfter > notBefore else { return 0 }
        return min(1, Double(left(at: time)) / Double(notAfter - notBefore))
    }
}
