import Foundation
import OpenSSL
import Testing

@testable import PKI

/// What other programs say about our lists, and about certificates in their light.
@Suite struct CRLJudgesTests {
    /// A root, two issuing CAs under it and leaves, written as PEM, with the lists of all three.
    private final class World {
        let scratch: Scratch
        let now: Int64
        let root: CertificateOutline
        let rootIssuer: Issuer

        init(now: Int64 = Samples.now + Samples.day) throws {
            scratch = try Scratch()
            self.now = now
            let key = try PrivateKey.generate()
            root = try CertificateFactory.root(
                key: key,
                notBefore: now - Samples.day,
                name: Samples.name,
                serial: try Samples.serial()
            )
            rootIssuer = try Issuer(certificate: root, key: key)
            try write(root, "root")
        }

        func write(_ certificate: CertificateOutline, _ name: String) throws {
            try scratch.write(certificate.der, "\(name).der")
            try scratch.write(PEM.encode(label: "CERTIFICATE", der: certificate.der), "\(name).pem")
        }

        /// An issuing CA `name` and its leaves, of which the last ones are revoked, for each reason one.
        func issuingCA(_ name: String, accepted: Int = 1, reasons: [RevocationReason]) throws -> CertificateOutline {
            let key = try PrivateKey.generate()
            let certificate = try CertificateFactory.issuingCA(
                key: key,
                issuer: rootIssuer,
                notBefore: now - Samples.day,
                name: String(repeating: name, count: 32),
                serial: try Samples.serial()
            )
            try write(certificate, name)
            let issuer = try Issuer(certificate: certificate, key: key)
            var revoked: [RevokedSerial] = []
            for index in 0..<accepted + reasons.count {
                let leafKey = try PrivateKey.generate()
                let leaf = try CertificateFactory.signedLeaf(
                    request: try Samples.request("device-\(index)", leafKey),
                    issuer: issuer,
                    notBefore: now - 3600,
                    validityDays: 30,
                    serial: try Samples.serial(),
                    deviceIdentifier: try RandomBytes.generate(32)
                )
                try write(CertificateOutline(der: leaf.der), "\(name)\(index)")
                guard index >= accepted else { continue }
                revoked.append(
                    RevokedSerial(
                        serialNumber: leaf.serialNumber,
                        revokedAt: now - 60,
                        reason: reasons[index - accepted]
                    )
                )
            }
            try list(issuer, revoked, name)
            return certificate
        }

        func list(_ issuer: borrowing Issuer, _ revoked: [RevokedSerial], _ name: String) throws {
            let der = try CRLFactory.make(
                issuer: issuer,
                entries: revoked,
                number: 4711,
                thisUpdate: now - 60,
                nextUpdate: now + 7 * Samples.day
            )
            try scratch.write(der, "\(name).crl.der")
            try scratch.write(PEM.encode(label: "X509 CRL", der: der), "\(name).crl")
        }

        func revokeCAs(_ certificates: CertificateOutline...) throws {
            let revoked = certificates.map {
                RevokedSerial(serialNumber: $0.serialNumber, revokedAt: now - 60, reason: .cACompromise)
            }
            try list(rootIssuer, revoked, "root")
        }

        /// `openssl verify` at the time of this world, with nothing taken from the system.
        func verify(_ arguments: String) throws -> Scratch.Outcome {
            try scratch.run(
                "sh",
                "-c",
                "openssl verify -no-CApath -no-CAfile -x509_strict -purpose sslclient -attime \(now) \(arguments)"
            )
        }
    }

    @Test func openSSLPrintsAndVerifies() throws {
        let world = try World()
        let ca = try world.issuingCA("a", reasons: RevocationReason.allCases)
        let scratch = world.scratch
        let printed = try scratch.run(
            "openssl",
            "crl",
            "-in",
            "a.crl",
            "-text",
            "-noout",
            "-CAfile",
            "a.pem",
            "-nameopt",
            "RFC2253"
        )
        #expect(printed.status == 0)
        for words in [
            "verify OK", "Version 2 (0x1)", "Signature Algorithm: ecdsa-with-SHA384", "Issuer: \(ca.subject)",
            "Last Update: Mar  1 23:59:00 2026 GMT", "Next Update: Mar  9 00:00:00 2026 GMT",
            "X509v3 Authority Key Identifier", "X509v3 CRL Number: \n                4711", "Key Compromise",
            "CA Compromise", "Affiliation Changed", "Superseded", "Cessation Of Operation", "Certificate Hold",
            "Privilege Withdrawn", "Revocation Date: Mar  1 23:59:00 2026 GMT",
        ] {
            #expect(printed.output.contains(words), "\(words) in \(printed.output)")
        }
        #expect(!printed.output.contains("critical") && !printed.output.contains("Unspecified"))
        let wrong = try scratch.run("openssl", "crl", "-in", "a.crl", "-noout", "-CAfile", "root.pem")
        #expect(!wrong.output.contains("verify OK"))
    }

