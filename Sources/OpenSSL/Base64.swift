import COpenSSL

package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> String { fatalError() }
    package static func decodeStrict(_ text: [UInt8]) -> [UInt8]? { fatalError() }
}
