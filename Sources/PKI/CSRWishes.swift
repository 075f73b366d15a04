import OpenSSL

/// What a request asks for beside its name: none of it is ever granted.
struct CSRWishes {
    /// All of it, readable: extensions with their values, other attributes by name.
    private(set) var readable: [String] = []
    /// What would make the certificate a CA's.
    private(set) var toBeCA: [String] = []
    /// Why the requested extensions are not DER; nil if they are.
    private(set) var fault: String?

    init(_ info: CertificationRequestInfo) {
        for attribute in info.attributes ?? [] {
            guard attribute.type == .extensionRequest || attribute.type == .microsoftExtensionRequest else {
                readable.append(attribute.type.shortName)
                continue
            }
            for value in attribute.values { read(value) }
        }
    }

    private mutating func read(_ value: [UInt8]) {
        do throws(OpenSSLError) {
            let (extensions, isStrict) = try CertificateExtension.readRequested(value)
            if !isStrict { fault = "the requested extensions are not DER" }
            for wish in extensions { try take(wish) }
        } catch {
            fault = "the requested extensions can't be read"
        }
    }

    private mutating func take(_ wish: CertificateExtension) throws(OpenSSLError) {
        switch wish.type {
        case .basicConstraints:
            let (isCA, pathLength) = try ExtensionValues.readBasicConstraints(wish.value)
            if try ExtensionValues.basicConstraints(isCA: isCA, pathLength: pathLength) != wish.value {
                fault = "the requested basicConstraints are not DER"
            }
            if isCA { toBeCA.append("basicConstraints CA:TRUE") }
        case .keyUsage:
            let usage = try ExtensionValues.readKeyUsage(wish.value)
            for forbidden in ["keyCertSign", "cRLSign"] where usage.contains(forbidden) {
                toBeCA.append("keyUsage \(forbidden)")
            }
            readable.append("keyUsage: " + usage.joined(separator: ", "))
            return
        default: break
        }
        let text = wish.readableValue.map { ": " + Visible.line($0) } ?? ""
        readable.append(Visible.line(wish.type.shortName) + text)
    }
}
