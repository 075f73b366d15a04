import Testing

@testable import JSON

@Suite struct ObjectTests {
    @Test func keepsTheOrderAndEachKeyOnce() {
        var object = JSONObject([("b", 1), ("a", 2), ("b", 3)])
        #expect(object.keys == ["b", "a"])
        #expect(object["b"] == 3)
        object["c"] = .null
        #expect(object["c"] == .null)
        object["b"] = nil
        #expect(object.keys == ["a", "c"])
        #expect(object.removeValue(forKey: "x") == nil)
        #expect(object.removeValue(forKey: "a") == 2)
        #expect(!object.isEmpty)
        #expect(object.map { $0.key } == ["c"])
    }

    @Test func equalityIgnoresTheOrder() {
        #expect(JSONObject([("a", 1), ("b", 2)]) == JSONObject([("b", 2), ("a", 1)]))
        #expect(JSONObject([("a", 1)]) != JSONObject([("a", 1), ("b", 2)]))
        #expect(JSONObject([("a", 1), ("c", 2)]) != JSONObject([("a", 1), ("b", 2)]))
    }

    @Test func aHundredThousandKeys() {
        var object = JSONObject()
        for number in 0..<100_000 { object["key \(number)"] = .integer(Int64(number)) }
        for number in stride(from: 0, to: 100_000, by: 7) {
            #expect(object["key \(number)"] == .integer(Int64(number)))
        }
        #expect(object["key"] == nil)
        #expect(object.count == 100_000)
    }

    /// Against a plain list of pairs, through the sizes where the index comes and goes.
    @Test func staysTrueThroughInsertionsAndRemovals() {
        var generator = GeneratedDocuments(seed: 5)
        var object = JSONObject()
        var pairs: [(String, JSONValue)] = []
        for step in 0..<4000 {
            let key = "k\(Int.random(in: 0..<40, using: &generator))"
            if Int.random(in: 0..<20, using: &generator) < (step / 500 % 2 == 0 ? 12 : 8) {
                object[key] = .integer(Int64(step))
                if let place = pairs.firstIndex(where: { $0.0 == key }) {
                    pairs[place].1 = .integer(Int64(step))
                } else {
                    pairs.append((key, .integer(Int64(step))))
                }
            } else {
                object.removeValue(forKey: key)
                pairs.removeAll { $0.0 == key }
            }
            #expect(object.keys == pairs.map { $0.0 })
            for number in 0..<40 {
                #expect(object["k\(number)"] == pairs.first { $0.0 == "k\(number)" }?.1)
            }
        }
    }
}
