import COpenSSL

package enum PEM {
    package static func blocks(_ bytes: [UInt8]) -> [(label: String, der: [UInt8])] { fatalError() }
    package static func encode(label: String, der: [UInt8]) -> [UInt8] { fatalError() }
}
