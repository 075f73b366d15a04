import Foundation
import TestSupport

/// A shell with which the completion of `adr` is tried.
enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish
}

/// Somebody at a terminal: an interactive shell at the other end of a pseudo-terminal, with the completion of this
/// package and nothing else set up.
///
/// Keys are typed as bytes. What the line then is, the shell itself says, in a file and not on the screen.
final class Terminal {
    private let shell: Shell
    private let scratch: Scratch
    private let master: Int32
    private let process: pid_t
    private var screen: [UInt8] = []

    static let completions = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../completions")
        .standardizedFileURL.path

    /// Starts the shell in the scratch folder, and waits for its first prompt.
    init(_ shell: Shell, in scratch: Scratch, environment: [String: String]) throws {
        self.shell = shell
        self.scratch = scratch
        let home = scratch.file("home")
        let binaries = scratch.file("bin")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: binaries, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(binaries)/adr", withDestinationPath: Binary.adr)
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables = [
            "PATH": "\(binaries):\(inherited)", "HOME": home, "TERM": "xterm", "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": "\(home)/config", "XDG_DATA_HOME": "\(home)/data", "ZDOTDIR": home,
            "ANSWER": scratch.file("answer"),
        ].merging(environment) { $1 }
        let words = try Self.prepare(shell, scratch)
        (master, process) = try Self.start(words, variables)
        _ = try answer()
    }

    deinit {
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        close(master)
    }

    /// The line after it was typed and Tab was pressed.
    func tab(_ line: String) throws -> String {
        try answer(to: "\u{15}\(line)\t\u{18}l")
    }

    /// Everything the shell offers for the last word of the line, without descriptions, sorted.
    func offers(_ line: String) throws -> [String] {
        switch shell {
        case .bash, .zsh:
            // Both can put all that they offer in the place of the word.
            let head = line[
                ..<(line.lastIndex { $0 == " " || $0 == "=" }.map { line.index(after: $0) } ?? line.startIndex)
            ]
            let filled = try answer(to: "\u{15}\(line)\u{18}a\u{18}l")
            if filled == line { return [] }
            guard filled.hasPrefix(head) else { throw Lost(screen: "\(filled) for \(line)") }
            return filled.dropFirst(head.count).split(separator: " ").map { Self.value($0, of: line) }.sorted()
        case .fish:
            let lines = try answer(to: "\u{15}\(line)\u{18}a").split(separator: "\n")
            return lines.map { Self.value($0.prefix { $0 != "\t" }, of: line) }.sorted()
        }
    }

    /// What fish offers with its description.
    func describedOffers(_ line: String) throws -> [String] {
        try answer(to: "\u{15}\(line)\u{18}a").split(separator: "\n").map(String.init)
    }

    /// A candidate without the `--opt=` before it.
    private static func value(_ candidate: Substring, of line: String) -> String {
        let word = line.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
        guard let equals = word.firstIndex(of: "="), candidate.hasPrefix(word[...equals]) else {
            return String(candidate)
        }
        return String(candidate.dropFirst(word[...equals].count))
    }

    // MARK: - The shell

    /// Writes the shell's start-up files and returns the words that start it. Control-X l writes the line to the file
    /// of answers, control-X a fills in or lists all that is offered; the first prompt writes an empty answer.
    private static func prepare(_ shell: Shell, _ scratch: Scratch) throws -> [String] {
        switch shell {
        case .bash:
            let file = scratch.write(
                "home/bashrc",
                #"""
                cd '\#(scratch.path)'
                . '\#(completions)/adr.bash'
                __answer() { printf '%s\n.\n' "$1" >"$ANSWER.new"; mv "$ANSWER.new" "$ANSWER"; }
                bind 'set enable-bracketed-paste off'
                bind 'set completion-query-items 0'
                bind 'set page-completions off'
                bind -x '"\C-xl": __answer "$READLINE_LINE"'
                bind '"\C-xa": insert-completions'
                PS1='$ '
                PROMPT_COMMAND='__answer; PROMPT_COMMAND='
                """#
            )
            return ["bash", "--noprofile", "--rcfile", file, "-i"]
        case .zsh:
            scratch.write(
                "home/.zshrc",
                #"""
                cd '\#(scratch.path)'
                fpath=('\#(completions)' $fpath)
                autoload -Uz compinit
                compinit -u -D
                __answer() { printf '%s\n.\n' "$1" >"$ANSWER.new"; mv "$ANSWER.new" "$ANSWER"; }
                __line() { __answer "$BUFFER"; }
                zle -N __line
                bindkey '^Xl' __line
                __all() { _main_complete; compstate[insert]=all; compstate[list]=; }
                zle -C __all complete-word __all
                bindkey '^Xa' __all
                PS1='$ '
                zle-line-init() { zle -D zle-line-init; __answer; }
                zle -N zle-line-init
                """#
            )
            // What is set up for everybody is not under test.
            return ["zsh", "-d", "-i"]
        case .fish:
            scratch.write(
                "home/config/fish/config.fish",
                #"""
                cd '\#(scratch.path)'
                function fish_greeting; end
                function __answer
                    begin; cat; echo .; end >"$ANSWER.new"; mv "$ANSWER.new" "$ANSWER"
                end
                function fish_prompt
                    if not set -q answered; set -g answered 1; __answer </dev/null; end
                    echo '$ '
                end
                bind \cxl 'commandline | __answer'
                bind \cxa 'complete -C (commandline -c) | __answer'
                """#
            )
            let script = try String(contentsOfFile: "\(completions)/adr.fish", encoding: .utf8)
            scratch.write("home/config/fish/completions/adr.fish", script)
            return ["fish", "-i"]
        }
    }

    /// Starts a process in a session of its own, whose terminal is the other end of the descriptor returned.
    private static func start(_ words: [String], _ environment: [String: String]) throws -> (Int32, pid_t) {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        var unlocked: Int32 = 0
        var number: Int32 = 0
        // TIOCSPTLCK and TIOCGPTN; 50 lines of 200 columns.
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0
        else { throw Lost(screen: "no pseudo-terminal: \(String(cString: strerror(errno)))") }
        var size = winsize(ws_row: 50, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens becomes that of the session.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/pts/\(number)", O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let newSession: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, newSession)

        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
        guard failure == 0 else { throw Lost(screen: "\(words[0]): \(String(cString: strerror(failure)))") }
        return (master, process)
    }

    // MARK: - Keys and answers

    private func answer(to keys: String) throws -> String {
        var bytes = Array(keys.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) }
            read()
        }
        return try answer()
    }

    /// Waits until the shell has written its answer, and takes it away.
    private func answer() throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            var set = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            poll(&set, 1, 10)
            read()
            guard let text = try? scratch.text("answer") else { continue }
            try FileManager.default.removeItem(atPath: scratch.file("answer"))
            return text.hasSuffix("\n.\n") ? String(text.dropLast(3)) : String(text.dropLast(2))
        }
        throw Lost(screen: String(decoding: screen.suffix(4096), as: UTF8.self))
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(master, &buffer, buffer.count)
        guard count > 0 else { return }
        let news = buffer[..<count]
        screen += news
        // A shell that asks what terminal this is may wait for the answer.
        for question in ["\u{1B}[c", "\u{1B}[0c"] where String(decoding: news, as: UTF8.self).contains(question) {
            let answer = Array("\u{1B}[?62;c".utf8)
            _ = write(master, answer, answer.count)
        }
    }

    /// The shell does not answer; what it showed.
    struct Lost: Error, CustomStringConvertible {
        let screen: String
        var description: String { "the shell gives no answer; it showed:\n\(screen)" }
    }
}
