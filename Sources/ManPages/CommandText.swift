import CommandTable

/// One command as it stands on its page.
struct CommandText<Context> {
    let program: String
    let command: Command<Context>

    var name: String { command.words.joined(separator: " ") }

    /// The lines of the synopsis: what must be given first, what has no effect left out.
    var synopsis: [String] {
        let uses = command.arguments.filter { !$0.isHidden && $0.reasonToIgnore == nil }
        let (required, optional) = (uses.filter(\.isRequired), uses.filter { !$0.isRequired })
        return [".Nm \(program) Cm \(Roff.arguments(name))"]
            + required.map { "." + usage($0.shape) }
            + optional.map { ".Op " + usage($0.shape) }
    }

    private func usage(_ shape: ArgumentShape) -> String {
        let isAnswer = shape.key == Standard.yes.shape.key
        let value = isAnswer ? "" : OptionList.value(shape)
        if shape.isPositional { return value }
        return "Fl \(Roff.flag(shape.key))" + (value.isEmpty ? "" : " \(value)")
    }

    /// The subsection: what it does, then its options.
    var section: [String] {
        [".Ss \(program) \(Roff.arguments(name))"] + Markup.lines(of: command.summary)
            + Markup.lines(of: command.description) + OptionList.lines(command.arguments)
    }

    /// Every example with what it shows, as lines that can be typed behind a prompt.
    var examples: [[String]] {
        command.examples.map { example in
            let summary = example.summary.hasSuffix(".") ? String(example.summary.dropLast()) : example.summary
            return Markup.lines(of: summary + ":") + [".Bd -literal -offset indent"]
                + Self.folded("$ " + example.command).map(Roff.text) + [".Ed"]
        }
    }

    /// A command line in lines of a page's width, each but the last continued by a backslash before an option.
    static func folded(_ command: String) -> [String] {
        var lines = [command]
        while let last = lines.last, last.count > width, let cut = lastOption(in: last) {
            lines[lines.count - 1] = last[..<cut] + "\\"
            lines.append("    " + last[cut...])
        }
        return lines
    }

    private static var width: Int { 66 }

    /// Where the last option, or quoted word, begins that leaves a line of a page's width before it.
    private static func lastOption(in line: String) -> String.Index? {
        let indent = line.prefix { $0 == " " }.endIndex
        var found: String.Index?
        var depth = 0
        for index in line.indices.dropFirst() where index > indent {
            if line[index] == "(" { depth += 1 }
            if line[index] == ")" { depth -= 1 }
            let begins = line[index] == "-" || line[index] == "\""
            guard depth == 0, begins, line[line.index(before: index)] == " " else { continue }
            if line.distance(from: line.startIndex, to: index) >= width { return found ?? index }
            found = index
        }
        return found
    }
}
