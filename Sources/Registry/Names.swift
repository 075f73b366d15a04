/// The characters and lengths a kind of name may have.
private struct NameRule {
    let kind: String
    let lengths: ClosedRange<Int>
    /// Allowed between the first and the last character.
    let inner: @Sendable (UInt8) -> Bool
    let first: @Sendable (UInt8) -> Bool
    let last: @Sendable (UInt8) -> Bool
    /// The rule in words, for the refusal.
    let words: String

    func check(_ text: String) throws(ServiceError) {
        func refuse(_ found: String) -> ServiceError {
            .refused("InvalidResourceName", "the \(kind) \(quoted(text)) \(found)", hint: "Use \(words).")
        }
        let bytes = text.utf8
        guard let firstByte = bytes.first, let lastByte = bytes.last else { throw refuse("is empty") }
        for (place, scalar) in text.unicodeScalars.enumerated() {
            if scalar.isASCII, isAllowed(UInt8(scalar.value)) { continue }
            throw refuse("holds \(named(scalar)), character \(place + 1), which is not allowed")
        }
        // From here on every character is one byte.
        guard lengths.contains(bytes.count) else {
            throw refuse("has \(bytes.count) character\(bytes.count == 1 ? "" : "s")")
        }
        guard first(firstByte) else {
            throw refuse("begins with '\(Character(Unicode.Scalar(firstByte)))', which is not allowed there")
        }
        guard last(lastByte) else {
            throw refuse("ends with '\(Character(Unicode.Scalar(lastByte)))', which is not allowed there")
        }
    }

    /// The name that is the first label of a host name, given as such or with the domain.
    static func hostLabel(
        _ text: String,
        in domain: String,
        kind: String,
        upTo longest: Int
    ) throws(ServiceError) -> String {
        let name = text.lowercased().hasSuffix(domain) ? String(text.dropLast(domain.count)) : text
        let rule = NameRule(
            kind: kind,
            lengths: 3...longest,
            inner: { $0.isAlphanumeric || $0.isHyphen },
            first: { $0.isAlphanumeric },
            last: { $0.isAlphanumeric },
            words: "3 to \(longest) letters, digits and hyphens, with a letter or digit at both ends"
        )
        try rule.check(name)
        return name
    }

    private func isAllowed(_ byte: UInt8) -> Bool { inner(byte) || first(byte) || last(byte) }

    /// A character as a sentence shows it: many of those that are no ASCII look like ones that are.
    private func named(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return code
        case .spaceSeparator: return "a blank (\(code))"
        default: return scalar.isASCII ? "'\(scalar)'" : "'\(scalar)' (\(code))"
        }
    }
}

