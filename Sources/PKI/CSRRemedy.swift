import OpenSSL

/// The command lines that mend a request.
struct CSRRemedy {
    private let file: String
    private let output: String
    private let registrationID: String
    private let curve: NamedCurve

    init(_ rules: CSRRules) {
        let name = rules.fileName ?? "CSR"
        file = Visible.shellWord(name.hasPrefix("-") ? "./" + name : name)
        output = Visible.shellWord((name.hasPrefix("-") ? "./" + name : name) + ".b64")
        registrationID = rules.registrationID ?? "REGISTRATION_ID"
        curve = rules.allowedCurves.first ?? .p384
    }

    /// Says the same request in the encoding that is taken.
    var convert: String { "adr csr show \(file) --format base64 --out \(output)" }

    /// Makes the request anew with the device's key.
    var remake: String { request(key: "KEY.pem", registrationID) }

    /// Makes the request anew under an ID that a certificate can carry.
    var remakeWithShortName: String { request(key: "KEY.pem", "REGISTRATION_ID") }

    /// Makes a new key, then the request.
    var remakeWithNewKey: String {
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:\(curve.rawValue) -out KEY.pem && \(remake)"
    }

    /// Writes the same key with its point uncompressed, then makes the request: a key file says how it is shown.
    var uncompress: String {
        "openssl pkey -in KEY.pem -ec_conv_form uncompressed -out UNCOMPRESSED.pem && "
            + request(key: "UNCOMPRESSED.pem", registrationID)
    }

    private func request(key: String, _ commonName: String) -> String {
        let subject = Visible.shellWord("/CN=" + commonName)
        return "openssl req -new -sha384 -key \(key) -subj \(subject) -outform DER | openssl base64 -A -out \(output)"
    }
}
