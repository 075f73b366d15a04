import COpenSSL
import CTemplates

/// Reads private keys in the form this program writes them: one PEM block, unencrypted PKCS #8 (RFC 5958), around an
/// ECPrivateKey (RFC 5915) on a NIST curve given by its name, with its uncompressed point.
///
/// libcrypto's general reader tries all decoders of all providers, which is dearer than a signature.
enum PlainKeyReader {
    /// The key, owned by the caller; nil for every other form, and for what is none: the general reader judges it.
    static func read(pem: [UInt8]) -> OpaquePointer? {
        defer { ErrorQueue.clear() }
        let result = try? MemoryBIO.reading(pem) { bio -> OpaquePointer? in
            var label: UnsafeMutablePointer<CChar>?
            var header: UnsafeMutablePointer<CChar>?
            var der: UnsafeMutablePointer<UInt8>?
            var length = 0
            guard PEM_read_bio(bio, &label, &header, &der, &length) == 1, let label, let header, let der else {
                return nil
            }
            defer {
                CRYPTO_free(label, #file, #line)
                CRYPTO_free(header, #file, #line)
                CRYPTO_clear_free(der, length, #file, #line)
            }
            guard String(cString: label) == PEM_STRING_PKCS8INF, header.pointee == 0 else { return nil }
            var cursor: UnsafePointer<UInt8>? = UnsafePointer(der)
            guard let wrapped = d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, length) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(wrapped) }
            return key(in: wrapped)
        }
        return result ?? nil
    }

    private static func key(in wrapped: OpaquePointer) -> OpaquePointer? {
        var bytes: UnsafePointer<UInt8>?
        var length: Int32 = 0
        var algorithm: UnsafePointer<X509_ALGOR>?
        guard PKCS8_pkey_get0(nil, &bytes, &length, &algorithm, wrapped) == 1, let bytes,
            let curve = NamedCurve(AlgorithmIdentifier(UnsafeMutablePointer(mutating: algorithm)))
        else { return nil }
        var cursor: UnsafePointer<UInt8>? = bytes
        guard let value = ASN1_item_d2i(nil, &cursor, Int(length), ADR_EC_PRIVATE_KEY_it()) else { return nil }
        defer { ASN1_item_free(value, ADR_EC_PRIVATE_KEY_it()) }
        let contents = UnsafeMutablePointer<ADR_EC_PRIVATE_KEY>(value).pointee
        guard let number = contents.number else { return nil }
        let octets = UnsafeMutablePointer(mutating: ASN1_STRING_get0_data(number))
        let count = Int(ASN1_STRING_length(number))
        defer { OPENSSL_cleanse(octets, count) }
        var point = ASN1.content(contents.point)
        guard cursor == bytes + Int(length), ASN1_INTEGER_get(contents.version) == 1, contents.parameters == nil,
            count == curve.coordinateLength, point.count == curve.uncompressedPointLength,
            point[0] == UInt8(POINT_CONVERSION_UNCOMPRESSED.rawValue)
        else { return nil }
        var native = Array(UnsafeBufferPointer(start: octets, count: count))
        defer { OPENSSL_cleanse(&native, count) }
        // A big integer among parameters is in the order of the machine.
        #if _endian(little)
            native.reverse()
        #endif
        return key(on: curve, number: &native, point: &point)
    }

    /// The name of a parameter, which keeps the pointer: a `String` would be gone by then. OpenSSL's names for them are
    /// `OSSL_PKEY_PARAM_GROUP_NAME`, `…_PUB_KEY` and `…_PRIV_KEY`.
    private static func constant(_ name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private static let keyPair =
        EVP_PKEY_KEY_PARAMETERS | OSSL_KEYMGMT_SELECT_PUBLIC_KEY | OSSL_KEYMGMT_SELECT_PRIVATE_KEY

    private static func key(on curve: NamedCurve, number: inout [UInt8], point: inout [UInt8]) -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var group = Array(curve.groupName.utf8CString)
        var key: OpaquePointer?
        let made = group.withUnsafeMutableBufferPointer { group in
            number.withUnsafeMutableBufferPointer { number in
                point.withUnsafeMutableBufferPointer { point in
                    var parameters = [
                        OSSL_PARAM_construct_utf8_string(constant("group"), group.baseAddress, 0),
                        OSSL_PARAM_construct_octet_string(constant("pub"), point.baseAddress, point.count),
                        OSSL_PARAM_construct_BN(constant("priv"), number.baseAddress, number.count),
                        OSSL_PARAM_construct_end(),
                    ]
                    return EVP_PKEY_fromdata_init(context) == 1
                        && EVP_PKEY_fromdata(context, &key, keyPair, &parameters) == 1
                }
            }
        }
        return made ? key : nil
    }
}
