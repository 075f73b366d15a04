import COpenSSL
import CTemplates

/// The values of the standard extensions (RFC 5280 §4.2), to and from DER.
package enum ExtensionValues {
    // MARK: Basic constraints

    /// BasicConstraints (RFC 5280 §4.2.1.9).
    package static func basicConstraints(isCA: Bool, pathLength: Int?) throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<BASIC_CONSTRAINTS>(BASIC_CONSTRAINTS_it())
        value.pointer.pointee.ca = isCA ? 0xFF : 0
        if let pathLength {
            value.pointer.pointee.pathlen = ASN1_INTEGER_new()
            ASN1_INTEGER_set_int64(value.pointer.pointee.pathlen, Int64(pathLength))
        }
        return try value.encode()
    }

    /// Reads BasicConstraints; a path length beyond all reason comes out as `Int.max`.
    package static func readBasicConstraints(_ der: [UInt8]) throws(OpenSSLError) -> (isCA: Bool, pathLength: Int?) {
        let value = try ASN1Value<BASIC_CONSTRAINTS>(BASIC_CONSTRAINTS_it(), readingAll: der, "basic constraints")
        var pathLength: Int?
        if value.pointer.pointee.pathlen != nil {
            var number: Int64 = 0
            let fits = ASN1_INTEGER_get_int64(&number, value.pointer.pointee.pathlen) == 1
            pathLength = fits ? Int(number) : .max
            ErrorQueue.clear()
        }
        return (value.pointer.pointee.ca != 0, pathLength)
    }

    // MARK: Key usage

    /// The bits of KeyUsage in order (RFC 5280 §4.2.1.3).
    package static let keyUsageNames = [
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
        "cRLSign", "encipherOnly", "decipherOnly",
    ]

    /// KeyUsage from the names of its bits.
    package static func keyUsage(_ names: [String]) throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<ASN1_BIT_STRING>(ASN1_BIT_STRING_it())
        for (bit, name) in keyUsageNames.enumerated() where names.contains(name) {
            guard ASN1_BIT_STRING_set_bit(value.pointer, Int32(bit), 1) == 1 else {
                throw OpenSSLError("building a key usage")
            }
        }
        return try value.encode()
    }

    /// The names of the bits that are set, in order.
    package static func readKeyUsage(_ der: [UInt8]) throws(OpenSSLError) -> [String] {
        let value = try ASN1Value<ASN1_BIT_STRING>(ASN1_BIT_STRING_it(), readingAll: der, "a key usage")
        return keyUsageNames.enumerated().filter { ASN1_BIT_STRING_get_bit(value.pointer, Int32($0.offset)) == 1 }
            .map(\.element)
    }

    // MARK: Extended key usage

    /// ExtKeyUsageSyntax (RFC 5280 §4.2.1.12) from libcrypto's short names or dotted forms.
    package static func extendedKeyUsage(_ purposes: [String]) throws(OpenSSLError) -> [UInt8] {
        guard let stack = OPENSSL_sk_new_null() else { throw OpenSSLError("building an extended key usage") }
        defer { ASN1_item_free(stack, EXTENDED_KEY_USAGE_it()) }
        for purpose in purposes {
            guard let object = OBJ_txt2obj(purpose, 0), OPENSSL_sk_push(stack, UnsafeRawPointer(object)) > 0 else {
                throw OpenSSLError("building an extended key usage")
            }
        }
        return try ASN1.encode(stack, EXTENDED_KEY_USAGE_it())
    }

    /// The purposes by libcrypto's short names ("clientAuth"), else in dotted form.
    package static func readExtendedKeyUsage(_ der: [UInt8]) throws(OpenSSLError) -> [String] {
        try decodeStack(der, EXTENDED_KEY_USAGE_it(), "an extended key usage") { stack in
            (0..<max(0, OPENSSL_sk_num(stack))).map {
                OID(OPENSSL_sk_value(stack, $0).map { OpaquePointer($0) }).shortName
            }
        }
    }

    // MARK: Key identifiers and octet strings

    /// OCTET STRING: SubjectKeyIdentifier (RFC 5280 §4.2.1.2) and the values of private extensions.
    package static func octetString(_ octets: [UInt8]) -> [UInt8] { ASN1.element(V_ASN1_OCTET_STRING, octets) }

    /// The content of an OCTET STRING.
    package static func readOctetString(_ der: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<ASN1_OCTET_STRING>(ASN1_OCTET_STRING_it(), readingAll: der, "an octet string")
        return ASN1.content(value.pointer)
    }

    /// AuthorityKeyIdentifier (RFC 5280 §4.2.1.1) with the key identifier alone.
    package static func authorityKeyIdentifier(_ keyIdentifier: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let value = try ASN1Value<AUTHORITY_KEYID>(AUTHORITY_KEYID_it())
        value.pointer.pointee.keyid = try ASN1.makeString(keyIdentifier, tag: V_ASN1_OCTET_STRING)
        return try value.encode()
    }

    /// The key identifier of an AuthorityKeyIdentifier; nil if it has none.
    package static func readAuthorityKeyIdentifier(_ der: [UInt8]) throws(OpenSSLError) -> [UInt8]? {
        let value = try ASN1Value<AUTHORITY_KEYID>(AUTHORITY_KEYID_it(), readingAll: der, "an authority key identifier")
        guard let keyIdentifier = value.pointer.pointee.keyid else { return nil }
        return ASN1.content(keyIdentifier)
    }

    // MARK: Places and names

    /// CRLDistributionPoints (RFC 5280 §4.2.1.13): one point for each URL.
    package static func crlDistributionPoints(_ urls: [String]) throws(OpenSSLError) -> [UInt8] {
        guard let stack = OPENSSL_sk_new_null() else { throw OpenSSLError("building distribution points") }
        defer { ASN1_item_free(stack, CRL_DIST_POINTS_it()) }
        for url in urls {
            guard let item = ASN1_item_new(DIST_POINT_it()), OPENSSL_sk_push(stack, UnsafeRawPointer(item)) > 0,
                let place = ASN1_item_new(DIST_POINT_NAME_it()), let names = OPENSSL_sk_new_null()
            else { throw OpenSSLError("building distribution points") }
            let name = UnsafeMutablePointer<DIST_POINT_NAME>(place)
            name.pointee.type = 0
            name.pointee.name.fullname = names
            UnsafeMutablePointer<DIST_POINT>(item).pointee.distpoint = name
            try push(generalName: GEN_URI, Array(url.utf8), tag: V_ASN1_IA5STRING, to: names)
        }
        return try ASN1.encode(stack, CRL_DIST_POINTS_it())
    }

    /// The URLs of CRLDistributionPoints.
    package static func readCRLDistributionPoints(_ der: [UInt8]) throws(OpenSSLError) -> [String] {
        try decodeStack(der, CRL_DIST_POINTS_it(), "distribution points") { stack in
            StackView(stack, of: DIST_POINT.self).flatMap { point -> [String] in
                guard let name = point.pointee.distpoint, name.pointee.type == 0 else { return [] }
                return StackView(name.pointee.name.fullname, of: GENERAL_NAME.self).compactMap(url)
            }
        }
    }

    /// AuthorityInfoAccess (RFC 5280 §4.2.2.1) with caIssuers alone.
    package static func caIssuers(_ urls: [String]) throws(OpenSSLError) -> [UInt8] {
        guard let stack = OPENSSL_sk_new_null() else { throw OpenSSLError("building an information access") }
        defer { ASN1_item_free(stack, AUTHORITY_INFO_ACCESS_it()) }
        for url in urls {
            guard let item = ASN1_item_new(ACCESS_DESCRIPTION_it()), OPENSSL_sk_push(stack, UnsafeRawPointer(item)) > 0
            else { throw OpenSSLError("building an information access") }
            let access = UnsafeMutablePointer<ACCESS_DESCRIPTION>(item)
            ASN1_OBJECT_free(access.pointee.method)
            access.pointee.method = OBJ_nid2obj(NID_ad_ca_issuers)
            let string = try ASN1.makeString(Array(url.utf8), tag: V_ASN1_IA5STRING)
            GENERAL_NAME_set0_value(access.pointee.location, GEN_URI, string)
        }
        return try ASN1.encode(stack, AUTHORITY_INFO_ACCESS_it())
    }

    /// The URLs under caIssuers.
    package static func readCAIssuers(_ der: [UInt8]) throws(OpenSSLError) -> [String] {
        try decodeStack(der, AUTHORITY_INFO_ACCESS_it(), "an information access") { stack in
            StackView(stack, of: ACCESS_DESCRIPTION.self)
                .filter { OBJ_obj2nid($0.pointee.method) == NID_ad_ca_issuers }
                .compactMap { $0.pointee.location.flatMap(url) }
        }
    }

    /// SubjectAltName (RFC 5280 §4.2.1.6): an IP address where the text is one, else a DNS name.
    package static func subjectAlternativeNames(_ hosts: [String]) throws(OpenSSLError) -> [UInt8] {
        guard let names = OPENSSL_sk_new_null() else { throw OpenSSLError("building alternative names") }
        defer { ASN1_item_free(names, GENERAL_NAMES_it()) }
        for host in hosts {
            if let address = a2i_IPADDRESS(host) {
                defer { ASN1_STRING_free(address) }
                try push(generalName: GEN_IPADD, ASN1.content(address), tag: V_ASN1_OCTET_STRING, to: names)
            } else {
                ErrorQueue.clear()
                try push(generalName: GEN_DNS, Array(host.utf8), tag: V_ASN1_IA5STRING, to: names)
            }
        }
        return try ASN1.encode(names, GENERAL_NAMES_it())
    }

    /// The names, each with its kind, as libcrypto prints them ("DNS:localhost", "IP Address:127.0.0.1").
    package static func readSubjectAlternativeNames(_ der: [UInt8]) throws(OpenSSLError) -> [String] {
        try decodeStack(der, GENERAL_NAMES_it(), "alternative names") { names in
            StackView(names, of: GENERAL_NAME.self).compactMap { name in
                guard let bio = try? MemoryBIO(), GENERAL_NAME_print(bio.pointer, name) == 1 else { return nil }
                return String(decoding: bio.drain(), as: UTF8.self)
            }
        }
    }

    private static func push(
        generalName type: Int32,
        _ octets: [UInt8],
        tag: Int32,
        to names: OpaquePointer
    ) throws(OpenSSLError) {
        guard let item = ASN1_item_new(GENERAL_NAME_it()), OPENSSL_sk_push(names, UnsafeRawPointer(item)) > 0 else {
            throw OpenSSLError("building a general name")
        }
        GENERAL_NAME_set0_value(UnsafeMutablePointer(item), type, try ASN1.makeString(octets, tag: tag))
    }

    private static func url(_ name: UnsafeMutablePointer<GENERAL_NAME>) -> String? {
        guard name.pointee.type == GEN_URI else { return nil }
        return String(decoding: ASN1.content(name.pointee.d.uniformResourceIdentifier), as: UTF8.self)
    }

    private static func decodeStack<Result>(
        _ der: [UInt8],
        _ item: ADR_ITEM_REF,
        _ what: String,
        _ body: (OpaquePointer) -> Result
    ) throws(OpenSSLError) -> Result {
        var length = 0
        let stack = try ASN1.decode(der, item, what, length: &length)
        defer { ASN1_item_free(stack, item) }
        guard length == der.count else {
            throw OpenSSLError(operation: "reading \(what)", reasons: ["\(der.count - length) bytes too many"])
        }
        return body(stack)
    }
}
