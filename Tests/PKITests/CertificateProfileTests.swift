import Foundation
import OpenSSL
import Testing

@testable import PKI

/// Every kind of certificate, member by member, and what other programs say about it.
@Suite struct CertificateProfileTests {
    @Test func root() throws {
        let key = try PrivateKey.generate()
        let serial = try Samples.serial()
        let root = try CertificateFactory.root(
            key: key,
            notBefore: Samples.now,
            name: Samples.name,
            serial: serial
        )
        #expect(root.version == 3)
        #expect(root.serialNumber == Hexadecimal.encode(serial))
        #expect(root.subject.description == "CN=rootca-\(Samples.name)")
        #expect(root.issuer == root.subject)
        #expect(root.subject.attributes.first?.stringType == .utf8String)
        #expect(root.notBefore == Samples.now)
        #expect(Moment.text(root.notAfter) == "2036-03-01T00:00:00Z")
        #expect(root.keyDescription == "P-384")
        #expect(root.subjectPublicKeyInfo == (try key.subjectPublicKeyInfo))
        #expect(root.signatureAlgorithm == "ecdsa-with-SHA384")
        #expect(root.basicConstraints == .init(isCA: true, pathLength: 1))
        #expect(root.keyUsage == ["digitalSignature", "keyCertSign", "cRLSign"])
        #expect(root.extendedKeyUsage == ["clientAuth"])
        #expect(root.subjectKeyIdentifier?.count == 20)
        #expect(root.authorityKeyIdentifier == root.subjectKeyIdentifier)
        #expect(root.criticalExtensions == ["2.5.29.19", "2.5.29.15"])
        #expect(root.otherExtensions.isEmpty)
        #expect(root.deviceIdentifier == nil)
        #expect(root.crlDistributionPoints.isEmpty && root.caIssuers.isEmpty)
        #expect(root.thumbprintSHA1.count == 40 && root.thumbprintSHA256.count == 64)
    }

