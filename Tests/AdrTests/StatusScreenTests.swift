import Foundation
import TestSupport
import Testing

/// `adr status` as it is met at a terminal of 80 columns: what tmux shows is compared with the files in `Screens`.
struct StatusScreenTests {
    /// What is expected with so many devices; colours stand in it as ``TerminalScreen`` tells them.
    private static func screen(devices: Int, isColoured: Bool) throws -> String {
        let name = "Screens/status-\(devices)\(isColoured ? "-coloured" : "").txt"
        return try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name),
            encoding: .utf8
        )
    }

    /// A namespace with so many devices, a hub that is synced and one that is stale, CAs that live long and one that
    /// does not; devices of every age, so that some have expired, and some soon will.
    private func store(devices count: Int, _ name: String = #function) throws -> AgedStore {
        let store = AgedStore(name)
        // Away from where a bar grows and a number is rounded up: no test takes that long.
        store.go(daysBack: 300.25)
        try store.makeNamespace()
        try store.makePolicy("quarterly", validityDays: 90)
        try store.makeHub("factory-hub")
        try store.synchronize()
        store.go(daysBack: 200)
        try store.makeHub("hub-2")
        for number in 0..<count {
            store.go(daysBack: 33.3 - Double(33 * number / max(1, count - 1)))
            let digits = String(number + 1)
            try store.issue(
                "device-" + String(repeating: "0", count: 3 - digits.count) + digits,
                hub: "factory-hub"
            )
        }
        return store
    }

    private func environment(_ store: AgedStore, _ more: [String: String]) -> [String: String] {
        store.person.environment.merging(["LANG": "C.UTF-8", "TERM": "xterm-256color"]) { $1 }
            .merging(more) { $1 }
    }

    /// The screen without what differs between two runs: the folder, and what depends on the date.
    private func normal(_ lines: [String]) -> String {
        lines.map { line in
            line.replacing(/^store \/.*UTC/, with: "store FOLDER … TIME")
                .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}/, with: "YYYY-MM-DD")
                // The year of the CA may have a 29 February.
                .replacing("66 days left", with: "65 days left")
        }.joined(separator: "\n")
    }

    @Test(.peer("tmux"), arguments: [0, 3, 300])
    func screensAreAsDrawn(devices: Int) throws {
        let store = try store(devices: devices, "screens \(devices)")
        for isColoured in [true, false] {
            let screen = try TerminalScreen.after(
                "'\(store.person.binary)' status",
                in: store.person.scratch,
                environment: environment(store, isColoured ? [:] : ["NO_COLOR": "1"]),
                isColoured: isColoured
            )
            let found = normal(screen) + "\n"
            let expected = try Self.screen(devices: devices, isColoured: isColoured)
            #expect(found == expected, "\(devices) devices, colours \(isColoured)\n\(found)")
        }
    }

    /// Without a terminal there are no colours, and the text is that of the terminal.
    @Test(.peer("tmux")) func aPipeGetsTheSameTextWithoutColours() throws {
        let store = try store(devices: 3)
        let outcome = try Run.command(
            [store.person.binary, "status"],
            environment: environment(store, [:]),
            directory: store.person.scratch.path
        )
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(normal(lines) == (try Self.screen(devices: 3, isColoured: false)))
        #expect(!outcome.stdout.contains(0x1B))
        #expect(lines.allSatisfy { $0.unicodeScalars.count <= 80 })
    }

    @Test(arguments: [
        ["LC_ALL": "C", "LANG": "C.UTF-8"], ["LC_CTYPE": "de_DE.ISO-8859-1", "LANG": "C.UTF-8"], ["LANG": ""],
    ])
    func otherLocalesGetASCII(_ variables: [String: String]) throws {
        let store = try store(devices: 3)
        let outcome = try Run.command(
            [store.person.binary, "status"],
            environment: environment(store, variables),
            directory: store.person.scratch.path
        )
        #expect(outcome.stdout.allSatisfy { $0 < 0x80 })
        #expect(outcome.output.contains("\n|- root CA                       ###"))
        #expect(outcome.output.contains("\n`- 3 devices "))
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.utf8.count <= 80 })
    }

    /// Whatever names are as long as names get.
    @Test func longNamesAreCut() throws {
        let store = AgedStore()
        store.go(daysBack: 25)
        let long = String(repeating: "n", count: 63)
        try store.makeNamespace(policy: long)
        try store.makeHub(String(long.prefix(50)))
        try store.issue(long, policy: long)
        for variables in [["LANG": "C.UTF-8"], ["LANG": "C"]] {
            let outcome = try Run.command(
                [store.person.binary, "status"],
                environment: environment(store, variables),
                directory: store.person.scratch.path
            )
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.unicodeScalars.count <= 80 }, "\(outcome.output)")
            #expect(lines.contains { $0.contains(variables["LANG"] == "C" ? "nnn~ " : "nnn… ") }, "\(outcome.output)")
        }
    }
}
