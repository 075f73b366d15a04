import JSON
import OpenSSL
import Store

/// A certificate in both forms it is wanted in: in DER, and in base64 as documents and answers have it.
struct EncodedCertificate {
    let der: [UInt8]
    let base64: String

    init(_ der: [UInt8]) {
        self.der = der
        base64 = Base64.encode(der)
    }

    init(_ reader: RecordReader, _ key: String) throws(StoreError) {
        der = try reader.bytes(key)
        base64 = try reader.text(key)
    }

    var value: JSONValue { .string(base64) }
}
