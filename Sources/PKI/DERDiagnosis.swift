import OpenSSL

/// Says what is wrong with bytes that should be a certification request in DER.
enum DERDiagnosis {
    private static let sequence: Int32 = 16

    /// Why bytes could not be read as a request at all.
    static func whyUnreadable(_ bytes: [UInt8], _ error: OpenSSLError) -> String {
        if bytes.isEmpty { return "nothing" }
        if bytes.starts(with: [0x30, 0x80]) { return "BER of indefinite length" }
        guard let outer = ASN1.header(bytes), outer.tag == sequence else { return "bytes that are no ASN.1 sequence" }
        if outer.start + outer.length > bytes.count {
            return
                "a request that is truncated: it announces \(outer.start + outer.length) bytes and has \(bytes.count)"
        }
        if (try? CertificateInfo(reading: bytes)) != nil { return "a certificate, no request" }
        let reason = error.reasons.first.map { " (\($0))" } ?? ""
        return "ASN.1 that is no PKCS #10 request\(reason)"
    }

    /// Where input and its own DER part.
    static func firstDifference(_ input: [UInt8], _ der: [UInt8]) -> String {
        let offset = zip(input, der).prefix { $0 == $1 }.count
        return "BER that is not DER (it differs from byte \(offset + 1) on)"
    }
}
