import Foundation

/// The program under test.
package enum Binary {
    /// The absolute path of the `adr` executable: `ADR_BINARY`, if set; else the newer of `.build/release/adr` and the
    /// one that was built along with the tests. It stops the test run where there is none of them.
    package static var adr: String { found }

    /// The absolute path of another executable that was built along with the tests; nil where there is none.
    package static func sibling(_ name: String) -> String? {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = tests.deletingLastPathComponent().appendingPathComponent(name).path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    private static let found: String = {
        if let named = ProcessInfo.processInfo.environment["ADR_BINARY"], !named.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: named) else {
                fatalError("ADR_BINARY=\(named) is no executable file")
            }
            return URL(fileURLWithPath: named).path
        }
        let candidates = [
            URL(fileURLWithPath: #filePath).appendingPathComponent("../../../.build/release/adr"),
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().appendingPathComponent("../adr"),
        ]
        let built = candidates.map(\.standardizedFileURL.path).compactMap { path in
            (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date).map { (path, $0) }
        }
        guard let newest = built.max(by: { $0.1 < $1.1 }) else {
            fatalError("no adr to test: run `make build`, or set ADR_BINARY")
        }
        return newest.0
    }()
}
