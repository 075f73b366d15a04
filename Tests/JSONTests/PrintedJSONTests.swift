import Testing

@testable import JSON

@Suite struct PrintedJSONTests {
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func bothFormsComeFromEachOther() {
        let seed: UInt64 = 21
        var documents = GeneratedDocuments(seed: seed)
        for _ in 0..<3000 {
            let value = documents.value(depth: 5)
            let (compact, pretty) = (value.compact(), value.pretty())
            #expect(PrintedJSON.pretty(fromCompact: compact) == pretty, "seed \(seed)")
            #expect(PrintedJSON.withoutSpace(pretty) == compact, "seed \(seed)")
            #expect(PrintedJSON.withoutSpace(compact) == compact, "seed \(seed)")
        }
    }

    @Test func membersGoInAndOutAtTheirPlace() {
        let seed: UInt64 = 21
        var documents = GeneratedDocuments(seed: seed)
        var inserted = 0
        for _ in 0..<3000 {
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...6, using: &documents) {
                object[documents.string()] = documents.value(depth: 3)
            }
            let before = JSONValue.object(object).compact()
            let isThere = object["name"] != nil
            let larger = PrintedJSON.inserting("name", Array("[1]".utf8), into: before)
            guard let larger else {
                // Left to the printer: for no other reason than these.
                #expect(isThere || before.contains(UInt8(ascii: "\\")), "seed \(seed)")
                continue
            }
            inserted += 1
            object["name"] = [1]
            #expect(!isThere && larger == JSONValue.object(object).compact(), "seed \(seed)")
            #expect(PrintedJSON.removing("name", from: larger) == before, "seed \(seed)")
        }
        #expect(inserted > 500)
    }

    @Test func bordersOfAnObject() {
        let one = Array("1".utf8)
        #expect(text(PrintedJSON.inserting("b", one, into: Array("{}".utf8))) == #"{"b":1}"#)
        #expect(text(PrintedJSON.inserting("b", one, into: Array(#"{"a":{"c":[]}}"#.utf8))) == #"{"a":{"c":[]},"b":1}"#)
        #expect(text(PrintedJSON.inserting("b", one, into: Array(#"{"c":"b"}"#.utf8))) == #"{"b":1,"c":"b"}"#)
        #expect(text(PrintedJSON.inserting("b", one, into: Array(#"{"bb":0}"#.utf8))) == #"{"b":1,"bb":0}"#)
        #expect(text(PrintedJSON.inserting("b", one, into: Array(#"{"b":0}"#.utf8))) == nil)
        #expect(text(PrintedJSON.removing("b", from: Array(#"{"b":{"b":1}}"#.utf8))) == "{}")
        #expect(text(PrintedJSON.removing("b", from: Array(#"{"a":{"b":1},"b":2}"#.utf8))) == #"{"a":{"b":1}}"#)
        #expect(text(PrintedJSON.removing("b", from: Array(#"{"a":{"b":1},"c":2}"#.utf8))) == nil)
    }
}
