import CommandTable
import Glibc

/// Where a passphrase comes from: a descriptor, a file, or the terminal. Never the line itself, which others can read
/// while the program runs.
enum Passphrase {
    static let descriptor = Argument<Int>.integer(
        "--passphrase-fd",
        value: "N",
        help: "Open descriptor whose first line is the passphrase."
    )
    static let file = Argument<String>.file(
        "--passphrase-file",
        help: "File whose first line is the passphrase; '-' for standard input."
    )

    /// No passphrase is longer, in octets.
    private static let limit = 4096

    /// The passphrase; asked for on a terminal, twice where `isNew`, if no option gives it.
    static func take(_ arguments: Arguments, _ host: Host, isNew: Bool) throws -> [UInt8] {
        switch (try arguments.value(descriptor), try arguments.value(file)) {
        case (.some, .some):
            throw UsageError(
                "--passphrase-fd and --passphrase-file cannot go together",
                recommendations: ["Give the passphrase by one of them."]
            )
        case (let number?, nil):
            guard let number = Int32(exactly: number), number >= 0 else {
                throw FileProblem(
                    "--passphrase-fd \(number) is no descriptor",
                    hint: "--passphrase-fd takes the number of an open one, as in --passphrase-fd 3 3< FILE."
                )
            }
            return try firstLine(try host.readDescriptor(number, limit), "descriptor \(number)")
        case (nil, let path?):
            return try firstLine(
                try UserFiles(host: host).read(path, limit: limit),
                path == "-" ? "standard input" : path
            )
        case (nil, nil):
            return try ask(host, isNew: isNew)
        }
    }

    private static func firstLine(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
        var line = Array(bytes.prefix { $0 != 0x0A })
        if line.last == 0x0D { line.removeLast() }
        guard !line.isEmpty else {
            throw FileProblem("\(name) begins with an empty line, and a passphrase was needed", hint: hint)
        }
        guard line.count <= limit else {
            throw FileProblem(
                "the first line of \(name) is longer than \(limit) bytes, too long for a passphrase",
                hint: hint
            )
        }
        return line
    }

    private static let hint =
        "Put the passphrase into the first line of what --passphrase-file or --passphrase-fd names."

    private static func ask(_ host: Host, isNew: Bool) throws -> [UInt8] {
        guard host.inputIsTerminal else {
            throw FileProblem(
                "there is no terminal to ask for the passphrase on",
                hint: "--passphrase-file FILE or --passphrase-fd N gives it."
            )
        }
        let first = try prompt("Passphrase of the keys in the backup: ", host)
        if isNew, try prompt("Once more: ", host) != first {
            throw FileProblem(
                "the two passphrases differ",
                hint: "Run the command again, or use --passphrase-file FILE."
            )
        }
        return first
    }

    private static func prompt(_ text: String, _ host: Host) throws -> [UInt8] {
        // Before anything is asked: what is typed too early is thrown away, not shown.
        host.showTyping(false)
        host.writeError(Array(text.utf8))
        defer {
            host.showTyping(true)
            host.writeError([0x0A])
        }
        // With the display, the terminal's signals are off as well, so that nobody is left with neither.
        guard let line = try host.readLine(), !line.utf8.contains(0x03) else { throw Cancelled() }
        guard !line.isEmpty else { throw Cancelled() }
        return Array(line.utf8)
    }
}

extension Descriptors {
    /// Whether the terminal shows what is typed, and makes signals of some keys.
    static func showTyping(_ shown: Bool) {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        let flags = tcflag_t(ECHO | ISIG)
        settings.c_lflag = shown ? settings.c_lflag | flags : settings.c_lflag & ~flags
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }
}
