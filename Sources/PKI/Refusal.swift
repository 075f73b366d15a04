/// Why the rules say no.
package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The service's error code where one is known ("InvalidCertificateSigningRequest").
    package let code: String
    /// What was found and what was needed, in one or two sentences.
    package let message: String
    /// What to do next, most often a command line; nil if nothing would help.
    package let hint: String?

    package init(code: String, message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { "(\(code)) \(message)" }
}
