import Foundation
import Testing

/// Python's json module, which `az` prints with: the judge of our printer and parser.
enum PythonOracle {
    static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Runs the script with the input and returns what it wrote, without its status: a broken script shows in a
    /// comparison.
    static func run(_ script: String, input: [UInt8]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "adr-json-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let inputFile = folder.appending(path: "input")
        let outputFile = folder.appending(path: "output")
        try Data(input).write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        try process.run()
        process.waitUntilExit()
        return [UInt8](try Data(contentsOf: outputFile))
    }
}
