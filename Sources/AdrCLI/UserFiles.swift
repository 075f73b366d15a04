import Glibc
import OpenSSL

/// A file of the user's that cannot be read or written.
package struct FileProblem: Error, Sendable {
    package let message: String
    package let hint: String?

    init(_ code: Int32, _ action: String, _ path: String, hint: String? = nil) {
        message = "cannot \(action) \(path): \(String(cString: strerror(code)))"
        self.hint = hint
    }

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

/// The files a command reads for its user and writes for him. State of the store is never touched here.
struct UserFiles {
    /// Where `-` reads from.
    let host: Host

    /// The largest file any command has a use for; CSRs are judged by far smaller limits.
    static let readLimit = 16 << 20

    /// The contents of a file, or of standard input for `-`, up to a limit in octets and one more.
    func read(_ path: String, limit: Int = readLimit) throws -> [UInt8] {
        if path == "-" {
            if host.inputIsTerminal { host.note("reading from the terminal, end with Ctrl-D") }
            return try host.readInput(limit)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(errno, "read", path) }
        defer { close(descriptor) }
        return try Descriptors.read(descriptor, limit: limit, name: path)
    }

    /// A private key file. One that others can read is used, with a warning.
    func readKey(_ path: String) throws -> PrivateKey {
        let bytes = try read(path)
        let key: PrivateKey
        do {
            key = try PrivateKey(pem: bytes)
        } catch {
            throw FileProblem(
                "\(path) holds no private key that can be used: \(error.reasons.joined(separator: "; "))",
                hint: "It takes an unencrypted PEM key, as 'adr csr generate --key-out' writes."
            )
        }
        var status = stat()
        if path != "-", stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
            host.note("WARNING: the private key \(path) can be read by others; 'chmod 600 \(path)'.")
        }
        return key
    }

    /// The certificates of a PEM or DER file, DER, in the file's order.
    func readCertificates(_ path: String) throws -> [[UInt8]] {
        let bytes = try read(path)
        let blocks = PEM.blocks(bytes).filter { $0.label == "CERTIFICATE" || $0.label == "X509 CERTIFICATE" }
        if !blocks.isEmpty { return blocks.map(\.der) }
        guard bytes.first == 0x30 else {
            throw FileProblem(
                "\(path) holds no certificate: it is neither PEM ('-----BEGIN CERTIFICATE-----') nor DER",
                hint: "Pass the chain that 'adr cert issue --out' wrote."
            )
        }
        return [bytes]
    }

    /// Whether a file may be written there, tested before anything is committed that it should hold.
    func checkWritable(_ path: String) throws {
        guard path != "-" else { return }
        let folder = Self.folder(of: path)
        guard access(folder, W_OK | X_OK) == 0 else {
            throw FileProblem(errno, "write \(path): its folder", folder, hint: "Make the folder, or choose another.")
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw FileProblem(EISDIR, "write", path, hint: "Name a file in that folder.")
        }
    }

    /// Writes a file beside its target and renames it, so that no half file is ever seen; `-` is standard output.
    ///
    /// Only what cannot be had again, a private key, is flushed: everything else comes out of the store a second time.
    func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, flushing: Bool = false) throws {
        if path == "-" { return try host.writeOutput(bytes) }
        let temporary = "\(path).tmp-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileProblem(errno, "write", path) }
        let failed = Descriptors.write(bytes, to: descriptor) != 0 || flushing && fsync(descriptor) != 0
        let code = errno
        close(descriptor)
        guard !failed else {
            unlink(temporary)
            throw FileProblem(code, "write", path)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileProblem(code, "write", path)
        }
    }

    /// Writes a new private key, 0600 from its first moment. One that is there is only replaced on demand.
    func writeNewKey(_ bytes: [UInt8], to path: String, replacing: Bool) throws {
        if replacing { return try write(bytes, to: path, mode: 0o600, flushing: true) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw errno == EEXIST ? keyExists(path) : FileProblem(errno, "write", path) }
        let failed = Descriptors.write(bytes, to: descriptor) != 0 || fsync(descriptor) != 0
        let code = errno
        close(descriptor)
        guard !failed else {
            unlink(path)
            throw FileProblem(code, "write", path)
        }
    }

    func keyExists(_ path: String) -> FileProblem {
        FileProblem(
            "the private key \(path) exists, and keys are never overwritten",
            hint: "'--key-file-path \(path)' uses it again; '--force' replaces it."
        )
    }

    func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Removes a file that this very command wrote; one that cannot be removed stays.
    static func remove(_ path: String) { unlink(path) }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
