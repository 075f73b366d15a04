import CommandTable

/// `adr __complete WORD… CURRENT`: what the scripts in `completions/` ask for at every Tab.
///
/// It gets the words after the program's name up to the cursor, the last one (perhaps empty) the one to be completed,
/// and prints the lines of ``Completions/lines``. Whatever happens, it prints no error, ends with status 0, waits for
/// nobody and leaves the store as it was.
enum Completion {
    static let word = "__complete"

    static func run(_ words: ArraySlice<String>, _ host: Host) -> Int32 {
        let names = StoreNames(host)
        let found = CommandTable.adr.complete(
            Array(words.dropLast()),
            current: words.last ?? "",
            environment: host.environment,
            names: names.names(of:soFar:typed:)
        )
        try? host.writeOutput(found.lines)
        return 0
    }
}
