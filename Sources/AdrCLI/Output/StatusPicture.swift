import Registry
import Store

/// `adr status` as text of 80 columns: a tree, and what is to be done.
///
///     name                            bar                   what is left   until
///     ├─ policy default               █████████████████░░░  324 days left  2027-10-19
struct StatusPicture {
    private static let width = 80
    private static let nameWidth = 32
    private static let barWidth = 20
    private static let leftWidth = 13

    private let status: StoreStatus
    private let pen: Pen
    private let time: Int64

    init(_ status: StoreStatus, _ pen: Pen) {
        self.status = status
        self.pen = pen
        time = status.time
    }

    /// The whole picture.
    func drawn() -> [UInt8] {
        var lines = [heading]
        if status.namespaces.isEmpty {
            lines += ["", "There is nothing in this store yet. What to do first:"]
            lines += [
                "    adr ns create --name factory --enable-certificate-management",
                "or, to see the whole flow in a scratch store:", "    adr quickstart",
            ]
        }
        for namespace in status.namespaces { lines += [""] + tree(of: namespace) }
        let toDo = reasons() + status.namespaces.flatMap(nextSteps)
        if !status.namespaces.isEmpty || !toDo.isEmpty {
            lines.append("")
            lines += toDo.isEmpty ? [pen.painted("All is well.", .good)] : [pen.painted("What to do", .strong)] + toDo
        }
        return Self.bytes(lines)
    }

    /// What is not well, and nothing else.
    func findings() -> [UInt8] {
        let found = reasons()
        if !found.isEmpty { return Self.bytes(found) }
        return Self.bytes(status.namespaces.isEmpty ? ["There is nothing in this store yet."] : ["All is well."])
    }

