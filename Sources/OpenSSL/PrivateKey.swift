import COpenSSL

package struct PrivateKey: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { EVP_PKEY_free(pointer) }

    package static func generate(_ curve: NamedCurve = .p384) throws(OpenSSLError) -> PrivateKey { fatalError() }
    package init(pem: [UInt8]) throws(OpenSSLError) { fatalError() }
    package func pem() throws(OpenSSLError) -> [UInt8] { fatalError() }
    package var subjectPublicKeyInfo: [UInt8] {
        get throws(OpenSSLError) { fatalError() }
    }
    package var curve: NamedCurve? { fatalError() }
    package func matches(certificateDER: [UInt8]) throws(OpenSSLError) -> Bool { fatalError() }
}
