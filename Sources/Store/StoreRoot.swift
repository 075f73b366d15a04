import JSON

package final class StoreRoot: Sendable {
    package let path: String
    private let environment: StoreEnvironment

    package init(path: String, environment: StoreEnvironment) {
        self.path = path
        self.environment = environment
    }

    package func index() throws(StoreError) -> JSONValue? { fatalError("not yet") }
    package func folders(in path: String) throws(StoreError) -> [String] { fatalError("not yet") }
    package func ledger(at path: String) throws(StoreError) -> Ledger? { fatalError("not yet") }
    package func readServerFile(_ name: String) throws(StoreError) -> [UInt8]? { fatalError("not yet") }
    package func withLock<T>(_ body: (LockedStore) throws -> T) throws -> T { fatalError("not yet") }
}
