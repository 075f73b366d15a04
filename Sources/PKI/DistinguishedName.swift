import OpenSSL

/// A Name (RFC 5280 §4.1.2.4).
package struct DistinguishedName: Sendable, Equatable, CustomStringConvertible {
    /// The relative names in the order they are encoded.
    package let relativeNames: [[NameAttribute]]

    package init(_ relativeNames: [[NameAttribute]]) {
        self.relativeNames = relativeNames
    }

    /// A name of one CN.
    package init(commonName: String, stringType: NameAttribute.StringType = .utf8String) {
        self.init([[NameAttribute(type: .commonName, text: commonName, stringType: stringType)]])
    }

    /// All parts, in the order they are encoded.
    package var attributes: [NameAttribute] { relativeNames.flatMap { $0 } }

    /// The name in DER.
    var der: [UInt8] { get throws(OpenSSLError) { try NameAttribute.encode(relativeNames) } }

    /// The first CN as text; nil if there is none or it is no text.
    package var commonName: String? {
        attributes.first { $0.type == .commonName }?.text
    }

    /// The name as RFC 4514 writes it ("CN=device-1,O=Contoso"): the last relative name first, empty for an empty name.
    ///
    /// Control characters are escaped too, so that the text is safe to show.
    package var description: String {
        relativeNames.reversed().map { $0.map(Self.describe).joined(separator: "+") }.joined(separator: ",")
    }

    private static func describe(_ attribute: NameAttribute) -> String {
        guard let text = attribute.text else {
            return "\(attribute.type.shortName)=#\(Hexadecimal.encode(attribute.value))"
        }
        return "\(attribute.type.shortName)=\(escape(text))"
    }

    /// RFC 4514 §2.4.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        let last = text.unicodeScalars.count - 1
        for (index, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case ",", "+", "\"", "\\", "<", ">", ";": escaped += "\\\(scalar)"
            case "#" where index == 0: escaped += "\\#"
            case " " where index == 0 || index == last: escaped += "\\ "
            default:
                if Visible.isSafe(scalar) {
                    escaped.unicodeScalars.append(scalar)
                } else {
                    for byte in String(scalar).utf8 { escaped += "\\" + Hexadecimal.encode([byte]) }
                }
            }
        }
        return escaped
    }
}
