import Testing

@testable import CommandTable

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("1h", 3600), ("36h", 129_600), ("14d", 1_209_600), ("14D", 1_209_600), ("2w", 1_209_600), ("007d", 604_800),
        ("36500d", 3_153_600_000), ("876000H", 3_153_600_000),
    ])
    func spans(text: String, seconds: Int64) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "d", "14", "14m", "14s", "1y", "0h", "0d", "-1d", "+1d", "1.5d", "1e3d", " 14d", "14d ", "14 d", "1d2h",
        "١d",
        "36501d", "876001h", "5215w", "9999999999999999999999h", "14ｄ", "14d\u{301}",
    ])
    func others(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test func badValuesAreRefusedWhileTheLineIsParsed() throws {
        let within = Argument<TimeSpan>.duration("--within", help: "How soon.")
        let table = CommandTable<Void>(
            program: "tool",
            summary: "A tool.",
            groups: { [] },
            commands: {
                [
                    Command("look", summary: "Look.", arguments: [.optional(within)], examples: [], effect: .reads) {
                        _,
                        _ in
                    }
                ]
            },
            globals: [],
            aliases: []
        )
        guard case .run(_, let arguments) = table.parse(["look", "--within", "2w"], environment: { _ in nil }) else {
            Issue.record("it is refused")
            return
        }
        #expect(try arguments.required(within).seconds == 1_209_600)
        guard case .failure(let error, _) = table.parse(["look", "--within=2m"], environment: { _ in nil }) else {
            Issue.record("it is taken")
            return
        }
        #expect(error.message == "argument --within: invalid duration value: '2m'")
        #expect(error.recommendations.first == TimeSpan.form)
    }
}
