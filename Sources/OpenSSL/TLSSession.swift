import COpenSSL

package final class TLSSession {
    package enum Role: Sendable { case client, server }
    package enum Version: Sendable { case tls12, tls13 }
    package enum State: Sendable { case handshaking, established }

    package init(role: Role, chain: [[UInt8]], key: borrowing PrivateKey, version: Version? = nil) throws(OpenSSLError)
    {
        fatalError()
    }
    /// A client that has no certificate.
    package init(clientWithoutCertificate version: Version?) throws(OpenSSLError) { fatalError() }

    package func receive(_ bytes: [UInt8]) { fatalError() }
    package func output() -> [UInt8] { fatalError() }
    package func step() throws(OpenSSLError) -> State { fatalError() }
    package var peerCertificates: [[UInt8]] { fatalError() }
    package var protocolVersion: String { fatalError() }
    package func write(_ bytes: [UInt8]) throws(OpenSSLError) { fatalError() }
    /// What has arrived, empty if nothing has; nil once the peer has closed.
    package func read() throws(OpenSSLError) -> [UInt8]? { fatalError() }
    package func shutdown() throws(OpenSSLError) { fatalError() }
    package static func handshake(client: TLSSession, server: TLSSession) throws(OpenSSLError) { fatalError() }
}
