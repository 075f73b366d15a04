extension JSONValue {
    package func pretty() -> [UInt8] { fatalError("not yet") }
    package func compact() -> [UInt8] { fatalError("not yet") }
}
