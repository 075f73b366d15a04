import JSON
import OpenSSL
import PKI
import Store

/// A key file that a document names, and what it must hold.
struct KeyUse {
    private enum Content {
        /// The private key of a CA.
        case authority(certificate: [UInt8], subject: String)
        /// The private key that signs checkpoints of the ledger.
        case ledgerSigner(certificate: [UInt8], subject: String)
        /// The two keys of an enrollment.
        case pair(enrollment: String)
    }

    /// The file's name under `keys/`.
    let name: String
    private let content: Content
    /// Whether the key was wiped, and so must not be there.
    private let isWiped: Bool

    /// `nil` for a document that names no key, or that cannot be read.
    init?(_ body: JSONValue, path: String) {
        if path.hasPrefix(StoreLayout.issuers), let record = try? IssuerRecord(body, path: path) {
            name = record.keyName
            content = .authority(certificate: record.certificate, subject: record.certificateSubject)
            isWiped = record.keyWipedAt != nil
        } else if path == StoreLayout.ledgerSignerDocument, let record = try? LedgerSignerRecord(body) {
            name = record.keyName
            content = .ledgerSigner(certificate: record.certificate, subject: record.certificateSubject)
            isWiped = false
        } else if path.hasPrefix(StoreLayout.provisioningServices),
            path.dropFirst(StoreLayout.provisioningServices.count).contains("/"),
            let record = try? EnrollmentRecord(body, path: path), let file = record.keyFile
        {
            name = file
            content = .pair(enrollment: record.id.text)
            isWiped = false
        } else {
            return nil
        }
    }

    /// The key that belongs to a CA's certificate.
    init(name: String, of certificate: CertificateOutline) {
        self.name = name
        content = .authority(certificate: certificate.der, subject: certificate.subject.description)
        isWiped = false
    }

    /// What is wrong with the key file's contents, `nil` if nothing is.
    func flaw(of bytes: [UInt8]?) -> (kind: StoreFinding.Kind, message: String)? {
        if isWiped {
            return bytes == nil ? nil : (.keyWiped, "the \(owner) was wiped, and a crash left the file")
        }
        guard let bytes else {
            return (.keyMissing, "the \(owner) is not there: restore it from a backup that includes keys")
        }
        switch content {
        case .authority(let certificate, _):
            do {
                _ = try Issuer(certificate: try CertificateOutline(der: certificate), key: try PrivateKey(pem: bytes))
                return nil
            } catch let error as OpenSSLError {
                return (.keyMismatch, "it is no private key: \(error.reasons.joined(separator: "; "))")
            } catch let error as Refusal {
                return (.keyMismatch, "the \(owner) was needed: \(Self.inner(error.message))")
            } catch {
                return (.keyMismatch, "the \(owner) was needed: \(error)")
            }
        case .ledgerSigner(let certificate, _):
            do throws(OpenSSLError) {
                return try PrivateKey(pem: bytes).matches(certificateDER: certificate)
                    ? nil : (.keyMismatch, "the \(owner) was needed")
            } catch {
                return (.keyMismatch, "it is no private key: \(error.reasons.joined(separator: "; "))")
            }
        case .pair:
            return SymmetricKeys(file: bytes) == nil
                ? (.keyMismatch, "the \(owner) were needed, primary and secondary key in base64") : nil
        }
    }

    private var owner: String {
        switch content {
        case .authority(_, let subject): "private key of the CA \(subject)"
        case .ledgerSigner(_, let subject): "private key of the ledger's signer \(subject)"
        case .pair(let enrollment): "symmetric keys of the enrollment \(quoted(enrollment))"
        }
    }

    /// A sentence as part of another.
    private static func inner(_ sentence: String) -> String {
        let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension SymmetricKeys {
    /// The keys in a file under `keys/`, `nil` for what is none.
    init?(file bytes: [UInt8]) {
        guard let pair = try? JSONValue(parsing: bytes),
            let primary = pair["primaryKey"]?.stringValue.flatMap({ Base64.decodeStrict(Array($0.utf8)) }),
            let secondary = pair["secondaryKey"]?.stringValue.flatMap({ Base64.decodeStrict(Array($0.utf8)) })
        else { return nil }
        self.init(primary: primary, secondary: secondary)
    }
}
