import Testing

@testable import JSON

@Suite struct PrintedJSONTests {
    @Test func bothFormsComeFromEachOther() {
        let seed: UInt64 = 21
        var documents = GeneratedDocuments(seed: seed)
        for _ in 0..<3000 {
            let value = documents.value(depth: 5)
            let (compact, pretty) = (value.compact(), value.pretty())
            #expect(PrintedJSON.prettyLine(fromCompact: compact) == pretty + [UInt8(ascii: "\n")], "seed \(seed)")
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
            var text = before
            guard PrintedJSON.insert("name", Array("[1]".utf8), into: &text) else {
                // Left to the printer: for no other reason than these.
                #expect(isThere || before.contains(UInt8(ascii: "\\")), "seed \(seed)")
                #expect(text == before)
                continue
            }
            inserted += 1
            object["name"] = [1]
            #expect(!isThere && text == JSONValue.object(object).compact(), "seed \(seed)")
            #expect(PrintedJSON.remove("name", from: &text) && text == before, "seed \(seed)")
        }
        #expect(inserted > 500)
    }

    @Test func bordersOfAnObject() {
        func inserting(into object: String) -> String? {
            var text = Array(object.utf8)
            return PrintedJSON.insert("b", Array("1".utf8), into: &text) ? String(decoding: text, as: UTF8.self) : nil
        }
        func removing(from object: String) -> String? {
            var text = Array(object.utf8)
            return PrintedJSON.remove("b", from: &text) ? String(decoding: text, as: UTF8.self) : nil
        }
        #expect(inserting(into: "{}") == #"{"b":1}"#)
        #expect(inserting(into: #"{"a":{"c":[]}}"#) == #"{"a":{"c":[]},"b":1}"#)
        #expect(inserting(into: #"{"c":"b"}"#) == #"{"b":1,"c":"b"}"#)
        #expect(inserting(into: #"{"bb":0}"#) == #"{"b":1,"bb":0}"#)
        #expect(inserting(into: #"{"b":0}"#) == nil)
        #expect(removing(from: #"{"b":{"b":1}}"#) == "{}")
        #expect(removing(from: #"{"a":{"b":1},"b":2}"#) == #"{"a":{"b":1}}"#)
        #expect(removing(from: #"{"a":{"b":1},"c":2}"#) == nil)
        #expect(removing(from: #"{"a":"\\\"","b":2}"#) == #"{"a":"\\\""}"#)
    }
}
