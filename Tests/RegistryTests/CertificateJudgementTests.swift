import JSON
import OpenSSL
import Testing

@testable import Registry

/// Which enrollment an onboarding certificate leads to, and which lead nowhere.
struct CertificateJudgementTests {
    private func enroll(
        _ plant: Plant,
        _ id: EnrollmentID,
        _ primary: [UInt8]?,
        _ secondary: [UInt8]? = nil,
        isEnabled: Bool = true
    ) throws {
        var request = EnrollmentRequest(id: id)
        request.attestation = .x509(primary: primary, secondary: secondary)
        request.policyName = "default"
        request.isEnabled = isEnabled
        _ = try plant.registry.createEnrollment(plant.service(), request)
    }

    private func group(_ name: String) throws -> EnrollmentID { .group(try RegistrationID(name)) }

    private func expectRefused(
        _ plant: Plant,
        _ id: String,
        _ presented: [[UInt8]],
        code: String = "401002",
        saying words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let entries = try plant.entries()
        let error = #expect(throws: ServiceError.self, sourceLocation: sourceLocation) {
            try plant.register(id, .certificates(presented), csr: plant.csr(id))
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        #expect(try plant.entries() == entries, "a refused request commits nothing", sourceLocation: sourceLocation)
        #expect(try plant.devices().isEmpty, sourceLocation: sourceLocation)
    }

