import JSON

package final class Ledger: Sendable {
    package let path: String
    let environment: StoreEnvironment

    init(path: String, environment: StoreEnvironment) {
        self.path = path
        self.environment = environment
    }

    package func read<T>(_ body: (Snapshot) throws -> T) throws -> T { fatalError("not yet") }

    package func commit<T>(_ judge: (Snapshot) throws -> Judgement<T>) throws -> T { fatalError("not yet") }

    package func entry(at place: JSONValue) throws(StoreError) -> LedgerEntry { fatalError("not yet") }

    package func forEachEntry(_ body: (LedgerEntry) throws -> Void) throws { fatalError("not yet") }

    package func rebuild() throws { fatalError("not yet") }
}
