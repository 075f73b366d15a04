import LifeModel

/// A failing life, shrunk, as somebody can repeat it at a shell.
struct LifeTold {
    let operations: [Deed]
    private let script: [String]
    private let disagreement: String

    /// - Parameter dropping: which operations do not reach `adr`.
    init(
        _ operations: [Deed],
        seed: UInt64,
        dropping: (Deed) -> Bool = { _ in false }
    ) throws {
        self.operations = try Shrinking.shrink(operations, attempts: 150) { shorter in
            try Self.failure(of: shorter, seed, dropping) != nil
        }
        let (script, disagreement) =
            try Self.failure(of: self.operations, seed, dropping)
            ?? ([], "it does not fail when it is repeated: chance has a hand in it")
        self.script = script
        self.disagreement = disagreement
    }

    private static func failure(
        of operations: [Deed],
        _ seed: UInt64,
        _ dropping: (Deed) -> Bool
    ) throws -> (script: [String], why: String)? {
        let run = try LifeRun(seed: seed)
        do {
            for operation in operations { try run.play(operation, isTyped: !dropping(operation)) }
            return nil
        } catch let error as Disagreement {
            return (run.script, error.description)
        }
    }

    var text: String {
        """
        shrunk to \(operations.count) operations: \(operations)

        export ADR_HOME=$(mktemp -d) TZ=UTC && cd "$ADR_HOME"
        \(script.joined(separator: "\n"))

        \(disagreement)
        """
    }
}
