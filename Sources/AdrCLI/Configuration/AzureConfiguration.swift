import Glibc
import Synchronization

/// az's configuration, as far as it concerns this program: the variables of the environment, and behind them the file
/// `config` in `$AZURE_CONFIG_DIR`, else in `~/.azure`.
///
/// Defaults are also looked for in a folder `.azure` (whatever the name of the configuration's own is) of the working
/// directory and of those above it, the nearest first. No file is read before a value is asked for that the environment
/// does not have.
final class AzureConfiguration: Sendable {
    /// The variables that stand for a value of the file. A variable that is set, empty or not, is what counts.
    private static let keys: [(variable: String, section: String, key: String)] = [
        ("AZURE_DEFAULTS_GROUP", "defaults", "group"),
        ("AZURE_DEFAULTS_LOCATION", "defaults", "location"),
        ("AZURE_CORE_OUTPUT", "core", "output"),
        ("AZURE_CORE_NO_COLOR", "core", "no_color"),
        ("AZURE_CORE_ONLY_SHOW_ERRORS", "core", "only_show_errors"),
        ("AZURE_CORE_DISABLE_CONFIRM_PROMPT", "core", "disable_confirm_prompt"),
    ]

    private struct State {
        /// Files looked for, by path; nil is one that is not there or cannot be used.
        var files: [(path: String, file: INIFile?)] = []
        var problems: [String] = []
        var origins: [(variable: String, place: String)] = []
    }

    private let variables: @Sendable (String) -> String?
    private let state = Mutex(State())

    /// - Parameter variables: looks a variable of the process up.
    init(_ variables: @escaping @Sendable (String) -> String?) {
        self.variables = variables
    }

    /// The value of a variable, else what the configuration has in its place.
    func value(of variable: String) -> String? {
        if let value = variables(variable) { return value }
        guard let place = Self.keys.first(where: { $0.variable == variable }) else { return nil }
        for path in paths(for: place.section) {
            guard let value = value(place.key, in: place.section, of: path) else { continue }
            state.withLock { $0.origins.append((variable, "'\(place.key)' of [\(place.section)] in \(path)")) }
            return value
        }
        return nil
    }

    /// What was wrong with the files read since this was last asked, one sentence each, naming the file.
    func takeProblems() -> [String] {
        state.withLock { state in
            defer { state.problems = [] }
            return state.problems
        }
    }

    /// The variables whose value came from a file, and where it stands there.
    var origins: [(variable: String, place: String)] { state.withLock { $0.origins } }

    // MARK: - Files

    private func value(_ key: String, in section: String, of path: String) -> String? {
        state.withLock { state in
            let file: INIFile?
            if let known = state.files.first(where: { $0.path == path }) {
                file = known.file
            } else {
                file = Self.read(path, &state.problems)
                state.files.append((path, file))
            }
            do {
                return try file?.value(key, in: section)
            } catch {
                state.problems.append(Self.ignored("[\(section)] \(key) of \(path)", error))
                return nil
            }
        }
    }

    private static func read(_ path: String, _ problems: inout [String]) -> INIFile? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno != ENOENT, errno != ENOTDIR {
                problems.append("\(path) is not read: \(String(cString: strerror(errno)))")
            }
            return nil
        }
        defer { close(descriptor) }
        do {
            let bytes = try Descriptors.read(descriptor, limit: 1 << 20, name: path)
            guard bytes.count <= 1 << 20 else { throw INIFile.Problem("it is larger than 1 MiB") }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw INIFile.Problem("it is not UTF-8") }
            return try INIFile(parsing: text)
        } catch {
            problems.append(ignored(path, error))
            return nil
        }
    }

    private static func ignored(_ what: String, _ error: any Error) -> String {
        let reason =
            switch error {
            case let problem as INIFile.Problem: problem.message
            case let problem as FileProblem: problem.message
            default: "\(error)"
            }
        return "az's configuration is left out of account, \(what): \(reason)."
    }

    private func paths(for section: String) -> [String] {
        guard let folder = folder else { return [] }
        let own = "\(folder)/config"
        guard section == "defaults" else { return [own] }
        return Self.localFolders(like: folder).map { "\($0)/config" } + [own]
    }

    private var folder: String? {
        if let folder = variables("AZURE_CONFIG_DIR"), !folder.isEmpty { return folder }
        guard let home = variables("HOME"), !home.isEmpty else { return nil }
        return "\(home)/.azure"
    }

    /// The folders of that name in the working directory and above, up to the folder itself.
    private static func localFolders(like folder: String) -> [String] {
        guard let buffer = getcwd(nil, 0) else { return [] }
        defer { free(buffer) }
        let name = folder.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
        var folders: [String] = []
        var directory = String(cString: buffer)
        while !name.isEmpty, name != "." {
            let candidate = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            if candidate == folder { break }
            if access(candidate, F_OK) == 0 { folders.append(candidate) }
            if directory == "/" { break }
            directory = UserFiles.folder(of: directory)
        }
        return folders
    }
}

extension Host {
    /// Whether a variable of az's, or its configuration, says yes. What is neither yes nor no is no.
    func isSet(_ variable: String) -> Bool {
        switch environment(variable)?.lowercased() {
        case "1", "yes", "true", "on": true
        default: false
        }
    }
}
