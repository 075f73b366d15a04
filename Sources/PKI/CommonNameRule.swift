import OpenSSL

/// What a CN has to be to serve as a registration ID, and how two of them differ.
package enum CommonNameRule {
    /// ub-common-name (RFC 5280 A.1): the service's IDs may be longer, those of devices with a certificate may not.
    package static let maximumLength = 64

    /// Whether a CN is of one of the two types it may have (RFC 5280 §4.1.2.4); the others are for old certificates.
    static func isTaken(_ type: NameAttribute.StringType) -> Bool { type == .utf8String || type == .printableString }

    /// What is wrong with a CN of such a type whatever the registration ID is; nil if nothing is.
    ///
    /// A registration ID has up to 128 letters and digits and `- . _ :`, the last one a letter, a digit or `-`.
    static func fault(_ name: NameAttribute) -> String? {
        guard let text = name.text else {
            return "a CN that is no UTF-8 (octets \(Hexadecimal.encode(Array(name.value.prefix(32)))))"
        }
        var shown: String { "the CN \(Visible.quoted(text))" }
        let scalars = Array(text.unicodeScalars)
        if scalars.isEmpty { return "an empty CN" }
        if let index = scalars.firstIndex(where: { !isLegal($0) }) {
            let place = index == scalars.count - 1 ? "at its end" : "at position \(index + 1)"
            return "\(shown) with \(Visible.name(scalars[index])) \(place)"
        }
        if scalars.count > maximumLength { return "\(shown) of \(scalars.count) characters (\(maximumLength) at most)" }
        if let last = scalars.last, !isLegalAtEnd(last) { return "\(shown) that ends in \(Visible.name(last))" }
        if name.stringType == .printableString, let outside = scalars.first(where: { !isPrintable($0) }) {
            return "\(shown) as PrintableString, which has no \(Visible.name(outside)) (UTF8String has)"
        }
        return nil
    }

    /// What a CN without a fault consists of.
    static let legal = "1 to 64 letters, digits, '-', '.', '_' or ':', the last one a letter, a digit or '-'"

    /// How a CN differs from the registration ID it should be.
    static func difference(_ commonName: String, _ registrationID: String) -> String {
        if commonName.utf8.elementsEqual(registrationID.utf8) { return "they are equal" }
        if commonName.lowercased() == registrationID.lowercased() { return "they differ in case" }
        let ours = Array(commonName.unicodeScalars)
        let theirs = Array(registrationID.unicodeScalars)
        let common = zip(ours, theirs).prefix { $0 == $1 }.count
        if common == theirs.count {
            return "the CN goes on with \(Visible.quoted(text(ours[common...])))"
        }
        if common == ours.count {
            return "the CN lacks \(Visible.quoted(text(theirs[common...]))) at its end"
        }
        return "they differ from character \(common + 1) on"
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        isAlphanumeric(scalar) || scalar == "-" || scalar == "." || scalar == "_" || scalar == ":"
    }

    private static func isLegalAtEnd(_ scalar: Unicode.Scalar) -> Bool {
        isAlphanumeric(scalar) || scalar == "-"
    }

    /// Of the legal characters, those of PrintableString (X.680 §41.4): a verifier may refuse a whole certificate for one
    /// that is not.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool { scalar != "_" }
}
