import OpenSSL

/// The private extension that carries a device's current identifier: an OCTET STRING of 32 random bytes, not critical.
///
/// The arc is Microsoft's for self-made identifiers, followed by a GUID of this project cut into seven arcs. Every arc
/// stays below 2^28: GnuTLS, Go and RustCrypto refuse a whole certificate with the one large arc of 2.25.
package let deviceIdentifierOID = "1.2.840.113556.1.8000.2554.37379.24761.20582.19271.42009.5709681.1876952"

/// What ``deviceIdentifierOID`` names.
package enum DeviceIdentifier {
    /// How many octets an identifier has.
    package static let length = 32

    static let type: OID = {
        guard let type = OID(dotted: deviceIdentifierOID) else { fatalError("\(deviceIdentifierOID) is no identifier") }
        return type
    }()
}
