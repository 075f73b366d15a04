import COpenSSL

/// One end of a TLS connection over memory: bytes from the peer go in with `receive`, bytes for it come out of `output`.
///
/// The session never judges its peer: it keeps the certificates and leaves the verdict to whoever reads them once the
/// handshake has proven that the peer holds the key. Tickets and session cache are off, so that every connection is a
/// full handshake and can be judged. A server asks for a client's certificate and goes on without one.
///
/// A session belongs to one thread at a time.
package final class TLSSession {
    package enum Role: Sendable { case client, server }
    package enum Version: Sendable { case tls12, tls13 }
    /// Established: this end has proof of all it asked for.
    package enum State: Sendable { case handshaking, established }

    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let role: Role
    private var state = State.handshaking

    /// - Parameters:
    ///   - chain: this end's certificates in DER, leaf first.
    ///   - key: the private key presented with them. One that does not belong to the leaf is used all the same if it is
    ///     on the same curve: it is the peer who finds out, in the handshake.
    ///   - version: the one version to speak; nil for TLS 1.2 and 1.3.
    package convenience init(
        role: Role,
        chain: [[UInt8]],
        key: borrowing PrivateKey,
        version: Version? = nil
    ) throws(OpenSSLError) {
        let settings = try Settings(role, version)
        try settings.present(chain, key)
        try self.init(settings, role)
    }

    /// A client that has no certificate to show.
    package convenience init(clientWithoutCertificate version: Version? = nil) throws(OpenSSLError) {
        try self.init(try Settings(.client, version), .client)
    }

    private init(_ settings: borrowing Settings, _ role: Role) throws(OpenSSLError) {
        guard let session = SSL_new(settings.pointer) else { throw OpenSSLError("preparing a TLS session") }
        guard let incoming = BIO_new(BIO_s_mem()) else {
            SSL_free(session)
            throw OpenSSLError("preparing a TLS session")
        }
        guard let outgoing = BIO_new(BIO_s_mem()) else {
            BIO_free(incoming)
            SSL_free(session)
            throw OpenSSLError("preparing a TLS session")
        }
        // The session owns both from here on.
        SSL_set_bio(session, incoming, outgoing)
        switch role {
        case .client: SSL_set_connect_state(session)
        case .server: SSL_set_accept_state(session)
        }
        self.session = session
        self.incoming = incoming
        self.outgoing = outgoing
        self.role = role
    }

    deinit { SSL_free(session) }

    // MARK: Bytes on the wire

    /// Takes bytes that came from the peer; `step` and `read` look at them.
    package func receive(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { BIO_write(incoming, $0.baseAddress, Int32(clamping: $0.count)) }
            // Writing to memory fails only when memory has run out.
            guard written > 0 else { fatalError("\(OpenSSLError("buffering TLS records"))") }
            rest = rest.dropFirst(Int(written))
        }
    }

    /// Takes everything that is to go to the peer.
    package func output() -> [UInt8] { MemoryBIO.drain(outgoing) }

    // MARK: Handshake

    /// Goes on with the handshake as far as the bytes received allow.
    ///
    /// Throws when the handshake has failed; an alert for the peer may then be in `output`. A client of TLS 1.3 is
    /// established before the server has judged its certificate: only what it reads next tells.
    package func step() throws(OpenSSLError) -> State {
        if state == .established { return state }
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 {
            state = .established
        } else if !isWaiting(result) {
            throw OpenSSLError("the TLS handshake of the \(role == .client ? "client" : "server")")
        }
        return state
    }

    /// The peer's certificates in DER, leaf first; empty before the handshake is over, and if it showed none.
    package var peerCertificates: [[UInt8]] {
        guard state == .established, let leaf = SSL_get1_peer_certificate(session) else { return [] }
        defer { X509_free(leaf) }
        guard let first = ChainVerification.der(leaf) else { return [] }
        let chain = StackOfCertificates.ders(SSL_get_peer_cert_chain(session))
        // libssl counts the leaf among a server's certificates, not among a client's.
        return role == .client ? chain : [first] + chain
    }

    /// The version in use ("TLSv1.3").
    package var protocolVersion: String {
        SSL_get_version(session).map { String(cString: $0) } ?? ""
    }

    // MARK: Application bytes

    /// Encrypts `bytes` into `output`.
    package func write(_ bytes: [UInt8]) throws(OpenSSLError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var written = 0
            ERR_clear_error()
            guard rest.withUnsafeBytes({ SSL_write_ex(session, $0.baseAddress, $0.count, &written) }) == 1 else {
                throw OpenSSLError("writing to the TLS session")
            }
            rest = rest.dropFirst(written)
        }
    }

    /// What has arrived, decrypted: empty if nothing has, nil once the peer has closed.
    package func read() throws(OpenSSLError) -> [UInt8]? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            var count = 0
            ERR_clear_error()
            let result = SSL_read_ex(session, &buffer, buffer.count, &count)
            if result == 1 {
                received += buffer.prefix(count)
            } else if isWaiting(result) {
                return received
            } else if SSL_get_error(session, result) == SSL_ERROR_ZERO_RETURN {
                return received.isEmpty ? nil : received
            } else {
                throw OpenSSLError("reading from the TLS session")
            }
        }
    }

    /// Tells the peer that no more comes.
    package func shutdown() throws(OpenSSLError) {
        ERR_clear_error()
        guard SSL_shutdown(session) >= 0 else { throw OpenSSLError("closing the TLS session") }
    }

    private func isWaiting(_ result: Int32) -> Bool {
        let error = SSL_get_error(session, result)
        return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
    }

    // MARK: Both ends in one process

    /// Carries bytes between two ends until both are established.
    ///
    /// Throws what the end says that found the fault, not the alert the other one got. A client of TLS 1.3 believes in
    /// the handshake before the server has looked at its certificate, so both have to agree before this returns.
    package static func handshake(client: TLSSession, server: TLSSession) throws(OpenSSLError) {
        while true {
            let before = try (client.step(), server.state)
            let toServer = client.output()
            server.receive(toServer)
            let serverState = try server.step()
            let toClient = server.output()
            client.receive(toClient)
            if before.0 == .established, serverState == .established {
                // What the server has still sent may be an alert.
                guard try client.read() != nil else {
                    throw OpenSSLError(operation: "the TLS handshake", reasons: ["the server closed the connection"])
                }
                return
            }
            if toServer.isEmpty, toClient.isEmpty, before.1 == serverState {
                throw OpenSSLError(operation: "the TLS handshake", reasons: ["both ends wait for each other"])
            }
        }
    }
}

