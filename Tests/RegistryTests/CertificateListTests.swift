import Foundation
import JSON
import PKI
import Store
import TestSupport
import Testing

@testable import Registry

/// Which certificates are listed, in which order, and what is read for it; at any date.
struct CertificateListTests {
    private static let day: Int64 = 86_400

    private func list(
        _ plant: Plant,
        _ change: (inout CertificateQuery) throws -> Void = { _ in }
    ) throws -> [ListedCertificate] {
        var query = CertificateQuery()
        try change(&query)
        var found: [ListedCertificate] = []
        try plant.registry.listCertificates(Plant.namespace(), query) { found.append($0) }
        return found
    }

    private func names(_ certificates: [ListedCertificate]) -> [String] {
        certificates.map { "\($0.registrationID) \($0.status.rawValue)" }
    }

    private func dark(_ plant: Plant, within days: Int64, all: Bool = false) throws -> [String] {
        names(
            try list(plant) {
                $0.expiringIn = days * Self.day
                $0.includesReplaced = all
            }
        )
    }

    /// A plant with a policy `weekly`, the device `old`, whose certificate of 30 days is the only one, and `new`, which
    /// got another ten days later.
    private func plant(files: any FileOperations = SystemFiles()) throws -> Plant {
        let plant = try Plant(files: files)
        _ = try plant.registry.createPolicy(
            Plant.namespace(),
            PolicyRequest(name: PolicyName("weekly"), leafValidityDays: 7)
        )
        for id in ["old", "new"] { try plant.issue(id) }
        plant.now += 10 * Self.day
        try plant.issue("new")
        return plant
    }

    @Test func everyCertificateHasItsStatus() throws {
        let plant = try plant()
        #expect(names(try list(plant)) == ["old active", "new replaced", "new active"])
        plant.now += 20 * Self.day - 1
        #expect(names(try list(plant)) == ["old active", "new replaced", "new active"])
        // On the last second itself a hub, which judges by OpenSSL, refuses already.
        plant.now += 1
        #expect(names(try list(plant)) == ["old expired", "new expired", "new active"])
        #expect(names(try list(plant) { $0.isExpired = true }) == ["old expired", "new expired"])
        plant.now += 1000 * Self.day
        #expect(names(try list(plant) { $0.isExpired = true }) == ["old expired", "new expired", "new expired"])
        let newest = try list(plant).map(\.isNewest)
        #expect(newest == [true, false, true])
    }

    /// The status `expired` begins in the second in which the hub begins to refuse.
    @Test func expiredIsWhatAHubSaysIs() throws {
        let plant = try Plant()
        let issued = try plant.issue("device-1")
        for (moment, isExpired) in [(issued.notAfter - 1, false), (issued.notAfter, true)] {
            plant.now = moment
            let refusal: (any Error)?
            do {
                _ = try plant.registry.verify(issued.chain, againstHub: HubName("hub-1"))
                refusal = nil
            } catch {
                refusal = error
            }
            #expect((refusal != nil) == isExpired, "\(String(describing: refusal))")
            #expect(try list(plant).first?.status == (isExpired ? .expired : .active))
        }
    }