    @Test func issuingCA() throws {
        let authority = try Samples.Authority()
        let key = try PrivateKey.generate()
        let ca = try CertificateFactory.issuingCA(
            key: key,
            issuer: authority.rootIssuer,
            notBefore: Samples.now,
            name: Samples.name,
            serial: try Samples.serial(),
            crlDistributionPoints: ["http://a.example/current.crl", "http://b.example/current.crl"],
            caIssuers: ["http://a.example/ca.cer"]
        )
        #expect(ca.subject.description == "CN=ica-\(Samples.name)")
        #expect(ca.issuer == authority.root.subject)
        #expect(Moment.text(ca.notAfter) == "2027-03-01T00:00:00Z")
        #expect(ca.basicConstraints == .init(isCA: true, pathLength: 0))
        #expect(ca.keyUsage == ["digitalSignature", "keyCertSign", "cRLSign"])
        #expect(ca.extendedKeyUsage == ["clientAuth"])
        #expect(ca.authorityKeyIdentifier == authority.root.subjectKeyIdentifier)
        #expect(ca.crlDistributionPoints == ["http://a.example/current.crl", "http://b.example/current.crl"])
        #expect(ca.caIssuers == ["http://a.example/ca.cer"])
        #expect(ca.otherExtensions.isEmpty)
        #expect(throws: Refusal.self) {
            _ = try CertificateFactory.issuingCA(
                key: key,
                issuer: authority.issuer,
                notBefore: Samples.now,
                name: Samples.name,
                serial: try Samples.serial()
            )
        }
    }

    @Test(arguments: [NameAttribute.StringType.utf8String, .printableString], [7, 30, 90])
    func leaf(_ type: NameAttribute.StringType, _ days: Int) throws {
        let authority = try Samples.Authority()
        let key = try PrivateKey.generate()
        let name = NameAttribute(type: .commonName, text: "device-1", stringType: type)
        let der = try CertificationRequestInfo.make(subject: [[name]], key: key)
        let judgement = CSRAcceptance.judge(Samples.base64(der), rules: CSRRules(registrationID: "device-1"))
        let identifier = try RandomBytes.generate(32)
        let issued = try CertificateFactory.signedLeaf(
            request: try judgement.accepted(),
            issuer: authority.issuer,
            notBefore: Samples.now,
            validityDays: days,
            serial: try Samples.serial(),
            deviceIdentifier: identifier
        )
        let leaf = try CertificateOutline(der: issued.der)
        #expect(issued.serialNumber == leaf.serialNumber)
        #expect(issued.notBefore == Samples.now)
        #expect(issued.notAfter == leaf.notAfter)
        #expect(issued.thumbprintSHA1 == leaf.thumbprintSHA1)
        #expect(leaf.subject.attributes == [name])
        #expect(leaf.issuer == authority.issuing.subject)
        #expect(leaf.notBefore == Samples.now)
        #expect(leaf.notAfter == Samples.now + Int64(days) * 86_400)
        #expect(leaf.subjectPublicKeyInfo == (try key.subjectPublicKeyInfo))
        #expect(leaf.basicConstraints == .init(isCA: false, pathLength: nil))
        #expect(leaf.keyUsage == ["digitalSignature"])
        #expect(leaf.extendedKeyUsage == ["clientAuth"])
        #expect(leaf.authorityKeyIdentifier == authority.issuing.subjectKeyIdentifier)
        #expect(leaf.deviceIdentifier == identifier)
        #expect(leaf.criticalExtensions == ["2.5.29.19", "2.5.29.15"])
        #expect(leaf.otherExtensions.isEmpty)
        #expect(leaf.signatureAlgorithm == "ecdsa-with-SHA384")
        #expect(leaf.subjectAlternativeNames.isEmpty)
    }

    @Test func otherCurvesWhereTheyAreAllowed() throws {
        let authority = try Samples.Authority()
        for curve in [NamedCurve.p256, .p521] {
            let key = try PrivateKey.generate(curve)
            let der = try CSRBuilder.make(commonName: "device-1", key: key)
            let rules = CSRRules(registrationID: "device-1", allowedCurves: [curve])
            let issued = try CertificateFactory.signedLeaf(
                request: try CSRAcceptance.judge(Samples.base64(der), rules: rules).accepted(),
                issuer: authority.issuer,
                notBefore: Samples.now,
                validityDays: 30,
                serial: try Samples.serial(),
                deviceIdentifier: try RandomBytes.generate(32)
            )
            let leaf = try CertificateOutline(der: issued.der)
            #expect(leaf.keyDescription == curve.rawValue)
            #expect(leaf.signatureAlgorithm == "ecdsa-with-SHA384")
        }
    }

    @Test func server() throws {
        let rootKey = try PrivateKey.generate()
        let root = try CertificateFactory.serverRoot(
            key: rootKey,
            notBefore: Samples.now,
            commonName: "adr local server CA",
            serial: try Samples.serial()
        )
        #expect(root.extendedKeyUsage == ["serverAuth"])
        #expect(root.basicConstraints == .init(isCA: true, pathLength: 0))
        let issuer = try Issuer(certificate: root, key: rootKey)
        let key = try PrivateKey.generate()
        let server = try CertificateFactory.server(
            hostNames: ["hub.azure-devices.example", "localhost", "127.0.0.1", "::1"],
            key: key,
            issuer: issuer,
            notBefore: Samples.now,
            notAfter: Samples.now + Samples.day,
            serial: try Samples.serial()
        )
        #expect(server.subject.commonName == "hub.azure-devices.example")
        #expect(server.extendedKeyUsage == ["serverAuth"])
        #expect(
            server.subjectAlternativeNames == [
                "DNS:hub.azure-devices.example", "DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1",
            ]
        )
        let scratch = try Scratch()
        try scratch.write(PEM.encode(label: "CERTIFICATE", der: root.der), "root.pem")
        try scratch.write(PEM.encode(label: "CERTIFICATE", der: server.der), "server.pem")
        try scratch.openssl(
            "verify -x509_strict -purpose sslserver -attime \(Samples.now) -verify_hostname localhost"
                + " -CAfile root.pem server.pem"
        )
    }

    // MARK: What others say

    private struct Chain {
        let scratch: Scratch
        let leaf: CertificateOutline
    }

    private func chain(notBefore: Int64 = Samples.now) throws -> Chain {
        let authority = try Samples.Authority(notBefore: notBefore)
        let leaf = try authority.leaf(key: try .generate(), notBefore: notBefore)
        let scratch = try Scratch()
        for (name, certificate) in [("root", authority.root), ("ica", authority.issuing), ("leaf", leaf)] {
            try scratch.write(certificate.der, "\(name).der")
            try scratch.write(PEM.encode(label: "CERTIFICATE", der: certificate.der), "\(name).pem")
        }
        return Chain(scratch: scratch, leaf: leaf)
    }

    @Test func openSSLVerifiesTheChain() throws {
        let scratch = try chain().scratch
        try scratch.openssl(
            "verify -x509_strict -purpose sslclient -attime \(Samples.now) -CAfile root.pem -untrusted ica.pem leaf.pem"
        )
        try scratch.openssl(
            "verify -x509_strict -purpose sslclient -attime \(Samples.now) -partial_chain -trusted ica.pem leaf.pem"
        )
        let text = try scratch.run("openssl", "x509", "-in", "leaf.pem", "-noout", "-text").output
        for words in [
            "Version: 3 (0x2)", "ecdsa-with-SHA384", "NIST CURVE: P-384", "Digital Signature",
            "TLS Web Client Authentication", "CA:FALSE", deviceIdentifierOID, "X509v3 Basic Constraints: critical",
            "X509v3 Key Usage: critical", "Mar  1 00:00:00 2026 GMT", "Mar 31 00:00:00 2026 GMT",
        ] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test func thumbprintsAreOpenSSLs() throws {
        let chain = try chain()
        for (digest, ours) in [("-sha1", chain.leaf.thumbprintSHA1), ("-sha256", chain.leaf.thumbprintSHA256)] {
            let output = try chain.scratch.run("openssl", "x509", "-in", "leaf.pem", "-noout", "-fingerprint", digest)
            #expect(output.output.contains(ours.map(String.init).pairs().joined(separator: ":")))
        }
        let serial = try chain.scratch.run("openssl", "x509", "-in", "leaf.pem", "-noout", "-serial").output
        #expect(serial.contains("serial=\(chain.leaf.serialNumber)"))
    }

    private static func has(_ program: String, _ arguments: String...) -> Bool {
        guard let scratch = try? Scratch() else { return false }
        let line = ([program] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return (try? scratch.run("sh", "-c", "\(line) >/dev/null 2>&1"))?.status == 0
    }

    @Test(.enabled(if: has("certtool", "--version"))) func gnuTLSReadsAndVerifies() throws {
        // certtool asks the clock.
        let scratch = try chain(notBefore: Int64(Date().timeIntervalSince1970) - 60).scratch
        let info = try scratch.run("certtool", "--certificate-info", "--infile", "leaf.pem")
        #expect(info.status == 0)
        #expect(info.output.contains(deviceIdentifierOID))
        let verified = try scratch.run(
            "sh",
            "-c",
            "cat leaf.pem ica.pem > chain.pem; certtool --verify --infile chain.pem --load-ca-certificate root.pem"
                + " --verify-purpose 1.3.6.1.5.5.7.3.2"
        )
        #expect(verified.output.contains("Chain verification output: Verified"), "\(verified.output)")
    }

    @Test(.enabled(if: has("python3", "-c", "import cryptography.x509"))) func pycaReadsAndVerifies() throws {
        let scratch = try chain().scratch
        let script = """
            from cryptography import x509
            from cryptography.hazmat.primitives.asymmetric import ec
            from cryptography.x509.oid import ExtensionOID as E, ExtendedKeyUsageOID as U
            root, ica, leaf = [x509.load_der_x509_certificate(open(n + ".der", "rb").read()) for n in ("root", "ica", "leaf")]
            leaf.verify_directly_issued_by(ica)
            ica.verify_directly_issued_by(root)
            root.verify_directly_issued_by(root)
            ext = leaf.extensions
            assert [e.oid.dotted_string for e in ext if e.critical] == ["2.5.29.19", "2.5.29.15"]
            assert not ext.get_extension_for_class(x509.BasicConstraints).value.ca
            assert list(ext.get_extension_for_class(x509.ExtendedKeyUsage).value) == [U.CLIENT_AUTH]
            usage = ext.get_extension_for_class(x509.KeyUsage).value
            assert usage.digital_signature and not usage.key_cert_sign
            ski = x509.SubjectKeyIdentifier.from_public_key(leaf.public_key())
            assert ext.get_extension_for_class(x509.SubjectKeyIdentifier).value == ski
            aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(ica.public_key())
            assert ext.get_extension_for_class(x509.AuthorityKeyIdentifier).value == aki
            own = ext.get_extension_for_oid(x509.ObjectIdentifier("\(deviceIdentifierOID)")).value.value
            assert own[:2] == bytes([4, 32]) and len(own) == 34
            assert ica.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
            assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 1
            assert leaf.not_valid_after - leaf.not_valid_before == __import__("datetime").timedelta(days=30)
            """
        try scratch.write(Samples.text(script), "judge.py")
        let outcome = try scratch.run("python3", "-W", "ignore", "judge.py")
        #expect(outcome.status == 0, "\(outcome.output)")
    }
}

extension [String] {
    /// Two by two.
    fileprivate func pairs() -> [String] {
        stride(from: 0, to: count - 1, by: 2).map { self[$0] + self[$0 + 1] }
    }
}