    @Test func openSSLChecksTheWholeChain() throws {
        let world = try World()
        let good = try world.issuingCA("a", accepted: 2, reasons: RevocationReason.allCases)
        let bad = try world.issuingCA("b", accepted: 1, reasons: [])
        try world.revokeCAs()
        let anchors = "-crl_check_all -trusted root.pem -CRLfile root.crl -CRLfile a.crl -CRLfile b.crl"
        for leaf in ["a0", "a1"] {
            let outcome = try world.verify("\(anchors) -untrusted a.pem \(leaf).pem")
            #expect(outcome.status == 0, "\(outcome.output)")
        }
        for index in RevocationReason.allCases.indices {
            let outcome = try world.verify("\(anchors) -untrusted a.pem a\(index + 2).pem")
            #expect(outcome.status != 0)
            #expect(outcome.output.contains("error 23 at 0 depth lookup: certificate revoked"), "\(outcome.output)")
        }
        #expect(try world.verify("\(anchors) -untrusted b.pem b0.pem").status == 0)
        // Without one of the lists nothing is accepted: both were needed.
        let missing = try world.verify("-crl_check_all -trusted root.pem -CRLfile root.crl -untrusted a.pem a0.pem")
        #expect(missing.output.contains("unable to get certificate CRL"), "\(missing.output)")

        try world.revokeCAs(bad)
        #expect(try world.verify("\(anchors) -untrusted a.pem a0.pem").status == 0)
        let revoked = try world.verify("\(anchors) -untrusted b.pem b0.pem")
        #expect(revoked.output.contains("error 23 at 1 depth lookup: certificate revoked"), "\(revoked.output)")
        try world.revokeCAs(bad, good)
        #expect(try world.verify("\(anchors) -untrusted a.pem a0.pem").status != 0)
    }

    @Test func openSSLChecksUnderTheIssuingCA() throws {
        let world = try World()
        _ = try world.issuingCA("a", reasons: [.superseded])
        _ = try world.issuingCA("b", reasons: [])
        let anchors = "-partial_chain -crl_check -trusted a.pem -CRLfile a.crl"
        #expect(try world.verify("\(anchors) a0.pem").status == 0)
        let revoked = try world.verify("\(anchors) a1.pem")
        #expect(revoked.output.contains("certificate revoked"), "\(revoked.output)")
        let foreign = try world.verify("-partial_chain -crl_check -trusted a.pem -CRLfile b.crl a0.pem")
        #expect(foreign.output.contains("unable to get certificate CRL"), "\(foreign.output)")
        let late = try world.scratch.run(
            "sh",
            "-c",
            "openssl verify -no-CApath -no-CAfile -attime \(world.now + 8 * Samples.day) \(anchors) a0.pem"
        )
        #expect(late.output.contains("CRL has expired"), "\(late.output)")
    }

