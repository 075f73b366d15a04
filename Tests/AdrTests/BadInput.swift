import AdrCLI
import CommandTable
import Foundation

/// A line that must be refused, as typed at a shell in the folder that ``BadInputStore`` prepares.
struct BadInput: Sendable {
    /// What is wrong with it.
    enum Kind: String, CaseIterable, Sendable {
        /// No command is called that.
        case words
        /// An option that is missing, unknown, doubtful, without its value, or that excludes another.
        case option
        /// A value that is not of the option's type or list.
        case value
        /// A name or an id that breaks the rules of its kind.
        case name
        /// A number or text outside what the service takes.
        case range
        case notFound
        case conflict
        /// A file that cannot be read, or a target that cannot be written.
        case file
        case csr
        case key
        /// A certificate or a chain that is none, or is not trusted.
        case chain
        /// Something is disabled, not synced, or needs an answer.
        case state
        /// The store itself is none, damaged, or of another time.
        case store
        /// A standard stream is closed or takes nothing.
        case stream
    }

    let line: String
    let status: Int32
    let kind: Kind
    /// What standard error must hold, besides what every refusal does.
    let words: [String]
    /// What makes the store bad, first: then the line gets a copy of its own.
    var before: String?
    /// Whether standard output holds something all the same: a verdict, or the steps that went well.
    var prints = false
    /// Whether something is done by the time the line fails, and kept.
    var keeps = false

    init(_ line: String, _ status: Int32, _ kind: Kind, _ words: String...) {
        self.line = line
        self.status = status
        self.kind = kind
        self.words = words
    }

    /// The same line in a store that a script has spoiled.
    func after(_ script: String) -> BadInput {
        var copy = self
        copy.before = script
        return copy
    }

    var printing: BadInput {
        var copy = self
        copy.prints = true
        return copy
    }

    var keeping: BadInput {
        var copy = self
        copy.keeps = true
        return copy
    }

    /// The full words of the command that the line names; nil if it names none.
    var command: String? {
        guard let typed = line.firstMatch(of: /(?:^|\s)adr ([a-z\- ]*)/) else { return nil }
        let words = typed.1.split(separator: " ")
        return TableTests.commands.map(TableTests.name).filter { name in
            words.starts(with: name.split(separator: " "))
        }.max { $0.count < $1.count }
    }

    static let all: [BadInput] =
        wordRows + streamRows + namespaceRows + namespaceStoreRows + credentialRows + policyRows + deviceRows
        + csrGenerateRows + csrRows + certIssueRows + bulkRows + certRows + certListRows + statusRows + hubRows
        + hubConnectRows + hubPartRows + quickstartRows + storeRows + storeCheckRows + serviceRows + linkedHubRows
        + batchRows + enrollmentRows + enrollmentGroupRows + registrationRows + queryRows
        + lifeRows + ledgerRows + backupRows
}

/// What a refusal must be for somebody who has never seen the program.
enum RefusalForm {
    /// What is wrong with a refusal on standard error; empty if nothing is.
    static func faults(in errors: [UInt8]) -> [String] {
        guard let text = String(validating: errors, as: UTF8.self) else { return ["it is no UTF-8"] }
        var faults: [String] = []
        guard text.hasSuffix("\n") else { return ["its last line does not end"] }
        let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let errors = lines.indices.filter { lines[$0].hasPrefix("ERROR:") }
        guard errors.count == 1, let error = errors.first else { return ["it has \(errors.count) ERROR lines"] }
        if lines[error].wholeMatch(of: /ERROR: (\([A-Z][A-Za-z]+\) )?\S.*\S/) == nil {
            faults.append("its ERROR line is odd")
        }
        if lines[..<error].contains(where: { !$0.hasPrefix("WARNING: ") && !$0.hasPrefix("INFO: ") }) {
            faults.append("something else stands before the ERROR line")
        }
        let rest = lines[(error + 1)...]
        if rest.isEmpty { faults.append("nothing says what to do") }
        if !rest.isEmpty, !rest.contains(where: saysWhatToDo) { faults.append("no line says what to do") }
        if rest.contains("") { faults.append("it has an empty line") }
        for line in lines {
            if line.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
                faults.append("a control character reaches the terminal")
            }
            if line.unicodeScalars.count > 2_200 { faults.append("a line has \(line.unicodeScalars.count) characters") }
            if let found = line.firstMatch(of: internals) { faults.append("it shows the inside: \(found.0)") }
        }
        return faults
    }

    /// A command, an option, a range, or a deed.
    private static func saysWhatToDo(_ line: String) -> Bool {
        let deeds =
            #/adr [a-z<]|--[a-z]|-g |[0-9] to [0-9]|openssl |mkdir |^(Use|Name|Make|Put|Restore|Remove|Move|Run|Send|Open|Mount) /#
        return line.firstMatch(of: deeds.ignoresCase()) != nil
    }

    /// What only the program's author could understand.
    nonisolated(unsafe) private static let internals =
        #/Optional\(|Error\(|\bnil\b|AdrCLI|CommandTable\.|Registry\.|Swift\.|StoreError|FileProblem|\(Internal\)|kind:|\.swift\b/#
}
