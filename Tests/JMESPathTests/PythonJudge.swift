import Foundation
import JSON
import TestSupport

/// Python's `jmespath`, fed expressions and documents.
enum PythonJudge {
    /// What became of one expression over one document.
    enum Verdict: Equatable {
        /// The result as `json.dumps` writes it, keys in their order.
        case result(String)
        /// The message of an error of the library itself.
        case refused(String)
        /// Another error, whose wording is Python's own.
        case broken(String)
    }

    struct NotJudged: Error {
        let outcome: String
    }

    /// Whether the differential tests are to run.
    static var isWanted: Bool { Peer.available("jmespath") || python != nil }

    /// The first Python that can import the library.
    private static let python: String? = ["python3", "/usr/bin/python3"].first { python in
        let outcome = try? Run.command([python, "-c", "import jmespath"])
        return outcome?.status == 0
    }

    /// One process judges all: each question is the number of a document, which is a JSON text, and an expression.
    static func judge(documents: [String], questions: [(document: Int, expression: String)]) throws -> [Verdict] {
        var input = JSONValue.array(documents.map { .string($0) }).compact()
        for question in questions {
            input.append(UInt8(ascii: "\n"))
            input += JSONValue.array([.integer(Int64(question.document)), .string(question.expression)]).compact()
        }
        let outcome = try Run.command([python ?? "python3", "-X", "utf8", "-c", program], input: input, timeout: 300)
        let verdicts = try outcome.stdout.split(separator: UInt8(ascii: "\n")).map { line in
            let answer = try JSONValue(parsing: Array(line))
            return if let result = answer["result"]?.stringValue {
                Verdict.result(result)
            } else if let message = answer["refused"]?.stringValue {
                Verdict.refused(message)
            } else {
                Verdict.broken(answer["broken"]?.stringValue ?? "")
            }
        }
        guard outcome.status == 0, verdicts.count == questions.count else {
            throw NotJudged(outcome: "exit status \(outcome.status), \(verdicts.count) answers\n\(outcome.errors)")
        }
        return verdicts
    }

    /// Integers beyond 64 bits are doubles in our documents and results, expressions in messages have no address, and
    /// sums are made as Python made them before 3.12, which began to compensate rounding.
    private static let program = #"""
        import functools, json, operator, re, sys
        import jmespath
        from jmespath import exceptions, functions

        functions.sum = lambda numbers: functools.reduce(operator.add, numbers, 0)

        def narrowed(value):
            if isinstance(value, bool):
                return value
            if isinstance(value, int) and not -2 ** 63 <= value < 2 ** 63:
                try:
                    return float(value)
                except OverflowError:
                    return float('inf') if value > 0 else float('-inf')
            if isinstance(value, list):
                return [narrowed(element) for element in value]
            if isinstance(value, dict):
                return {key: narrowed(element) for key, element in value.items()}
            return value

        def judge(expression, document):
            try:
                result = jmespath.compile(expression).search(document)
                return {'result': json.dumps(narrowed(result), separators=(',', ':'))}
            except exceptions.JMESPathError as error:
                message = re.sub('<jmespath[.]visitor[.]_Expression object at 0x[0-9a-f]+>', '<expression>', str(error))
                return {'refused': message}
            except Exception as error:
                return {'broken': str(error)}

        documents = [narrowed(json.loads(text)) for text in json.loads(sys.stdin.readline())]
        for line in sys.stdin:
            number, expression = json.loads(line)
            print(json.dumps(judge(expression, documents[number])))
        """#
}
