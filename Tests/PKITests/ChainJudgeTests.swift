import OpenSSL
import Testing

@testable import PKI

@Suite struct ChainJudgeTests {
    private func failure<T>(_ result: Result<T, TrustFailure>) -> TrustFailure? {
        if case .failure(let failure) = result { return failure }
        return nil
    }

    private func hub(
        _ presented: [CertificateOutline],
        _ anchors: [CertificateOutline],
        at time: Int64 = Samples.now + Samples.day
    ) -> Result<CertificateOutline, TrustFailure> {
        ChainJudge.hub(presented: presented.map(\.der), anchors: anchors.map(\.der), at: time)
    }

    private func full(
        _ presented: [CertificateOutline],
        _ roots: [CertificateOutline],
        at time: Int64 = Samples.now + Samples.day
    ) -> Result<[CertificateOutline], TrustFailure> {
        ChainJudge.full(presented: presented.map(\.der), roots: roots.map(\.der), at: time)
    }

    private let authority: Samples.Authority
    private let other: Samples.Authority
    private let leaf: CertificateOutline

    init() throws {
        authority = try Samples.Authority()
        other = try Samples.Authority()
        leaf = try authority.leaf(key: try .generate())
    }

    @Test func theSyncedAnchorVouches() throws {
        let anchors = [other.issuing, authority.issuing]
        for presented in [[leaf], [leaf, authority.issuing], [leaf, authority.issuing, authority.root]] {
            #expect(try hub(presented, anchors).get().der == authority.issuing.der)
        }
        #expect(
            try hub([leaf, authority.issuing], [authority.root, authority.issuing]).get().der == authority.issuing.der
        )
    }

    @Test func anUnsyncedAnchorIsRefusedWhateverIsPresented() throws {
        for anchors in [[], [other.issuing]] {
            let refused = failure(hub([leaf, authority.issuing, authority.root], anchors))
            #expect(refused?.reason == .noAnchor)
            #expect(refused?.depth == 0)
            #expect(refused?.subject == "CN=device-1")
        }
        let refused = failure(hub([leaf], [other.root]))
        #expect(refused?.reason == .noAnchor)
        #expect(refused?.message.contains(authority.issuing.subject.description) == true)
        // Same name, another key.
        #expect(failure(hub([leaf], [other.issuing]))?.message.contains("the keys differ") == true)
    }

    @Test func onlyTheIssuingCAItselfCounts() throws {
        let refused = failure(hub([leaf, authority.issuing], [authority.root]))
        #expect(refused?.reason == .notDirectlyUnderAnchor)
        #expect(refused?.message.contains("CN=ica-\(Samples.name)") == true)
        #expect(failure(hub([leaf], [leaf]))?.reason == .notDirectlyUnderAnchor)
    }

    @Test func dates() throws {
        let end = leaf.notAfter
        #expect(throws: Never.self) { try hub([leaf], [authority.issuing], at: end - 1).get() }
        let expired = failure(hub([leaf], [authority.issuing], at: end))
        #expect(expired?.reason == .expired(subject: "CN=device-1", notAfter: end))
        #expect(expired?.message.contains("2026-03-31T00:00:00Z") == true)
        #expect(throws: Never.self) { try hub([leaf], [authority.issuing], at: Samples.now).get() }
        let early = failure(hub([leaf], [authority.issuing], at: Samples.now - 1))
        #expect(early?.reason == .notYetValid)
        let late = failure(hub([leaf], [authority.issuing], at: authority.issuing.notAfter + 1))
        guard case .expired = late?.reason else {
            Issue.record("\(String(describing: late))")
            return
        }
    }

    @Test func expiredIssuerIsNamed() throws {
        // A leaf that outlives its CA can't be made here; the CA's own turn comes first where both have ended.
        let refused = failure(full([leaf, authority.issuing], [authority.root], at: authority.issuing.notAfter + 1))
        #expect(
            refused?.reason
                == .expired(
                    subject: authority.issuing.subject.description,
                    notAfter: authority.issuing.notAfter
                )
        )
        #expect(refused?.depth == 1)
    }

    @Test func foreignCAPresented() throws {
        let refused = failure(hub([leaf, other.issuing, other.root], [other.issuing]))
        #expect(refused?.reason == .noAnchor)
    }

    @Test func selfSigned() throws {
        let scratch = try Scratch()
        try scratch.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out k.pem")
        try scratch.openssl("req -x509 -key k.pem -subj /CN=device-1 -days 7300 -outform DER -out c.der")
        let own = try CertificateOutline(lenient: try scratch.read("c.der"))
        let refused = failure(hub([own], [authority.issuing], at: own.notBefore + 1))
        #expect(refused?.reason == .selfSigned)
        #expect(failure(full([own], [authority.root], at: own.notBefore + 1))?.reason == .selfSigned)
    }

    @Test func badSignature() throws {
        var node = DERNode(leaf.der)
        node[2].content[30] ^= 1
        let refused = ChainJudge.hub(
            presented: [node.encode()],
            anchors: [authority.issuing.der],
            at: Samples.now + 1
        )
        #expect(failure(refused)?.reason == .badSignature)
        #expect(failure(refused)?.subject == "CN=device-1")
    }

    @Test func wrongPurpose() throws {
        let key = try PrivateKey.generate()
        let server = try CertificateFactory.server(
            hostNames: ["device-1"],
            key: key,
            issuer: authority.issuer,
            notBefore: Samples.now,
            notAfter: Samples.now + Samples.day,
            serial: try Samples.serial()
        )
        let refused = failure(hub([server], [authority.issuing]))
        #expect(refused?.reason == .wrongPurpose)
        #expect(refused?.message.contains("serverAuth") == true)
    }

    @Test func nothingAndNoise() throws {
        #expect(failure(hub([], [authority.issuing]))?.reason == .noCertificate)
        let noise = ChainJudge.hub(presented: [[1, 2]], anchors: [], at: 0)
        #expect(failure(noise)?.reason == .malformed)
        let second = ChainJudge.hub(presented: [leaf.der, [1]], anchors: [authority.issuing.der], at: Samples.now)
        #expect(failure(second)?.depth == 1)
        let trailing = ChainJudge.hub(presented: [leaf.der + [0]], anchors: [authority.issuing.der], at: Samples.now)
        #expect(failure(trailing)?.reason == .malformed)
        let anchor = ChainJudge.hub(presented: [leaf.der], anchors: [[0]], at: Samples.now)
        #expect(failure(anchor)?.message.contains("CA certificate 1") == true)
    }

    @Test func fullChain() throws {
        let chain = try full([leaf, authority.issuing], [other.root, authority.root]).get()
        #expect(chain.map(\.der) == [leaf.der, authority.issuing.der, authority.root.der])
        let missing = failure(full([leaf], [authority.root]))
        #expect(missing?.reason == .noAnchor)
        #expect(missing?.message.contains("was issued by \(authority.issuing.subject)") == true)
        let foreign = failure(full([leaf, authority.issuing, authority.root], [other.root]))
        #expect(foreign?.reason == .noAnchor)
        // A partial chain is none.
        #expect(failure(full([leaf], [authority.issuing]))?.reason == .noAnchor)
    }

    /// What a hub does: the handshake proves the key, then the chain that came with it is judged.
    @Test(arguments: [TLSSession.Version.tls12, .tls13])
    func throughTLS(_ version: TLSSession.Version) throws {
        let key = try PrivateKey.generate()
        let leaf = try authority.leaf(key: key)
        let rootKey = try PrivateKey.generate()
        let serverRoot = try CertificateFactory.serverRoot(
            key: rootKey,
            notBefore: Samples.now,
            commonName: "local",
            serial: try Samples.serial()
        )
        let serverKey = try PrivateKey.generate()
        let certificate = try CertificateFactory.server(
            hostNames: ["localhost"],
            key: serverKey,
            issuer: try Issuer(certificate: serverRoot, key: rootKey),
            notBefore: Samples.now,
            notAfter: Samples.now + Samples.day,
            serial: try Samples.serial()
        )
        func server() throws -> TLSSession {
            try TLSSession(role: .server, chain: [certificate.der], key: serverKey, version: version)
        }
        for others in [[], [authority.issuing], [authority.issuing, authority.root]] {
            let chain = [leaf] + others
            let client = try TLSSession(role: .client, chain: chain.map(\.der), key: key)
            let server = try server()
            try TLSSession.handshake(client: client, server: server)
            let presented = server.peerCertificates
            #expect(presented == chain.map(\.der))
            let anchors = [authority.issuing.der]
            #expect(throws: Never.self) {
                try ChainJudge.hub(presented: presented, anchors: anchors, at: Samples.now).get()
            }
        }
        let thief = try TLSSession(role: .client, chain: [leaf.der], key: try PrivateKey.generate())
        #expect(throws: OpenSSLError.self) { try TLSSession.handshake(client: thief, server: try server()) }
    }
}
