import Foundation
import JSON
import TestSupport
import Testing

@testable import AdrCLI

/// `@FILE` in place of a value.
@Suite struct FrontValueFilesTests {
    /// What az's core does with a file's bytes, `read_file_content`.
    private static let judge = """
        import base64, json, sys, tempfile
        def read(path):
            for encoding in ['utf-8-sig', 'utf-8', 'utf-16', 'utf-16le', 'utf-16be']:
                try:
                    with open(path, mode='r', encoding=encoding) as f:
                        return f.read()
                except UnicodeError:
                    pass
            with open(path, 'rb') as f:
                return base64.b64encode(f.read()).decode()
        with tempfile.TemporaryDirectory() as folder:
            path = folder + '/file'
            for line in sys.stdin:
                with open(path, 'wb') as f:
                    f.write(bytes.fromhex(line))
                print(json.dumps(read(path)))
        """

    private static func utf16(_ text: String, isBigEndian: Bool, hasMark: Bool) -> [UInt8] {
        ((hasMark ? "\u{FEFF}" : "") + text).utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isBigEndian ? [high, low] : [low, high]
        }
    }

    @Test(.peer("python3")) func bytesBecomeTextAsInAz() throws {
        var files: [[UInt8]] = [
            [], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x61], Array("a\r\nb\rc\n\n".utf8), Array("größe 😀\u{85}".utf8),
            [0xFF], [0xFF, 0xFE], [0xFE, 0xFF], [0xD8, 0x00, 0x61, 0x62], [0xFE, 0xFF, 0xD8, 0x00],
            [0xFF, 0xFE, 0x00, 0xD8], [0x61, 0x00, 0xFF, 0xD8],
        ]
        for text in ["grün\r\nrot", "😀 \u{1}"] {
            for isBigEndian in [false, true] {
                files += [true, false].map { Self.utf16(text, isBigEndian: isBigEndian, hasMark: $0) }
            }
        }
        var random = Chance(seed: 5)
        for _ in 0..<2_000 {
            let marks: [[UInt8]] = [[], [0xFF, 0xFE], [0xFE, 0xFF], [0xEF, 0xBB, 0xBF]]
            let bytes = (0..<random.below(12)).map { _ in
                UInt8([0, 0x0A, 0x0D, 0x61, 0xC3, 0xA9, 0xD8, 0xDC][random.below(8)])
            }
            files.append(marks[random.below(4)] + bytes)
        }
        let input = files.map { $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\n" }
        let outcome = try Run.command(["python3", "-c", Self.judge], input: Array(input.joined().utf8))
        try #require(outcome.status == 0, "\(outcome)")
        let answers = outcome.output.split(separator: "\n").map(String.init)
        try #require(answers.count == files.count)
        for (bytes, answer) in zip(files, answers) {
            let expected = try JSONValue(parsing: Array(answer.utf8)).stringValue ?? ""
            #expect(ValueFiles.decoded(bytes).utf8.elementsEqual(expected.utf8), "\(bytes)")
        }
    }

    private func tags(_ person: Operator, _ words: [String], input: String = "") throws -> JSONValue? {
        let line = ["ns", "update", "--name", "factory"] + words + ["--query", "tags"]
        let outcome = try person.adr(line, input: Array(input.utf8))
        guard outcome.status == 0 else { throw Unexpected(line: line.joined(separator: " "), outcome: outcome) }
        return outcome.stdout.isEmpty ? nil : try JSONValue(parsing: outcome.stdout)
    }

    @Test func valuesComeFromFiles() throws {
        let person = Operator()
        person.scratch.write("name", "factory\n\n")
        person.scratch.write("tag", "site=north hall\n")
        person.scratch.write("dir/site", "south")
        #expect(try person.adr(["ns", "create", "--name=@name", "-g", "@nothing.txt"]).status == 1)
        try person.expect("ns create --name=@name")
        #expect(try tags(person, ["--tags", "@tag"])?["site"]?.stringValue == "north hall")
        #expect(try tags(person, ["--tags", "site=@dir/site"])?["site"]?.stringValue == "south")
        #expect(try tags(person, ["--tags", "site=@~/dir/site"])?["site"]?.stringValue == "south")
        #expect(try tags(person, ["--tags", "@-"], input: "site=here\n")?["site"]?.stringValue == "here")
    }

    /// What is no file is a value, as for az.
    @Test func whatIsNoFileIsTakenAsItIs() throws {
        let person = Operator()
        try person.expect("ns create --name factory")
        person.scratch.write("dir/file", "x")
        #expect(try tags(person, ["--tags", "@nowhere"])?["@nowhere"]?.stringValue == "")
        #expect(try tags(person, ["--tags", "a=@dir"])?["a"]?.stringValue == "@dir")
        #expect(try tags(person, ["--tags", "a=b@dir/file", "c=@"])?["a"]?.stringValue == "b@dir/file")
        #expect(try tags(person, ["--tags", "a=@@dir/file"])?["a"]?.stringValue == "@@dir/file")
    }

    @Test func aFileWithoutEndIsRefused() throws {
        let person = Operator()
        let outcome = try person.adr(["ns", "list", "--query", "@/dev/zero"])
        #expect(outcome.status == 1 && outcome.errors.contains("/dev/zero is larger than 16 MiB"), "\(outcome)")
    }
}
