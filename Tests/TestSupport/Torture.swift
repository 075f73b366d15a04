import Foundation

/// How much longer than usual the tests that can go on for ever go on: `TORTURE` in the environment, as `make torture`
/// sets it.
package enum Torture {
    /// By how much to multiply what is tried; 1 where nothing is asked for.
    package static let factor = Int(ProcessInfo.processInfo.environment["TORTURE"] ?? "").map { max(1, $0) } ?? 1

    /// Where a run starts with its seeds: at the same place every time, unless more than usual is asked for.
    package static let firstSeed = factor == 1 ? 1 : UInt64.random(in: 1...1 << 32)
}
