import Foundation

/// A temporary folder of one test's own, removed with its last owner.
///
/// Keep the object, not only its path, for as long as the folder is needed.
package final class Scratch: Sendable {
    /// The folder's absolute path, without symbolic links, mode 0700.
    package let path: String

    /// Makes the folder below `TMPDIR` (else `/tmp`). `name` is there for whoever looks at it; any text will do.
    ///
    /// `inMemory` asks for a file system in memory, where there is one: for tests that start hundreds of processes, and
    /// for which a flush need not reach a disk.
    package init(_ name: String = #function, inMemory: Bool = false) {
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let base = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : temporary
        let readable = String(
            name.prefix { $0 != "(" }.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(40)
        )
        var template = Array("\(base)/adr-\(readable)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let resolved = realpath(template, nil) else {
            fatalError("cannot make a temporary folder in \(base): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        path = String(cString: resolved)
    }

    deinit {
        if (try? FileManager.default.removeItem(atPath: path)) != nil { return }
        // A test may have left folders that nobody may write to.
        for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init() {
            var status = stat()
            if lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                chmod("\(path)/\(name)", 0o700)
            }
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` in the folder, whether or not anything is there.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file, and the folders that lead to it, and returns its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) -> String {
        let url = URL(fileURLWithPath: file(name))
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: url)
        } catch {
            fatalError("cannot write \(url.path): \(error)")
        }
        return url.path
    }

    /// Writes a file in UTF-8, and the folders that lead to it, and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String) -> String {
        write(name, Array(text.utf8))
    }

    /// The bytes of a file.
    package func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// The text of a file, read as UTF-8.
    package func text(_ name: String) throws -> String {
        String(decoding: try read(name), as: UTF8.self)
    }
}
