import AdrCLI
import Foundation
import JSON
import Store
import Synchronization
import TestSupport

/// Command lines of `adr`, run in this process under a clock that stands where it is put.
///
/// A word that begins with `%` is a file in the scratch folder, as a shell in that folder would name it without the `%`.
/// Variables are put in where they stand.
final class LifeShell: Sendable {
    /// What a line left behind.
    struct Result {
        let status: Int32
        let output: [UInt8]
        let errors: String

        /// The code of the refusal, `Conflict` of `ERROR: (Conflict) …`; empty where there is none.
        var code: String {
            let marker = "ERROR: ("
            guard let line = errors.split(separator: "\n").first(where: { $0.hasPrefix(marker) }) else { return "" }
            return String(line.dropFirst(marker.count).prefix { $0 != ")" })
        }

        /// What was printed, as JSON; null for nothing.
        func value() throws -> JSONValue { output.isEmpty ? .null : try JSONValue(parsing: output) }
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let scratch: Scratch
    private let clock: Mutex<Int64>
    /// By name, `$` and all.
    private let variables = Mutex<[String: String]>([:])

    /// A shell in a folder of its own, which begins as a copy of `origin`.
    init(now: Int64, copying origin: Scratch? = nil) throws {
        scratch = Scratch("life", inMemory: true)
        clock = Mutex(now)
        guard let origin else { return }
        let outcome = try Run.command(["cp", "-a", "\(origin.path)/.", scratch.path])
        guard outcome.status == 0 else { throw Failed(description: "\(outcome)") }
    }

    /// Unix seconds.
    var now: Int64 {
        get { clock.withLock { $0 } }
        set { clock.withLock { $0 = newValue } }
    }

    /// Sets a variable; its name begins with `$`.
    func set(_ name: String, _ value: String) { variables.withLock { $0[name] = value } }

    private func expanded(_ word: Substring) -> String {
        if word.hasPrefix("%") { return scratch.file(String(word.dropFirst())) }
        return variables.withLock { variables in
            variables.reduce(String(word)) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        }
    }

    private final class Streams: Sendable {
        let output = Mutex<[UInt8]>([])
        let errors = Mutex<[UInt8]>([])
    }

    /// Runs a line, words between single blanks.
    func adr(_ line: String) -> Result {
        let streams = Streams()
        let time = now
        let environment = ["HOME": scratch.path, "ADR_HOME": scratch.file("store"), "PATH": "/usr/bin:/bin"]
        var host = Host.system()
        host.environment = { environment[$0] }
        host.configurationProblems = { [] }
        host.configurationOrigins = { [] }
        host.writeOutput = { bytes in streams.output.withLock { $0 += bytes } }
        host.writeError = { bytes in streams.errors.withLock { $0 += bytes } }
        host.readInput = { _ in [] }
        host.inputIsTerminal = false
        host.outputIsTerminal = false
        host.errorIsTerminal = false
        host.now = { time }
        host.user = "operator"
        let status = Program.run(line.split(separator: " ").map(expanded), host)
        return Result(
            status: status,
            output: streams.output.withLock { $0 },
            errors: String(decoding: streams.errors.withLock { $0 }, as: UTF8.self)
        )
    }

    /// Runs a line that must succeed.
    @discardableResult
    func expect(_ line: String) throws -> JSONValue {
        let result = adr(line)
        guard result.status == 0 else {
            throw Failed(description: "adr \(line)\nexited \(result.status)\n\(result.errors)")
        }
        return try result.value()
    }

    /// A line as somebody types it who has the clock of the moment: `faketime` gives it to him.
    static func typed(_ line: String, at time: Int64) -> String {
        let words = line.split(separator: " ").map { $0.hasPrefix("%") ? String($0.dropFirst()) : String($0) }
        return "faketime -f '\(moment(time))' adr \(words.joined(separator: " "))"
    }

    static func moment(_ time: Int64) -> String {
        String(Timestamp.text(time).dropLast().map { $0 == "T" ? " " : $0 })
    }
}
