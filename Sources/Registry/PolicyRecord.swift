import JSON
import OpenSSL
import Store

/// A policy, the settings of one issuing CA (`policies/<policy>.json`).
struct PolicyRecord {
    /// How long leaves may live, in days, as the service takes it.
    static let leafValidityRange = 7...90
    static let defaultLeafValidityDays = 30
    /// The service's limit of issuing CAs per namespace.
    static let maximumPerNamespace = 3

    let name: PolicyName
    let uuid: String
    /// The subject of the issuing CA that signs now: names its document under `issuers/`.
    var issuer: String
    var leafValidityDays: Int
    /// Curves besides P-384 that the policy signs.
    var extraCurves: [NamedCurve]
    var tags: JSONObject
    var authorship: Authorship

    init(
        name: PolicyName,
        uuid: String,
        issuer: String,
        leafValidityDays: Int,
        extraCurves: [NamedCurve],
        tags: JSONObject,
        authorship: Authorship
    ) {
        self.name = name
        self.uuid = uuid
        self.issuer = issuer
        self.leafValidityDays = leafValidityDays
        self.extraCurves = extraCurves
        self.tags = tags
        self.authorship = authorship
    }

    init(_ body: JSONValue, path: String) throws {
        let reader = try RecordReader(body, path: path)
        name = try PolicyName(try reader.text("name"))
        uuid = try reader.text("uuid")
        issuer = try reader.text("issuer")
        leafValidityDays = Int(try reader.integer("leafValidityDays"))
        extraCurves = try reader.texts("extraCurves").compactMap(NamedCurve.init(rawValue:))
        tags = try reader.tags()
        authorship = try Authorship(reader)
    }

    /// What a CSR's key may be.
    var allowedCurves: [NamedCurve] { [.p384] + extraCurves }

    var change: Change {
        .put(
            StoreLayout.policy(name),
            [
                "name": .string(name.text),
                "uuid": .string(uuid),
                "issuer": .string(issuer),
                "leafValidityDays": .integer(Int64(leafValidityDays)),
                "extraCurves": .array(extraCurves.map { .string($0.rawValue) }),
                "tags": .object(tags),
                "systemData": authorship.value,
            ]
        )
    }

    /// The policy as ARM shows it. Its certificate is no part of the resource.
    func resource(of namespace: NamespaceRecord, issuer: IssuerRecord, subscription: String) -> JSONValue {
        var configuration: JSONObject = [
            "keyType": "ECC",
            "subject": .string(issuer.certificateSubject),
            "validityNotBefore": .string(Timestamp.text(issuer.notBefore)),
            "validityNotAfter": .string(Timestamp.text(issuer.notAfter)),
        ]
        if !extraCurves.isEmpty {
            configuration["allowedCsrKeys"] = .array(allowedCurves.map { .string($0.rawValue) })
        }
        return [
            "id": .string(ResourceID.policy(name.text, namespace.key, subscription: subscription)),
            "name": .string(name.text),
            "type": "Microsoft.DeviceRegistry/namespaces/credentials/policies",
            "resourceGroup": .string(namespace.key.group.text),
            "location": .string(namespace.location),
            "tags": .object(tags),
            "systemData": authorship.value,
            "properties": [
                "provisioningState": "Succeeded",
                "certificate": [
                    "certificateAuthorityConfiguration": .object(configuration),
                    "leafCertificateConfiguration": [
                        "validityPeriodInDays": .integer(Int64(leafValidityDays))
                    ],
                ],
            ],
        ]
    }
}
