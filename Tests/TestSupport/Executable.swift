import Glibc

/// Finds programs as a shell does.
enum Executable {
    /// The path of a program: `name` itself if it holds a `/`, else its first executable file along `path`.
    static func find(_ name: String, path: String) -> String? {
        if name.isEmpty { return nil }
        if name.contains("/") { return name }
        return path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
