import COpenSSL

extension OID {
    package static let crlNumber = OID(nid: NID_crl_number)
    package static let crlReason = OID(nid: NID_crl_reason)
}

extension ExtensionValues {
    /// CRLNumber (RFC 5280 §5.2.3).
    package static func crlNumber(_ number: Int64) throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<ASN1_INTEGER>(ASN1_INTEGER_it())
        guard ASN1_INTEGER_set_int64(value.pointer, number) == 1 else { throw OpenSSLError("building a CRL number") }
        return try value.encode()
    }

    /// Reads a CRLNumber; throws for one that does not fit, too.
    package static func readCRLNumber(_ der: [UInt8]) throws(OpenSSLError) -> Int64 {
        let value = try ASN1Value<ASN1_INTEGER>(ASN1_INTEGER_it(), readingAll: der, "a CRL number")
        var number: Int64 = 0
        guard ASN1_INTEGER_get_int64(&number, value.pointer) == 1 else { throw OpenSSLError("reading a CRL number") }
        return number
    }

    /// CRLReason (RFC 5280 §5.3.1) from its number.
    package static func crlReason(_ code: Int64) throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<ASN1_ENUMERATED>(ASN1_ENUMERATED_it())
        guard ASN1_ENUMERATED_set_int64(value.pointer, code) == 1 else { throw OpenSSLError("building a CRL reason") }
        return try value.encode()
    }

    /// Reads the number of a CRLReason.
    package static func readCRLReason(_ der: [UInt8]) throws(OpenSSLError) -> Int64 {
        let value = try ASN1Value<ASN1_ENUMERATED>(ASN1_ENUMERATED_it(), readingAll: der, "a CRL reason")
        var code: Int64 = 0
        guard ASN1_ENUMERATED_get_int64(&code, value.pointer) == 1 else { throw OpenSSLError("reading a CRL reason") }
        return code
    }
}
