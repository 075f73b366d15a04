import JSON

/// What has become of the entries of a batch so far.
struct BatchCounts {
    var issued = 0
    var reused = 0
    var refused = 0

    var done: Int { issued + reused + refused }

    var sentence: String { "\(issued) issued, \(reused) reused, \(refused) refused" }
}

/// How far a batch is, on standard error, once a second at most.
struct BatchProgress {
    private enum Form {
        case none, line, json
    }

    private let form: Form
    private let host: Host
    private let start: UInt64
    private var last: UInt64
    private var isShown = false

    private static let second: UInt64 = 1_000_000_000

    /// - Parameter choice: `auto`, `json` or `none`.
    init(_ choice: String, _ host: Host) {
        form =
            switch choice {
            case "json": .json
            case "auto" where host.errorIsTerminal && host.showsNotes: .line
            default: .none
            }
        self.host = host
        start = host.clock()
        last = start
    }

    /// - Parameter part: how much of the input has been read, from 0 to 1.
    mutating func show(_ counts: BatchCounts, _ part: Double?) {
        if form == .none { return }
        let now = host.clock()
        guard now - last >= Self.second else { return }
        last = now
        write(counts, part, seconds: seconds(now))
    }

    /// Makes room for a line of another kind.
    mutating func clear() {
        if isShown { host.writeError(Array("\r\u{1B}[K".utf8)) }
        isShown = false
    }

    mutating func end(_ counts: BatchCounts) {
        clear()
        if form == .json { write(counts, 1, seconds: seconds(host.clock())) }
    }

    private func seconds(_ now: UInt64) -> Double { Double(now - start) / Double(Self.second) }

    private mutating func write(_ counts: BatchCounts, _ part: Double?, seconds: Double) {
        let rate = Int64((Double(counts.done) / max(seconds, 0.001)).rounded())
        let left = part.flatMap { $0 > 0 ? Int64((seconds * (1 - $0) / $0).rounded()) : nil }
        if form == .json {
            var object = JSONObject()
            object["done"] = .integer(Int64(counts.done))
            object["issued"] = .integer(Int64(counts.issued))
            object["reused"] = .integer(Int64(counts.reused))
            object["refused"] = .integer(Int64(counts.refused))
            object["perSecond"] = .integer(rate)
            if let left { object["secondsLeft"] = .integer(left) }
            host.writeError(JSONValue.object(object).compact() + [0x0A])
        } else {
            let time = left.map { ", \($0 / 60):\($0 % 60 < 10 ? "0" : "")\($0 % 60) left" } ?? ""
            let refused = counts.refused > 0 ? ", \(counts.refused) refused" : ""
            host.writeError(Array("\r\u{1B}[K\(counts.done) done\(refused), \(rate)/s\(time)".utf8))
            isShown = true
        }
    }
}
