/// One thing that a check found not to be as this program keeps it.
package struct StoreFinding: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        // What a crash or a power cut leaves, and no command minds.

        /// The ledger ends in bytes that are no line.
        case ledgerTail
        /// Unreadable lines of a power cut that a writer put aside.
        case ledgerLinesKept
        /// Documents and rows show an earlier state than the ledger, and are not asked.
        case viewsBehind
        case rowTorn
        case temporaryFile
        case keyUnnamed
        /// A key that the ledger says was wiped.
        case keyWiped
        /// A namespace that was never quite made, or not quite deleted.
        case namespaceUnfinished
        /// The index has a name that its namespace does not have.
        case indexAhead

        // What no crash leaves.

        case ledgerDamaged
        case documentAltered
        case documentMissing
        /// A file where documents or rows lie that the ledger does not know.
        case documentUnknown
        case rowAltered
        case rowMissing
        /// A folder that is made with the ledger.
        case folderMissing
        /// `flushed.json` is gone, or is none.
        case flushedMissing
        case permissions
        case strayFile
        case unreadable
        case newer
        /// A ledger that has not ended, among what deleted ones left.
        case remainsAlive
        case keyOfDeleted
        case keyMissing
        case keyMismatch
        case namespaceMisplaced
        case indexDamaged
        case indexMissing
        /// The index lacks a name, or gives it to another namespace.
        case indexIncomplete
    }

    package let kind: Kind
    /// Absolute.
    package let path: String
    /// Says of the file or folder at ``path`` what is wrong; starts in lower case, ends without a full stop.
    package let message: String
    /// Whether ``StoreRoot`` can put it right from what the ledger says, without guessing.
    package let isRepairable: Bool

    package init(_ kind: Kind, _ path: String, _ message: String, isRepairable: Bool = false) {
        self.kind = kind
        self.path = path
        self.message = message
        self.isRepairable = isRepairable
    }

    /// Whether it is only the trace of a crash: the store is as good as without it.
    package var isLeftByCrash: Bool {
        switch kind {
        case .ledgerTail, .ledgerLinesKept, .viewsBehind, .rowTorn, .temporaryFile, .keyUnnamed, .keyWiped,
            .namespaceUnfinished, .indexAhead:
            true
        default: false
        }
    }

    /// Whether making the documents anew puts it right.
    var isMendedByRebuild: Bool {
        switch kind {
        case .documentAltered, .documentMissing, .documentUnknown, .rowAltered, .rowMissing, .rowTorn, .folderMissing,
            .flushedMissing:
            isRepairable
        default: false
        }
    }
}

extension Array where Element == StoreFinding {
    /// By path, in the order of `ls`, so that two checks of one store say the same.
    package func inOrder() -> [StoreFinding] {
        sorted { a, b in
            a.path == b.path ? String.byteOrder(a.kind.rawValue, b.kind.rawValue) : String.byteOrder(a.path, b.path)
        }
    }
}
