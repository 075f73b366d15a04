import Foundation
import Testing

@testable import TestSupport

/// The summary that ends `make test`.
@Suite struct TestReports {
    private let scratch = Scratch()

    private func report(events: [String], console: String = "", status: Int = 0) throws -> (text: String, status: Int32)
    {
        let script = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Support/report.awk")
            .standardizedFileURL
        let outcome = try Run.command([
            "awk", "-v", "status=\(status)", "-f", script.path,
            scratch.write("events", events.map { $0 + "\n" }.joined()), scratch.write("console", console),
        ])
        #expect(outcome.errors == "")
        return (outcome.output, outcome.status)
    }

    private func test(_ name: String, before: String = "") -> String {
        #"{"kind":"test","payload":{\#(before)"id":"\#(name)","isParameterized":true,"kind":"function"},"version":0}"#
    }

    private func event(_ kind: String, _ id: String, at time: Double, _ symbol: String = "default", _ text: String = "")
        -> String
    {
        #"{"kind":"event","payload":{"instant":{"absolute":\#(time),"since1970":1.5},"kind":"\#(kind)","#
            + #""messages":[{"symbol":"\#(symbol)","text":"\#(text)"}],"testID":"\#(id)"},"version":0}"#
    }

    @Test func `every way to end is counted, and the counts come last`() throws {
        let arguments = #""_testCases":[{"displayName":"q\"}],\"","id":"argument"}],"displayName":"a \"id\":\"b\"","#
        let report = try report(
            events: [
                #"{"kind":"test","payload":{"id":"M.Suite","kind":"suite","name":"Suite"},"version":0}"#,
                test("M.a()", before: #""displayName":"named","#), test("M.b(_:)", before: arguments), test("M.c()"),
                test("M.d()"), test("M.e()"),
                event("testStarted", "M.Suite", at: 100),
                event("testStarted", "M.a()", at: 100), event("testEnded", "M.a()", at: 100.25, "pass"),
                event("testStarted", "M.b(_:)", at: 100), event("issueRecorded", "M.b(_:)", at: 101, "fail"),
                event("testEnded", "M.b(_:)", at: 102, "fail"),
                event("testSkipped", "M.c()", at: 100, "skip", #"Test c() skipped: \"no peer\""#),
                event("testStarted", "M.d()", at: 100),
                event("testEnded", "M.d()", at: 100.5, "skip", #"Test d() was cancelled after 0.5 seconds: \"late\""#),
                event("testStarted", "M.e()", at: 100), event("issueRecorded", "M.e()", at: 100, "passWithKnownIssue"),
                event("testEnded", "M.e()", at: 101, "passWithKnownIssue"),
                event("testEnded", "M.Suite", at: 109, "fail"),
            ],
            status: 1
        )
        #expect(
            report.text == """

                Failed:
                  M.b(_:)
                Skipped:
                  M.c(): "no peer"
                  M.d(): "late"
                Slowest:
                     2.000 s  M.b(_:)
                     1.000 s  M.e()
                     0.500 s  M.d()
                     0.250 s  M.a()
                2 passed, 1 failed, 2 skipped

                """
        )
        #expect(report.status == 1)
    }

    @Test func `what a crash cut off has failed, and what a throwing condition kept from running too`() throws {
        let report = try report(
            events: [
                test("M.running()"), test("M.waiting()"), test("M.refused()"),
                event("issueRecorded", "M.refused()", at: 1, "fail"), event("testStarted", "M.running()", at: 1),
            ],
            status: 1
        )
        #expect(report.text.contains("  M.running() (did not end)\n  M.waiting() (never began)\n  M.refused()\n"))
        #expect(report.text.hasSuffix("\n0 passed, 3 failed, 0 skipped\n"))
    }

    @Test func `tests of XCTest are counted as well`() throws {
        let report = try report(
            events: [],
            console: """
                Test Case 'X.testBad' started at 2026-11-24 06:32:06.195
                Test Case 'X.testBad' failed (0.5 seconds)
                Test Case 'X.testOk' started at 2026-11-24 06:32:06.196
                Test Case 'X.testOk' passed (0.0 seconds)
                Test Case 'X.testSkip' started at 2026-11-24 06:32:06.196
                /x/b.swift:6: X.testSkip : Test skipped - because
                Test Case 'X.testSkip' skipped (0.0 seconds)
                Test Case 'X.testCrash' started at 2026-11-24 06:32:06.196

                """,
            status: 1
        )
        #expect(report.text.contains("  X.testCrash (did not end)\n"))
        #expect(report.text.contains("  X.testSkip: \"because\"\n"))
        #expect(report.text.hasSuffix("\n1 passed, 2 failed, 1 skipped\n"))
    }

    @Test func `ten of the slowest are enough, and all passed is success`() throws {
        let names = (1...12).map { "M.t\($0)()" }
        let report = try report(
            events: names.map { test($0) }
                + zip(stride(from: 1.0, through: 12, by: 1), names).flatMap { seconds, name in
                    [event("testStarted", name, at: 0), event("testEnded", name, at: seconds, "pass")]
                }
        )
        #expect(report.text.split(separator: "\n").filter { $0.contains(" s  ") }.count == 10)
        #expect(report.text.hasSuffix("\n12 passed, 0 failed, 0 skipped\n"))
        #expect(report.status == 0)
    }

    @Test func `no test at all, and a run that failed without one, are failures`() throws {
        #expect(try report(events: []).status == 1)
        let unbuilt = try report(events: [], status: 1)
        #expect(unbuilt.text.contains("exit status 1"))
        #expect(unbuilt.text.hasSuffix("\n0 passed, 0 failed, 0 skipped\n"))
        #expect(unbuilt.status == 1)
    }
}
