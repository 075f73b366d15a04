import Foundation
import TestSupport
import Testing

@testable import CommandTable

/// What Python's `int()` makes of every character, before a digit and by itself.
@Suite struct FrontIntegerTests {
    private static let judge = """
        import sys, unicodedata
        def read(text):
            try:
                return int(text)
            except ValueError:
                return None
        for code in range(0x110000):
            c = chr(code)
            # Later versions of Unicode give meaning to what an earlier one has not assigned.
            if unicodedata.category(c) in ('Cs', 'Cn') or (read(c + '5'), read(c)) == (None, None):
                continue
            print(code, read(c + '5'), read(c))
        print(' '.join(str(c) for c in range(0x110000) if unicodedata.category(chr(c)) == 'Cn'))
        """

    @Test(.peer("python3")) func charactersAreReadAsPythonReadsThem() throws {
        let outcome = try Run.command(["python3", "-c", Self.judge])
        try #require(outcome.status == 0, "\(outcome)")
        var lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let unassigned = Set(lines.removeLast().split(separator: " ").compactMap { UInt32($0) })
        var expected: [UInt32: [String]] = [:]
        for line in lines {
            let fields = line.split(separator: " ").map(String.init)
            expected[try #require(UInt32(fields[0]))] = Array(fields.dropFirst())
        }
        var differing: [String] = []
        for code in UInt32(0)..<0x110000 where !unassigned.contains(code) {
            guard let scalar = Unicode.Scalar(code) else { continue }
            func shown(_ text: String) -> String { pythonInteger(text).map { "\($0)" } ?? "None" }
            let found = [shown("\(scalar)5"), shown("\(scalar)")]
            if found != expected[code] ?? ["None", "None"] {
                differing.append("U+\(String(code, radix: 16)): \(found)")
            }
        }
        #expect(expected.count > 500)
        #expect(differing.isEmpty, "\(differing.prefix(10))")
    }
}
