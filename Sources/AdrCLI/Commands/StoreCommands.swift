import CommandTable

extension Group where Context == Invocation {
    static var store: Group {
        Group(
            "store",
            summary: "Look after the store: check and mend it, back it up, restore it.",
            commands: {
                [
                    StoreCheckCommands.check, StoreCheckCommands.accept, StoreBackupCommands.backup,
                    StoreBackupCommands.restore,
                ]
            }
        )
    }
}
