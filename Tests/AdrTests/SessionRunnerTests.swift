import Testing

@testable import TestSupport

@Suite struct SessionParsing {
    @Test func `commands, what they print and how they exit`() {
        let session = Session(
            """
            # A comment above the first command.

            $ echo one
            one
            $ false  # exits 1

            $ echo '# exits 3' there
            # exits 3 there
            """,
            line: 10
        )
        #expect(session.complaints.isEmpty)
        #expect(session.commands.map(\.line) == [12, 14, 16])
        #expect(session.commands.map(\.text) == ["echo one", "false  # exits 1", "echo '# exits 3' there"])
        #expect(session.commands.map(\.status) == [0, 1, 0])
        #expect(session.commands.map(\.expected) == [["one"], [""], ["# exits 3 there"]])
        #expect(session.commands.map(\.expectedLine) == [13, 15, 17])
    }

    @Test func `a command goes on after a backslash and in lines with an angle bracket`() {
        let session = Session(
            #"""
            $ echo a \
                b \
            > c # exits 4
            $ cat <<end
            > text
            > end
            text
            > no command any more
            """#
        )
        #expect(session.commands.map(\.text) == ["echo a \\\n    b \\\nc # exits 4", "cat <<end\ntext\nend"])
        #expect(session.commands.map(\.status) == [4, 0])
        #expect(session.commands.map(\.expected) == [[], ["text", "> no command any more"]])
        #expect(session.commands.map(\.expectedLine) == [4, 7])
    }

    @Test(arguments: ["", "# only a comment", "output of nothing\n$ true"])
    func `what is no session is a complaint, not a success`(text: String) throws {
        #expect(try Session(text).run(in: Scratch()).count == 1)
    }

    @Test func `only the blocks of the language are taken from a document`() {
        let sessions = Session.blocks(
            inMarkdown: """
                ```sh
                $ not this
                ```
                ```console
                $ echo 1
                ```
                ````markdown
                ```console
                $ quoted in another block
                ```
                ````
                1. In a list:

                   ~~~ console title
                   $ echo 2
                     2
                   ~~~

                ```console
                $ a block that the end of the document cuts off
                """
        )
        #expect(sessions.map { $0.commands.map(\.text) } == [["echo 1"], ["echo 2"]])
        #expect(sessions.map { $0.commands.map(\.line) } == [[5], [15]])
        #expect(sessions[1].commands[0].expected == ["  2"])
    }
}

@Suite struct WildcardMatching {
    @Test(arguments: [
        ("abc", "abc"), ("...", ""), ("...", "abc"), ("a...", "a"), ("a...c", "abbc"), ("...b", "abab"),
        ("\"id\": \"...\",", "\"id\": \"/x\","), ("a...b...c", "a-b-b-c-c"), ("......", "x"),
    ])
    func `a line matches`(expected: String, got: String) {
        #expect(Wildcard.matches(expected, got))
    }

    @Test(arguments: [("abc", "abd"), ("a...", "ba"), ("...c", "cb"), ("a...b...c", "acb"), ("", "a"), ("a..", "ab")])
    func `a line does not match`(expected: String, got: String) {
        #expect(!Wildcard.matches(expected, got))
    }

    @Test(arguments: [
        (["a", "b"], ["a", "b"]), (["..."], []), (["..."], ["a", "b"]), ([], ["", ""]), (["a "], ["a", ""]),
        (["a", "  ...", "z"], ["a", "z"]), (["a", "...", "z"], ["a", "z", "b", "z"]),
        (["...", "m...", "n", "..."], ["m", "m1", "n", "o"]),
    ])
    func `lines match`(expected: [String], got: [String]) {
        #expect(Wildcard.difference(expected: expected, got: got) == nil)
    }

    @Test(arguments: [
        (["a", "b"], ["a", "c"], 1), (["a", "b"], ["a"], 1), (["a"], ["a", "b"], 1), ([], ["a"], 0), (["a"], [], 0),
        (["...", "b"], ["b", "c"], 2), (["a", "...", "m", "z"], ["a", "1", "m", "2"], 3), ([" a"], ["a"], 0),
    ])
    func `lines do not match from here on`(expected: [String], got: [String], index: Int) {
        #expect(Wildcard.difference(expected: expected, got: got) == index)
    }
}

@Suite struct SessionPlaying {
    private let scratch = Scratch()

    @Test func `one shell plays all, in the scratch, with adr and a home of its own`() throws {
        let session = Session(
            """
            $ mkdir folder; cd folder; name=value; f() { echo "f $1"; }
            $ pwd; echo $name; f 1
            \(scratch.path)/folder
            value
            f 1
            $ command -v adr && test -x "$(command -v adr)"
            \(scratch.path)/.session/bin/adr
            $ echo "$HOME $ADR_HOME"
            \(scratch.path)/... \(scratch.path)/...
            $ cat; ls -A ..
            folder
            .session
            """.replacing("folder\n.session", with: ".session\nfolder")
        )
        #expect(try session.run(in: scratch).map(\.description) == [])
        #expect(try Session("$ ls\nfolder").run(in: scratch).map(\.description) == [], "sessions continue one another")
    }

    @Test func `both outputs come in the order of writing, with and without a last newline`() throws {
        let session = Session(
            """
            $ echo 1; echo 2 >&2; printf 3; printf 4 >&2
            1
            2
            34
            $ printf 'it'"'"'s %s\\n' "$(cat <<'end'
            > a 'quoted' "word"
            > end
            > )"
            it's a 'quoted' "word"
            $ (exit 7) # exits 7
            $ if # exits 2
            ...syntax error...
            ...
            $ echo still here
            still here
            """
        )
        #expect(try session.run(in: scratch).map(\.description) == [])
    }

    @Test func `what differs is told with its line`() throws {
        let mismatches = try Session(
            """
            $ echo same
            same
            $ printf 'a\\nb\\nc\\n'
            a
            x
            ...
            $ false
            $ true # exits 1
            $ echo unexpected
            """,
            line: 101
        ).run(in: scratch)
        #expect(mismatches.map(\.line) == [103, 107, 108, 109])
        #expect(
            mismatches.map(\.reasons) == [
                ["has no counterpart of line 105: x"], ["exited 1, expected was 0"], ["exited 0, expected was 1"],
                ["printed more than expected"],
            ]
        )
        #expect(
            mismatches[0].description == """
                line 103: $ printf 'a\\nb\\nc\\n'
                  has no counterpart of line 105: x
                ──────── expected ────────
                a
                x
                ...
                ──────── got ─────────────
                a
                b
                c
                ──────────────────────────
                """
        )
    }

    @Test func `a command that ends the shell, or never ends, is the last`() throws {
        let ended = try Session("$ echo last; exit 0\nlast\n$ echo never\nnever").run(in: scratch)
        #expect(ended.map(\.line) == [1])
        #expect(ended.first?.output?.got == ["last"])

        let late = try Session("$ true\n$ sleep 1000\n$ true").run(in: scratch, timeout: 0.5)
        #expect(late.map(\.line) == [2])
    }

    @Test func `what runs in the background ends with the session`() throws {
        let session = Session(
            """
            $ sleep 1000 & echo $! > background.pid
            $ kill -0 "$(cat background.pid)"
            """
        )
        #expect(try session.run(in: scratch).map(\.description) == [])
        // It may be a zombie for a moment, so it is looked for among what runs.
        let pid = try scratch.text("background.pid").trimmingPrefix(" ").prefix { $0.isNumber }
        #expect(try !Run.command(["ps", "-o", "stat=,args=", "-p", String(pid)]).output.contains("sleep 1000"))
    }
}