    @Test func whatGoesDark() throws {
        let plant = try plant()
        #expect(try dark(plant, within: 19) == [])
        #expect(try dark(plant, within: 20) == ["old active"])
        #expect(try dark(plant, within: 20, all: true) == ["old active", "new replaced"])
        #expect(try dark(plant, within: 30) == ["old active", "new active"])
        // Soonest first, whatever was issued first.
        try plant.issue("brief", policy: "weekly")
        #expect(try dark(plant, within: 30) == ["brief active", "old active", "new active"])
        // The newest counts, even if it ends before the one that it replaced.
        try plant.issue("new", policy: "weekly")
        #expect(try dark(plant, within: 30) == ["brief active", "new active", "old active"])
        #expect(
            try dark(plant, within: 30, all: true)
                == ["brief active", "new active", "old active", "new replaced", "new replaced"]
        )
        // What has ended goes dark no more.
        plant.now += 8 * Self.day
        #expect(try dark(plant, within: 30) == ["old active"])
    }

    @Test func filtersNarrow() throws {
        let plant = try plant()
        try plant.issue("brief", policy: "weekly")
        try plant.issue("mx_chip.3", policy: "weekly")
        #expect(
            names(try list(plant) { $0.policy = try PolicyName("WEEKLY") }) == ["brief active", "mx_chip.3 active"]
        )
        #expect(names(try list(plant) { $0.device = "NEW" }) == ["new replaced", "new active"])
        #expect(names(try list(plant) { $0.device = "mx_chip.3" }) == ["mx_chip.3 active"])
        #expect(
            names(
                try list(plant) {
                    $0.device = "new"
                    $0.policy = try PolicyName("weekly")
                }
            ) == []
        )
        for change in [{ $0.device = "nobody" }, { $0.policy = try PolicyName("nothing") }]
            as [(inout CertificateQuery) throws -> Void]
        {
            let error = #expect(throws: ServiceError.self) { try list(plant, change) }
            #expect(error?.kind == .notFound)
        }
        // A policy that is gone has issued all the same.
        _ = try plant.registry.deletePolicy(Plant.namespace(), PolicyName("weekly"))
        #expect(names(try list(plant) { $0.policy = try PolicyName("weekly") }).count == 2)
    }

    /// Words and values are those that the certificate was issued with.
    @Test func itemsAreToldAsTheyWereIssued() throws {
        let plant = try Plant()
        let issued = try plant.issue("device-1")
        let listed = try #require(try list(plant).first)
        guard case .object(var value) = listed.value, case .object(var told) = issued.value else {
            Issue.record("both are objects")
            return
        }
        #expect(value["status"] == "active" && value["isNewest"] == true)
        #expect(value["issuer"]?.stringValue?.hasPrefix("CN=ica-") == true)
        for key in ["status", "isNewest", "issuer"] { value[key] = nil }
        told["issuedCertificateChain"] = nil
        #expect(value == told)
    }

    @Test func rowsThatRepeatOrAreTornCountOnce() throws {
        let plant = try plant()
        let before = names(try list(plant))
        let folder = plant.scratch.file("store/groups/default/namespaces/factory/expiry")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let url = URL(fileURLWithPath: "\(folder)/\(name)")
            let bytes = try Data(contentsOf: url)
            try
                (bytes + bytes + Data(#"{"serialNumber": "4D19"#.utf8) + Data("\n\u{0}\u{0}\n".utf8) + bytes.dropLast(9))
                .write(to: url)
        }
        #expect(names(try list(plant)) == before)
    }

    /// Only the expiry files of the days that were asked for are opened.
    @Test func onlyTheDaysAskedForAreRead() throws {
        let files = WatchedFiles()
        let plant = try plant(files: files)
        try plant.issue("brief", policy: "weekly")
        func opened(_ change: (inout CertificateQuery) throws -> Void) throws -> [String] {
            _ = files.takeOpened()
            _ = try list(plant, change)
            return files.takeOpened().filter { $0.contains("expiry/") }
                .map { String($0.dropFirst("expiry/".count).prefix(10)) }
        }
        // Of 1, 11 and 11 March; today is the 11th.
        #expect(try opened { _ in } == ["2026-03-18", "2026-03-31", "2026-04-10"])
        #expect(try opened { $0.expiringIn = 14 * Self.day } == ["2026-03-18"])
        #expect(try opened { $0.expiringIn = 20 * Self.day } == ["2026-03-18", "2026-03-31"])
        #expect(try opened { $0.isExpired = true } == [])
        plant.now += 8 * Self.day
        #expect(try opened { $0.isExpired = true } == ["2026-03-18"])
        #expect(try opened { $0.expiringIn = 14 * Self.day } == ["2026-03-31"])
    }

    // MARK: Revocation

    @Test func whatIsRevoked() throws {
        let plant = try plant()
        #expect(try list(plant) { $0.isRevoked = true }.isEmpty)
        _ = try plant.registry.revokeDevice(Plant.namespace(), "new", reason: .keyCompromise, disabling: false)
        #expect(names(try list(plant) { $0.isRevoked = true }) == ["new revoked", "new revoked"])
        #expect(names(try list(plant)) == ["old active", "new revoked", "new revoked"])
        let value = try #require(try list(plant).last?.value)
        #expect(value["revocationReason"] == "keyCompromise")
        #expect(value["revokedAt"] == .string(Timestamp.text(plant.now)))
        try plant.issue("new")
        #expect(names(try list(plant)) == ["old active", "new revoked", "new revoked", "new active"])
        // Expired or not, a revoked one stays that.
        plant.now += 1000 * Self.day
        #expect(names(try list(plant)) == ["old expired", "new revoked", "new revoked", "new expired"])
        #expect(
            names(
                try list(plant) {
                    $0.isRevoked = true
                    $0.isExpired = true
                }
            ) == ["new revoked", "new revoked"]
        )
    }

    @Test func aDeletedDevicesCertificatesStayListed() throws {
        let plant = try plant()
        plant.now += 25 * Self.day
        _ = try plant.registry.deleteDevice(Plant.namespace(), "new")
        #expect(names(try list(plant) { $0.device = "new" }) == ["new expired", "new revoked"])
        #expect(try list(plant) { $0.device = "new" }.allSatisfy { !$0.isNewest })
        #expect(names(try list(plant) { $0.isRevoked = true }) == ["new revoked"])
        #expect(try list(plant).last?.value["revocationReason"] == "cessationOfOperation")
        // A namesake has its own.
        try plant.issue("new")
        #expect(names(try list(plant) { $0.device = "new" }) == ["new expired", "new revoked", "new active"])
    }

    @Test func aRevokedCATakesItsCertificatesAlong() throws {
        let plant = try plant()
        try plant.issue("brief", policy: "weekly")
        _ = try plant.registry.revokeIssuer(Plant.namespace(), PolicyName("weekly"), reason: .cACompromise)
        #expect(names(try list(plant) { $0.isRevoked = true }) == ["brief revoked"])
        #expect(try list(plant).first?.value["revokedAt"] == .string(Timestamp.text(plant.now)))
        try plant.issue("brief", policy: "weekly")
        #expect(names(try list(plant) { $0.policy = try PolicyName("weekly") }) == ["brief revoked", "brief active"])
    }
}
