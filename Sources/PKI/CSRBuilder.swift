import OpenSSL

/// Makes certification requests, for devices and for whoever tries one.
package enum CSRBuilder {
    /// Makes a request in DER: v1, the CN (UTF8String) and nothing else, signed with SHA-384 (RFC 2986 §4).
    package static func make(commonName: String, key: borrowing PrivateKey) throws -> [UInt8] {
        try CertificationRequestInfo.make(
            subject: DistinguishedName(commonName: commonName).relativeNames,
            key: key
        )
    }
}
