import JSON
import Testing

@testable import JMESPath

/// Expressions and values of extreme sizes: an answer or an error, never a crash.
struct LimitTests {
    private func nested(_ open: String, _ middle: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + middle + String(repeating: close, count: count)
    }

    private static let nestings = [
        ("(", ")"), ("[", "]"), ("{a:", "}"), ("!", ""), ("abs(", ")"), ("a[?", "]"), ("& ", ""), ("a.[", "]"),
        ("a.*.", ""), ("a[*].", ""),
        ("a == (", ")"), ("a || (", ")"), ("a|[", "]"), ("not_null(&", ")"),
    ]

    @Test(arguments: nestings)
    func refusesDeepNesting(open: String, close: String) throws {
        for count in [301, 100_000] {
            let found = try #require(refusal(nested(open, "a", close, count)))
            #expect(found.message.hasPrefix("Nested deeper than 300 levels: Parse error at column "))
        }
    }

    @Test(arguments: nestings)
    func takesNesting(open: String, close: String) throws {
        let path = try JMESPath(nested(open, "a", close, 140))
        let value = try JSONValue(parsing: Array(nested("{\"a\":[", "1", "]}", 250).utf8))
        _ = try? path.search(value)
    }

    /// What stands one after the other nests nothing by itself, but may pile up what it builds.
    @Test(arguments: ["a == ", "a[] | ", "[a] | ", "@.[a] | "])
    func refusesWhatPilesUp(part: String) throws {
        let found = try #require(refusal(String(repeating: part, count: 100_000) + "a"))
        #expect(found.message.hasPrefix("Nested deeper than 300 levels"))
    }

    @Test(arguments: ["a || ", "a && ", "a | ", "a.", "a[0].", "a[0][1:].", "not_null(a) || "])
    func takesLongRows(part: String) throws {
        let path = try JMESPath(String(repeating: part, count: 100_000) + "a")
        #expect(try path.search(nil) == nil)
    }

    @Test func takesLongLists() throws {
        let count = 100_000
        let list = try JMESPath("[" + String(repeating: "a,", count: count) + "a]").search(["a": 1])
        #expect(list.arrayValue?.count == count + 1)
        let hash = try JMESPath("{" + String(repeating: "k: a,", count: count) + "b: a}").search(["a": 1])
        #expect(hash == ["k": 1, "b": 1])
        #expect(
            try JMESPath("length('" + String(repeating: "é", count: count) + "')").search(nil) == .integer(Int64(count))
        )
        #expect(try JMESPath("a[" + String(repeating: "0", count: count) + "1]").search(["a": [1, 2]]) == 2)
    }

    @Test func refusesDeepLiterals() throws {
        let found = try #require(refusal("`" + nested("[", "", "]", 100_000) + "`"))
        #expect(found.message.hasPrefix("Bad jmespath expression: Literal nested deeper than 512 levels:"))
        let value = try JMESPath("`" + nested("[", "", "]", 512) + "` == @").search(
            JSONValue(parsing: Array(nested("[", "", "]", 512).utf8))
        )
        #expect(value == true)
    }

    /// The deepest result there can be is printed, compared and shown in a message.
    @Test func handlesTheDeepestResult() throws {
        let value = try JSONValue(parsing: Array(nested("[", "1", "]", 512).utf8))
        let deep = try JMESPath(nested("[", "@", "]", 299)).search(value)
        let text = nested("[", "1", "]", 811)
        #expect(deep.pythonJSON == text)
        #expect(String(decoding: deep.compact(), as: UTF8.self) == text)
        #expect(try JMESPath("@ == @").search(deep) == true)
        #expect(throws: JMESPathError.self) { try JMESPath("abs(@)").search(deep) }
    }

    @Test func worksThroughLargeDocuments() throws {
        let count = 50_000
        let elements = (0..<count).map { number -> JSONValue in
            ["n": .integer(Int64((number * 7919) % count)), "s": .string("device-\(number)"), "t": ["a": 1]]
        }
        let value: JSONValue = ["items": .array(elements)]
        func search(_ expression: String) throws -> JSONValue { try JMESPath(expression).search(value) }
        #expect(try search("sort_by(items, &n)[0].s") == "device-0")
        #expect(try search("max(items[].n)") == .integer(Int64(count - 1)))
        #expect(try search("length(items[?contains(s, '4999')])") == 15)
        #expect(try search("sum(items[*].t.a)") == .integer(Int64(count)))
        #expect(
            try search("length(join('', items[].s))")
                == .integer(Int64((0..<count).reduce(0) { $0 + 7 + String($1).count }))
        )
        #expect(try search("items == items") == true)
    }

    /// A search that fell back to the start after each mismatch would need a quarter of a billion steps.
    @Test func searchesTextsInOnePass() throws {
        let text = String(repeating: "a", count: 1_000_000)
        let part = String(repeating: "a", count: 500_000) + "b"
        #expect(try JMESPath("contains(@[0], @[1])").search([.string(text), .string(part)]) == false)
    }
}
