import CommandTable

extension Group where Context == Invocation {
    static var store: Group {
        Group(
            "store",
            summary: "Look after the store itself: back it up and restore it.",
            commands: { [StoreBackupCommands.backup, StoreBackupCommands.restore] }
        )
    }
}
