/// A terminal session as documentation shows it, which can be played and compared with what really happens.
///
///     $ adr ns show --name factory
///     {
///       "id": "...",
///     ...
///     $ adr ns show --name nowhere # exits 3
///     ERROR: ...
///
/// - A line that begins with `$ ` is a command. It goes on in the next line where it ends in a backslash, and in lines
///   right below it that begin with `> `.
/// - The lines below a command are all that it prints, standard error included. `...` alone on a line stands for any
///   number of lines, within a line for any text. Blanks at the end of a line and blank lines at the end do not count.
/// - A command exits 0 unless the comment `# exits N` ends its last line.
/// - Above the first command, only comments (`#`) and blank lines may stand.
package struct Session: Sendable {
    /// One command and what it is expected to do.
    struct Command: Sendable {
        /// Where it stands, counted from 1.
        var line: Int
        /// The command as bash gets it.
        var text: String
        var status: Int32 = 0
        var expected: [String] = []
        /// Where the first line of `expected` stands.
        var expectedLine: Int
    }

    /// In the order in which they are played.
    private(set) var commands: [Command] = []
    /// What could not be understood; a session without any command is among it.
    private(set) var complaints: [Mismatch] = []

    /// Reads a session whose first line is line `line` of the document it stands in.
    package init(_ text: String, line: Int = 1) {
        self.init(Self.lines(of: text), line: line)
    }

    init(_ lines: [String], line first: Int) {
        /// Whether the command above ended in a backslash, and whether it may go on with `> `.
        var mustGoOn = false
        var mayGoOn = false
        for (number, line) in zip(first..., lines) {
            if mustGoOn || mayGoOn && line.hasPrefix("> ") {
                commands[commands.count - 1].text += "\n" + (line.hasPrefix("> ") ? String(line.dropFirst(2)) : line)
                commands[commands.count - 1].expectedLine = number + 1
                mustGoOn = line.hasSuffix("\\")
                mayGoOn = true
            } else if line.hasPrefix("$ ") {
                commands.append(Command(line: number, text: String(line.dropFirst(2)), expectedLine: number + 1))
                mustGoOn = line.hasSuffix("\\")
                mayGoOn = true
            } else if !commands.isEmpty {
                commands[commands.count - 1].expected.append(line)
                mayGoOn = false
            } else if !(line.hasPrefix("#") || line.allSatisfy(\.isWhitespace)) {
                complaints.append(Mismatch(line: number, command: nil, reasons: ["no command stands above: \(line)"]))
            }
        }
        for index in commands.indices {
            commands[index].status = Self.statusNoted(in: commands[index].text)
        }
        if commands.isEmpty && complaints.isEmpty {
            complaints.append(Mismatch(line: first, command: nil, reasons: ["no line begins with \"$ \""]))
        }
    }

    /// The lines of a text, empty ones too.
    static func lines(of text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    }

    /// The number in the comment `# exits N` at the very end of a command; 0 without one.
    private static func statusNoted(in command: String) -> Int32 {
        guard let noted = command.firstMatch(of: /\s#\s*exits\s+([0-9]+)\s*$/) else { return 0 }
        return Int32(noted.1) ?? 0
    }

    /// The fenced code blocks of a document whose info string begins with the word `language`, in their order.
    package static func blocks(inMarkdown text: String, language: String = "console") -> [Session] {
        var sessions: [Session] = []
        var fence: Fence?
        var block: [String] = []
        for (number, line) in zip(1..., lines(of: text)) {
            guard let open = fence else {
                fence = Fence(openedBy: line)
                block = []
                continue
            }
            if open.isClosed(by: line) {
                if open.language == language {
                    sessions.append(Session(block, line: number - block.count))
                }
                fence = nil
            } else {
                block.append(open.content(of: line))
            }
        }
        return sessions
    }
}

/// The line that opens a fenced code block (CommonMark 0.31, clause 4.5).
private struct Fence {
    let indentation: Int
    let mark: Character
    let length: Int
    let language: String?

    init?(openedBy line: String) {
        let text = line.drop { $0 == " " }
        guard let mark = text.first, mark == "`" || mark == "~" else { return nil }
        let info = text.drop { $0 == mark }
        length = text.count - info.count
        guard length >= 3, mark == "~" || !info.contains("`") else { return nil }
        self.mark = mark
        indentation = line.count - text.count
        language = info.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    func isClosed(by line: String) -> Bool {
        let text = line.drop { $0 == " " }
        let rest = text.drop { $0 == mark }
        return text.count - rest.count >= length && rest.allSatisfy(\.isWhitespace)
    }

    /// A line of the block without the indentation of the fence.
    func content(of line: String) -> String {
        String(line.dropFirst(min(indentation, line.prefix { $0 == " " }.count)))
    }
}
