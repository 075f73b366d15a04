import CommandTable
import Glibc
import OpenSSL
import PKI
import Registry
import Store

/// A file of the user's that cannot be read or written.
package struct FileProblem: Error, Sendable {
    package let message: String
    package let hint: String?

    init(_ code: Int32, _ action: String, _ path: String, hint: String? = nil) {
        message = "cannot \(action) \(path.isEmpty ? "''" : path): \(String(cString: strerror(code)))"
        self.hint = hint ?? Self.wayOn(code)
    }

    /// What to do about a system call that failed.
    private static func wayOn(_ code: Int32) -> String? {
        switch code {
        case ENOENT: "Name a file that is there; '-' stands for standard input or output."
        case ENOTDIR: "Name another path: one of its folders is a file."
        case EISDIR: "Name a file in that folder."
        case ELOOP: "Name another path: symbolic links lead in a circle there."
        case ENAMETOOLONG: "Name a file by a shorter path: a name has 255 bytes at most."
        case EACCES, EPERM: "Run the command as a user who may, or name another path."
        case ENOSPC, EDQUOT: "Make room on that disk, or name another path."
        case EROFS: "Name another path: that disk is mounted read-only."
        case EBADF: "Name a file, or open the stream: '>&-' and '<&-' close it."
        default: "Name another path."
        }
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

    /// The contents of a file, or of standard input for `-`; what is larger than any command has a use for is refused.
    func read(_ path: String) throws -> [UInt8] {
        let bytes = try read(path, limit: Self.readLimit)
        guard bytes.count <= Self.readLimit else {
            throw FileProblem(
                "\(Self.shown(path)) is larger than \(Self.readLimit >> 20) MiB, and no file that this command can use is",
                hint: "Name a CSR, a certificate, a chain or a key; all of them have a few kilobytes."
            )
        }
        return bytes
    }

    /// The contents of a file, or of standard input for `-`, up to a limit in octets and one more.
    func read(_ path: String, limit: Int) throws -> [UInt8] {
        if path == "-" {
            if host.inputIsTerminal { host.note("reading from the terminal, end with Ctrl-D") }
            return try host.readInput(limit)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(errno, "read", path) }
        defer { close(descriptor) }
        return try Descriptors.read(descriptor, limit: limit, name: path)
    }

    /// A CSR as a device sends it, base64 of DER, from a file in PEM, DER or base64.
    func readDeviceCSR(_ path: String) throws -> [UInt8] {
        let bytes = try read(path)
        let rules = CSRRules(encodings: [.base64, .der, .pem], fileName: path == "-" ? nil : path)
        // What cannot be read at all is sent as it is, and refused with the reason.
        return CSRAcceptance.judge(bytes, rules: rules).request.map { Array(Base64.encode($0.der).utf8) } ?? bytes
    }

    /// What a path is called in a sentence.
    static func shown(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// A private key file. One that others can read is used, with a warning.
    func readKey(_ path: String) throws -> PrivateKey {
        let bytes = try read(path)
        let key: PrivateKey
        do {
            key = try PrivateKey(pem: bytes)
        } catch {
            throw FileProblem(
                "\(Self.shown(path)) holds no private key that can be used: \(error.reasons.joined(separator: "; "))",
                hint: "It takes an unencrypted PEM key, as 'adr csr generate --key-out' writes; "
                    + "'openssl pkey -in FILE -out KEY.pem' decrypts one."
            )
        }
        var status = stat()
        if path != "-", stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
            host.note("WARNING: the private key \(path) can be read by others; 'chmod 600 \(path)'.")
        }
        return key
    }

    /// The certificates of a PEM or DER file, DER, in the file's order; each of them can be read.
    func readCertificates(_ path: String) throws -> [[UInt8]] {
        try Self.certificates(in: read(path), named: Self.shown(path))
    }

    /// The certificates of PEM or DER that `name` says where it was found; each of them can be read.
    static func certificates(in bytes: [UInt8], named name: String) throws -> [[UInt8]] {
        let found = PEM.blocks(bytes)
        let blocks = found.filter { $0.label == "CERTIFICATE" || $0.label == "X509 CERTIFICATE" }
        let certificates: [[UInt8]]
        if !found.isEmpty || beginnings(bytes) > 0 {
            guard found.count == beginnings(bytes) else {
                throw FileProblem("block \(found.count + 1) of the PEM file \(name) is damaged", hint: chainHint)
            }
            guard !blocks.isEmpty else {
                throw FileProblem(
                    "\(name) holds no certificate, but \(found.map(\.label).joined(separator: ", "))",
                    hint: chainHint
                )
            }
            certificates = blocks.map(\.der)
        } else {
            guard bytes.first == 0x30 else {
                throw FileProblem(
                    "\(name) holds no certificate: "
                        + (bytes.isEmpty
                            ? "it is empty" : "it is neither PEM ('-----BEGIN CERTIFICATE-----') nor DER"),
                    hint: chainHint
                )
            }
            certificates = [bytes]
        }
        for (index, der) in certificates.enumerated() {
            do {
                _ = try CertificateOutline(lenient: der)
            } catch {
                let place = certificates.count > 1 ? "certificate \(index + 1) of \(name)" : name
                throw Refusal(code: error.code, message: "\(place): \(error.message)", hint: chainHint)
            }
        }
        return certificates
    }

    /// The chain a device presents: as ``readCertificates(_:)``, and the device's own certificate must come first.
    func readChain(_ path: String) throws -> [[UInt8]] {
        let chain = try readCertificates(path)
        let outlines = try chain.map { try CertificateOutline(lenient: $0) }
        let isAuthority = outlines.map { $0.basicConstraints?.isCA == true }
        if isAuthority.first == true, let place = isAuthority.firstIndex(of: false) {
            throw Refusal(
                code: CertificateOutline.refusalCode,
                message: "\(Self.shown(path)) begins with \(outlines[0].subject), a CA; the device's own certificate, "
                    + "\(outlines[place].subject), stands at place \(place + 1) and must be the first",
                hint: "'adr cert show --namespace NAMESPACE --device-name DEVICE --out FILE' writes the chain in order."
            )
        }
        return chain
    }

    private static let chainHint = "Name a certificate or chain, PEM or DER, as 'adr cert issue --out' writes it."

    /// How many PEM blocks begin in a text, also damaged ones.
    private static func beginnings(_ bytes: [UInt8]) -> Int {
        let mark = Array("-----BEGIN ".utf8)
        var count = 0
        var rest = bytes[...]
        while let dash = rest.firstIndex(of: mark[0]) {
            rest = rest[dash...]
            let isMark = rest.starts(with: mark)
            if isMark { count += 1 }
            rest = rest.dropFirst(isMark ? mark.count : 1)
        }
        return count
    }

    // MARK: Writing

    /// Whether a file may be written there, tested before anything is committed that it should hold.
    ///
    /// A private key that is there is never written over, unless `asKey` says that a key is what goes there: then its
    /// writing decides.
    func checkWritable(_ path: String, asKey: Bool = false) throws {
        guard path != "-" else { return }
        guard !path.isEmpty else {
            throw FileProblem("cannot write '': a file needs a name", hint: "Name a file, or '-' for standard output.")
        }
        if let store = StoreRoot.store(withFile: path) {
            throw FileProblem(
                "\(path) is a place for the files of the store \(store) itself, which only adr's own are written to",
                hint: "Name a file elsewhere."
            )
        }
        let folder = Self.folder(of: path)
        // The trailing slash asks for a folder: a file in that place is none.
        guard access(folder + "/", W_OK | X_OK) == 0 else {
            throw FileProblem(
                errno,
                "write \(path): its folder",
                folder,
                hint: errno == ENOENT
                    ? "'mkdir -p \(folder)' makes the folder; or name a file in another." : nil
            )
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            // What a link that leads nowhere would make is not looked into.
            if errno == ENOENT { return }
            throw FileProblem(errno, "write", path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw FileProblem(EISDIR, "write", path)
        case S_IFREG where !asKey && isPrivateKey(path):
            throw FileProblem(
                "\(path) is a private key, and keys are never overwritten",
                hint: "Name another file, or remove that one first."
            )
        default: break
        }
    }

    /// Whether that is a folder in which files can be made.
    func checkFolder(_ path: String) throws {
        guard access(path.isEmpty ? "''" : path + "/", W_OK | X_OK) == 0 else {
            throw FileProblem(
                errno,
                "write to",
                path,
                hint: errno == ENOENT && !path.isEmpty ? "'mkdir -p \(path)' makes the folder; or name another." : nil
            )
        }
    }

    /// Whether a new private key may be written there, as the value of `--key-out`; the hint is for a key that is there.
    func checkKeyOut(_ path: String, replacing: Bool, hint: String? = nil) throws {
        if path == "-" {
            throw UsageError(
                "--key-out is '-', and a private key does not go to standard output",
                recommendations: ["Name a file; it gets mode 0600."]
            )
        }
        try checkWritable(path, asKey: true)
        if !replacing, exists(path) { throw keyExists(path, hint: hint) }
    }

    private func isPrivateKey(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let head = (try? Descriptors.read(descriptor, limit: 65_536, name: path)) ?? []
        return PEM.blocks(head).contains { $0.label.hasSuffix("PRIVATE KEY") }
    }

    /// Refuses two paths that mean one file, where each was to have its own.
    func checkDistinct(_ first: (option: String, path: String?), _ second: (option: String, path: String?)) throws {
        guard let one = first.path, let other = second.path, Self.isSame(one, other) else { return }
        throw UsageError(
            "\(first.option) and \(second.option) name the same \(one == "-" ? "stream, '-'" : "file, \(other)")",
            recommendations: ["Give each of them a file of its own."]
        )
    }

    /// Refuses to read standard input twice: what comes second finds it empty.
    func checkReadOnce(_ first: (option: String, path: String), _ second: (option: String, path: String)) throws {
        guard first.path == "-", second.path == "-" else { return }
        throw UsageError(
            "\(first.option) and \(second.option) are both '-', and standard input can be read once only",
            recommendations: ["Name a file for one of them."]
        )
    }

    private static func isSame(_ first: String, _ second: String) -> Bool {
        if first == second { return true }
        if first == "-" || second == "-" || first.isEmpty || second.isEmpty { return false }
        func identity(_ path: String) -> (dev_t, ino_t)? {
            var status = stat()
            return stat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
        }
        switch (identity(first), identity(second)) {
        case (let one?, let other?): return one == other
        case (nil, nil):
            guard let one = identity(folder(of: first)), let other = identity(folder(of: second)) else { return false }
            return one == other && first.split(separator: "/").last == second.split(separator: "/").last
        default: return false
        }
    }

    /// Writes a file beside its target and renames it, so that no half file is ever seen; `-` is standard output.
    ///
    /// A link, a pipe or a device is written through and stays what it is. Only what cannot be had again, a private
    /// key, is flushed: everything else comes out of the store a second time.
    func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, flushing: Bool = false) throws {
        if path == "-" { return try host.writeOutput(bytes) }
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return try writeThrough(bytes, to: path, mode: mode, flushing: flushing)
        }
        // Not named after the target, whose name may be as long as names get.
        let folder = Self.folder(of: path)
        let temporary = "\(folder == "/" ? "" : folder)/.adr-\(Hex.lower(try host.randomBytes(8))).tmp"
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

    private func writeThrough(_ bytes: [UInt8], to path: String, mode: mode_t, flushing: Bool) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileProblem(errno, "write", path) }
        defer { close(descriptor) }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        // A file behind a link has a mode of its own, which for a key may be too wide.
        if isFile, ftruncate(descriptor, 0) != 0 || status.st_mode & 0o777 & ~mode != 0 && fchmod(descriptor, mode) != 0
        {
            throw FileProblem(errno, "write", path)
        }
        guard Descriptors.write(bytes, to: descriptor) == 0, !isFile || !flushing || fsync(descriptor) == 0 else {
            throw FileProblem(errno, "write", path)
        }
    }

    /// Writes what `body` hands over piece by piece, under the rules of ``write(_:to:mode:flushing:)``; no more than a
    /// piece is held. Where `flushing` is asked for, the file and its name are on the disk when this returns.
    func writeStream<Result>(
        to path: String,
        mode: mode_t = 0o644,
        flushing: Bool = false,
        _ body: (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        if path == "-" { return try Self.buffered({ try host.writeOutput($0) }, body) }
        var status = stat()
        let isThrough = lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        let folder = Self.folder(of: path)
        let written =
            isThrough ? path : "\(folder == "/" ? "" : folder)/.adr-\(Hex.lower(try host.randomBytes(8))).tmp"
        let descriptor = open(written, O_WRONLY | O_CREAT | O_CLOEXEC | (isThrough ? O_TRUNC : O_EXCL), mode)
        guard descriptor >= 0 else { throw FileProblem(errno, "write", path) }
        defer { close(descriptor) }
        do {
            let result = try Self.buffered(
                { bytes in
                    guard Descriptors.write(bytes, to: descriptor) == 0 else { throw FileProblem(errno, "write", path) }
                },
                body
            )
            if isThrough { return result }
            guard !flushing || fsync(descriptor) == 0, rename(written, path) == 0,
                !flushing || Self.flush(folder: folder)
            else { throw FileProblem(errno, "write", path) }
            return result
        } catch {
            if !isThrough { unlink(written) }
            throw error
        }
    }

    private static func flush(folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// Collects small pieces, so that each does not cost a system call.
    private static func buffered<Result>(
        _ write: @escaping ([UInt8]) throws -> Void,
        _ body: (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        var buffer: [UInt8] = []
        let result = try body { bytes in
            buffer += bytes
            if buffer.count >= 1 << 18 {
                try write(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        if !buffer.isEmpty { try write(buffer) }
        return result
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

    private func keyExists(_ path: String, hint: String? = nil) -> FileProblem {
        FileProblem(
            "the private key \(path) exists, and keys are never overwritten",
            hint: hint ?? "'--key-file-path \(path)' uses it again; '--force' replaces it."
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