/// `text` in single quotes, with control characters escaped, so that an error shows what is really there; cut after 300
/// characters.
package func quoted(_ text: String) -> String {
    var shown = "'"
    for (place, scalar) in text.unicodeScalars.enumerated() {
        if place == 300 {
            shown += "…"
            break
        }
        if scalar.value < 0x20 || scalar.value == 0x7F {
            let hex = String(scalar.value, radix: 16, uppercase: true)
            shown += "\\x" + String(repeating: "0", count: 2 - hex.utf8.count) + hex
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return shown + "'"
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isLowerLetter: Bool { (0x61...0x7A).contains(self) }
    fileprivate var isUpperLetter: Bool { (0x41...0x5A).contains(self) }
    fileprivate var isAlphanumeric: Bool { isDigit || isLowerLetter || isUpperLetter }
    fileprivate var isHyphen: Bool { self == 0x2D }
}

/// The name of an ADR namespace: 3–64 characters, `^[a-z0-9][a-z0-9-]*[a-z0-9]$` (namespaces.tsp of the service).
package struct NamespaceName: Sendable, Equatable {
    package let text: String

    package init(_ text: String) throws(ServiceError) {
        let alphanumeric: @Sendable (UInt8) -> Bool = { $0.isDigit || $0.isLowerLetter }
        let rule = NameRule(
            kind: "namespace name",
            lengths: 3...64,
            inner: { alphanumeric($0) || $0.isHyphen },
            first: alphanumeric,
            last: alphanumeric,
            words: "3 to 64 lower-case letters, digits and hyphens, with a letter or digit at both ends"
        )
        try rule.check(text)
        self.text = text
    }
}

/// The name of a policy: 3–63 characters, `^[0-9a-zA-Z][a-zA-Z0-9-]*$` (ns_policy.tsp); compared without case.
package struct PolicyName: Sendable, Equatable {
    package let text: String

    package static func == (left: Self, right: Self) -> Bool { left.text.lowercased() == right.text.lowercased() }

    package init(_ text: String) throws(ServiceError) {
        let rule = NameRule(
            kind: "policy name",
            lengths: 3...63,
            inner: { $0.isAlphanumeric || $0.isHyphen },
            first: { $0.isAlphanumeric },
            last: { $0.isAlphanumeric || $0.isHyphen },
            words: "3 to 63 letters, digits and hyphens, beginning with a letter or digit"
        )
        try rule.check(text)
        self.text = text
    }
}

/// The name of an IoT hub: 3–50 letters, digits and inner hyphens; compared without case, since it is a host name.
package struct HubName: Sendable, Equatable {
    package let text: String

    package static func == (left: Self, right: Self) -> Bool { left.text.lowercased() == right.text.lowercased() }

    /// The domain every hub's host name ends in.
    package static let domain = ".azure-devices.net"

    /// - Parameter text: the name, or the host name that begins with it, as az takes both.
    package init(_ text: String) throws(ServiceError) {
        self.text = try NameRule.hostLabel(text, in: Self.domain, kind: "hub name", upTo: 50)
    }

    package var hostName: String { text.lowercased() + Self.domain }
}

/// The name of a device provisioning service: 3–64 letters, digits and inner hyphens; compared without case, since it
/// is a host name.
package struct ProvisioningServiceName: Sendable, Equatable {
    package let text: String

    /// The domain every service's host name ends in.
    package static let domain = ".azure-devices-provisioning.net"

    package static func == (left: Self, right: Self) -> Bool { left.text.lowercased() == right.text.lowercased() }

    /// - Parameter text: the name, or the host name that begins with it, as az takes both.
    package init(_ text: String) throws(ServiceError) {
        self.text = try NameRule.hostLabel(text, in: Self.domain, kind: "provisioning service", upTo: 64)
    }

    package var hostName: String { text.lowercased() + Self.domain }
}

/// The name of an Azure resource group: 1–90 letters, digits and `-_.()`, not ending in a full stop.
package struct ResourceGroupName: Sendable, Equatable {
    package let text: String

    package static func == (left: Self, right: Self) -> Bool { left.text.lowercased() == right.text.lowercased() }

    /// Where resources lie when neither the command line nor a default names a group.
    package static let standard = ResourceGroupName(unchecked: "default")

    private init(unchecked text: String) { self.text = text }

    package init(_ text: String) throws(ServiceError) {
        let allowed: @Sendable (UInt8) -> Bool = {
            $0.isAlphanumeric || [0x2D, 0x5F, 0x2E, 0x28, 0x29].contains($0)
        }
        let rule = NameRule(
            kind: "resource group name",
            lengths: 1...90,
            inner: allowed,
            first: { allowed($0) && $0 != 0x2E },
            last: { allowed($0) && $0 != 0x2E },
            words:
                "1 to 90 letters, digits, hyphens, underscores, parentheses and inner full stops"
        )
        try rule.check(text)
        self.text = text
    }
}

/// A DPS registration ID: at most 128 letters, digits and `-._:`, the last a letter, digit or hyphen; one identity
/// whatever its case (Microsoft Learn, "IoT Hub Device Provisioning Service terminology").
package struct RegistrationID: Sendable, Equatable {
    package let text: String

    /// - Parameter kind: what the refusal calls the text.
    package init(_ text: String, calledA kind: String = "registration ID") throws(ServiceError) {
        let allowed: @Sendable (UInt8) -> Bool = {
            $0.isAlphanumeric || [0x2D, 0x2E, 0x5F, 0x3A].contains($0)
        }
        let rule = NameRule(
            kind: kind,
            lengths: 1...128,
            inner: allowed,
            first: allowed,
            last: { $0.isAlphanumeric || $0.isHyphen },
            words: "up to 128 letters, digits and '-', '.', '_', ':', ending in a letter, digit or hyphen"
        )
        try rule.check(text)
        self.text = text
    }
}

/// An Azure region: `East US 2` and `eastus2` are the same, the short form is kept.
package struct Location: Sendable, Equatable {
    package let text: String

    /// Where a resource lies when nobody says: a real region, so that exports to the cloud are accepted.
    package static let standard = Location(unchecked: "eastus")

    private init(unchecked text: String) { self.text = text }

    package init(_ text: String) throws(ServiceError) {
        let short = text.lowercased().filter { $0 != " " }
        guard !short.isEmpty, short.utf8.count <= 64, short.utf8.allSatisfy({ $0.isDigit || $0.isLowerLetter }) else {
            throw .invalid(
                "the location \(quoted(text)) is no Azure region",
                hint: "Use one like 'eastus' or 'North Europe'."
            )
        }
        self.text = short
    }
}
