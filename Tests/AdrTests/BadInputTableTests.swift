import TestSupport
import Testing

/// Every line of ``BadInput``: the right exit status, a message that helps, and nothing written.
@Suite(.peer("openssl"))
struct BadInputTableTests {
    private static let groups = Dictionary(grouping: BadInput.all, by: { $0.command ?? "" })

    @Test(arguments: groups.keys.sorted()) func lines(of command: String) throws {
        let rows = try #require(Self.groups[command])
        let shared = try BadInputStore()
        let untouched = shared.contents()
        for row in rows {
            if row.before == nil, !row.keeps {
                try check(row, in: shared)
                let after = shared.contents()
                #expect(Self.differences(untouched, after) == [], "\(row.line)")
                if after != untouched { return }
            } else {
                let own = try BadInputStore()
                if let script = row.before {
                    let spoiled = try own.run(script)
                    #expect(spoiled.status == 0, "\(script): \(spoiled)")
                }
                let before = own.contents()
                try check(row, in: own)
                if !row.keeps { #expect(Self.differences(before, own.contents()) == [], "\(row.line)") }
            }
        }
    }

    private func check(_ row: BadInput, in store: BadInputStore) throws {
        let outcome = try store.run(row.line)
        #expect(outcome.status == row.status, "\(row.line)\n\(outcome)")
        #expect(outcome.stdout.isEmpty != row.prints, "\(row.line)\n\(outcome)")
        #expect(RefusalForm.faults(in: outcome.stderr) == [], "\(row.line)\n\(outcome)")
        for word in row.words {
            #expect(outcome.errors.contains(word), "\(row.line)\n\(outcome)")
        }
    }

    private static func differences(_ before: [String: String], _ after: [String: String]) -> [String] {
        Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }

    // MARK: The table itself

    @Test func everyCommandHasThree() {
        for command in TableTests.commands.map(TableTests.name) {
            #expect(Self.groups[command, default: []].count >= 3, "\(command)")
        }
    }

    @Test func everyKindIsThere() {
        let kinds = Dictionary(grouping: BadInput.all, by: \.kind).mapValues(\.count)
        for kind in BadInput.Kind.allCases { #expect(kinds[kind, default: 0] >= 3, "\(kind)") }
        #expect(BadInput.all.count >= 300)
        let lines = BadInput.all.map { ($0.before ?? "") + "\n" + $0.line }
        #expect(Set(lines).count == lines.count, "a line stands here twice")

        var report = "bad inputs: \(BadInput.all.count)"
        for kind in BadInput.Kind.allCases { report += "\n  \(kind.rawValue): \(kinds[kind, default: 0])" }
        for (command, rows) in Self.groups.sorted(by: { $0.key < $1.key }) {
            report += "\n  adr \(command.isEmpty ? "(no command)" : command): \(rows.count)"
        }
        print(report)
    }

    /// The judge of messages has teeth.
    @Test func aBadMessageIsNoticed() {
        func faults(_ text: String) -> [String] { RefusalForm.faults(in: Array(text.utf8)) }
        #expect(faults("ERROR: (Conflict) it is there\n'adr ns list' shows it.\n") == [])
        #expect(faults("WARNING: mind\nERROR: no\nUse another.\n") == [])
        for bad in [
            "", "ERROR: no", "ERROR: no\n", "ERROR: no\nSorry.\n", "ERROR: no\nERROR: no\nUse another.\n",
            "ERROR: Optional(\"x\")\nUse another.\n", "ERROR: n\u{1B}o\nUse another.\n", "no\nUse another.\n",
            "ERROR: (Internal) no\nUse another.\n", "fatal\nERROR: no\nUse another.\n", "ERROR: no\n\nUse another.\n",
        ] {
            #expect(!faults(bad).isEmpty, "\(bad)")
        }
    }

    // MARK: What is no file

    /// A result written to a link, a device or a pipe leaves it what it is: as root, renaming over `/dev/null` would
    /// replace it.
    @Test func linksAndDevicesStayWhatTheyAre() throws {
        let store = try BadInputStore()
        let outcome = try store.run(
            """
            set -e
            ln -s target link; : > target; chmod 600 target
            adr credential show --namespace factory --certificate --out null
            adr credential show --namespace factory --certificate --out link
            adr credential show --namespace factory --certificate --out /dev/stdout | cmp - root.pem
            cat pipe > piped & adr credential show --namespace factory --certificate --out pipe; wait
            adr csr generate --registration-id device-03 --key-out null --force --out x --output none
            cmp target root.pem; cmp piped root.pem
            test -L null; test -L link; test -p pipe; test -c /dev/null
            """
        )
        #expect(outcome.status == 0, "\(outcome)")
    }

    /// Names as long as they get can be written, whatever the file is called on its way there.
    @Test func theLongestNameCanBeWritten() throws {
        let store = try BadInputStore()
        let name = String(repeating: "n", count: 255)
        let outcome = try store.run("adr credential show --namespace factory --certificate --out \(name)")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try store.scratch.read(name) == store.scratch.read("root.pem"))
    }

    /// What goes to standard output for `-` is the file alone, and can be read again.
    @Test func aDashIsTheResultAlone() throws {
        let store = try BadInputStore()
        let outcome = try store.run(
            "adr cert show --namespace factory --device-name device-01 --out - | cmp - device-01.pem"
        )
        #expect(outcome.status == 0, "\(outcome)")
    }

    /// A descriptor that the caller closed is not given to the ledger, where a warning would be written into it.
    @Test func closedStreamsDoNotEndInTheLedger() throws {
        let store = try BadInputStore()
        let outcome = try store.run(
            """
            chmod 644 store/groups/default/namespaces/factory/keys/*
            adr cert issue --namespace factory --policy-name default --csr device-02.csr --out x <&- >&- 2>&-
            adr cert issue --namespace factory --policy-name default --registration-id device-02 --csr device-02.csr \
              --output none <&- >&- 2>&-
            adr policy list --namespace factory --output none && adr device list --namespace factory --output none
            ! grep -r -l -e WARNING -e ERROR store
            """
        )
        #expect(outcome.status == 0, "\(outcome)")
    }
}