    @Test func theNearestGroupDecides() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        try enroll(plant, group("a-root"), maker.root)
        let leaf = try maker.leaf("device-1", at: plant.now)
        let chain = [leaf, maker.intermediate]
        let byRoot = try plant.register("device-1", .certificates(chain), csr: plant.csr("device-1"))
        let x509 = byRoot.value["registrationState"]?["x509"]
        #expect(x509?["enrollmentGroupId"]?.stringValue == "a-root")
        #expect(byRoot.chain?.count == 3)
        // A nearer one, made later, takes over.
        try enroll(plant, group("b-intermediate"), maker.intermediate)
        for presented in [chain, [leaf], chain + [maker.root], [leaf, maker.root, maker.intermediate]] {
            let nearest = try plant.register("device-1", .certificates(presented))
            let state = nearest.value["registrationState"]?["x509"]
            #expect(state?["enrollmentGroupId"]?.stringValue == "b-intermediate")
            #expect(state?["signingCertificateInfo"]?["subjectName"] != state?["certificateInfo"]?["subjectName"])
        }
        // Disabled, it refuses: nobody looks further up.
        var disable = EnrollmentRequest(id: try group("b-intermediate"))
        disable.isEnabled = false
        _ = try plant.registry.updateEnrollment(plant.service(), disable)
        #expect(try plant.register("device-1", .certificates(chain)).status == .disabled)
    }

    @Test func anIndividualEnrollmentDecidesBeforeTheGroups() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        let leaf = try maker.leaf("device-1", at: plant.now)
        try enroll(plant, group("a-root"), maker.root)
        try enroll(plant, .individual(RegistrationID("device-1")), leaf, isEnabled: false)
        #expect(try plant.register("device-1", .certificates([leaf, maker.intermediate])).status == .disabled)
        let another = try maker.leaf("device-1", at: plant.now)
        try expectRefused(
            plant,
            "device-1",
            [another, maker.intermediate],
            saying: "neither the primary nor the secondary"
        )
    }

    @Test func primaryAndSecondaryLeaf() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        let leaves = try (0..<3).map { _ in try maker.leaf("device-1", at: plant.now) }
        try enroll(plant, .individual(RegistrationID("device-1")), leaves[0], leaves[1])
        try expectRefused(plant, "device-1", [leaves[2]], saying: "neither the primary nor the secondary")
        for leaf in leaves.prefix(2) {
            #expect(try plant.register("device-1", .certificates([leaf])).status == .assigned)
        }
    }

    @Test func primaryAndSecondaryCA() throws {
        let plant = try Plant()
        let makers = [
            try OnboardingCA(at: plant.now), try OnboardingCA(at: plant.now, name: "f123456789abcdef0123456789abcdef"),
        ]
        try enroll(plant, group("makers"), makers[0].intermediate, makers[1].root)
        for (index, maker) in makers.enumerated() {
            let id = "device-\(index)"
            let chain = [try maker.leaf(id, at: plant.now), maker.intermediate]
            #expect(try plant.register(id, .certificates(chain)).status == .assigned)
        }
    }

    @Test func aMissingLinkLeadsNowhere() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        try enroll(plant, group("a-root"), maker.root)
        let leaf = try maker.leaf("device-1", at: plant.now)
        for presented in [[leaf], [leaf, maker.root]] {
            try expectRefused(plant, "device-1", presented, saying: "leads to the CA of no enrollment group")
        }
        // A namesake of the link, with another key, is no link.
        let stranger = try OnboardingCA(at: plant.now)
        try expectRefused(plant, "device-1", [leaf, stranger.intermediate], saying: "leads to the CA of no")
    }

    @Test func selfMadeChainsLeadNowhere() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        try enroll(plant, group("a-root"), maker.root)
        try enroll(plant, group("b-intermediate"), maker.intermediate)
        // The same names throughout, as anybody can make them.
        let forger = try OnboardingCA(at: plant.now)
        let leaf = try forger.leaf("device-1", at: plant.now)
        for presented in [[leaf], [leaf, forger.intermediate], [leaf, forger.intermediate, forger.root]] {
            try expectRefused(plant, "device-1", presented, saying: "leads to the CA of no enrollment group")
        }
        for mixed in [[leaf, maker.intermediate], [leaf, forger.intermediate, maker.root]] {
            try expectRefused(plant, "device-1", mixed, saying: "leads to the CA of no enrollment group")
        }
    }

    @Test func theCAItselfIsNoDevice() throws {
        let plant = try Plant()
        let name = "0123456789abcdef0123456789abcdef"
        let maker = try OnboardingCA(at: plant.now, name: name)
        try enroll(plant, group("b-intermediate"), maker.intermediate)
        try expectRefused(plant, "ica-\(name)", [maker.intermediate, maker.root], saying: "leads to the CA of no")
    }

    @Test func aMembersCertificateServesNoOtherDevice() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        try enroll(plant, group("a-root"), maker.root)
        let chain = [try maker.leaf("device-1", at: plant.now), maker.intermediate]
        for id in ["device-2", "device-10", "device-"] {
            try expectRefused(plant, id, chain, saying: "CN is 'device-1'")
        }
        #expect(try plant.register("DEVICE-1", .certificates(chain)).status == .assigned)
    }

    @Test func certificatesServeWhileTheyAreValid() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        let leaf = try maker.leaf("device-1", at: plant.now, days: 7)
        let early = try maker.leaf("device-2", at: plant.now + 86_400)
        try enroll(plant, .individual(RegistrationID("device-1")), leaf)
        try enroll(plant, group("a-root"), maker.root)
        try expectRefused(plant, "device-2", [early, maker.intermediate], saying: "is valid from")
        plant.now += 7 * 86_400 - 1
        let longLived = try maker.leaf("device-3", at: plant.now, days: 90)
        let last = try plant.register("device-1", .certificates([leaf]))
        #expect(last.status == .assigned)
        plant.now += 1
        let entries = try plant.entries()
        let error = #expect(throws: ServiceError.self) { try plant.register("device-1", .certificates([leaf])) }
        #expect(error?.code == "401002")
        #expect(error?.message.contains("is valid from") == true)
        // Where the issuing CA has expired, a leaf that names a later day serves no more than it.
        plant.now += 360 * 86_400
        #expect(throws: ServiceError.self) {
            try plant.register("device-3", .certificates([longLived, maker.intermediate]))
        }
        #expect(try plant.entries() == entries)
    }

    @Test func whatIsNoCertificate() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        try enroll(plant, group("a-root"), maker.root)
        let leaf = try maker.leaf("device-1", at: plant.now)
        try expectRefused(plant, "device-1", [], saying: "no certificate was presented")
        for broken in [[[0x30]], [[]], [Array(leaf.dropLast())]] {
            let entries = try plant.entries()
            #expect(throws: (any Error).self) { try plant.register("device-1", .certificates(broken)) }
            #expect(try plant.entries() == entries)
        }
    }

    @Test func whatCannotBeEnrolled() throws {
        let plant = try Plant()
        let maker = try OnboardingCA(at: plant.now)
        let leaf = try maker.leaf("device-1", at: plant.now, days: 7)
        let noCA = #expect(throws: ServiceError.self) { try enroll(plant, group("leaf"), leaf) }
        #expect(noCA?.message.contains("is no CA") == true)
        #expect(throws: ServiceError.self) { try enroll(plant, group("leaf"), maker.root, leaf) }
        #expect(throws: ServiceError.self) { try enroll(plant, group("nothing"), nil) }
        plant.now += 7 * 86_400
        let expired = #expect(throws: ServiceError.self) {
            try enroll(plant, .individual(RegistrationID("device-1")), leaf)
        }
        #expect(expired?.code == "CertificateExpired")
        #expect(try plant.registry.listEnrollments(plant.service(), groups: true, top: nil).isEmpty)
        #expect(try plant.registry.listEnrollments(plant.service(), groups: false, top: nil).isEmpty)
    }
}
