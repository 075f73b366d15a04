import Foundation
import JSON
import TestSupport
import Testing

/// A process that ends after any single file operation leaves a store on which the next command gives the answer of
/// before or of after, never a third.
struct CrashPointTests {
    /// One command that is ended, and how to tell before from after.
    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        /// Lines that make the store the command starts from.
        let setUp: [String]
        let command: String
        /// Lines whose outputs, reduced to what does not depend on chance, are the answer.
        let questions: [String]

        var testDescription: String { name }
    }

    /// A device with a certificate that its hub accepts.
    private static let issued = [
        "ns create --name factory --enable-certificate-management", "hub create --name factory-hub --namespace factory",
        "credential sync --namespace factory",
        "csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr",
        "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr "
            + "--out device-01.pem",
    ]

    static let scenarios = [
        Scenario(
            name: "ns create",
            setUp: [],
            command: "ns create --name factory --enable-certificate-management",
            questions: [
                "ns list", "credential show --namespace factory", "policy list --namespace factory",
                "credential show --namespace factory --certificate",
            ]
        ),
        Scenario(
            name: "cert issue",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "hub create --name factory-hub --namespace factory",
                "csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr",
            ],
            command:
                "cert issue --namespace factory --policy-name default --registration-id device-01 --csr device-01.csr",
            questions: [
                "device list --namespace factory", "hub device-identity list --hub-name factory-hub",
                "cert show --namespace factory --device-name device-01",
            ]
        ),
        Scenario(
            name: "cert issue --batch",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "hub create --name factory-hub --namespace factory",
                "csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr",
            ],
            command: "cert issue --namespace factory --policy-name default --batch . --jobs 1",
            questions: [
                "device list --namespace factory", "hub device-identity list --hub-name factory-hub",
                "cert show --namespace factory --device-name device-01",
            ]
        ),
        Scenario(
            name: "credential sync",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "hub create --name hub-1 --namespace factory", "hub create --name hub-2 --namespace factory",
            ],
            command: "credential sync --namespace factory",
            questions: ["hub certificate list --hub-name hub-1", "hub certificate list --hub-name hub-2"]
        ),
        Scenario(
            name: "policy delete",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "hub create --name factory-hub --namespace factory", "credential sync --namespace factory",
            ],
            command: "policy delete --namespace factory --name default --yes",
            questions: ["policy list --namespace factory", "hub certificate list --hub-name factory-hub"]
        ),
        Scenario(
            name: "policy delete --wipe-key",
            setUp: issued,
            command: "policy delete --namespace factory --name default --wipe-key --yes",
            questions: ["policy list --namespace factory"]
        ),
        Scenario(
            name: "policy revoke-issuer",
            setUp: issued,
            command: "policy revoke-issuer --namespace factory --name default --yes",
            questions: [
                "hub certificate list --hub-name factory-hub", "cert verify device-01.pem --namespace factory",
            ]
        ),
        Scenario(
            name: "device revoke",
            setUp: issued,
            command: "device revoke --namespace factory --name device-01 --disable --yes",
            questions: [
                "device show --namespace factory --name device-01", "cert verify device-01.pem --namespace factory",
                "cert verify device-01.pem --hub-name factory-hub",
            ]
        ),
        Scenario(
            name: "device delete",
            setUp: issued,
            command: "device delete --namespace factory --name device-01 --yes",
            questions: [
                "device list --namespace factory", "cert verify device-01.pem --namespace factory",
                "hub device-identity list --hub-name factory-hub",
            ]
        ),
        Scenario(
            name: "ns delete",
            setUp: ["ns create --name factory --enable-certificate-management"],
            command: "ns delete --name factory --yes",
            questions: ["ns list", "credential show --namespace factory", "policy list --namespace factory"]
        ),
        Scenario(
            name: "hub create",
            setUp: ["ns create --name factory --enable-certificate-management"],
            command: "hub create --name factory-hub --namespace factory",
            questions: ["hub list", "ns show --name factory", "hub certificate list --hub-name factory-hub"]
        ),
        Scenario(
            name: "dps create",
            setUp: ["ns create --name factory --enable-certificate-management"],
            command: "dps create --name factory-dps --namespace factory",
            questions: [
                "dps list", "dps show --name factory-dps", "dps linked-hub list --dps-name factory-dps",
                "dps enrollment list --dps-name factory-dps",
            ]
        ),
        Scenario(
            name: "dps enrollment create",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "dps create --name factory-dps --namespace factory",
            ],
            command: "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey",
            questions: [
                "dps enrollment list --dps-name factory-dps",
                "dps enrollment show --dps-name factory-dps --enrollment-id device-01 --show-keys",
            ]
        ),
        Scenario(
            name: "registration create",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "hub create --name factory-hub --namespace factory",
                "dps create --name factory-dps --namespace factory",
                "dps linked-hub create --dps-name factory-dps --hub-name factory-hub",
                "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey --cpn default",
                "csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr",
            ],
            command: "registration create --dps-name factory-dps --registration-id device-01 --csr device-01.csr",
            questions: [
                "device list --namespace factory", "hub device-identity list --hub-name factory-hub",
                "cert show --namespace factory --device-name device-01",
                "registration show --dps-name factory-dps --registration-id device-01",
            ]
        ),
        Scenario(
            name: "dps delete",
            setUp: [
                "ns create --name factory --enable-certificate-management",
                "dps create --name factory-dps --namespace factory",
                "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey",
                "dps enrollment-group create --dps-name factory-dps --group-id line-1",
            ],
            command: "dps delete --name factory-dps",
            questions: [
                "dps list", "dps show --name factory-dps", "dps enrollment list --dps-name factory-dps",
                "dps enrollment show --dps-name factory-dps --enrollment-id device-01 --show-keys",
                "dps enrollment-group list --dps-name factory-dps",
            ]
        ),
        Scenario(
            name: "ledger checkpoint",
            setUp: ["ns create --name factory --enable-certificate-management"],
            command: "ledger checkpoint --namespace factory --out checkpoint.cms",
            questions: [
                "ledger show --namespace factory --event LedgerSignerCreated", "policy list --namespace factory",
            ]
        ),
    ]

    @Test(arguments: scenarios)
    func everyPointIsBeforeOrAfter(_ scenario: Scenario) throws {
        let faulty = try #require(Binary.sibling("FaultyAdr"))
        let before = try answer(scenario, after: [])
        let after = try answer(scenario, after: [scenario.command])
        #expect(before != after)
        var point = 1
        var finished = false
        while !finished {
            let person = Operator("\(scenario.name) \(point)", inMemory: true)
            for line in scenario.setUp { try person.expect(line) }
            var doomed = person
            doomed.binary = faulty
            doomed.environment["ADR_EXIT_AFTER"] = "\(point)"
            let outcome = try doomed.adr(scenario.command)
            finished = outcome.status != 99
            if finished { #expect(outcome.status == 0, "\(outcome.errors)") }
            let found = try Self.answer(scenario.questions, person)
            #expect(found == before || found == after, "\(scenario.name), ended after operation \(point)")
            // The command can be repeated, and the next writer brings every view to where the ledger ends.
            let again = try person.adr(scenario.command)
            #expect(again.status == 0, "\(scenario.name) again after operation \(point): \(again.errors)")
            #expect(try Self.answer(scenario.questions, person) == after, "\(scenario.name) again, \(point)")
            try person.expect("ns create --name factory --tags point=\(point)")
            try StoreAudit.expectViewsEqualLedger(person.store)
            #expect(try Self.keysOfTheDead(person.store) == [], "\(scenario.name), \(point)")
            point += 1
        }
        print("crash points of \(scenario.name): \(point - 1)")
        #expect(point > 20)
    }

    /// Keys in folders that are no namespace's any more.
    private static func keysOfTheDead(_ store: String) throws -> [String] {
        let living = try StoreAudit.namespaceFolders(store)
        let files = FileManager.default.enumerator(atPath: store + "/groups")?.compactMap { $0 as? String } ?? []
        return files.filter { name in
            name.hasSuffix(".pem") && !living.contains { "groups/\(name)".hasPrefix("\($0)/") }
        }
    }

    private func answer(_ scenario: Scenario, after lines: [String]) throws -> [String] {
        let person = Operator("\(scenario.name) \(lines.count)", inMemory: true)
        for line in scenario.setUp + lines { try person.expect(line) }
        return try Self.answer(scenario.questions, person)
    }

    private static func answer(_ questions: [String], _ person: Operator) throws -> [String] {
        try questions.map { question in
            let outcome = try person.adr(question)
            return "\(outcome.status) \(shape(of: outcome.output))"
        }
    }

    /// An output without what chance or the clock chose: digits of serials, names of CAs, times, base64.
    private static func shape(of output: String) -> String {
        if output.hasPrefix("-----BEGIN") { return "PEM" }
        let kept = output.split(separator: "\n").map { line -> String in
            guard let colon = line.range(of: "\": ") else { return line.count > 40 ? "…" : String(line) }
            let key = line[..<colon.lowerBound]
            let value = line[colon.upperBound...]
            let isStable = ["name", "deviceId", "deviceName", "policyName", "hubName", "orphaned", "registrationId"]
                .contains { key.hasSuffix("\"\($0)") }
            let isWord = isStable && !value.contains("default-")
            return isWord ? String(line) : "\(key): …"
        }
        return kept.joined(separator: "\n")
    }
}
