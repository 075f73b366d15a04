import JSON

package final class Snapshot {
    package func document(_ path: String) throws -> JSONValue? { fatalError("not yet") }
    package func documents(under prefix: String) throws -> [(path: String, body: JSONValue)] { fatalError("not yet") }
    package func names(under prefix: String) throws -> [String] { fatalError("not yet") }
    package func rows(_ path: String) throws -> [JSONObject] { fatalError("not yet") }
    package func key(_ name: String) throws -> [UInt8]? { fatalError("not yet") }
    package func keyIsExposed(_ name: String) -> Bool { fatalError("not yet") }
    package var end: (number: Int64, hash: String) { fatalError("not yet") }
    package var lastTime: Int64 { fatalError("not yet") }
}
