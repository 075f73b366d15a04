import COpenSSL
import CTemplates
import Glibc

/// Time (RFC 5280 §4.1.2.5) in a certificate.
package struct CertificateTime: Sendable, Equatable {
    /// Unix seconds UTC.
    package let seconds: Int64
    /// Whether it is written as RFC 5280 demands: UTCTime through 2049, GeneralizedTime from 2050, seconds, `Z`.
    package let isStrict: Bool

    init?(_ time: ADR_STRING_REF?) {
        var fields = tm()
        guard let time, ASN1_TIME_to_tm(time, &fields) == 1 else {
            ErrorQueue.clear()
            return nil
        }
        seconds = Int64(timegm(&fields))
        let text = ASN1.content(time)
        let isUTC = ASN1_STRING_type(time) == V_ASN1_UTCTIME
        // tm counts years from 1900.
        let wantsUTC = (50..<150).contains(fields.tm_year)
        isStrict = isUTC == wantsUTC && text.count == (isUTC ? 13 : 15) && text.last == UInt8(ascii: "Z")
    }
}

/// A certificate (RFC 5280 §4.1) as its bytes say it, unjudged.
package struct CertificateInfo: Sendable {
    /// 1, 2 or 3; nil if it is no such number.
    package let version: Int?
    /// The magnitude, without leading zeros.
    package let serialNumber: [UInt8]
    package let isSerialNumberNegative: Bool
    package let issuer: [[NameAttribute]]
    package let subject: [[NameAttribute]]
    package let notBefore: CertificateTime
    package let notAfter: CertificateTime
    package let publicKey: PublicKeyInfo
    package let extensions: [CertificateExtension]
    package let signatureAlgorithm: AlgorithmIdentifier
    package let signature: [UInt8]
    /// What is signed, as it stands in the input; empty if that is BER of indefinite length.
    package let signedBytes: [UInt8]
    /// Whether the input was one certificate in DER and nothing else, and kept to RFC 5280 in form: times, TRUE as FF,
    /// v1 left out, the same algorithm inside and outside, whole octets in keys and signature.
    package let isStrict: Bool
    /// How many bytes of the input the certificate took.
    package let length: Int

    /// Reads one certificate from the beginning of `bytes`, which may be BER and may go on behind it.
    package init(reading bytes: [UInt8]) throws(OpenSSLError) {
        var length = 0
        let what = "a certificate"
        let value = try ASN1Value<ADR_CERTIFICATE>(ADR_CERTIFICATE_it(), reading: bytes, what, length: &length)
        guard let info = value.pointer.pointee.info, let key = info.pointee.key, let validity = info.pointee.validity,
            let notBefore = CertificateTime(validity.pointee.notBefore),
            let notAfter = CertificateTime(validity.pointee.notAfter)
        else { throw OpenSSLError(operation: "reading \(what)", reasons: ["the validity is no time"]) }
        version = Self.readVersion(info.pointee.version)
        serialNumber = ASN1.content(info.pointee.serialNumber)
        isSerialNumberNegative = ASN1_STRING_type(info.pointee.serialNumber) == V_ASN1_NEG_INTEGER
        issuer = NameAttribute.read(info.pointee.issuer)
        subject = NameAttribute.read(info.pointee.subject)
        self.notBefore = notBefore
        self.notAfter = notAfter
        publicKey = try PublicKeyInfo(key)
        let (extensions, areExtensionsStrict) = CertificateExtension.read(info.pointee.extensions)
        self.extensions = extensions
        signatureAlgorithm = AlgorithmIdentifier(value.pointer.pointee.algorithm)
        signature = ASN1.content(value.pointer.pointee.signature)
        self.length = length
        signedBytes = ASN1.firstInside(bytes) ?? []
        let again = try value.encode()
        isStrict =
            (info.pointee.version == nil || version != 1) && areExtensionsStrict && notBefore.isStrict
            && notAfter.isStrict && publicKey.unusedBits == 0
            && ASN1.unusedBits(value.pointer.pointee.signature) == 0
            && X509_ALGOR_cmp(info.pointee.algorithm, value.pointer.pointee.algorithm) == 0
            && again == bytes
    }

    /// v1 is left out, v3 is 2.
    private static func readVersion(_ value: ADR_STRING_REF?) -> Int? {
        guard let value else { return 1 }
        var number: Int64 = 0
        guard ASN1_INTEGER_get_int64(&number, value) == 1, (0...2).contains(number) else {
            ErrorQueue.clear()
            return nil
        }
        return Int(number) + 1
    }
}
