import CommandTable
import JSON
import Registry
import Store

enum StoreCheckCommands {
    private static let repair = Argument<Bool>.flag(
        "--repair",
        help: "Restore documents from the ledger and remove what a crash left; say what was done."
    )
    private static let file = Argument<String>.file("FILE", help: "The edited document in the store.")

    private static let layout = TableLayout(columns: [
        ("Kind", "kind"), ("LeftByCrash", "leftByCrash"), ("Repairable", "repairable"), ("Repaired", "repaired"),
        ("Path", "path"), ("Message", "message"),
    ])

    static let check = Command<Invocation>(
        "store check",
        summary: "Check that the store is as its ledgers say, and mend it with --repair.",
        description:
            "Verifies each ledger from its first entry, and compares every document and row with it, every key "
            + "with its certificate, all names and permissions. Prints what it finds; exits 1 if that is more than a crash "
            + "leaves and, with --repair, more than could be put right. Damage to a ledger or a lost key is never "
            + "repairable, and files of others stay.",
        arguments: [.optional(repair)],
        examples: [
            Example(summary: "Find out whether a store is sound", command: "adr store check --output table"),
            Example(summary: "Restore documents from the ledger", command: "adr store check --repair"),
        ],
        effect: .writes
    ) { arguments, invocation in
        let registry = try invocation.registry(arguments)
        let found = try registry.checkStore()
        guard arguments.has(repair) else {
            try invocation.emit(.array(found.map { $0.value(isRepaired: nil) }), arguments, layout: layout)
            return try invocation.judge(found, registry)
        }
        try registry.repairStore(found)
        let left = found.contains(where: \.isRepairable) ? try registry.checkStore() : found
        let all = (found + left.filter { !found.contains($0) }).inOrder()
        try invocation.print(
            .array(all.map { $0.value(isRepaired: !left.contains($0)) }),
            arguments,
            layout: layout
        )
        try invocation.judge(left, registry)
    }

    static let accept = Command<Invocation>(
        "store accept",
        summary: "Take over a deliberate edit of one document as an event of the ledger.",
        description: "The document must still be one of its kind, and keep its name and place. Its digest and "
            + "schemaVersion are made anew.",
        arguments: [.required(file)],
        examples: [
            Example(
                summary: "Take over an edit of a policy",
                command: "adr store accept \"$ADR_HOME\"/groups/default/namespaces/factory/namespace.json"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let accepted = try invocation.registry(arguments).acceptDocument(try arguments.required(file))
        try invocation.print(accepted.value, arguments)
        if !accepted.isRecorded {
            invocation.host.note("\(accepted.document) is what the ledger says; nothing to take over")
        }
    }
}

extension Invocation {
    /// Ends with status 1 when something was found that no crash leaves; else says what a crash left.
    fileprivate func judge(_ found: [StoreFinding], _ registry: Registry) throws {
        let damage = found.filter { !$0.isLeftByCrash }
        guard let first = damage.first else {
            for finding in found { host.note("\(finding.path): \(finding.message)") }
            let path = registry.root.path
            return host.note(
                try registry.root.isThere()
                    ? "the store \(path) is as its ledgers say" : "there is no store in \(path) yet"
            )
        }
        let more = damage.count == 1 ? "" : ", and \(damage.count - 1) more"
        throw StoreError(
            kind: .damaged,
            message: "the store is not as it should be: \(first.path): \(first.message)\(more)",
            hint: Self.wayOn(damage),
            path: first.path
        )
    }

    private static func wayOn(_ damage: [StoreFinding]) -> String {
        var ways: [String] = []
        if damage.contains(where: \.isRepairable) {
            ways.append("'adr store check --repair' restores what the ledgers say.")
        }
        if let edited = damage.first(where: { $0.kind == .documentAltered && $0.isRepairable }) {
            ways.append("'adr store accept \(edited.path)' takes a deliberate edit over.")
        }
        if damage.contains(where: { $0.kind == .permissions }) {
            ways.append("Run the 'chmod' lines that the findings name.")
        }
        if damage.contains(where: { $0.kind == .strayFile }) {
            ways.append("Move away what does not belong to the store.")
        }
        if damage.contains(where: { !$0.isRepairable && $0.kind != .strayFile && $0.kind != .permissions }) {
            ways.append("Restore from a backup what cannot be made anew: ledgers and keys.")
        }
        return ways.joined(separator: "\n")
    }
}

extension StoreFinding {
    /// - Parameter isRepaired: nil where no repair was asked for.
    fileprivate func value(isRepaired: Bool?) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(kind.rawValue), "path": .string(path), "message": .string(message),
            "leftByCrash": .bool(isLeftByCrash), "repairable": .bool(isRepairable),
        ]
        object["repaired"] = isRepaired.map(JSONValue.bool)
        return .object(object)
    }
}
