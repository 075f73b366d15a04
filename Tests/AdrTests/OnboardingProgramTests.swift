import Foundation
import JSON
import TestSupport
import Testing

/// Custom allocation by programs that do not do what they should.
struct OnboardingProgramTests {
    /// A program, and what is said of it.
    struct Program: Sendable, CustomTestStringConvertible {
        let name: String
        let script: String
        let says: String

        var testDescription: String { name }
    }

    static let programs: [Program] = [
        Program(name: "hangs", script: "cat > /dev/null; sleep 60", says: "within 5 seconds and was killed"),
        Program(
            name: "hangs in a child",
            script: "sleep 60 & echo $! > sleeper; wait",
            says: "within 5 seconds and was killed"
        ),
        Program(
            name: "answers and stays",
            script: #"echo '{"iotHubHostName": "hub-1.azure-devices.net"}'; exec >&-; sleep 60"#,
            says: "within 5 seconds and was killed"
        ),
        Program(name: "dies", script: "exit 7", says: "exited with status 7"),
        Program(
            name: "answers and dies",
            script: #"echo '{"iotHubHostName": "hub-1.azure-devices.net"}'; exit 1"#,
            says: "exited with status 1"
        ),
        Program(
            name: "dies and leaves a child behind",
            script: "sleep 60 > /dev/null 2>&1 & echo $! > sleeper; exit 3",
            says: "exited with status 3"
        ),
        Program(
            name: "answers a twin that is none",
            script: #"echo '{"iotHubHostName": "hub-1.azure-devices.net", "initialTwin": 5}'"#,
            says: "'initialTwin' that is no object"
        ),
        Program(name: "is killed", script: "kill -9 $$", says: "was ended by signal 9"),
        Program(name: "says nothing", script: "cat > /dev/null", says: "did not answer in JSON"),
        Program(name: "prints rubbish", script: "head -c 3000 /dev/urandom", says: "did not answer in JSON"),
        Program(name: "prints text", script: "echo hub-1", says: "did not answer in JSON"),
        Program(name: "prints two answers", script: "echo '{}'; echo '{}'", says: "did not answer in JSON"),
        Program(name: "names no hub", script: "echo '{}'", says: "answered without 'iotHubHostName'"),
        Program(name: "names no text", script: #"echo '{"iotHubHostName": 1}'"#, says: "answered without"),
        Program(name: "answers an array", script: "echo '[]'", says: "answered without 'iotHubHostName'"),
        Program(
            name: "names an unlinked hub",
            script: #"echo '{"iotHubHostName": "stray-hub.azure-devices.net"}'"#,
            says: "which is none of hub-1.azure-devices.net"
        ),
        Program(
            name: "names a path",
            script: #"echo '{"iotHubHostName": "../../x"}'"#,
            says: "which is none of hub-1.azure-devices.net"
        ),
        Program(name: "writes endlessly", script: "exec yes", says: "answered with more than"),
        Program(name: "is no program", script: "", says: "cannot be run"),
    ]

    private static func enroll(_ person: Operator, _ program: String, payload: String = "") throws {
        try person.expect("hub create --name stray-hub --namespace factory")
        try person.expect(
            "dps enrollment create --dps-name factory-dps --enrollment-id device-01 --at symmetricKey --cpn default "
                + "--allocation-policy custom --webhook-url \(program)"
        )
    }

    @Test(arguments: programs)
    func anEndWithoutAssignment(_ program: Program) throws {
        let person = try OnboardingFactory.makeOperator(program.name)
        let path = try person.makeProgram("choose", #"cd "$(dirname "$0")"; \#(program.script)"#)
        if program.script.isEmpty { chmod(path, 0o600) }
        try Self.enroll(person, path)
        let identities = try person.identities()
        let outcome = try person.register("device-01", as: "new")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("ERROR: (400207) "), "\(outcome)")
        #expect(outcome.errors.contains(program.says), "\(outcome)")
        let operation = try JSONValue(parsing: outcome.stdout)
        #expect(operation["status"]?.stringValue == "failed")
        #expect(operation["registrationState"]?["errorCode"]?.integerValue == 400_207)
        #expect(try person.identities() == identities)
        #expect(!FileManager.default.fileExists(atPath: person.scratch.file("new.key")))
        if let sleeper = try? person.scratch.text("sleeper"), let process = pid_t(sleeper.filter(\.isNumber)) {
            // Killed with its group; whoever inherits it may not have buried it yet.
            let state = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            #expect(state.isEmpty || state.contains(") Z ") || !state.contains("(sleep)"), "\(state)")
        }
    }

    /// More than a pipe holds, to a program that reads none of it, and from one that answers while it is still told.
    @Test(arguments: ["", "head -c 100000 /dev/zero | tr '\\0' ' '; "])
    func aProgramThatDoesNotReadIsNoTrouble(_ before: String) throws {
        let person = try OnboardingFactory.makeOperator()
        let path = try person.makeProgram(
            "choose",
            #"\#(before)echo '{"iotHubHostName": "hub-3.azure-devices.net", "payload": {"answer": true}}'"#
        )
        try Self.enroll(person, path)
        let payload = #"{"text":"\#(String(repeating: "x", count: 100_000))"}"#
        let state = try person.expectRegistered("device-01", as: "new", by: "--payload \(payload)")
        #expect(state["assignedHub"]?.stringValue == "hub-3.azure-devices.net")
        #expect(state["payload"]?["answer"]?.boolValue == true, "what the program says goes to the device")
        #expect(try person.connect("new", hub: "hub-3").status == 0)
    }

    @Test func itIsToldAllAndDecidesTheTwin() throws {
        let person = try OnboardingFactory.makeOperator()
        let path = try person.makeProgram("choose", #"cd "$(dirname "$0")"; cat > asked.json; cat answer.json"#)
        person.scratch.write(
            "answer.json",
            #"{"iotHubHostName": "hub-2", "initialTwin": {"tags": {"from": "program"}, "properties": {"desired": {}}}}"#
        )
        try Self.enroll(person, path)
        try person.expectRegistered("device-01", as: "first", by: #"--payload {"line":7}"#)
        var context = try JSONValue(parsing: person.scratch.read("asked.json"))["deviceRuntimeContext"]
        #expect(context?["payload"]?["line"]?.integerValue == 7)
        #expect(context?["currentDeviceId"] == nil)
        let document = try person.storeContents().first { $0.key.contains("/devices/") }
        let device = try JSONValue(parsing: try #require(document?.value))
        #expect(device["identity"]?["twin"]?["tags"]?["from"]?.stringValue == "program")
        try person.expectRegistered("device-01", as: "second")
        context = try JSONValue(parsing: person.scratch.read("asked.json"))["deviceRuntimeContext"]
        #expect(context?["currentIotHubHostName"]?.stringValue == "hub-2.azure-devices.net")
        #expect(context?["currentDeviceId"]?.stringValue == "device-01")
        #expect(context?["payload"] == nil)
    }

    /// The lock is not held while a program thinks: others go on.
    @Test func othersRegisterWhileAProgramThinks() throws {
        let person = try OnboardingFactory.makeOperator()
        let path = try person.makeProgram(
            "choose",
            #"""
            cd "$(dirname "$0")"; : > thinking
            n=0; until [ -e decided ] || [ $n -ge 400 ]; do sleep 0.01; n=$((n + 1)); done
            echo '{"iotHubHostName": "hub-1"}'
            """#
        )
        try Self.enroll(person, path)
        try person.expect("dps enrollment create --dps-name factory-dps --enrollment-id device-02 --at symmetricKey")
        var environment = person.environment
        environment["ADR"] = person.binary
        let outcome = try Run.command(
            [
                "sh", "-c",
                """
                "$ADR" registration create --dps-name factory-dps --registration-id device-01 --generate --key-out a.key \
                  --out a.pem > slow.json 2> slow.err & slow=$!
                until [ -e thinking ]; do sleep 0.01; done
                "$ADR" registration create --dps-name factory-dps --registration-id device-02 > quick.json || exit 9
                : > decided
                wait $slow
                """,
            ],
            environment: environment,
            directory: person.scratch.path
        )
        let slow = try person.scratch.text("slow.err")
        #expect(outcome.status == 0, "\(outcome.errors) \(slow)")
        #expect(try person.connect("a", hub: "hub-1").status == 0)
        try StoreAudit.expectViewsEqualLedger(person.store)
    }
}
