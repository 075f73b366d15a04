package struct Mismatch: Sendable, CustomStringConvertible {
    package var line: Int
    package var description: String { fatalError() }
}

package struct Session: Sendable {
    package static func blocks(inMarkdown text: String, language: String = "console") -> [Session] {
        fatalError()
    }

    package func run(in scratch: Scratch) throws -> [Mismatch] {
        fatalError()
    }
}
