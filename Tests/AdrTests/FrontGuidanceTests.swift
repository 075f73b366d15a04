import CommandTable
import Foundation
import TestSupport
import Testing

@testable import AdrCLI
@testable import CommandTable

/// Lines that wrong guides and other releases teach, and what is said of them.
@Suite struct FrontGuidanceTests {
    private func isRun(_ words: [String]) -> Bool {
        guard case .run = CommandTable.adr.parse(words, environment: { _ in nil }) else { return false }
        return true
    }

    private func words(_ line: String) -> [String] { shellCommands(line).first ?? [] }

    @Test func everyLessonTeachesALineThatWorks() {
        for lesson in Lesson.all {
            #expect(isRun(words(lesson.example)), "\(lesson.words): \(lesson.example)")
            #expect(lesson.says.hasSuffix("."), "\(lesson.words): \(lesson.says)")
            #expect(lesson.says.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(lesson.words)")
            switch CommandTable.adr.place(of: lesson.to) {
            case .command, .group, .program: break
            case .beginning, nil: Issue.record("\(lesson.words) leads to \(lesson.to), which is not there")
            }
        }
    }

    /// What the table has needs no lesson, neither words nor options.
    @Test func noLessonIsOutOfDate() {
        for lesson in Lesson.all {
            if let until = lesson.until {
                #expect(
                    CommandTable.adr.place(of: Lesson.split(until)) == nil,
                    "'\(until)' is there now: \(lesson.words)"
                )
            }
            if lesson.given.isEmpty {
                #expect(CommandTable.adr.reach(of: lesson.words).count < lesson.words.count, "\(lesson.words) is there")
            }
            guard case .command(let command) = CommandTable.adr.place(of: lesson.words) else { continue }
            let known = (CommandTable.adr.globals + command.arguments).flatMap(\.shape.names)
            for name in lesson.given.flatMap(\.names) {
                #expect(!known.contains(name), "\(lesson.words) has \(name)")
            }
        }
    }

    /// What is said of a line, and that what is said is a line which parses.
    @Test(
        arguments: [
            // Invented by guides.
            (
                "iot device-registry namespace create -n factory -g plant", "adr iot adr ns create -n factory -g plant"
            ),
            ("iot device-registry credential create --ns factory", "adr iot adr ns credential create --ns factory"),
            ("iot device-registry", "adr iot adr ns list"),
            (
                "iot adr credential-policy create --namespace-name factory --name line-1 --certificate-type ECC",
                "adr iot adr ns policy create --namespace factory --name line-1"
            ),
            (
                "iot adr credential-policy create --certificate-type ECC",
                "adr iot adr ns policy create --namespace factory --name line-1"
            ),
            ("iot ns credential create --ns factory", "adr iot adr ns credential create --ns factory"),
            (
                "hub device-identity credential-policy sync --hub-name hub-1",
                "adr credential sync --namespace factory"
            ),
            (
                "iot hub device-identity credential-policy sync --hub-name hub-1 --namespace depot",
                "adr iot adr ns credential sync --namespace depot"
            ),
            // Taught by the documentation.
            ("credential list --ns factory -g plant", "adr credential show --ns factory -g plant"),
            (
                "iot adr ns credential delete --credential-name default --ns=factory --yes",
                "adr iot adr ns credential delete --ns=factory --yes"
            ),
            (
                "policy create --ns factory -n line-1 --validity 30",
                "adr policy create --ns factory -n line-1 --cert-validity-days 30"
            ),
            (
                "policy update --ns factory -n line-1 --vd=30",
                "adr policy update --ns factory -n line-1 --cert-validity-days=30"
            ),
            (
                "ns create -n factory --enable-credential-policy",
                "adr ns create -n factory --enable-certificate-management"
            ),
            ("ns create -n factory --ecp false", "adr ns create -n factory --enable-certificate-management false"),
            ("ns create -n factory --no-credential", "adr ns create -n factory"),
            // The generation of certificate authorities.
            ("ns ca create --name root --ns factory --type Root --key-type ECC", "adr credential create --ns factory"),
            ("ns ca create --name root --type Root", "adr credential create --namespace factory"),
            (
                "ns ca create --ca-name line-1 --ns factory --type ica --issuer-type Microsoft --issuer-ca-name root",
                "adr policy create --policy-name line-1 --ns factory"
            ),
            (
                "ns ca create -n line-1 --ns factory --type ICA --issuer-type External",
                "adr policy create -n line-1 --ns factory"
            ),
            (
                "ns ca policy create -n line-1 --ca-name ica --ns factory --validity-days 10",
                "adr policy create -n line-1 --ns factory --cert-validity-days 10"
            ),
            ("ns ca list --ns factory", "adr policy list --ns factory"),
            ("ns ca show --ca-name line-1 --ns factory", "adr policy show --policy-name line-1 --ns factory"),
            (
                "ns ca activate --ca-name line-1 --ns factory --ccf a.pem",
                "adr policy show --policy-name line-1 --ns factory"
            ),
            (
                "ns ca revoke --ca-name line-1 --ns factory -y",
                "adr policy revoke-issuer --policy-name line-1 --ns factory -y"
            ),
            (
                "ns device auth revoke-certs -n device-01 --ns factory --yes",
                "adr device revoke -n device-01 --ns factory --yes"
            ),
            ("ns link hub add --ns factory --hub-id x", "adr hub create --name hub-1 --namespace factory"),
            ("ns link hub list", "adr hub list"),
            ("ns wait --name factory --created", "adr ns show --name factory"),
            (
                "ns create --name factory --no-wait --tags a=1 b='x y'",
                "adr ns create --name factory --tags a=1 'b=x y'"
            ),
            ("ns link dps add --ns factory --dps-id x", "adr dps create --name factory-dps --namespace factory"),
            (
                "dps enrollment-group create -n factory-dps --gid line-1 --adr-namespace f --adr-ca-name c "
                    + "--adr-cert-policy-name default",
                "adr dps enrollment-group create -n factory-dps --gid line-1 --credential-policy-name default"
            ),
            (
                "iot device registration operation-status --dps-name factory-dps --rid device-01 --oid 5",
                "adr iot dps registration show --dps-name factory-dps --rid device-01"
            ),
            // What belongs to the cloud.
            ("iot hub identity show -n hub-1", "adr iot hub show -n hub-1"),
            ("group create -n plant", "adr ns create --name factory --resource-group plant"),
            ("login", "adr ns list"),
        ]
    )
    func linesAreTranslated(line: String, expected: String) throws {
        let typed = words(line)
        guard case .failure(let error, _) = CommandTable.adr.parse(typed, environment: { _ in nil }) else {
            Issue.record("\(line) is understood")
            return
        }
        let taught = error.taught(typed, in: .adr)
        #expect(taught.message == error.message)
        try #require(taught.recommendations.count >= 2, "\(taught.recommendations)")
        #expect(taught.recommendations[1] == expected)
        #expect(isRun(Array(words(taught.recommendations[1]).dropFirst())))
    }

    @Test func otherMistakesAreNotTaught() throws {
        for line in ["ns crate", "policy create --namspace factory", "ns create", "hub", "nonsense --validity 3"] {
            let typed = words(line)
            guard case .failure(let error, _) = CommandTable.adr.parse(typed, environment: { _ in nil }) else {
                continue
            }
            #expect(error.taught(typed, in: .adr).recommendations == error.recommendations, "\(line)")
        }
    }

    @Test func whatAShellWouldTakeApartIsQuoted() throws {
        let typed = ["credential", "list", "--ns", "it's; rm -r $HOME", "-g", ""]
        guard case .failure(let error, _) = CommandTable.adr.parse(typed, environment: { _ in nil }) else { return }
        let line = error.taught(typed, in: .adr).recommendations[1]
        #expect(line == "adr credential show --ns 'it'\\''s; rm -r $HOME' -g ''")
        let shown = try Run.command(["sh", "-c", "adr() { printf '%s|' \"$@\"; }; \(line)"])
        #expect(shown.output == "credential|show|--ns|it's; rm -r $HOME|-g||")
    }

    @Test func aLessonIsSaidWithStatusTwo() throws {
        let person = Operator()
        let outcome = try person.adr("iot adr ns credential list --ns factory")
        #expect(outcome.status == 2 && outcome.output == "")
        #expect(
            outcome.errors == """
                ERROR: 'list' is misspelled or not recognized by the system.
                A namespace has one credential, so there is no list.
                adr iot adr ns credential show --ns factory
                Help: adr iot adr ns credential --help

                """
        )
        #expect(!FileManager.default.fileExists(atPath: person.store))
    }
}
