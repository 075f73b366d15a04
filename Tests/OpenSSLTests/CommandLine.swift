import Foundation
import Testing

/// Runs a command line of the shell in a new folder with `files` in it; returns its exit status and the files it left.
func shell(_ command: String, _ files: [String: [UInt8]] = [:]) throws -> (status: Int32, files: [String: [UInt8]]) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("openssl-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    var left: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        left[name] = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }
    return (process.terminationStatus, left)
}
