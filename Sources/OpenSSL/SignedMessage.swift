import COpenSSL
import Glibc

/// CMS SignedData (RFC 5652 §5) that carries its content and its signer's certificate.
package enum SignedMessage {
    /// What a message holds that was verified.
    package struct Verified: Sendable {
        package let content: [UInt8]
        /// The certificate of every signer, in DER.
        package let signers: [[UInt8]]
    }

    /// Signs content with SHA-384; the signing time is among what is signed.
    ///
    /// - Parameters:
    ///   - certificate: the signer's, in DER; it goes into the message.
    ///   - time: the signing time, Unix seconds UTC; libcrypto would ask the clock.
    /// - Returns: the message in DER.
    package static func sign(
        _ content: [UInt8],
        certificate: [UInt8],
        key: borrowing PrivateKey,
        at time: Int64
    ) throws(OpenSSLError) -> [UInt8] {
        let operation = "signing a message"
        guard let signer = ChainVerification.certificate(certificate) else {
            throw OpenSSLError(operation: operation, reasons: ["the signer's certificate is none"])
        }
        defer { X509_free(signer) }
        let flags = UInt32(CMS_BINARY) | UInt32(CMS_NOSMIMECAP)
        guard let message = CMS_sign(nil, nil, nil, nil, flags | UInt32(CMS_PARTIAL)),
            let moment = ASN1_TIME_set(nil, time_t(time))
        else { throw OpenSSLError(operation) }
        defer {
            CMS_ContentInfo_free(message)
            ASN1_STRING_free(moment)
        }
        let isSigned = try key.withPointer { (key) throws(OpenSSLError) -> Bool in
            guard let info = CMS_add1_signer(message, signer, key, Digest.sha384.method, flags),
                CMS_signed_add1_attr_by_NID(
                    info,
                    NID_pkcs9_signingTime,
                    ASN1_STRING_type(moment),
                    UnsafeRawPointer(moment),
                    -1
                ) == 1
            else { return false }
            return try MemoryBIO.reading(content) { (bio) throws(OpenSSLError) in
                CMS_final(message, bio, nil, flags) == 1
            }
        }
        guard isSigned else { throw OpenSSLError(operation) }
        return try der(of: message, operation)
    }

    /// The content of a message, unverified.
    package static func content(of der: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let operation = "reading a signed message"
        let message = try CMSMessage(der, operation)
        guard let content = CMS_get0_content(message.pointer), let octets = content.pointee else {
            throw OpenSSLError(operation: operation, reasons: ["it carries no content"])
        }
        guard let bytes = ASN1_STRING_get0_data(octets) else { return [] }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(octets))))
    }

    /// Verifies every signature of a message, and that one of `anchors` vouches for each signer, whatever the purpose.
    ///
    /// - Parameter time: the moment to judge certificates by, Unix seconds UTC; the clock is not asked.
    package static func verify(
        _ der: [UInt8],
        anchors: [[UInt8]],
        at time: Int64
    ) throws(OpenSSLError) -> Verified {
        let operation = "verifying a signed message"
        let message = try CMSMessage(der, operation)
        guard let store = X509_STORE_new(), let parameters = X509_STORE_get0_param(store) else {
            throw OpenSSLError(operation)
        }
        defer { X509_STORE_free(store) }
        for anchor in anchors {
            guard let certificate = ChainVerification.certificate(anchor) else {
                throw OpenSSLError(operation: operation, reasons: ["an anchor is no certificate"])
            }
            X509_STORE_add_cert(store, certificate)
            X509_free(certificate)
        }
        X509_VERIFY_PARAM_set_time(parameters, time_t(time))
        guard X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY) == 1 else { throw OpenSSLError(operation) }
        let output = try MemoryBIO()
        guard CMS_verify(message.pointer, nil, store, nil, output.pointer, UInt32(CMS_BINARY)) == 1 else {
            throw OpenSSLError(operation)
        }
        let signers = CMS_get0_signers(message.pointer)
        defer { OPENSSL_sk_free(signers) }
        return Verified(content: output.drain(), signers: StackOfCertificates.ders(signers))
    }

    static func der(of message: OpaquePointer, _ operation: String) throws(OpenSSLError) -> [UInt8] {
        let output = try MemoryBIO()
        guard i2d_CMS_bio(output.pointer, message) == 1 else { throw OpenSSLError(operation) }
        return output.drain()
    }
}

/// A CMS message, read from DER that is nothing else.
struct CMSMessage: ~Copyable {
    let pointer: OpaquePointer

    init(_ der: [UInt8], _ operation: String) throws(OpenSSLError) {
        let read = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let message = d2i_CMS_ContentInfo(nil, &cursor, buffer.count) else { return nil }
            if let start = buffer.baseAddress, let cursor, cursor - start == buffer.count { return message }
            CMS_ContentInfo_free(message)
            return nil
        }
        guard let read else {
            let error = OpenSSLError(operation)
            throw error.reasons.isEmpty
                ? OpenSSLError(operation: operation, reasons: ["there are bytes after its end"]) : error
        }
        pointer = read
    }

    deinit { CMS_ContentInfo_free(pointer) }
}