    private static func has(_ program: String, _ arguments: String...) -> Bool {
        guard let scratch = try? Scratch() else { return false }
        let line = ([program] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return (try? scratch.run("sh", "-c", "\(line) >/dev/null 2>&1"))?.status == 0
    }

    @Test(.enabled(if: has("certtool", "--version"))) func gnuTLSRefusesTheRevoked() throws {
        // certtool asks the clock.
        let world = try World(now: Int64(Date().timeIntervalSince1970))
        _ = try world.issuingCA("a", reasons: [.keyCompromise, .unspecified])
        let bad = try world.issuingCA("b", reasons: [])
        try world.revokeCAs(bad)
        let scratch = world.scratch
        func verify(_ leaf: String, _ ca: String) throws -> Scratch.Outcome {
            try scratch.run(
                "sh",
                "-c",
                "cat \(leaf).pem \(ca).pem > chain.pem; cat root.crl a.crl b.crl > all.crl; certtool --verify"
                    + " --infile chain.pem --load-ca-certificate root.pem --load-crl all.crl"
                    + " --verify-purpose 1.3.6.1.5.5.7.3.2"
            )
        }
        let accepted = try verify("a0", "a")
        #expect(accepted.status == 0 && accepted.output.contains("Chain verification output: Verified"))
        for (leaf, ca) in [("a1", "a"), ("a2", "a"), ("b0", "b")] {
            let refused = try verify(leaf, ca)
            #expect(refused.status != 0)
            #expect(refused.output.contains("revoked"), "\(leaf): \(refused.output)")
        }
        let list = try scratch.run(
            "certtool",
            "--verify-crl",
            "--infile",
            "a.crl",
            "--load-ca-certificate",
            "a.pem"
        )
        #expect(list.status == 0 && list.output.contains("Verification output: Verified"), "\(list.output)")
        let info = try scratch.run("certtool", "--crl-info", "--infile", "a.crl")
        #expect(info.output.contains("CRL Number (not critical): 1267"), "\(info.output)")
        #expect(info.output.contains("Revoked certificates (2)"))
    }

    @Test(.enabled(if: has("python3", "-c", "import cryptography.x509"))) func pycaReads() throws {
        let world = try World()
        _ = try world.issuingCA("a", reasons: RevocationReason.allCases)
        _ = try world.issuingCA("b", reasons: [])
        let script = """
            from cryptography import x509
            from cryptography.hazmat.primitives.hashes import SHA384
            from datetime import datetime
            def cert(n): return x509.load_der_x509_certificate(open(n + ".der", "rb").read())
            def crl(n): return x509.load_der_x509_crl(open(n + ".crl.der", "rb").read())
            a, b, ca = crl("a"), crl("b"), cert("a")
            assert a.is_signature_valid(ca.public_key()) and not a.is_signature_valid(cert("b").public_key())
            assert b.is_signature_valid(cert("b").public_key())
            assert isinstance(a.signature_hash_algorithm, SHA384)
            assert a.issuer.public_bytes() == ca.subject.public_bytes()
            assert a.last_update == datetime(2026, 3, 1, 23, 59) and a.next_update == datetime(2026, 3, 9)
            assert [e.oid.dotted_string for e in a.extensions if e.critical] == []
            assert a.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 4711
            aki = a.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
            assert aki == x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key())
            assert len(a) == 8 and len(b) == 0
            assert [r.serial_number for r in a] == sorted(r.serial_number for r in a)
            assert a.get_revoked_certificate_by_serial_number(cert("a0").serial_number) is None
            names = "- keyCompromise cACompromise affiliationChanged superseded cessationOfOperation certificateHold privilegeWithdrawn"
            for i, name in enumerate(names.split()):
                r = a.get_revoked_certificate_by_serial_number(cert("a" + str(i + 1)).serial_number)
                assert r.revocation_date == datetime(2026, 3, 1, 23, 59)
                found = [e.value.reason.value for e in r.extensions]
                assert found == ([] if name == "-" else [name]), (found, name)
            """
        try world.scratch.write(Samples.text(script), "judge.py")
        let outcome = try world.scratch.run("python3", "-W", "ignore", "judge.py")
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test func tenThousandForOpenSSL() throws {
        let world = try World()
        let ca = try world.issuingCA("a", reasons: [.superseded])
        let others = try (0..<9_999).map { number in
            RevokedSerial(
                serialNumber: Hexadecimal.encode(try Samples.serial()),
                revokedAt: world.now - Int64(number),
                reason: number.isMultiple(of: 2) ? .unspecified : .cessationOfOperation
            )
        }
        let revoked = RevokedSerial(serialNumber: ca.serialNumber, revokedAt: world.now, reason: .superseded)
        try world.list(world.rootIssuer, others + [revoked], "root")
        let printed = try world.scratch.run("sh", "-c", "openssl crl -in root.crl -text -noout -CAfile root.pem")
        #expect(printed.output.contains("verify OK"))
        #expect(printed.output.components(separatedBy: "Serial Number: ").count == 10_001)
        let anchors = "-crl_check_all -trusted root.pem -CRLfile root.crl -CRLfile a.crl -untrusted a.pem a0.pem"
        #expect(try world.verify(anchors).output.contains("error 23 at 1 depth"))
        try world.list(world.rootIssuer, others, "root")
        #expect(try world.verify(anchors).status == 0)
    }
}
