import CommandTable
import Foundation
import TestSupport
import Testing

/// What help and manual pages show is run as it stands.
struct ManPageExampleTests {
    @Test(arguments: TableTests.commands.flatMap(\.examples).map(\.command))
    func everyExampleOfTheHelpRuns(_ line: String) throws {
        let problems = try ManPageExampleStore.play(["$ " + line], in: try ManPageExampleStore.scratch())
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    @Test func anExampleThatFailsIsNoticed() throws {
        let scratch = try ManPageExampleStore.scratch()
        #expect(try !ManPageExampleStore.play(["$ adr ns show --name nowhere"], in: scratch).isEmpty)
        #expect(try !ManPageExampleStore.play(["$ adr ns list \\", "    --surprise"], in: scratch).isEmpty)
        #expect(try ManPageExampleStore.play(["$ adr ns show --name nowhere # exits 3"], in: scratch).isEmpty)
    }

    /// What a page takes from the table is what ``everyExampleOfTheHelpRuns(_:)`` runs, letter by letter. The rest is
    /// run here, from first to last in one folder, for it may tell a story.
    @Test(.peer("mandoc"), .peer("openssl"), .peer("make"), arguments: try ManPageTests.pages())
    func everyExampleOfThePageRuns(_ page: String) throws {
        let blocks = try Self.examples(on: page)
        #expect(!blocks.isEmpty)
        let ofTheTable = TableTests.commands.flatMap(\.examples).map(\.command)
        let scratch = try ManPageExampleStore.scratch()
        for block in blocks where !ofTheTable.contains(ManPageExampleStore.unfolded(block)) {
            let problems = try ManPageExampleStore.play(block, in: scratch)
            #expect(problems.isEmpty, "\(page): \(problems.joined(separator: "\n"))")
        }
    }

    /// Of the pages of groups, only the few that were written by hand are left to run.
    @Test(.peer("mandoc")) func pagesShowTheExamplesOfTheTableAsTheyAre() throws {
        let shown = try ManPageTests.pages().flatMap(Self.examples).map(ManPageExampleStore.unfolded)
        for example in TableTests.commands.flatMap(\.examples) {
            #expect(shown.filter { $0 == example.command }.count == 1, "\(example.command)")
        }
    }

    /// The lines of every block under EXAMPLES, as a reader sees them.
    private static func examples(on page: String) throws -> [[String]] {
        let path = "\(ManPageTests.folder)/\(page)"
        let outcome = try Run.command(["mandoc", "-Tascii", path])
        // Bold and underlined letters are overstruck.
        let text = outcome.output.replacingOccurrences(of: ".\u{8}", with: "", options: .regularExpression)
        let lines = text.components(separatedBy: "\n")
        guard let heading = lines.firstIndex(of: "EXAMPLES") else { return [] }
        var blocks: [[String]] = [[]]
        for line in lines[(heading + 1)...].prefix(while: { $0.isEmpty || $0.hasPrefix(" ") }) {
            if line.hasPrefix(indent) {
                blocks[blocks.count - 1].append(String(line.dropFirst(indent.count)))
                #expect(line.count <= 80, "\(page): \(line)")
            } else if blocks[blocks.count - 1].isEmpty == false {
                blocks.append([])
            }
        }
        return blocks.filter { !$0.isEmpty }
    }

    /// What stands before a displayed line: the section's indent and the display's.
    private static let indent = String(repeating: " ", count: 11)
}
