/// Why a certificate was revoked (RFC 5280 §5.3.1): the reasons a certificate of a public key can have on a full CRL.
package enum RevocationReason: String, Sendable, CaseIterable {
    case unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation,
        certificateHold, privilegeWithdrawn

    /// The number of CRLReason.
    var code: Int64 {
        switch self {
        case .unspecified: 0
        case .keyCompromise: 1
        case .cACompromise: 2
        case .affiliationChanged: 3
        case .superseded: 4
        case .cessationOfOperation: 5
        case .certificateHold: 6
        case .privilegeWithdrawn: 9
        }
    }

    /// Nil for removeFromCRL, which stands on delta CRLs only, aACompromise, which is for attribute certificates, and
    /// numbers that mean nothing.
    init?(code: Int64) {
        guard let reason = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = reason
    }
}

/// A certificate that was revoked, as a CRL has it.
package struct RevokedSerial: Sendable, Equatable {
    /// As ``CertificateOutline/serialNumber``: upper-case hexadecimal, two digits for each octet, none for leading zeros.
    package let serialNumber: String
    /// Unix seconds UTC.
    package let revokedAt: Int64
    package let reason: RevocationReason

    package init(serialNumber: String, revokedAt: Int64, reason: RevocationReason) {
        self.serialNumber = serialNumber
        self.revokedAt = revokedAt
        self.reason = reason
    }

    /// The octets of the number; nil if it is none that a certificate may have (RFC 5280 §4.1.2.2: positive, up to 20
    /// octets) or if it is written in another way.
    var octets: [UInt8]? {
        var octets: [UInt8] = []
        octets.reserveCapacity(SerialNumber.maximumLength)
        var high: UInt8?
        for digit in serialNumber.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                octets.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil, let first = octets.first, first != 0 else { return nil }
        // A number that begins with 80 or more has an octet of zeros before it in its encoding.
        return octets.count + (first >= 0x80 ? 1 : 0) <= SerialNumber.maximumLength ? octets : nil
    }

    /// Whether this number is less than the other's; both are as ``octets`` wants them.
    func precedes(_ other: RevokedSerial) -> Bool {
        let lengths = (serialNumber.utf8.count, other.serialNumber.utf8.count)
        return lengths.0 == lengths.1 ? serialNumber < other.serialNumber : lengths.0 < lengths.1
    }
}

extension SerialNumber {
    /// How many octets a certificate's number may have (RFC 5280 §4.1.2.2).
    static let maximumLength = 20
}
