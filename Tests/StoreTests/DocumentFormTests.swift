import JSON
import Testing

@testable import Store

@Suite struct DocumentFormTests {
    private static let bodies: [JSONObject] = [
        [:], ["a": 1], ["z": ["digest": "x", "schemaVersion": 7]], ["digesu": 1, "diges": 2, "schemaVersioo": 3],
        ["with \"quotes\"": ["\\": "\n"], "é": "ü", "e\u{1}": []], ["x": [[], [:], [[1.5, nil, true]]], "B": "b"],
    ]

    @Test(arguments: bodies) func aPrintedBodyMakesTheSameDocument(_ body: JSONObject) throws {
        let document = DocumentForm.encode(body)
        #expect(DocumentForm.encode(body, printed: JSONValue.object(body).compact()) == document)
        #expect(try DocumentForm.decode(document, path: "p.json") == body)
    }

    /// White space and the order of members are nobody's business; everything else is.
    @Test(arguments: bodies) func whatAHandMayChangeAndWhatNot(_ body: JSONObject) throws {
        let document = DocumentForm.encode(body)
        #expect(try DocumentForm.decode(document + Array("\n\n".utf8), path: "p.json") == body)
        let value = try JSONValue(parsing: document)
        #expect(try DocumentForm.decode(value.compact(), path: "p.json") == body)
        var turned = JSONObject()
        if case .object(let object) = value {
            for (key, value) in Array(object).reversed() { turned[key] = value }
        }
        // What is printed is in order again; the text of each member is not looked for but where it belongs.
        #expect(try DocumentForm.decode(JSONValue.object(turned).pretty(), path: "p.json") == body)
        var more = body
        more["zz"] = "more"
        var changed = more
        changed["schemaVersion"] = .integer(1)
        changed["digest"] = value["digest"]
        #expect(throws: StoreError.self) {
            try DocumentForm.decode(JSONValue.object(changed).pretty(), path: "p.json")
        }
    }
}
