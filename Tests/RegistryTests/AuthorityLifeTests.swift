import Foundation
import JSON
import PKI
import Store
import TestSupport
import Testing

@testable import Registry

/// What becomes of CAs, their keys and their CRLs as months go by.
struct AuthorityLifeTests {
    private static let day: Int64 = 86_400

    private func issue(_ plant: Plant, _ id: String, policy: String = "default") throws -> IssuedCertificate {
        try plant.registry.issueCertificate(
            IssueRequest(
                namespace: Plant.namespace(),
                policy: PolicyName(policy),
                csr: plant.csr(id),
                csrName: "device.csr",
                registrationID: RegistrationID(id),
                hub: HubName("hub-1")
            )
        )
    }

    private func keys(_ plant: Plant) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: plant.scratch.file("store/groups/default/namespaces/factory/keys")
        ).sorted()
    }

    private func touch(_ plant: Plant) throws {
        _ = try plant.registry.updateNamespace(
            NamespaceRequest(key: Plant.namespace(), tags: ["time": .integer(plant.now)])
        )
    }

    @Test func aRetiredKeyIsWipedWhenNothingUnderItCanBeAlive() throws {
        let plant = try Plant()
        let issued = try issue(plant, "device-1")
        plant.now += 5 * Self.day
        let policy = try PolicyName("default")
        #expect(try plant.registry.deletePolicy(Plant.namespace(), policy))
        let ends = plant.now + 30 * Self.day
        #expect(issued.notAfter < ends)

        plant.now = ends
        try touch(plant)
        #expect(try keys(plant).contains { $0.hasPrefix("ica-") }, "one more second a certificate may be alive")
        #expect(try plant.registry.policyCRLs(Plant.namespace(), nil, CRLRequest()).count == 1)
        plant.now = ends + 1
        #expect(try plant.registry.policyCRLs(Plant.namespace(), nil, CRLRequest()).isEmpty)
        #expect(try keys(plant).contains { $0.hasPrefix("ica-") }, "nothing was written")
        try touch(plant)
        #expect(try !keys(plant).contains { $0.hasPrefix("ica-") })
        #expect(try keys(plant).contains { $0.hasPrefix("rootca-") })
    }

    /// The policy's leaf validity when it is deleted is not what counts, but the longest there ever was.
    @Test func aLoweredValidityDoesNotShortenTheLifeOfAKey() throws {
        let plant = try Plant()
        var request = PolicyRequest(name: try PolicyName("default"), leafValidityDays: 90)
        _ = try plant.registry.updatePolicy(Plant.namespace(), request)
        let issued = try issue(plant, "device-1")
        request.leafValidityDays = 7
        _ = try plant.registry.updatePolicy(Plant.namespace(), request)
        _ = try plant.registry.deletePolicy(Plant.namespace(), request.name)
        plant.now = issued.notAfter
        try touch(plant)
        #expect(try keys(plant).contains { $0.hasPrefix("ica-") })
    }

    @Test func theNumberOfACRLNeverFallsBack() throws {
        let plant = try Plant()
        func number() throws -> Int64? {
            try plant.registry.policyCRLs(Plant.namespace(), nil, CRLRequest()).first?.crl.number
        }
        #expect(try number() == plant.now)
        #expect(try number() == plant.now + 1, "twice in one second")
        plant.now -= 200
        #expect(try number() == plant.now + 202, "the clock went back")
        plant.now += 300
        #expect(try number() == plant.now)
    }

    /// RFC 5280 §3.3: an entry may be left out once it was on a CRL beyond the end of its certificate.
    @Test func expiredCertificatesLeaveTheCRLAfterOneMore() throws {
        let plant = try Plant()
        let issued = try issue(plant, "device-1")
        _ = try plant.registry.revokeDevice(Plant.namespace(), "device-1", reason: .superseded, disabling: false)
        func listed() throws -> [String] {
            try plant.registry.policyCRLs(Plant.namespace(), nil, CRLRequest()).flatMap {
                $0.crl.entries.map(\.serialNumber)
            }
        }
        #expect(try listed() == [issued.serialNumber])
        plant.now = issued.notAfter + Self.day
        #expect(try listed() == [issued.serialNumber], "it has not been on one beyond its end")
        plant.now += Self.day
        #expect(try listed() == [])
    }

    @Test func aCertificateThatHasExpiredIsPutOnNoCRL() throws {
        let plant = try Plant()
        let issued = try issue(plant, "device-1")
        plant.now = issued.notAfter + 1
        let report = try plant.registry.revokeDevice(
            Plant.namespace(),
            "device-1",
            reason: .unspecified,
            disabling: false
        )
        #expect(report.serialNumbers == [])
        #expect(try plant.registry.policyCRLs(Plant.namespace(), nil, CRLRequest()).first?.crl.entryCount == 0)
    }

    @Test func aCAThatEndsBeforeTheCertificateWouldSaysTheWayOn() throws {
        let plant = try Plant()
        plant.now += 340 * Self.day
        let error = #expect(throws: Refusal.self) { try issue(plant, "device-1") }
        #expect(error?.code == "CertificateExpiringSoon")
        #expect(error?.hint?.contains("--cert-validity-days 25") == true, "\(error?.hint ?? "")")
        #expect(error?.hint?.contains("adr policy revoke-issuer") == true)
        let shorter = PolicyRequest(name: try PolicyName("default"), leafValidityDays: 25)
        _ = try plant.registry.updatePolicy(Plant.namespace(), shorter)
        #expect(throws: Never.self) { try issue(plant, "device-1") }
        plant.now += 20 * Self.day
        let late = #expect(throws: Refusal.self) { try issue(plant, "device-2") }
        #expect(late?.hint?.contains("--cert-validity-days") == false, "\(late?.hint ?? "")")
        let report = try plant.registry.revokeIssuer(Plant.namespace(), PolicyName("default"), reason: .superseded)
        #expect(report.devices == ["device-1"])
        #expect(throws: Never.self) { try issue(plant, "device-2") }
    }

    @Test func aRootThatIsGoneKeepsItsKeyAsLongAsItsCAsHaveLivingLeaves() throws {
        let plant = try Plant()
        let issued = try issue(plant, "device-1")
        _ = try plant.registry.deletePolicy(Plant.namespace(), PolicyName("default"))
        #expect(try plant.registry.deleteCredential(Plant.namespace()))
        #expect(try plant.registry.credentialCRLs(Plant.namespace(), CRLRequest()).count == 1)
        plant.now = issued.notAfter
        try touch(plant)
        #expect(try keys(plant).contains { $0.hasPrefix("rootca-") })
        plant.now = issued.notAfter + 1
        try touch(plant)
        #expect(try keys(plant) == [])
    }

    @Test func aDeletedNamespaceHasALastCRLOfEachCAOnRecord() throws {
        let plant = try Plant(hubs: [])
        let registry = plant.registry
        _ = try registry.issueCertificate(
            IssueRequest(
                namespace: Plant.namespace(),
                policy: PolicyName("default"),
                csr: plant.csr("device-1"),
                csrName: "device.csr",
                registrationID: RegistrationID("device-1"),
                hub: nil
            )
        )
        let ledger = try registry.ledger(Plant.namespace())
        _ = try registry.deleteProvisioningService(plant.service())
        #expect(try registry.deleteNamespace(Plant.namespace()))
        let folder = plant.scratch.file("store/groups/default/deleted")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        let lines = try String(contentsOfFile: "\(folder)/\(name)/ledger/00000001.jsonl", encoding: .utf8)
            .split(separator: "\n")
        let last = try JSONValue(parsing: Array((lines.last ?? "").utf8))
        let text = "\(last)"
        #expect(text.contains("NamespaceDeleted"))
        #expect(text.components(separatedBy: "lastCrl").count == 3, "of the root and of the issuing CA")
        #expect(try !FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)/keys").contains { _ in true })
        _ = ledger
    }
}
