import COpenSSL
import Glibc

/// libcrypto's verification of a certificate chain (RFC 5280 §6.1), with nothing taken from the system.
package enum ChainVerification {
    package struct Result: Sendable {
        /// libcrypto's code, 0 for a chain that holds (`X509_V_ERR_…`).
        package let code: Int
        /// libcrypto's words for it.
        package let text: String
        /// The place in the chain the error was found at, the leaf being 0.
        package let depth: Int
        /// The certificate there, in DER, if there is one.
        package let certificate: [UInt8]?
        /// The chain as far as it was built, leaf first, each in DER.
        package let chain: [[UInt8]]
    }

    /// One of the inputs is no certificate.
    package struct Malformed: Error, Sendable {
        /// Whether it is one of the anchors.
        package let isAnchor: Bool
        /// Its place among the presented ones, the leaf being 0, or among the anchors.
        package let index: Int
    }

    /// The codes of libcrypto that have a meaning of their own for those who judge.
    package enum Code {
        package static let expired = Int(X509_V_ERR_CERT_HAS_EXPIRED)
        package static let notYetValid = Int(X509_V_ERR_CERT_NOT_YET_VALID)
        package static let badSignature = Int(X509_V_ERR_CERT_SIGNATURE_FAILURE)
        package static let selfSignedLeaf = Int(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
        package static let wrongPurpose = Int(X509_V_ERR_INVALID_PURPOSE)
        package static let noAnchor: Set<Int> = [
            Int(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN), Int(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT),
            Int(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY), Int(X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE),
        ]
    }

    /// Verifies that the first of `presented` is a TLS client's certificate that one of `anchors` vouches for.
    ///
    /// The other presented certificates help to build the chain and are never trusted.
    ///
    /// - Parameters:
    ///   - partial: whether a chain may end at an anchor that is not self-signed.
    ///   - strict: whether the checks are on that certificates of today pass and many old ones do not.
    ///   - time: the moment to judge by, Unix seconds UTC; the clock is not asked.
    package static func verify(
        presented: [[UInt8]],
        anchors: [[UInt8]],
        partial: Bool,
        strict: Bool = true,
        at time: Int64
    ) throws -> Result {
        let trusted = try CertificateStack(anchors)
        if let index = trusted.malformed { throw Malformed(isAnchor: true, index: index) }
        let others = try CertificateStack(presented)
        if let index = others.malformed { throw Malformed(isAnchor: false, index: index) }
        let store = try Store(trusted)
        guard let leaf = others.first, let context = X509_STORE_CTX_new() else {
            throw OpenSSLError("preparing a verification")
        }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store.pointer, leaf, others.pointer) == 1,
            let parameters = X509_STORE_CTX_get0_param(context)
        else { throw OpenSSLError("preparing a verification") }
        var flags: UInt = strict ? UInt(X509_V_FLAG_X509_STRICT) : 0
        if partial { flags |= UInt(X509_V_FLAG_PARTIAL_CHAIN) }
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        X509_VERIFY_PARAM_set_time(parameters, time_t(time))
        guard X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT) == 1 else {
            throw OpenSSLError("preparing a verification")
        }
        let holds = X509_verify_cert(context) == 1
        ErrorQueue.clear()
        var code = X509_STORE_CTX_get_error(context)
        // A failure without a code must not pass for a success.
        if !holds, code == X509_V_OK { code = X509_V_ERR_UNSPECIFIED }
        return Result(
            code: Int(code),
            text: X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)",
            depth: Int(X509_STORE_CTX_get_error_depth(context)),
            certificate: X509_STORE_CTX_get_current_cert(context).flatMap(Self.der),
            chain: StackOfCertificates.ders(X509_STORE_CTX_get0_chain(context))
        )
    }

    /// Reads what comes as DER and is nothing but one certificate.
    static func certificate(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let certificate = d2i_X509(nil, &cursor, buffer.count) else {
                ErrorQueue.clear()
                return nil
            }
            if let start = buffer.baseAddress, let cursor, cursor - start == buffer.count { return certificate }
            X509_free(certificate)
            return nil
        }
    }

    static func der(_ certificate: OpaquePointer) -> [UInt8]? {
        let length = i2d_X509(certificate, nil)
        guard length > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            var cursor = buffer.baseAddress
            count = max(0, Int(i2d_X509(certificate, &cursor)))
        }
    }

    private struct Store: ~Copyable {
        let pointer: OpaquePointer

        init(_ anchors: borrowing CertificateStack) throws(OpenSSLError) {
            guard let pointer = X509_STORE_new() else { throw OpenSSLError("preparing a verification") }
            self.pointer = pointer
            for certificate in anchors.certificates { X509_STORE_add_cert(pointer, certificate) }
        }

        deinit { X509_STORE_free(pointer) }
    }

    private struct CertificateStack: ~Copyable {
        let pointer: OpaquePointer
        /// Those before the first one that is malformed.
        let certificates: [OpaquePointer]
        /// The place of the first input that is no certificate.
        let malformed: Int?

        var first: OpaquePointer? { certificates.first }

        init(_ ders: [[UInt8]]) throws(OpenSSLError) {
            guard let pointer = OPENSSL_sk_new_null() else { throw OpenSSLError("preparing a verification") }
            var certificates: [OpaquePointer] = []
            for der in ders {
                guard let certificate = ChainVerification.certificate(der) else { break }
                certificates.append(certificate)
                OPENSSL_sk_push(pointer, UnsafeRawPointer(certificate))
            }
            self.pointer = pointer
            self.certificates = certificates
            malformed = certificates.count < ders.count ? certificates.count : nil
        }

        deinit {
            OPENSSL_sk_free(pointer)
            for certificate in certificates { X509_free(certificate) }
        }
    }
}

/// libcrypto's stacks of certificates.
enum StackOfCertificates {
    /// The DER of each.
    static func ders(_ stack: OpaquePointer?) -> [[UInt8]] {
        (0..<max(0, OPENSSL_sk_num(stack))).compactMap { index in
            OPENSSL_sk_value(stack, index).flatMap { ChainVerification.der(OpaquePointer($0)) }
        }
    }
}
