import JSON

package final class LockedStore {
    package func writeIndex(_ body: JSONValue) throws(StoreError) { fatalError("not yet") }
    package func writeServerFile(_ name: String, _ bytes: [UInt8]) throws(StoreError) { fatalError("not yet") }

    package func createLedger<T>(
        at path: String,
        remainsTo: String,
        fixedFolders: [String],
        first: () throws -> (Transaction, T)
    ) throws -> T { fatalError("not yet") }

    package func deleteLedger<T>(
        _ ledger: Ledger,
        movedTo: String,
        last: (Snapshot) throws -> (Transaction, T)
    ) throws -> T { fatalError("not yet") }
}
