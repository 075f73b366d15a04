import Foundation
import JSON
import TestSupport
import Testing

/// `--query` on every command, and `adr query`.
@Suite struct FrontQueryTests {
    @Test func resultsAreQueriedBeforeTheyAreFormatted() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("ns create --name depot -g plant")
        func printed(_ words: String...) throws -> String { try person.adr(words).output }
        #expect(try printed("ns", "list", "--query", "[].name", "-o", "tsv") == "factory\ndepot\n")
        #expect(try printed("ns", "list", "--query", "length(@)") == "2\n")
        #expect(
            try printed("ns", "list", "--query", "[?name=='depot'].{Name: name, At: location}", "-o", "table")
                == "Name    At\n------  ------\ndepot   eastus\n"
        )
        #expect(
            try printed("ns", "list", "--query=[0].{b: name, a: type}", "-o", "tsv").hasPrefix("factory\tMicrosoft")
        )
        #expect(try printed("ns", "show", "--name", "factory", "--query", "name") == "\"factory\"\n")
        // Where nothing is selected nothing is printed, in any format.
        for format in ["json", "yaml", "table", "tsv"] {
            #expect(try printed("ns", "show", "--name", "factory", "--query", "nothing", "-o", format) == "")
        }
        #expect(try printed("ns", "list", "--query", "[?name=='x']") == "[]\n")
    }

    @Test(arguments: ["[", "", "a b", "foo(", "'open"])
    func whatIsNoQueryIsRefusedBeforeAnythingIsDone(query: String) throws {
        let person = Operator()
        let outcome = try person.adr(["ns", "create", "--name", "factory", "--query", query])
        #expect(outcome.status == 2 && outcome.output == "")
        let shown = query.contains("'") ? "\"\(query)\"" : "'\(query)'"
        #expect(
            outcome.errors.hasPrefix("ERROR: argument --query: invalid jmespath_type value: \(shown)\n"),
            "\(outcome)"
        )
        #expect(
            outcome.errors.contains("for expression:") || outcome.errors.lowercased().contains("jmespath expression: "),
            "\(outcome)"
        )
        #expect(!FileManager.default.fileExists(atPath: person.store))
    }

    /// As with az: the command has been done by then.
    @Test func aQueryThatFailsFailsTheCommand() throws {
        let person = Operator()
        let outcome = try person.adr(["ns", "create", "--name", "factory", "--query", "foo(@)"])
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(
            outcome.errors.hasPrefix("ERROR: Invalid jmespath query supplied for `--query`: Unknown function: foo()")
        )
        #expect(try person.adr("ns show --name factory").status == 0)
    }

    @Test func anyDocumentCanBeQueried() throws {
        let person = Operator()
        person.scratch.write("a.json", #"{"b": [{"n": 1}, {"n": 2.50}], "ä": "ö"}"#)
        #expect(try person.adr(["query", "a.json", "--query", "b[].n", "-o", "tsv"]).output == "1\n2.5\n")
        let all = try person.adr("query a.json")
        #expect(
            all.output
                == "{\n  \"b\": [\n    {\n      \"n\": 1\n    },\n    {\n      \"n\": 2.5\n    }\n  ],\n  \"ä\": \"ö\"\n}\n"
        )
        for words in [["query"], ["query", "-"]] {
            #expect(try person.adr(words + ["--query", "[1]"], input: Array("[1, 2]".utf8)).output == "2\n")
        }
        let yaml = try person.adr(["query", "-o", "yaml"], input: Array("[true, null]".utf8))
        #expect(yaml.output == "- true\n- null\n")
        #expect(!FileManager.default.fileExists(atPath: person.store))
    }

    @Test func whatIsNoDocumentIsRefused() throws {
        let person = Operator()
        for (text, place) in [("{\"a\": ]", "line 1, column 7"), ("", "line 1, column 1"), ("1 2", "line 1, column 3")]
        {
            let outcome = try person.adr(["query", "-"], input: text.isEmpty ? [0x20] : Array(text.utf8))
            #expect(outcome.status == 1 && outcome.output == "", "\(outcome)")
            #expect(outcome.errors.hasPrefix("ERROR: standard input is no JSON document: "), "\(outcome)")
            #expect(text.isEmpty || outcome.errors.contains(place), "\(outcome)")
        }
        let missing = try person.adr("query nowhere.json")
        #expect(missing.status == 1 && missing.errors.contains("nowhere.json"), "\(missing)")
        #expect(try person.adr("query a.json b.json").status == 2)
    }
}
