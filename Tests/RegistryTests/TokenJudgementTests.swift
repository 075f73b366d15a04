import JSON
import OpenSSL
import Testing

@testable import Registry

/// What a provisioning service makes of the tokens that devices present.
struct TokenJudgementTests {
    private static let key = [UInt8](repeating: 0x41, count: 32)
    private static let other = [UInt8](repeating: 0x42, count: 32)
    private static let groupKey = [UInt8](repeating: 0x67, count: 48)

    /// Registers what must be refused, and looks that nothing at all was written.
    private func expectRefused(
        _ plant: Plant,
        _ id: String,
        _ token: String,
        code: String = "401002",
        saying words: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let entries = try plant.entries()
        let devices = try plant.devices()
        let error = #expect(throws: ServiceError.self, sourceLocation: sourceLocation) {
            try plant.register(id, token: token, csr: plant.csr(id))
        }
        #expect(error?.code == code, "\(error.debugDescription)", sourceLocation: sourceLocation)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        #expect(try plant.entries() == entries, "a refused request commits nothing", sourceLocation: sourceLocation)
        #expect(try plant.devices() == devices, sourceLocation: sourceLocation)
    }

    @Test func aTokenServesUntilItExpires() throws {
        let plant = try Plant()
        try plant.enroll(.individual(RegistrationID("device-1")), key: Self.key)
        let token = try plant.token("device-1", key: Self.key, expiresAt: plant.now + 60)
        let first = try plant.register("device-1", token: token, csr: plant.csr("device-1"))
        #expect(first.status == .assigned)
        #expect(first.chain?.count == 3)
        plant.now += 59
        #expect(try plant.register("device-1", token: token).status == .assigned)
        // The very second it names is too late, and so is every later replay.
        for later in [1, 0, 3600, 10 * 365 * 86_400] {
            plant.now += Int64(later)
            try expectRefused(plant, "device-1", token, saying: "expired")
        }
    }

    @Test func primaryAndSecondaryKeySignAndNoOther() throws {
        let plant = try Plant()
        try plant.enroll(.individual(RegistrationID("device-1")), key: Self.key, secondary: Self.other)
        for key in [Self.key, Self.other] {
            #expect(try plant.register("device-1", token: plant.token("device-1", key: key)).status == .assigned)
        }
        for key in [Self.groupKey, Array(Self.key.dropLast()), Self.key + [0x41], []] {
            try expectRefused(plant, "device-1", plant.token("device-1", key: key), saying: "not signed")
        }
    }

    @Test func aTokenIsForOneScopeAndOneID() throws {
        let plant = try Plant()
        try plant.enroll(.individual(RegistrationID("device-1")), key: Self.key)
        try plant.enroll(.individual(RegistrationID("device-2")), key: Self.key)
        try expectRefused(
            plant,
            "device-1",
            plant.token("device-1", key: Self.key, scope: "0ne00000000"),
            saying: "0ne00000000"
        )
        // The same key, so that nothing but the resource tells them apart.
        try expectRefused(plant, "device-2", plant.token("device-1", key: Self.key), saying: "device-1")
        for id in ["device-1/", "device-1 ", "device-10", "device-", "device-1%00"] {
            try expectRefused(plant, "device-1", plant.token(id, key: Self.key))
        }
    }

    @Test func caseOfScopeAndIDDoesNotMatter() throws {
        let plant = try Plant()
        try plant.enroll(.individual(RegistrationID("Device-1")), key: Self.key)
        for (scope, id) in [
            (try plant.idScope().lowercased(), "device-1"), (try plant.idScope().uppercased(), "DEVICE-1"),
        ] {
            let outcome = try plant.register(id, token: plant.token(id, key: Self.key, scope: scope))
            #expect(outcome.value["registrationState"]?["deviceId"]?.stringValue == "Device-1")
        }
        #expect(try plant.devices().count == 1)
        // A certificate's CN is the spelling of the enrollment, byte for byte.
        let wrong = try plant.register(
            "device-1",
            token: plant.token("device-1", key: Self.key),
            csr: plant.csr("device-1")
        )
        #expect(wrong.status == .failed)
        #expect(wrong.value["registrationState"]?["errorCode"]?.integerValue == 400_000)
        #expect(wrong.reason?.contains(#""Device-1""#) == true)
        let right = try plant.register(
            "device-1",
            token: plant.token("device-1", key: Self.key),
            csr: plant.csr("Device-1")
        )
        #expect(right.chain?.count == 3)
    }

    @Test func aChangedTokenIsRefused() throws {
        let plant = try Plant()
        try plant.enroll(.individual(RegistrationID("device-1")), key: Self.key)
        let token = try plant.token("device-1", key: Self.key)
        let expiry = "\(plant.now + 3600)"
        try expectRefused(plant, "device-1", token.replacing(expiry, with: "\(plant.now + 7200)"), saying: "not signed")
        // The signature covers the resource as it stands there, so another writing of the same resource breaks it.
        try expectRefused(plant, "device-1", token.replacing("%2F", with: "%2f"), saying: "not signed")
        try expectRefused(plant, "device-1", token.replacing("sig=", with: "sig=AAAA"))
        try expectRefused(plant, "device-1", String(token.dropLast(token.count / 2)))
        try expectRefused(plant, "device-1", "")
    }

    @Test func aGroupsDevicesSignWithDerivedKeys() throws {
        let plant = try Plant()
        try plant.enroll(.group(RegistrationID("line-1")), key: Self.groupKey, secondary: Self.other)
        for key in [Self.groupKey, Self.other] {
            for (id, derivedFrom) in [("Device-1", "Device-1"), ("Device-2", "device-2")] {
                let derived = try SharedAccessSignature.deviceKey(groupKey: key, registrationID: derivedFrom)
                let outcome = try plant.register(id, token: plant.token(id, key: derived))
                let state = outcome.value["registrationState"]
                #expect(state?["symmetricKey"]?["enrollmentGroupId"]?.stringValue == "line-1")
                #expect(state?["deviceId"]?.stringValue == id)
            }
        }
        // Neither the group's own key nor another device's serves.
        try expectRefused(plant, "device-3", plant.token("device-3", key: Self.groupKey), saying: "derived")
        let foreign = try SharedAccessSignature.deviceKey(groupKey: Self.groupKey, registrationID: "device-1")
        try expectRefused(plant, "device-3", plant.token("device-3", key: foreign), saying: "derived")
        #expect(try plant.devices().count == 2)
    }

    @Test func anIndividualEnrollmentDecidesBeforeItsGroup() throws {
        let plant = try Plant()
        try plant.enroll(.group(RegistrationID("line-1")), key: Self.groupKey)
        try plant.enroll(.individual(RegistrationID("device-1")), key: Self.key) { $0.isEnabled = false }
        let derived = try SharedAccessSignature.deviceKey(groupKey: Self.groupKey, registrationID: "device-1")
        try expectRefused(plant, "device-1", plant.token("device-1", key: derived), saying: "not signed")
        let outcome = try plant.register("device-1", token: plant.token("device-1", key: Self.key))
        #expect(outcome.status == .disabled)
        #expect(try plant.devices().isEmpty)
    }

    @Test func nothingEnrolledIsNotFound() throws {
        let plant = try Plant()
        let token = try plant.token("device-1", key: Self.key)
        try expectRefused(plant, "device-1", token, code: "404201", saying: "no enrollment")
        // A token that could hold for nothing is refused for what it is, whatever is enrolled.
        try expectRefused(plant, "device-1", "nonsense")
        try expectRefused(plant, "device-1", plant.token("device-1", key: Self.key, expiresAt: plant.now))
    }

    @Test func aKeyThatWasReplacedServesNoMore() throws {
        let plant = try Plant()
        let id = EnrollmentID.individual(try RegistrationID("device-1"))
        try plant.enroll(id, key: Self.key, secondary: Self.other)
        var change = EnrollmentRequest(id: id)
        change.attestation = .symmetricKey(primary: Self.groupKey, secondary: nil)
        _ = try plant.registry.updateEnrollment(plant.service(), change)
        try expectRefused(plant, "device-1", plant.token("device-1", key: Self.key), saying: "not signed")
        for key in [Self.groupKey, Self.other] {
            #expect(try plant.register("device-1", token: plant.token("device-1", key: key)).status == .assigned)
        }
        #expect(try plant.registry.deleteEnrollment(plant.service(), id))
        try expectRefused(plant, "device-1", plant.token("device-1", key: Self.groupKey), code: "404201")
    }

    @Test func aTokenServesNoCertificateEnrollment() throws {
        let plant = try Plant()
        let onboarding = try OnboardingCA(at: plant.now)
        var request = EnrollmentRequest(id: .individual(try RegistrationID("device-1")))
        request.attestation = .x509(primary: try onboarding.leaf("device-1", at: plant.now), secondary: nil)
        _ = try plant.registry.createEnrollment(plant.service(), request)
        try expectRefused(plant, "device-1", plant.token("device-1", key: Self.key), saying: "attests by certificate")
        try plant.enroll(.individual(RegistrationID("device-2")), key: Self.key)
        #expect(throws: ServiceError.self) {
            try plant.register("device-2", .certificates([try onboarding.leaf("device-2", at: plant.now)]))
        }
        #expect(try plant.devices().isEmpty)
    }
}
