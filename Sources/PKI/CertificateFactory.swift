import OpenSSL

/// The one place where certificates are built.
///
/// Each is read back after signing and compared with what it was made from, field by field, before it is handed out. What
/// the extensions say is compared with the profile too: a device's once for each CA and process, since only numbers and
/// names differ between two of them. All throw ``Refusal`` where the rules say no, and ``OpenSSLError``,
/// ``ProfileMismatch`` or ``SignatureMismatch`` where something is broken.
package enum CertificateFactory {
    /// The years of a root.
    package static let rootYears = 10
    /// The years of an issuing CA.
    package static let issuingCAYears = 1

    /// Makes a self-signed root: `CN=rootca-<name>`, ten calendar years, path length 1.
    ///
    /// - Parameters:
    ///   - name: 32 hexadecimal digits.
    ///   - serial: as ``SerialNumber/make(random:)`` makes it.
    package static func root(
        key: borrowing PrivateKey,
        notBefore: Int64,
        name: String,
        serial: [UInt8]
    ) throws -> CertificateOutline {
        try selfSigned(
            .root,
            key: key,
            subject: try Subject(authorityName("rootca-", name)),
            notBefore: notBefore,
            notAfter: Moment.adding(years: rootYears, to: notBefore),
            serial: serial
        )
    }

    /// Makes an issuing CA under `issuer`: `CN=ica-<name>`, one calendar year, path length 0.
    ///
    /// - Parameters:
    ///   - key: the new CA's own key.
    ///   - name: 32 hexadecimal digits.
    package static func issuingCA(
        key: borrowing PrivateKey,
        issuer: borrowing Issuer,
        notBefore: Int64,
        name: String,
        serial: [UInt8],
        crlDistributionPoints: [String] = [],
        caIssuers: [String] = []
    ) throws -> CertificateOutline {
        let certificate = issuer.certificate
        guard certificate.basicConstraints?.pathLength != 0 else {
            throw Refusal(
                code: "NotACertificateAuthority",
                message: "\(certificate.subject) may sign devices' certificates only, not those of other CAs."
            )
        }
        let contents = try issued(
            .issuingCA,
            publicKey: try PublicKeyInfo(der: key.subjectPublicKeyInfo),
            issuer: issuer,
            subject: try Subject(authorityName("ica-", name)),
            notBefore: notBefore,
            notAfter: Moment.adding(years: issuingCAYears, to: notBefore),
            serial: serial,
            extensions: try places(crlDistributionPoints, caIssuers)
        )
        return try signed(contents, .issuingCA, issuer)
    }

    /// Makes a device's certificate: the request's CN in its own string type and its key, nothing else of it. It is not
    /// signed yet: ``UnsignedLeaf/sign(with:)`` and ``certificate(_:issuer:)`` are the other two steps.
    ///
    /// - Parameters:
    ///   - request: one that ``CSRJudgement/accepted()`` gave.
    ///   - validityDays: days of 86,400 seconds between notBefore and notAfter.
    ///   - deviceIdentifier: the device's current identifier, 32 octets.
    package static func unsignedLeaf(
        request: CertificationRequest,
        issuer: borrowing Issuer,
        notBefore: Int64,
        validityDays: Int,
        serial: [UInt8],
        deviceIdentifier: [UInt8],
        crlDistributionPoints: [String] = [],
        caIssuers: [String] = []
    ) throws -> UnsignedLeaf {
        guard validityDays > 0 else {
            throw Refusal(code: "InvalidValidity", message: "A validity of \(validityDays) days is none.")
        }
        guard deviceIdentifier.count == DeviceIdentifier.length else {
            throw Refusal(
                code: "InvalidDeviceIdentifier",
                message: "A device identifier has \(DeviceIdentifier.length) octets, not \(deviceIdentifier.count)."
            )
        }
        let identifier = CertificateExtension(
            type: DeviceIdentifier.type,
            isCritical: false,
            value: ExtensionValues.octetString(deviceIdentifier)
        )
        let contents = try issued(
            .leaf,
            publicKey: request.publicKey,
            issuer: issuer,
            subject: Subject(name: request.subject, der: request.subjectDER),
            notBefore: notBefore,
            notAfter: notBefore + Int64(validityDays) * 86_400,
            serial: serial,
            extensions: [identifier] + (try places(crlDistributionPoints, caIssuers))
        )
        return UnsignedLeaf(contents: contents, info: try contents.encode(), request: request)
    }

    /// The device's certificate that has been signed with the issuer's key; throws the refusal of a request whose own
    /// signature turns out not to be good.
    package static func certificate(_ leaf: UnsignedLeaf, issuer: borrowing Issuer) throws -> LeafCertificate {
        try leaf.request.requireSignature()
        let der = CertificateContents.certificate(leaf.info, signature: leaf.signature)
        try readBack(der, madeFrom: leaf.contents)
        try prove(der, .leaf, issuer)
        return LeafCertificate(der: der, leaf.contents)
    }

    /// The beginning of the CN of a ledger's signer.
    package static let ledgerSignerPrefix = "ledger-"

    /// Makes the certificate of the key that signs a ledger's checkpoints: `CN=ledger-<name>`, valid as long as its root.
    ///
    /// - Parameters:
    ///   - key: the signer's own key.
    ///   - issuer: the namespace's root.
    ///   - name: 32 hexadecimal digits.
    package static func ledgerSigner(
        key: borrowing PrivateKey,
        issuer: borrowing Issuer,
        notBefore: Int64,
        name: String,
        serial: [UInt8]
    ) throws -> CertificateOutline {
        let contents = try issued(
            .ledgerSigner,
            publicKey: try PublicKeyInfo(der: key.subjectPublicKeyInfo),
            issuer: issuer,
            subject: try Subject(authorityName(ledgerSignerPrefix, name)),
            notBefore: notBefore,
            notAfter: issuer.certificate.notAfter,
            serial: serial,
            extensions: []
        )
        return try signed(contents, .ledgerSigner, issuer)
    }

    /// Makes the certificate of a TLS server that goes by `hostNames` (DNS names or IP addresses).
    package static func server(
        hostNames: [String],
        key: borrowing PrivateKey,
        issuer: borrowing Issuer,
        notBefore: Int64,
        notAfter: Int64,
        serial: [UInt8]
    ) throws -> CertificateOutline {
        guard !hostNames.isEmpty else {
            throw Refusal(code: "InvalidHostName", message: "A server's certificate needs a host name.")
        }
        let names = CertificateExtension(
            type: .subjectAlternativeName,
            isCritical: false,
            value: try ExtensionValues.subjectAlternativeNames(hostNames)
        )
        let commonName = hostNames.first { $0.utf8.count <= CommonNameRule.maximumLength } ?? "server"
        let contents = try issued(
            .server,
            publicKey: try PublicKeyInfo(der: key.subjectPublicKeyInfo),
            issuer: issuer,
            subject: try Subject(DistinguishedName(commonName: commonName)),
            notBefore: notBefore,
            notAfter: notAfter,
            serial: serial,
            extensions: [names]
        )
        return try signed(contents, .server, issuer)
    }

    /// Makes a self-signed CA for TLS servers: ten calendar years, path length 0.
    package static func serverRoot(
        key: borrowing PrivateKey,
        notBefore: Int64,
        commonName: String,
        serial: [UInt8]
    ) throws -> CertificateOutline {
        try selfSigned(
            .serverRoot,
            key: key,
            subject: try Subject(DistinguishedName(commonName: commonName)),
            notBefore: notBefore,
            notAfter: Moment.adding(years: rootYears, to: notBefore),
            serial: serial
        )
    }

    // MARK: The two ways to sign

    private static func selfSigned(
        _ profile: CertificateProfile,
        key: borrowing PrivateKey,
        subject: Subject,
        notBefore: Int64,
        notAfter: Int64,
        serial: [UInt8]
    ) throws -> CertificateOutline {
        let publicKey = try PublicKeyInfo(der: key.subjectPublicKeyInfo)
        let contents = try contents(
            profile,
            publicKey,
            issuer: subject.der,
            authorityKeyIdentifier: try authorityKeyIdentifier(publicKey.keyIdentifier),
            subject,
            notBefore,
            notAfter,
            serial,
            []
        )
        let der = try contents.sign(with: key)
        try readBack(der, madeFrom: contents)
        let certificate = try outline(der, profile)
        try certificate.verifySignature(with: publicKey)
        return certificate
    }

    /// What the issuer may sign.
    private static func issued(
        _ profile: CertificateProfile,
        publicKey: PublicKeyInfo,
        issuer: borrowing Issuer,
        subject: Subject,
        notBefore: Int64,
        notAfter: Int64,
        serial: [UInt8],
        extensions: [CertificateExtension]
    ) throws -> CertificateContents {
        let authority = issuer.certificate
        guard notAfter <= authority.notAfter else {
            throw Refusal(
                code: "CertificateExpiringSoon",
                message: "\(authority.subject) is valid until \(Moment.text(authority.notAfter)) and can't sign a "
                    + "certificate for \(subject.name) that is valid until \(Moment.text(notAfter))."
            )
        }
        return try contents(
            profile,
            publicKey,
            issuer: try issuer.subjectDER.get(),
            authorityKeyIdentifier: try issuer.authorityKeyIdentifier.get(),
            subject,
            notBefore,
            notAfter,
            serial,
            extensions
        )
    }

    private static func signed(
        _ contents: CertificateContents,
        _ profile: CertificateProfile,
        _ issuer: borrowing Issuer
    ) throws -> CertificateOutline {
        let der = try contents.sign(with: issuer.key)
        try readBack(der, madeFrom: contents)
        try prove(der, profile, issuer)
        return try outline(der, profile)
    }

    private static func contents(
        _ profile: CertificateProfile,
        _ publicKey: PublicKeyInfo,
        issuer: [UInt8],
        authorityKeyIdentifier: CertificateExtension,
        _ subject: Subject,
        _ notBefore: Int64,
        _ notAfter: Int64,
        _ serial: [UInt8],
        _ extensions: [CertificateExtension]
    ) throws -> CertificateContents {
        guard SerialNumber.isOurs(serial) else {
            throw Refusal(code: "InvalidSerialNumber", message: "\(Hexadecimal.encode(serial)) is no serial number.")
        }
        let keyIdentifiers = [
            CertificateExtension(
                type: .subjectKeyIdentifier,
                isCritical: false,
                value: ExtensionValues.octetString(publicKey.keyIdentifier)
            ),
            authorityKeyIdentifier,
        ]
        return CertificateContents(
            serialNumber: serial,
            issuer: issuer,
            notBefore: notBefore,
            notAfter: notAfter,
            subject: subject.der,
            subjectPublicKeyInfo: publicKey.der,
            extensions: CertificateExtension.encode(
                try profile.fixedExtensions.get() + keyIdentifiers + extensions
            )
        )
    }

    // MARK: What came out

    private static func readBack(_ der: [UInt8], madeFrom contents: CertificateContents) throws {
        if let member = try contents.difference(from: der) { throw ProfileMismatch(member: member) }
    }

    /// Proves the first certificate that an issuer's key signs in the process.
    private static func prove(_ der: [UInt8], _ profile: CertificateProfile, _ issuer: borrowing Issuer) throws {
        let (authority, keyIdentifier) = (issuer.certificate, issuer.keyIdentifier)
        try issuer.proveOnce {
            let certificate = try outline(der, profile)
            guard certificate.authorityKeyIdentifier == keyIdentifier, certificate.issuer == authority.subject else {
                throw ProfileMismatch(member: "issuer")
            }
            try certificate.verifySignature(with: authority.info.publicKey)
        }
    }

    /// The certificate, read whole, if its extensions say what the profile wants.
    private static func outline(_ der: [UInt8], _ profile: CertificateProfile) throws -> CertificateOutline {
        let outline = try CertificateOutline(der: der)
        try profile.check(outline)
        return outline
    }

    // MARK: Parts

    /// Whom a certificate is for.
    private struct Subject {
        let name: DistinguishedName
        let der: [UInt8]

        init(name: DistinguishedName, der: [UInt8]) {
            self.name = name
            self.der = der
        }

        init(_ name: DistinguishedName) throws(OpenSSLError) { self.init(name: name, der: try name.der) }
    }

    /// What certificates carry that are signed by the key with that identifier.
    static func authorityKeyIdentifier(_ identifier: [UInt8]) throws(OpenSSLError) -> CertificateExtension {
        try CertificateExtension(
            type: .authorityKeyIdentifier,
            isCritical: false,
            value: ExtensionValues.authorityKeyIdentifier(identifier)
        ).encoded()
    }

    private static func authorityName(_ prefix: String, _ name: String) throws(Refusal) -> DistinguishedName {
        guard name.utf8.count == 32, name.allSatisfy(\.isHexDigit) else {
            throw Refusal(code: "InvalidName", message: "\(Visible.quoted(name)) is not 32 hexadecimal digits.")
        }
        return DistinguishedName(commonName: prefix + name)
    }

    private static func places(
        _ crlDistributionPoints: [String],
        _ caIssuers: [String]
    ) throws(OpenSSLError) -> [CertificateExtension] {
        var extensions: [CertificateExtension] = []
        if !crlDistributionPoints.isEmpty {
            let value = try ExtensionValues.crlDistributionPoints(crlDistributionPoints)
            extensions.append(CertificateExtension(type: .crlDistributionPoints, isCritical: false, value: value))
        }
        if !caIssuers.isEmpty {
            let value = try ExtensionValues.caIssuers(caIssuers)
            extensions.append(CertificateExtension(type: .authorityInformationAccess, isCritical: false, value: value))
        }
        return extensions
    }
}
