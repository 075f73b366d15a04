/// What the registry answers when it will not do what was asked.
///
/// `code` is the service's own where one is known (`ResourceNotFound`, `Conflict`, …), `message` a sentence that
/// names what was found and what was needed, `hint` the line that mends it.
package struct ServiceError: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Something that was named does not exist (HTTP 404 in the service).
        case notFound
        /// What was asked contradicts what is there (HTTP 409).
        case conflict
        /// Everything else the service judges (HTTP 400 and 403).
        case refused
    }

    package let kind: Kind
    package let code: String
    package let message: String
    package let hint: String?

    package init(_ kind: Kind, code: String, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// Whether a CA could not sign for want of its private key.
    var isAboutAKey: Bool { code == "KeyNotFound" || code == "InvalidKey" }

    package static func notFound(_ message: String, hint: String? = nil) -> ServiceError {
        ServiceError(.notFound, code: "ResourceNotFound", message, hint: hint)
    }

    package static func conflict(_ message: String, hint: String? = nil) -> ServiceError {
        ServiceError(.conflict, code: "Conflict", message, hint: hint)
    }

    package static func refused(_ code: String, _ message: String, hint: String? = nil) -> ServiceError {
        ServiceError(.refused, code: code, message, hint: hint)
    }

    /// A value outside the range or form the service takes.
    package static func invalid(_ message: String, hint: String? = nil) -> ServiceError {
        ServiceError(.refused, code: "InvalidPropertyValue", message, hint: hint)
    }
}
