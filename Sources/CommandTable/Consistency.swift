extension CommandTable {
    /// What is wrong with the table itself, one sentence each; empty if nothing is. Made for tests: it makes every
    /// command and parses every example.
    package func inconsistencies() -> [String] {
        var found: [String] = []
        var paths: [[String]] = []
        for group in allGroups {
            let name = "group '\(group.words.joined(separator: " "))'"
            if paths.contains(group.words) { found.append("\(name) stands in the table twice") }
            paths.append(group.words)
            found += wordProblems(of: group.words, summary: group.summary, name)
            for other in group.also {
                guard case .group = place(of: splitWords(other)) else {
                    found.append("\(name) lists '\(other)', which is no group")
                    continue
                }
                let below = group.words + splitWords(other).suffix(1)
                if place(of: below) == nil { found.append("\(name) lists '\(other)', but no alias leads there") }
            }
        }
        for command in allCommands {
            let name = "command '\(command.words.joined(separator: " "))'"
            if paths.contains(command.words) { found.append("\(name) stands in the table twice") }
            paths.append(command.words)
            found += wordProblems(of: command.words, summary: command.summary, name)
            found += argumentProblems([.optional(Standard.help)] + globals + command.arguments).map { "\(name): \($0)" }
            found += command.examples.flatMap { exampleProblems($0, of: command) }.map { "\(name): \($0)" }
        }
        for alias in aliases {
            let name = "alias '\(alias.from.joined(separator: " "))'"
            if place(of: alias.from) == nil { found.append("\(name) leads nowhere") }
            if alias.from == alias.to { found.append("\(name) stands for itself") }
        }
        return found
    }

    private func wordProblems(of words: [String], summary: String, _ name: String) -> [String] {
        var found: [String] = []
        if words.isEmpty { found.append("\(name) has no words") }
        if words.contains(where: { $0.utf8.first == UInt8(ascii: "-") }) {
            found.append("\(name) has an option's name")
        }
        if summary.isEmpty { found.append("\(name) has no summary") }
        if !isPrintable(summary) { found.append("\(name) has a summary that is not ASCII") }
        let isReached =
            switch place(of: words) {
            case .group(let group): group.words == words
            case .command(let command): command.words == words
            case .program, .beginning, nil: false
            }
        if !isReached { found.append("\(name) is not found by its words") }
        return found
    }

    private func argumentProblems(_ uses: [ArgumentUse]) -> [String] {
        var found: [String] = []
        var names: [String] = []
        for use in uses {
            let shape = use.shape
            for name in shape.names {
                if names.contains(name) { found.append("\(name) stands for two arguments") }
                names.append(name)
                let dashes = name.utf8.prefix { $0 == UInt8(ascii: "-") }.count
                let isWellFormed =
                    switch dashes {
                    case 0: shape.names.count == 1
                    case 1: name.utf8.count == 2
                    case 2: name.utf8.count > 2
                    default: false
                    }
                if !isWellFormed || name.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: " ") }) {
                    found.append("\(name) is no name of an argument")
                }
            }
            if shape.isPositional, shape.arity == .flag || shape.arity == .threeState {
                found.append("\(shape.key) is positional and takes no value")
            }
            if let standing = shape.default, (try? shape.checked(standing, home: nil)) == nil {
                found.append("\(shape.key) has a default that it refuses")
            }
            if use.helpText.isEmpty { found.append("\(shape.key) has no help") }
            if !isPrintable(use.helpText) { found.append("\(shape.key) has a help that is not ASCII") }
        }
        return found
    }

    private func exampleProblems(_ example: Example, of command: Command<Context>) -> [String] {
        let lines = shellCommands(example.command).filter { $0.first == program }
        if lines.isEmpty { return ["example '\(example.command)' does not call \(program)"] }
        var isShown = false
        for line in lines {
            switch parse(Array(line.dropFirst()), environment: { _ in nil }) {
            case .run(let other, _): isShown = isShown || other.words == command.words
            case .help: return ["example '\(example.command)' asks for help"]
            case .failure(let error, _): return ["example '\(example.command)' is refused: \(error.message)"]
            }
        }
        return isShown ? [] : ["example '\(example.command)' shows another command"]
    }

    private func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// The words of every command in a line of shell, cut at `|`, `&`, `;`, `<`, `>` and newlines; quotes are taken off,
/// substitutions `$(…)` are left as they are.
func shellCommands(_ line: String) -> [[String]] {
    var commands: [[String]] = [[]]
    var word: [UInt8]?
    var quote: UInt8?
    var depth = 0
    var isEscaped = false

    func endWord() {
        if let bytes = word { commands[commands.count - 1].append(String(decoding: bytes, as: UTF8.self)) }
        word = nil
    }

    for byte in line.utf8 {
        if isEscaped {
            isEscaped = false
            if byte != UInt8(ascii: "\n") { word = (word ?? []) + [byte] }
        } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
            isEscaped = true
        } else if let open = quote {
            if byte == open { quote = nil } else { word = (word ?? []) + [byte] }
        } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            quote = byte
            word = word ?? []
        } else if depth > 0 || byte == UInt8(ascii: "(") {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            word = (word ?? []) + [byte]
        } else if "|&;<>\n".utf8.contains(byte) {
            endWord()
            commands.append([])
        } else if byte == UInt8(ascii: " ") {
            endWord()
        } else {
            word = (word ?? []) + [byte]
        }
    }
    endWord()
    return commands.filter { !$0.isEmpty }
}
