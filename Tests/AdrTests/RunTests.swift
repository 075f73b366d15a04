import Foundation
import Testing

@testable import TestSupport

@Suite struct Running {
    @Test func `outputs, status and signal are told apart`() throws {
        let outcome = try Run.command(["sh", "-c", "echo out; echo err >&2; exit 3"])
        #expect((outcome.output, outcome.errors) == ("out\n", "err\n"))
        #expect(outcome.status == 3)
        #expect(outcome.signal == nil)

        let killed = try Run.command(["sh", "-c", "kill -TERM $$"])
        #expect(killed.signal == SIGTERM)
        #expect(killed.status == 128 + SIGTERM)
    }

    @Test func `much data moves both ways at once`() throws {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
        let outcome = try Run.command(["tee", "/dev/stderr"], input: input)
        #expect(outcome.stdout == input)
        #expect(outcome.stderr == input)
    }

    @Test func `outputs may be written one after the other`() throws {
        let outcome = try Run.command(["sh", "-c", "yes e | head -c 1000000 >&2; yes o | head -c 1000000"])
        #expect((outcome.stdout.count, outcome.stderr.count) == (1_000_000, 1_000_000))
    }

    @Test func `a program need not read its input`() throws {
        let outcome = try Run.command(["true"], input: .init(repeating: 1, count: 1_000_000))
        #expect(outcome.status == 0)
    }

    @Test func `the child has SIGPIPE and standard input in their usual state`() throws {
        let broken = try Run.command(["bash", "-c", "yes | head -n 1; echo ${PIPESTATUS[0]}"])
        #expect(broken.output == "y\n\(128 + SIGPIPE)\n")
        #expect(try Run.command(["readlink", "/proc/self/fd/0"]).output == "/dev/null\n")
    }

    @Test func `it runs where and with what it is told`() throws {
        let scratch = Scratch()
        scratch.write("bin/tool", "#!/bin/sh\necho \"$PWD $WORD\"")
        #expect(chmod(scratch.file("bin/tool"), 0o755) == 0)
        let environment = ["PATH": scratch.file("bin"), "WORD": "hello"]
        let outcome = try Run.command(["tool"], environment: environment, directory: scratch.path)
        #expect(outcome.output == "\(scratch.path) hello\n")
        #expect(try Run.command(["bin/tool"], environment: [:], directory: scratch.path).output == "\(scratch.path) \n")
    }

    @Test func `a program just written can be run while other tests start theirs`() async throws {
        try await withThrowingTaskGroup { group in
            for number in Int32(0)..<40 {
                group.addTask {
                    let scratch = Scratch()
                    scratch.write("tool", "#!/bin/sh\nexit \(number)")
                    #expect(chmod(scratch.file("tool"), 0o755) == 0)
                    let outcome = try Run.command([scratch.file("tool")])
                    #expect(outcome.status == number)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `what cannot be started is an error that names it`() {
        #expect(throws: RunError.self) { try Run.command(["no-such-program-at-all"]) }
        #expect(throws: RunError.self) { try Run.command(["/no/such/program"]) }
        #expect(throws: RunError.self) { try Run.command(["true"], directory: "/no/such/folder") }
        #expect(throws: RunError.self) { try Run.command([]) }
        let error = #expect(throws: RunError.self) { try Run.command(["no-such-program-at-all"]) }
        #expect(error?.description.contains("no-such-program-at-all") == true)
    }

    @Test(arguments: [
        "sleep 1000",
        "exec sleep 1000 >&- 2>&-",
        "sleep 1000 & exit 0",
        "yes",
        "trap '' TERM INT HUP; while :; do sleep 1000; done",
    ])
    func `what does not end in time is killed, its children too`(script: String) throws {
        let scratch = Scratch()
        let error = #expect(throws: RunError.self) {
            try Run.command(
                ["sh", "-c", "echo early; echo $$ > pid; \(script)"],
                directory: scratch.path,
                timeout: 0.5
            )
        }
        guard case .timedOut(_, _, let outcome) = error else {
            Issue.record("no time-out: \(String(describing: error))")
            return
        }
        #expect(outcome.output.hasPrefix("early\n"))
        let group = try scratch.text("pid").filter(\.isNumber)
        let running = try Run.command(["ps", "-e", "-o", "pgid=,stat="]).output.split(separator: "\n").filter { line in
            let words = line.split(separator: " ")
            return words[0] == group && !words[1].hasPrefix("Z")
        }
        #expect(running == [])
    }
}

@Suite struct Scratches {
    @Test func `the folder is private, and gone afterwards, whatever lies in it`() throws {
        var path = ""
        do {
            let scratch = Scratch()
            path = scratch.path
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
            let file = scratch.write("deep/down/file", "text")
            #expect(file == scratch.file("deep/down/file"))
            #expect(try scratch.read("deep/down/file") == Array("text".utf8))
            #expect(chmod(scratch.file("deep"), 0o500) == 0)
            #expect(symlink("/etc", scratch.file("link")) == 0)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
    }

    @Test func `two have nothing in common`() {
        #expect(Scratch().path != Scratch().path)
    }
}

@Suite struct Peers {
    @Test func `what is in PATH is there, what is nowhere is not`() {
        #expect(Peer.available("sh"))
        #expect(!Peer.available("no-such-peer-at-all"))
    }

    @Test(.peer("pyca")) func `the Python found can import cryptography`() throws {
        let python = try #require(Peer.python)
        #expect(try Run.command([python, "-c", "import cryptography"]).status == 0)
    }

    @Test func `the program under test is an executable file`() {
        #expect(Binary.adr.hasPrefix("/"))
        #expect(FileManager.default.isExecutableFile(atPath: Binary.adr))
    }
}
