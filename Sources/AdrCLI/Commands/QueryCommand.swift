import CommandTable
import JSON

extension Command where Context == Invocation {
    /// The program's query language and output formats over any JSON.
    static var query: Command {
        Command(
            "query",
            summary: "Print a JSON document, or what a query selects of it.",
            description: "--query and --output do with the document what they do with the result of any command.",
            arguments: [.optional(QueryInput.file)],
            examples: [
                Example(
                    summary: "Names and regions as a table",
                    command: "adr ns list > spaces.json && adr query spaces.json --query '[].{Name: name, Region: "
                        + "location}' --output table"
                ),
                Example(
                    summary: "Any JSON document as YAML",
                    command: "adr ns list | adr query --output yaml"
                ),
            ],
            effect: .reads
        ) { arguments, invocation in
            let path = try arguments.value(QueryInput.file) ?? "-"
            try invocation.print(try QueryInput.read(path, invocation.files), arguments)
        }
    }
}

private enum QueryInput {
    static let file = Argument<String>.file(
        "FILE",
        help: "The JSON document; '-' or nothing is standard input."
    )

    /// The largest document read, in octets.
    private static let limit = 256 << 20

    static func read(_ path: String, _ files: UserFiles) throws -> JSONValue {
        let bytes = try files.read(path, limit: limit)
        let name = path == "-" ? "standard input" : path
        guard bytes.count <= limit else {
            throw FileProblem(
                "\(name) is larger than \(limit >> 20) MiB",
                hint: "Split the document: adr query takes up to \(limit >> 20) MiB."
            )
        }
        do throws(JSONParseError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(
                "\(name) is no JSON document: line \(error.line), column \(error.column): \(error.message)",
                hint: "Name a file with one JSON text in UTF-8, as 'adr ns list' prints."
            )
        }
    }
}
