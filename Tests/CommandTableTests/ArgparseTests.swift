import TestSupport
import Testing

@testable import CommandTable

/// The parser against the one it imitates: made-up tables, and lines right and wrong for them.
@Suite struct ArgparseTests {
    @Test(.enabled(if: ArgparseJudge.isInstalled, "python3 is not installed"))
    func argparseReadsTheSame() throws {
        var random = Chance(seed: 20_260_301)
        let tables = (0..<60).map { _ in MadeUpTable(&random) }
        var lines: [(table: Int, words: [String])] = []
        for number in 0..<12_000 {
            let table = number % tables.count
            lines.append((table, tables[table].line(&random)))
        }
        let report = try ArgparseJudge.judge(tables: tables.map(\.description), lines: lines)

        var accepted = 0
        var refused: [String: Int] = [:]
        var differences = 0
        for (line, verdict) in zip(lines, report.verdicts) where !verdict.isBroken {
            // Python 3.11 drops an attached `--`.
            if line.words.contains(where: { $0.utf8.count > 2 && $0.hasSuffix("--") }) { continue }
            // Later Pythons read `--`, clusters of short flags and the order of errors differently.
            let isOldPython = report.version == 11
            if !isOldPython, line.words.contains(where: MadeUpTable.isReadByVersion) { continue }
            let ours = tables[line.table].read(line.words)
            if ours.values != nil { accepted += 1 }
            if let message = ours.message { refused[MadeUpTable.kind(ofMessage: message), default: 0] += 1 }
            if ours.values != verdict.values || (isOldPython && ours.message != verdict.message) {
                differences += 1
                if differences <= 10 {
                    Issue.record(
                        """
                        \(line.words) for \(tables[line.table].uses.map(\.shape.names))
                        ours:     \(ours.values.map { "\($0)" } ?? ours.message ?? "")
                        argparse: \(verdict.values.map { "\($0)" } ?? verdict.message ?? "")
                        """
                    )
                }
            }
        }
        #expect(differences == 0)
        // The comparison is worth something only if every way to end was met often.
        #expect(accepted > 3_000)
        for kind in MadeUpTable.messageKinds {
            #expect(refused[kind, default: 0] > 40, "\(kind) was refused \(refused[kind, default: 0]) times")
        }
    }

    /// What argparse cannot judge, since az reads it at several levels: a global option means the same wherever it
    /// stands.
    @Test func globalsMeanTheSameBeforeTheWords() {
        var random = Chance(seed: 7)
        var accepted = 0
        for _ in 0..<40 {
            let table = MadeUpTable(&random)
            for _ in 0..<50 {
                let own = table.line(&random)
                let global: [String] = random.pick([
                    ["-o", "TSV"], ["--output=table"], ["--verbose"], ["--query", "q"],
                ])
                let behind = table.read(own, between: global + [])
                let before = table.read(own, before: global)
                let within = table.read(own, within: global)
                #expect(before.values == behind.values, "\(global) \(own)")
                #expect(within.values == behind.values, "\(global) \(own)")
                if behind.values != nil { accepted += 1 }
            }
        }
        #expect(accepted > 500)
    }
}
