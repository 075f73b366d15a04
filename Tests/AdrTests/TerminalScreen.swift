import Foundation
import TestSupport

/// What a person sees of a command on a terminal, as tmux draws it.
enum TerminalScreen {
    /// Runs a line in a terminal of 80 columns and returns the screen, without what is blank at the ends.
    ///
    /// - Parameter isColoured: whether colours are told, as `{32:text}` for what is green (the number is that of ECMA-48,
    ///   with `1;` before it where it is bold); otherwise the text alone.
    static func after(
        _ line: String,
        in scratch: Scratch,
        environment: [String: String],
        isColoured: Bool
    ) throws -> [String] {
        let socket = "adr-\(UInt64.random(in: .min ... .max))"
        let end = "end-of-screen"
        let script = scratch.write("\(socket).sh", "\(line)\nprintf '%s\\n' \(end)\nexec sleep 600\n")
        func tmux(_ words: String...) throws -> Outcome {
            try Run.command(
                ["tmux", "-u", "-L", socket, "-f", "/dev/null"] + words,
                environment: environment,
                directory: scratch.path
            )
        }
        let started = try tmux("new-session", "-d", "-x", "80", "-y", "60", "sh '\(script)'")
        defer { _ = try? tmux("kill-server") }
        guard started.status == 0 else { throw Blank(screen: started.errors) }
        let deadline = ContinuousClock.now + .seconds(60)
        var screen = ""
        while ContinuousClock.now < deadline {
            let captured = isColoured ? try tmux("capture-pane", "-p", "-e") : try tmux("capture-pane", "-p")
            screen = captured.output
            var lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if let last = lines.firstIndex(where: { $0.hasSuffix(end) }) {
                lines.removeSubrange(last...)
                var style = Style()
                return lines.map { line in
                    String(told(line, &style).reversed().drop { $0 == " " }.reversed())
                }
            }
            usleep(20_000)
        }
        throw Blank(screen: screen)
    }

    private struct Style: Equatable {
        var isBold = false
        var colour: Int?

        mutating func take(_ parameter: Int) {
            switch parameter {
            case 0: self = Style()
            case 1: isBold = true
            case 22: isBold = false
            case 30...37: colour = parameter
            case 39: colour = nil
            default: break
            }
        }

        func told(_ text: String) -> String {
            if text.isEmpty || self == Style() { return text }
            let numbers = [isBold ? 1 : nil, colour].compactMap { $0 }.map(String.init)
            return "{\(numbers.joined(separator: ";")):\(text)}"
        }
    }

    /// A line with its styles told: how tmux goes from one style to the next differs from version to version.
    private static func told(_ line: String, _ style: inout Style) -> String {
        var told = ""
        var rest = line[...]
        while let escape = rest.firstMatch(of: /\u{1B}\[([0-9;]*)m/) {
            told += style.told(String(rest[..<escape.range.lowerBound]))
            for parameter in escape.1.split(separator: ";", omittingEmptySubsequences: false) {
                style.take(Int(parameter) ?? 0)
            }
            rest = rest[escape.range.upperBound...]
        }
        return told + style.told(String(rest))
    }

    struct Blank: Error, CustomStringConvertible {
        let screen: String
        var description: String { "the terminal does not come to an end; it shows:\n\(screen)" }
    }
}
