import COpenSSL

/// An object identifier, held as its content octets (X.690 §8.19): cheap to read and to compare.
package struct OID: Sendable, Equatable {
    package let content: [UInt8]

    /// Reads the dotted form ("2.5.4.3"); nil if it is none.
    package init?(dotted: String) {
        guard let object = OBJ_txt2obj(dotted, 1) else {
            ErrorQueue.clear()
            return nil
        }
        defer { ASN1_OBJECT_free(object) }
        self.init(object)
    }

    /// Copies the identifier out of libcrypto's.
    init(_ object: OpaquePointer?) {
        guard let data = OBJ_get0_data(object) else {
            content = []
            return
        }
        let octets = UnsafeBufferPointer(start: data, count: OBJ_length(object))
        // Of those known here there is one copy.
        content = Self.known.first { $0.content.elementsEqual(octets) }?.content ?? Array(octets)
    }

    /// The identifier in DER.
    var der: [UInt8] { ASN1.element(V_ASN1_OBJECT, content) }

    /// One of libcrypto's numbered identifiers.
    init(nid: Int32) {
        self.init(OBJ_nid2obj(nid))
    }

    /// The dotted form.
    package var dotted: String {
        withObject { object in
            var text = [CChar](repeating: 0, count: 256)
            let length = Int(OBJ_obj2txt(&text, Int32(text.count), object, 1))
            if length >= text.count {
                text = [CChar](repeating: 0, count: length + 1)
                OBJ_obj2txt(&text, Int32(text.count), object, 1)
            }
            return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        }
    }

    /// The short name libcrypto knows it under ("CN", "keyUsage"), else the dotted form.
    package var shortName: String { name(OBJ_nid2sn) }

    /// The long name libcrypto knows it under ("commonName"), else the dotted form.
    package var longName: String { name(OBJ_nid2ln) }

    private func name(_ lookUp: (Int32) -> UnsafePointer<CChar>?) -> String {
        let nid = nid
        if nid != NID_undef, let name = lookUp(nid) { return String(cString: name) }
        return dotted
    }

    /// libcrypto's number for it, `NID_undef` if it has none.
    var nid: Int32 {
        knownNID ?? withObject { OBJ_obj2nid($0) }
    }

    /// An object of libcrypto, owned by the caller; for known identifiers a constant, which freeing leaves alone.
    func makeObject() -> OpaquePointer? {
        if let nid = knownNID { return OBJ_nid2obj(nid) }
        var content = content
        return ASN1_OBJECT_create(0, &content, Int32(content.count), nil, nil)
    }

    private func withObject<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
        let object = makeObject()
        defer { ASN1_OBJECT_free(object) }
        return body(object)
    }

    private var knownNID: Int32? {
        for known in Self.known where known.content == content { return known.nid }
        return nil
    }

    /// What every request and certificate of ours consists of: libcrypto's own search makes an object first and takes
    /// locks, a dozen times in each issuance.
    private static let known: [(content: [UInt8], nid: Int32)] = [
        NID_commonName, NID_X9_62_id_ecPublicKey, NID_secp384r1, NID_ecdsa_with_SHA384, NID_ecdsa_with_SHA256,
        NID_basic_constraints, NID_key_usage, NID_ext_key_usage, NID_client_auth, NID_subject_key_identifier,
        NID_authority_key_identifier,
    ].map { nid in
        let object = OBJ_nid2obj(nid)
        return (Array(UnsafeBufferPointer(start: OBJ_get0_data(object), count: OBJ_length(object))), nid)
    }

    package static let commonName = OID(nid: NID_commonName)
    package static let ecPublicKey = OID(nid: NID_X9_62_id_ecPublicKey)
    package static let rsaEncryption = OID(nid: NID_rsaEncryption)
    package static let ecdsaWithSHA384 = OID(nid: NID_ecdsa_with_SHA384)
    package static let basicConstraints = OID(nid: NID_basic_constraints)
    package static let keyUsage = OID(nid: NID_key_usage)
    package static let extendedKeyUsage = OID(nid: NID_ext_key_usage)
    package static let subjectAlternativeName = OID(nid: NID_subject_alt_name)
    package static let subjectKeyIdentifier = OID(nid: NID_subject_key_identifier)
    package static let authorityKeyIdentifier = OID(nid: NID_authority_key_identifier)
    package static let crlDistributionPoints = OID(nid: NID_crl_distribution_points)
    package static let authorityInformationAccess = OID(nid: NID_info_access)
    package static let extensionRequest = OID(nid: NID_ext_req)
    package static let microsoftExtensionRequest = OID(nid: NID_ms_ext_req)
}
