import JSON
import TestSupport
import Testing

@testable import JMESPath

/// Generated expressions over generated documents, judged by the library that `az` uses.
@Suite(.enabled(if: PythonJudge.isWanted, "no Python here can import jmespath"))
struct DifferentialTests {
    /// Results with the order of their keys, and the messages of all errors, must be the same.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func agreesWithPython(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let texts = (0..<40).map { _ in GeneratedDocuments.document(&chance) }
        let documents = try texts.map { try JSONValue(parsing: Array($0.utf8)) }
        let questions = (0..<3_000).map { _ in
            (document: chance.below(documents.count), expression: GeneratedExpressions.expression(&chance))
        }
        let verdicts = try PythonJudge.judge(documents: texts, questions: questions)

        var results = 0
        var stricter = 0
        for (question, theirs) in zip(questions, verdicts) {
            let ours = verdict(question.expression, documents[question.document])
            if case .result(let result) = ours, result != "null" { results += 1 }
            if isStricter(ours, question.expression) {
                stricter += 1
            } else if !agree(ours, theirs) {
                Issue.record(
                    "\(question.expression)\nours: \(ours)\ntheirs: \(theirs)\nover: \(texts[question.document])"
                )
            }
        }
        #expect(results > 600, "only \(results) expressions selected something")
        #expect(stricter < 30, "\(stricter) expressions met a deliberate difference")
    }

    private func verdict(_ expression: String, _ document: JSONValue) -> PythonJudge.Verdict {
        do {
            return .result(try JMESPath(expression).search(document).pythonJSON)
        } catch let error as JMESPathSyntaxError {
            return .refused(error.message)
        } catch let error as JMESPathError {
            return .refused(error.message)
        } catch {
            return .broken("\(error)")
        }
    }

    private func agree(_ ours: PythonJudge.Verdict, _ theirs: PythonJudge.Verdict) -> Bool {
        switch (ours, theirs) {
        case (.refused, .broken): true
        default: ours == theirs
        }
    }

    /// What we refuse on purpose, whatever the library makes of it.
    private func isStricter(_ verdict: PythonJudge.Verdict, _ expression: String) -> Bool {
        guard case .refused(let message) = verdict else { return false }
        if message.hasPrefix("Bad jmespath expression: Bad token") {
            return expression.contains("ud83d") || expression.contains("ude00")
        }
        return [
            "An expression reference", "In function merge(), invalid type", "Bad jmespath expression: Lone surrogate",
        ]
        .contains { message.hasPrefix($0) }
    }
}
