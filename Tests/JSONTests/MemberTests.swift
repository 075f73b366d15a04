import JSON
import Testing

/// Members read alone are the same as those of the whole object.
@Suite struct MemberTests {
    private func members(_ keys: [String], _ text: String) -> JSONObject? {
        JSONObject(readingOnly: keys, of: Array(text.utf8))
    }

    @Test func onlyWhatWasAskedForIsRead() {
        let text = #" { "a" : {"x":"}],{\"\\","y":[1,{"a":2}]} , "b":"\\\"" ,"c":[ 1 , 2 ],"d" : null,"e":"é\u00e9" } "#
        #expect(members(["c"], text) == ["c": [1, 2]])
        #expect(members(["e", "b"], text) == ["b": "\\\"", "e": "éé"])
        #expect(members(["d", "z"], text) == ["d": nil])
        #expect(members(["x"], text) == [:])
    }

    @Test func eachMemberOfGeneratedObjects() throws {
        var generator = GeneratedDocuments(seed: 3)
        for _ in 0..<2000 {
            guard case .object(let object) = generator.value(depth: 4) else { continue }
            for text in [JSONValue.object(object).compact(), JSONValue.object(object).pretty()] {
                for key in object.keys {
                    let read = try #require(JSONObject(readingOnly: [key], of: text))
                    #expect(read == JSONObject([(key, try #require(object[key]))]))
                }
            }
        }
    }

    @Test(arguments: [
        "", "{", "[1]", "1", #"{"a"#, #"{"a":"#, #"{"a":"b"#, #"{"a":[1,2"#, #"{"a":"\"#,
    ])
    func whatIsNoObject(_ text: String) {
        #expect(members(["c"], text) == nil)
    }
}
