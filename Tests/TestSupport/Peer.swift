import Foundation
import Testing

/// Programs that judge ours independently. A test that needs one is skipped where it is missing, unless `ADR_PEERS`
/// (names with spaces between them, as the full test run sets it) demands it: then the test runs, and fails.
package enum Peer {
    /// Whether a test that needs this peer is to run: it is there, or `ADR_PEERS` demands it.
    ///
    /// A name is that of a program in `PATH`. `pyca` is a Python that can `import cryptography`, `knack` and `wcwidth` one
    /// that can `import knack`, and both; `strace` and `unshare` are there only if this process may also do with them what
    /// they are for (trace, become root in a namespace).
    package static func available(_ name: String) -> Bool {
        demanded.contains(name) || isPresent(name)
    }

    /// The path of a Python that can `import cryptography`: the first `python3` in `PATH`, else Debian's.
    package static var python: String? { foundPython }

    /// The path of a Python that can import these modules (names with commas between them): the first `python3` in
    /// `PATH`, else Debian's.
    package static func python(importing modules: String) -> String? {
        ["python3", "/usr/bin/python3"].lazy.compactMap { python in
            let probe = [python, "-c", "import sys, \(modules); print(sys.executable)"]
            guard let outcome = try? Run.command(probe), outcome.status == 0 else { return nil }
            return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }.first
    }

    static func isPresent(_ name: String) -> Bool {
        switch name {
        case "pyca": python != nil
        case "knack": python(importing: "knack") != nil
        case "wcwidth": python(importing: "knack, wcwidth") != nil
        case "strace": canTrace
        case "unshare": canUnshare
        default: Executable.find(name, path: environment["PATH"] ?? "") != nil
        }
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let demanded = Set((environment["ADR_PEERS"] ?? "").split(separator: " ").map(String.init))

    private static let canTrace = succeeds(["strace", "-o", "/dev/null", "true"])
    private static let canUnshare = succeeds(["unshare", "-rm", "true"])
    private static let foundPython = python(importing: "cryptography")

    private static func succeeds(_ argv: [String]) -> Bool {
        (try? Run.command(argv).status) == 0
    }
}

extension Trait where Self == ConditionTrait {
    /// `@Test(.peer("certtool"))`: runs only where ``Peer/available(_:)`` says so.
    package static func peer(_ name: String) -> Self {
        .enabled(if: Peer.available(name), "\(name) is not installed, or may not be used here")
    }
}