/// What an end of a connection is set up with.
private struct Settings: ~Copyable {
    let pointer: OpaquePointer

    init(_ role: TLSSession.Role, _ version: TLSSession.Version?) throws(OpenSSLError) {
        RandomGenerator.choose()
        guard let pointer = SSL_CTX_new(role == .client ? TLS_client_method() : TLS_server_method()) else {
            throw OpenSSLError("preparing a TLS session")
        }
        self.pointer = pointer
        let lowest = version == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
        let highest = version == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(lowest), nil)
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(highest), nil)
        // SSL_OP_NO_TICKET is a macro Swift does not see.
        SSL_CTX_set_options(pointer, 1 << 14)
        SSL_CTX_set_num_tickets(pointer, 0)
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        // Nothing is decided here: whether the peer holds the key is known only after this.
        SSL_CTX_set_cert_verify_callback(pointer, { _, _ in 1 }, nil)
    }

    deinit { SSL_CTX_free(pointer) }

    borrowing func present(_ chain: [[UInt8]], _ key: borrowing PrivateKey) throws(OpenSSLError) {
        let operation = "preparing a TLS session"
        for (index, der) in chain.enumerated() {
            guard let certificate = ChainVerification.certificate(der) else {
                throw OpenSSLError(
                    operation: operation,
                    reasons: ["certificate \(index + 1) of the chain is malformed"]
                )
            }
            defer { X509_free(certificate) }
            if index == 0 {
                guard SSL_CTX_use_certificate(pointer, certificate) == 1 else { throw OpenSSLError(operation) }
            } else {
                // SSL_CTX_add1_chain_cert
                guard SSL_CTX_ctrl(pointer, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(certificate)) == 1 else {
                    throw OpenSSLError(operation)
                }
            }
        }
        let context = pointer
        guard let leaf = chain.first else {
            throw OpenSSLError(operation: operation, reasons: ["there is no certificate"])
        }
        let publicKey = try CertificateInfo(reading: leaf).publicKey
        let belongs = try key.matches(publicKey)
        try key.withPointer { (key) throws(OpenSSLError) in
            if belongs {
                guard SSL_CTX_use_PrivateKey(context, key) == 1 else { throw OpenSSLError(operation) }
                return
            }
            // libssl refuses to present a certificate with another key. An end that tries has to be found out by its
            // peer, so the key is given the certificate's public half.
            guard let disguised = EVP_PKEY_dup(key) else { throw OpenSSLError(operation) }
            defer { EVP_PKEY_free(disguised) }
            guard EVP_PKEY_set1_encoded_public_key(disguised, publicKey.bits, publicKey.bits.count) == 1,
                SSL_CTX_use_PrivateKey(context, disguised) == 1
            else {
                ErrorQueue.clear()
                throw OpenSSLError(
                    operation: operation,
                    reasons: ["the private key is not the certificate's, and not even of its kind"]
                )
            }
        }
    }
}
