/// Where a CA's CRL and its certificate are to be found, as certificates it signs say (RFC 5280 §4.2.1.13, §4.2.2.1).
struct PublishedPlaces: Equatable, Sendable {
    var crlDistributionPoints: [String] = []
    var caIssuers: [String] = []
}

/// A URL at which every CA of a namespace publishes something, with `{ca}` for the CA's name.
///
/// Each CA has a CRL and a certificate of its own, so that one address for all of them would always be wrong.
package struct PublicationURL: Sendable, Equatable {
    package static let placeholder = "{ca}"

    package let text: String
    /// What stands around the placeholders.
    private let parts: [String]

    /// - Throws: `ServiceError` for what is no http or https URL with the placeholder.
    package init(_ text: String) throws(ServiceError) {
        self.text = text
        parts = Self.split(text)
        let isWeb = ["http://", "https://"].contains { text.lowercased().hasPrefix($0) && text.count > $0.count }
        let problem: String? =
            if !isWeb {
                "does not begin with http:// or https:// and a host"
            } else if !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }) {
                "holds characters that no URL has"
            } else if text.utf8.count > Self.longest {
                "has more than \(Self.longest) characters"
            } else if parts.count == 1 {
                "lacks \(Self.placeholder), which stands for the name of each CA"
            } else {
                nil
            }
        guard let problem else { return }
        throw .invalid(
            "the URL \(quoted(text)) \(problem)",
            hint: "Use a URL like http://pki.example.com/{ca}.crl; \"\" alone stands for none."
        )
    }

    private static let longest = 1024

    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var rest = Substring(text)
        while !rest.isEmpty {
            if rest.hasPrefix(placeholder) {
                parts.append("")
                rest = rest.dropFirst(placeholder.count)
            } else {
                parts[parts.count - 1].append(rest.removeFirst())
            }
        }
        return parts
    }

    /// The URL of one CA, for example of `ica-0123…`.
    func url(of authority: String) -> String { parts.joined(separator: authority) }
}

/// The URLs of a namespace, which its CAs are given.
struct PublicationURLs: Equatable, Sendable {
    var crls: [PublicationURL] = []
    var certificates: [PublicationURL] = []

    /// The places of one CA.
    ///
    /// - Parameter name: its common name, `ica-0123…`.
    func places(of name: String) -> PublishedPlaces {
        PublishedPlaces(
            crlDistributionPoints: crls.map { $0.url(of: name) },
            caIssuers: certificates.map { $0.url(of: name) }
        )
    }
}
