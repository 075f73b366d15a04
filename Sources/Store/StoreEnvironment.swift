import Glibc

/// Everything the store takes from the world around it.
package struct StoreEnvironment: Sendable {
    /// The system calls.
    package var files: any FileOperations
    /// The clock, Unix seconds UTC.
    package var now: @Sendable () -> Int64
    /// What names this boot of the machine; `nil` when it cannot be told, which counts as another boot.
    package var bootID: @Sendable () -> String?
    /// That many random octets.
    package var randomBytes: @Sendable (Int) throws -> [UInt8]
    /// Takes one line for a person (no newline): what was mended on the way.
    package var note: @Sendable (String) -> Void
    /// Who acts, as each ledger entry records it.
    package var who: String
    /// A ledger segment that has grown to this many bytes gets no further line.
    package var segmentSize: Int

    package init(
        files: any FileOperations,
        now: @escaping @Sendable () -> Int64,
        bootID: @escaping @Sendable () -> String?,
        randomBytes: @escaping @Sendable (Int) throws -> [UInt8],
        note: @escaping @Sendable (String) -> Void,
        who: String,
        segmentSize: Int = 64 << 20
    ) {
        self.files = files
        self.now = now
        self.bootID = bootID
        self.randomBytes = randomBytes
        self.note = note
        self.who = who
        self.segmentSize = segmentSize
    }

    /// The machine itself: its clock, boot and random octets, and the user this process runs as.
    package static func system(note: @escaping @Sendable (String) -> Void) -> StoreEnvironment {
        StoreEnvironment(
            files: SystemFiles(),
            now: { Int64(time(nil)) },
            bootID: systemBootID,
            randomBytes: systemRandomBytes,
            note: note,
            who: systemUser()
        )
    }

    /// The boot id of the kernel (`/proc/sys/kernel/random/boot_id`), `nil` when it cannot be read.
    package static let systemBootID: @Sendable () -> String? = { thisBoot }

    /// Read once: no process outlives a boot.
    private static let thisBoot: String? = {
        let files = SystemFiles()
        let path = "/proc/sys/kernel/random/boot_id"
        guard let descriptor = try? files.openat(AT_FDCWD, path, flags: O_RDONLY | O_CLOEXEC, mode: 0) else {
            return nil
        }
        defer { files.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { (try? files.pread(descriptor, into: $0, at: 0)) ?? 0 }
        return count >= 36 ? String(decoding: bytes[..<36], as: UTF8.self) : nil
    }()

    private static let systemRandomBytes: @Sendable (Int) throws -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes += $0.prefix(count - bytes.count) }
        }
        return bytes
    }

    /// The number of the user, which cannot be made up, with the login name as the surroundings tell it: asking the user
    /// database would load libraries at every start.
    package static func systemUser() -> String {
        let number = "uid \(getuid())"
        guard let name = getenv("LOGNAME") ?? getenv("USER") else { return number }
        return "\(String(cString: name)) (\(number))"
    }
}
