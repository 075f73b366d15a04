import COpenSSL
import CTemplates

/// AttributeTypeAndValue (RFC 5280 §4.1.2.4): one part of a name.
package struct NameAttribute: Sendable, Equatable {
    /// The string types of a DirectoryString by their universal tag.
    package struct StringType: Sendable, Equatable {
        let tag: Int32
        package static let utf8String = StringType(tag: V_ASN1_UTF8STRING)
        package static let printableString = StringType(tag: V_ASN1_PRINTABLESTRING)

        /// The ASN.1 name of the type ("PrintableString").
        package var name: String {
            switch tag {
            case V_ASN1_UTF8STRING: "UTF8String"
            case V_ASN1_PRINTABLESTRING: "PrintableString"
            case V_ASN1_T61STRING: "TeletexString"
            case V_ASN1_IA5STRING: "IA5String"
            case V_ASN1_BMPSTRING: "BMPString"
            case V_ASN1_UNIVERSALSTRING: "UniversalString"
            case V_ASN1_NUMERICSTRING: "NumericString"
            default: "no character string"
            }
        }
    }

    package let type: OID
    package let stringType: StringType
    /// The octets as they are encoded.
    package let value: [UInt8]
    /// What they say; nil if they are not text of their type.
    package let text: String?

    /// A text of one of the two types whose octets are UTF-8.
    package init(type: OID, text: String, stringType: StringType = .utf8String) {
        self.type = type
        self.stringType = stringType
        self.value = Array(text.utf8)
        self.text = text
    }

    init(_ attribute: UnsafeMutablePointer<ADR_NAME_ATTRIBUTE>) {
        type = OID(attribute.pointee.type)
        let string = attribute.pointee.value
        let stringType = StringType(tag: ASN1_STRING_type(string))
        self.stringType = stringType
        let octets = ASN1.content(string)
        value = octets
        switch stringType {
        case .utf8String, .printableString:
            // What is ASCII needs no validation.
            text =
                octets.allSatisfy { $0 < 0x80 }
                ? String(decoding: octets, as: UTF8.self) : String(validating: octets, as: UTF8.self)
        default:
            var converted: UnsafeMutablePointer<UInt8>?
            let length = ASN1_STRING_to_UTF8(&converted, string)
            if length >= 0, let converted {
                let utf8 = UnsafeBufferPointer(start: converted, count: Int(length))
                text = String(validating: utf8, as: UTF8.self)
                CRYPTO_free(converted, #file, #line)
            } else {
                ErrorQueue.clear()
                text = nil
            }
        }
    }

    /// The parts of a name: a sequence of sets.
    static func read(_ name: OpaquePointer?) -> [[NameAttribute]] {
        let count = max(0, OPENSSL_sk_num(name))
        return (0..<count).map { index in
            let set = OPENSSL_sk_value(name, index).map { OpaquePointer($0) }
            return StackView(set, of: ADR_NAME_ATTRIBUTE.self).map { NameAttribute($0) }
        }
    }

    /// A name in DER.
    package static func encode(_ name: [[NameAttribute]]) throws(OpenSSLError) -> [UInt8] {
        let name = try makeName(name)
        defer { ASN1_item_free(name, ADR_NAME_it()) }
        return try ASN1.encode(name, ADR_NAME_it())
    }

    /// A name as the templates have it, owned by the caller.
    static func makeName(_ name: [[NameAttribute]]) throws(OpenSSLError) -> OpaquePointer {
        guard let sequence = OPENSSL_sk_new_null() else { throw OpenSSLError("building a name") }
        do throws(OpenSSLError) {
            for attributes in name {
                guard let set = OPENSSL_sk_new_null(), OPENSSL_sk_push(sequence, UnsafeRawPointer(set)) > 0 else {
                    throw OpenSSLError("building a name")
                }
                for attribute in attributes { try attribute.append(to: set) }
            }
        } catch {
            ASN1_item_free(sequence, ADR_NAME_it())
            throw error
        }
        return sequence
    }

    private func append(to set: OpaquePointer) throws(OpenSSLError) {
        guard let item = ASN1_item_new(ADR_NAME_ATTRIBUTE_it()), OPENSSL_sk_push(set, UnsafeRawPointer(item)) > 0 else {
            throw OpenSSLError("building a name")
        }
        let attribute = UnsafeMutablePointer<ADR_NAME_ATTRIBUTE>(item)
        let string = try ASN1.makeString(value, tag: stringType.tag)
        ASN1_STRING_free(attribute.pointee.value)
        attribute.pointee.value = string
        ASN1_OBJECT_free(attribute.pointee.type)
        attribute.pointee.type = type.makeObject()
    }
}
