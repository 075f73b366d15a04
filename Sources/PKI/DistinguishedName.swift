import OpenSSL

package struct DistinguishedName: Sendable, Equatable, CustomStringConvertible {
    /// The first CN as text; nil if there is none.
    package var commonName: String? { fatalError() }
    package var description: String { fatalError() }
}
