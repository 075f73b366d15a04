import Testing

@testable import OpenSSL

@Suite struct TLSSessionTests {
    /// A self-signed certificate of any kind: nobody judges it here.
    private func certificate(_ name: String, _ key: borrowing PrivateKey) throws -> [UInt8] {
        let subject = try NameAttribute.encode([[NameAttribute(type: .commonName, text: name)]])
        let contents = CertificateContents(
            serialNumber: [1],
            issuer: subject,
            notBefore: 0,
            notAfter: 1,
            subject: subject,
            subjectPublicKeyInfo: try key.subjectPublicKeyInfo,
            extensions: CertificateExtension.encode([])
        )
        return try contents.sign(with: key)
    }

    private func server(_ version: TLSSession.Version?) throws -> TLSSession {
        let key = try PrivateKey.generate()
        return try TLSSession(role: .server, chain: [try certificate("server", key)], key: key, version: version)
    }

    private func exchange(_ from: TLSSession, _ to: TLSSession, _ bytes: [UInt8]) throws -> [UInt8]? {
        try from.write(bytes)
        to.receive(from.output())
        return try to.read()
    }

    @Test(arguments: [TLSSession.Version.tls12, .tls13])
    func theServerSeesTheWholeChain(_ version: TLSSession.Version) throws {
        let key = try PrivateKey.generate()
        let leaf = try certificate("device", key)
        let others = [try certificate("ica", key), try certificate("root", key)]
        for chain in [[leaf], [leaf] + others] {
            let client = try TLSSession(role: .client, chain: chain, key: key)
            let server = try server(version)
            #expect(server.peerCertificates.isEmpty)
            try TLSSession.handshake(client: client, server: server)
            #expect(server.peerCertificates == chain)
            #expect(client.peerCertificates.count == 1)
            #expect(server.protocolVersion == (version == .tls12 ? "TLSv1.2" : "TLSv1.3"))
            #expect(client.protocolVersion == server.protocolVersion)
        }
    }

    @Test(arguments: [TLSSession.Version.tls12, .tls13])
    func aClientWithoutCertificateIsLetIn(_ version: TLSSession.Version) throws {
        let client = try TLSSession(clientWithoutCertificate: version)
        let server = try server(nil)
        try TLSSession.handshake(client: client, server: server)
        #expect(server.peerCertificates.isEmpty)
    }

    @Test(arguments: [TLSSession.Version.tls12, .tls13])
    func anotherKeyFailsInTheHandshake(_ version: TLSSession.Version) throws {
        let key = try PrivateKey.generate()
        let leaf = try certificate("device", key)
        let thief = try TLSSession(role: .client, chain: [leaf], key: try PrivateKey.generate())
        let server = try server(version)
        let error = #expect(throws: OpenSSLError.self) { try TLSSession.handshake(client: thief, server: server) }
        #expect(error?.operation == "the TLS handshake of the server")
        #expect(server.peerCertificates.isEmpty)
    }

    @Test func aKeyOfAnotherKindIsRefusedAtOnce() throws {
        let leaf = try certificate("device", try PrivateKey.generate(.p384))
        #expect(throws: OpenSSLError.self) {
            _ = try TLSSession(role: .client, chain: [leaf], key: try PrivateKey.generate(.p256))
        }
        #expect(throws: OpenSSLError.self) { _ = try TLSSession(role: .client, chain: [], key: try .generate()) }
        #expect(throws: OpenSSLError.self) { _ = try TLSSession(role: .client, chain: [[1, 2]], key: try .generate()) }
    }

    @Test(arguments: [TLSSession.Version.tls12, .tls13])
    func bytesGoBothWaysAndTheEndIsSeen(_ version: TLSSession.Version) throws {
        let client = try TLSSession(clientWithoutCertificate: version)
        let server = try server(version)
        try TLSSession.handshake(client: client, server: server)
        #expect(try exchange(client, server, Array("hello".utf8)) == Array("hello".utf8))
        let large = try RandomBytes.generate(100_000)
        #expect(try exchange(server, client, large) == large)
        #expect(try server.read() == [])
        try client.shutdown()
        server.receive(client.output())
        #expect(try server.read() == nil)
    }

    @Test func versionsThatDoNotMeet() throws {
        let client = try TLSSession(clientWithoutCertificate: .tls12)
        let server = try server(.tls13)
        #expect(throws: OpenSSLError.self) { try TLSSession.handshake(client: client, server: server) }
    }

    @Test func noiseIsAnErrorAndNothingWorse() throws {
        let server = try server(nil)
        server.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(throws: OpenSSLError.self) { try server.step() }
        #expect(ErrorQueue.drain().isEmpty)
    }

    @Test func nothingIsResumed() throws {
        let client = try TLSSession(clientWithoutCertificate: .tls13)
        let server = try server(.tls13)
        try TLSSession.handshake(client: client, server: server)
        // No ticket follows the handshake.
        #expect(server.output().isEmpty)
    }
}
