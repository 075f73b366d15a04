package final class Scratch: Sendable {
    package let path: String

    package init(_ name: String = #function) {
        fatalError()
    }

    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) -> String {
        fatalError()
    }

    @discardableResult
    package func write(_ name: String, _ text: String) -> String {
        fatalError()
    }

    package func read(_ name: String) throws -> [UInt8] {
        fatalError()
    }
}