    private static func bytes(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

    private var heading: String {
        let now = "\(Timestamp.day(time)) \(Timestamp.text(time).dropFirst(11).prefix(5)) UTC"
        let room = Self.width - now.utf8.count - 2
        return pen.fitted("store \(status.path)", room) + "  " + now
    }

    // MARK: The tree

    private func tree(of namespace: NamespaceStatus) -> [String] {
        let group = namespace.key.group.text
        let name = pen.painted(pen.fittedName(namespace.key.name.text, Self.width), .strong)
        let title = group == ResourceGroupName.standard.text ? name : "\(name) (resource group \(group))"
        if namespace.isUnreadable { return [title, pen.branch(isLast: true).first + pen.painted("damaged", .bad)] }
        var parts: [[String]] = []
        parts.append([namespace.root.map { authority("root CA", $0) } ?? "no root CA"])
        parts += namespace.policies.map { [authority("policy \($0.name)", $0.authority)] }
        parts += namespace.hubs.map { [line(of: $0)] }
        parts += namespace.services.map { [pen.fittedName("dps \($0)", Self.width - 3)] }
        parts.append(fleet(namespace.devices))
        return [title] + branches(parts)
    }

    /// Each part's first line on a branch, its others below.
    private func branches(_ parts: [[String]]) -> [String] {
        parts.enumerated().flatMap { place, part in
            let branch = pen.branch(isLast: place == parts.count - 1)
            return part.enumerated().map { ($0 == 0 ? branch.first : branch.below) + $1 }
        }
    }

    private func authority(_ name: String, _ authority: AuthorityStatus) -> String {
        let tone: Pen.Tone =
            switch authority.standing {
            case .valid: .good
            case .ending: .warning
            case .expired: .bad
            }
        return line(name, authority.validity, tone, depth: 1)
    }

    private func line(of hub: HubStatus) -> String {
        let name = pen.fitted("hub \(hub.name)", Self.nameWidth - 3) + " "
        if hub.lacking.isEmpty { return name + pen.painted("synced", .good) }
        let what = "stale: lacks the CA of \(hub.lacking.joined(separator: ", "))"
        return name + pen.painted(pen.fittedName(what, Self.width - Self.nameWidth - 1), .warning)
    }

    private func fleet(_ fleet: FleetStatus?) -> [String] {
        guard let fleet else { return [pen.painted("devices: damaged", .bad)] }
        var title = Self.count(fleet.count, "device")
        if fleet.count == 0 { title = "no devices" }
        if !fleet.isCountExact { title = "at most " + title }
        var notes: [String] = []
        if fleet.ending > 0 {
            let verb = fleet.ending == 1 ? "goes" : "go"
            notes.append(pen.painted("\(fleet.ending) \(verb) dark within 7 days", .warning))
        }
        if fleet.ended > 0 { notes.append(pen.painted("\(fleet.ended) went dark", .bad)) }
        let first =
            notes.isEmpty
            ? title : pen.fitted(title, Self.nameWidth - 3) + " " + notes.joined(separator: ", ")
        return [first] + branches((fleet.last + fleet.next).map { [line(of: $0)] })
    }

    private func line(of device: DeviceValidity) -> String {
        let isOver = device.isRevoked || device.validity.isOver(at: time)
        let isEnding = device.validity.left(at: time) <= 7 * 86_400
        let tone: Pen.Tone = isOver ? .bad : isEnding ? .warning : .good
        return line(device.name, device.validity, tone, isRevoked: device.isRevoked, depth: 2)
    }

    /// A name, a bar, what is left and until when, behind so many branches.
    private func line(
        _ name: String,
        _ validity: Validity,
        _ tone: Pen.Tone,
        isRevoked: Bool = false,
        depth: Int
    ) -> String {
        let isOver = isRevoked || validity.isOver(at: time)
        let bar = pen.bar(isRevoked ? 0 : validity.share(at: time), width: Self.barWidth)
        let left = isRevoked ? "revoked" : isOver ? "expired" : Self.span(validity.left(at: time)) + " left"
        return pen.fitted(name, Self.nameWidth - 3 * depth) + " " + pen.painted(bar.full, tone)
            + pen.painted(bar.empty, isOver ? tone : .plain) + "  "
            + pen.painted(pen.fitted(left, Self.leftWidth), isOver || tone == .warning ? tone : .plain) + "  "
            + Timestamp.day(validity.notAfter)
    }

    /// A span of time, rounded, in the unit that fits.
    private static func span(_ seconds: Int64) -> String {
        func rounded(_ unit: Int64) -> Int64 { (seconds + unit / 2) / unit }
        // A year has 365.2425 days.
        if seconds >= 2 * 31_556_952 { return "\(rounded(31_556_952)) years" }
        if seconds >= 2 * 86_400 { return "\(rounded(86_400)) days" }
        if seconds >= 7200 { return "\(rounded(3600)) hours" }
        return "\(seconds / 60) min"
    }

    private static func count(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

    // MARK: What to do

    private func reasons() -> [String] {
        status.reasons.flatMap { reason in
            let tone: Pen.Tone = reason.kind == .ending || reason.kind == .unsynced ? .warning : .bad
            let text = (reason.namespace.map { "\($0): " } ?? "") + reason.message
            return item(pen.painted("\(reason.kind.rawValue)", tone), text, reason.remedy)
        }
    }

    /// What a namespace still needs before devices can use it: nothing is wrong with it so far.
    private func nextSteps(of namespace: NamespaceStatus) -> [String] {
        if namespace.isUnreadable { return [] }
        let name = namespace.key.name.text
        let which = "--namespace \(name)\(Registry.groupOption(namespace.key.group))"
        if namespace.root == nil {
            return item("--", "\(name): it has no root CA yet", "adr credential create \(which)")
        }
        if namespace.policies.isEmpty {
            return item("--", "\(name): it has no policy yet", "adr policy create \(which) --name default")
        }
        if namespace.hubs.isEmpty {
            return item("--", "\(name): it has no hub yet", "adr hub create --name \(name)-hub \(which)")
        }
        return []
    }

    private func item(_ mark: String, _ text: String, _ command: String) -> [String] {
        let indent = "    "
        let wrapped = Self.wrapped(text, Self.width - indent.utf8.count)
        return ["\(mark)  \(wrapped.first ?? "")"] + wrapped.dropFirst().map { indent + $0 }
            + Self.folded(command, Self.width - indent.utf8.count - 2).map { indent + $0 }
    }

    /// Text in lines of at most so many columns, cut at blanks.
    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, DisplayWidth.of(last[...]) + 1 + DisplayWidth.of(word) <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// A command in lines of at most so many columns where that can be, each but the last continued by a backslash, cut
    /// before options alone so that it can be typed as it stands.
    private static func folded(_ command: String, _ width: Int) -> [String] {
        guard command.utf8.count > width, command.hasPrefix("adr ") else { return wrapped(command, width) }
        var parts: [String] = []
        for word in command.split(separator: " ") {
            if word.hasPrefix("-") || parts.isEmpty {
                parts.append(String(word))
            } else {
                parts[parts.count - 1] += " " + word
            }
        }
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, last.utf8.count + 1 + part.utf8.count <= width - 2 {
                lines[lines.count - 1] += " " + part
            } else {
                if !lines.isEmpty { lines[lines.count - 1] += " \\" }
                lines.append(lines.isEmpty ? part : "  " + part)
            }
        }
        return lines
    }
}

extension Pen {
    /// The text, cut if it needs more columns, but not padded.
    fileprivate func fittedName(_ text: String, _ width: Int) -> String {
        DisplayWidth.of(text[...]) <= width ? text : fitted(text, width)
    }
}
