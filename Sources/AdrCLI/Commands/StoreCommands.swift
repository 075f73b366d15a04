import CommandTable

extension Group where Context == Invocation {
    static var store: Group {
        Group(
            "store",
            summary: "Look after the store: find damage, mend it, take over edits.",
            commands: { [StoreCheckCommands.check, StoreCheckCommands.accept] }
        )
    }
}
