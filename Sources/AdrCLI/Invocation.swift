import CommandTable
import JMESPath
import JSON
import Registry
import Store

/// What a command gets besides its arguments: the host, and what the global arguments say.
package struct Invocation: Sendable {
    package let host: Host
    /// Runs a further command line of this program in the same process.
    let program: @Sendable ([String], Host) -> Int32
    /// Whether the command changes what is kept: by the time it prints, that is done.
    var isWriting = false

    var files: UserFiles { UserFiles(host: host) }

    /// Where the store lies: `--store`, else `ADR_HOME`, else `$XDG_DATA_HOME/adr`, else `~/.local/share/adr`.
    func storePath(_ arguments: Arguments) throws -> String {
        if let path = try arguments.value(Options.store) {
            // Of an unset variable's empty text the default would be a surprise.
            guard !path.isEmpty else {
                throw UsageError(
                    "--store is empty",
                    recommendations: ["Name a folder, or leave out --store for the one that is used by default."]
                )
            }
            return path
        }
        if let data = host.environment("XDG_DATA_HOME"), data.hasPrefix("/") { return data + "/adr" }
        if let home = host.environment("HOME"), !home.isEmpty { return home + "/.local/share/adr" }
        throw UsageError(
            "the store's folder is not known: HOME is not set",
            recommendations: ["Pass --store DIR, or set ADR_HOME."]
        )
    }

    func storeEnvironment(_ arguments: Arguments) -> StoreEnvironment {
        let host = host
        return StoreEnvironment(
            files: host.files,
            now: host.now,
            bootID: host.bootID,
            randomBytes: host.randomBytes,
            note: { host.note($0) },
            who: host.user,
            segmentSize: host.segmentSize
        )
    }

    func registry(_ arguments: Arguments) throws -> Registry {
        let environment = storeEnvironment(arguments)
        return Registry(
            root: StoreRoot(path: try storePath(arguments), environment: environment),
            environment: environment,
            acceptsClock: arguments.has(Options.acceptClock),
            runProgram: host.runProgram
        )
    }

    /// The namespace a command of a child group works on.
    func namespace(_ arguments: Arguments) throws -> NamespaceKey {
        NamespaceKey(group: try group(arguments), name: try arguments.required(Options.namespace))
    }

    /// `-g`, else `AZURE_DEFAULTS_GROUP`, else the group `default`.
    func group(_ arguments: Arguments) throws -> ResourceGroupName {
        try arguments.value(Options.resourceGroup) ?? .standard
    }

    /// Prints a result in the format that was asked for; `layout` has the columns of its table, where the columns that
    /// every result gets say too little. What `--query` selects is printed in its place.
    func print(_ value: JSONValue, _ arguments: Arguments, layout: TableLayout? = nil) throws {
        do {
            try emit(value, arguments, layout: layout)
        } catch  where isWriting {
            // Nobody should do it a second time because the result could not be shown.
            let report = ErrorReport(error)
            throw FileProblem(
                report.message + "; what was asked for is done and on record",
                hint: report.hints.joined(separator: "\n")
            )
        }
    }

    /// As ``print(_:_:layout:)``, for those who say themselves what is done when it fails.
    func emit(_ value: JSONValue, _ arguments: Arguments, layout: TableLayout? = nil) throws {
        let output = try Output(arguments, hasColour: host.outputHasColour)
        let query = try arguments.value(Options.query)
        let selected = try query?.search(value) ?? value
        try host.writeOutput(try output.render(selected, layout: layout, queried: query != nil))
    }

    /// As ``print(_:_:layout:)`` for a list that may be long: `list` is to call what it gets with every item.
    ///
    /// JSON and tab-separated values are written as the items come, so that memory does not grow with the list. The
    /// other formats need all of it before the first line (a table for its widths), and so does a query.
    func printList(
        _ arguments: Arguments,
        layout: TableLayout? = nil,
        _ list: ((JSONValue) throws -> Void) throws -> Void
    ) throws {
        let output = try Output(arguments, hasColour: host.outputHasColour)
        guard try arguments.value(Options.query) == nil, var stream = ListStream(output) else {
            var items: [JSONValue] = []
            try list { items.append($0) }
            return try print(.array(items), arguments, layout: layout)
        }
        try list { item in
            if let bytes = try stream.append(item) { try host.writeOutput(bytes) }
        }
        try host.writeOutput(stream.end())
    }
}
