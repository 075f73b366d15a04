import Testing

@testable import CommandTable

@Suite struct ValueTests {
    @Test func everyWayOfGivingOneValue() throws {
        for line in [
            ["-n", "a"], ["-n=a"], ["-na"], ["--ns", "a"], ["--ns=a"], ["--namespace", "a"], ["--names=a"],
            ["--namesp", "a"], ["--ns", "b", "--namespace=a"],
        ] {
            guard case .run(_, let arguments) = Sample.table.parse(["ns", "create"] + line, environment: { _ in nil })
            else {
                Issue.record("\(line) is refused")
                continue
            }
            #expect(try arguments.required(Sample.name) == "A", "\(line)")
            #expect(arguments.has(Sample.name))
        }
    }

    @Test func attachedValuesAreTakenAsTheyAre() throws {
        #expect(try run("ns", "create", "-n=x", "--out=").arguments.value(Sample.out)?.isEmpty == true)
        #expect(try run("ns", "create", "-n=x", "--out=-x").arguments.value(Sample.out) == "-x")
        #expect(try run("ns", "create", "-n=x", "--out=--force").arguments.value(Sample.out) == "--force")
        #expect(try run("ns", "create", "-n=x", "--out=--").arguments.value(Sample.out) == "--")
        #expect(try run("ns", "create", "-n=x", "--out=a=b").arguments.value(Sample.out) == "a=b")
        #expect(try run("ns", "create", "-nx=y").arguments.value(Sample.name) == "X=Y")
        #expect(
            try run("ns", "create", "-n=x", "--out=e\u{301}=\u{301}").arguments.value(Sample.out) == "e\u{301}=\u{301}"
        )
    }

    @Test func wordsWithDashesThatAreValues() throws {
        #expect(try run("ns", "create", "-n", "x", "--out", "-").arguments.value(Sample.out) == "-")
        #expect(try run("ns", "create", "-n", "x", "-d", "-5").arguments.value(Sample.days) == -5)
        #expect(try run("ns", "create", "-n", "x", "--out", "-.5").arguments.value(Sample.out) == "-.5")
        #expect(try run("ns", "create", "-n", "x", "--out", "-a b").arguments.value(Sample.out) == "-a b")
        let error = refusal("ns", "create", "-n", "x", "--out", "-abc")
        #expect(error.message == "argument --out: expected one argument")
        #expect(error.recommendations.first == "A value that begins with '-' is attached: --out=-abc")
    }

    @Test func lineThenEnvironmentThenDefault() throws {
        #expect(try run("ns", "list").arguments.value(Sample.group) == "default")
        let both = ["TOOL_GROUP": "one", "TOOL_DEFAULT_GROUP": "two"]
        let arguments = try run("ns", "list", environment: both).arguments
        #expect(try arguments.value(Sample.group) == "one")
        #expect(!arguments.has(Sample.group))
        let second = ["TOOL_GROUP": "", "TOOL_DEFAULT_GROUP": "two"]
        #expect(try run("ns", "list", environment: second).arguments.value(Sample.group) == "two")
        #expect(try run("ns", "list", "-g", "line", environment: both).arguments.value(Sample.group) == "line")
        #expect(try run("ns", "create", "-n", "x").arguments.value(Sample.days) == 30)
        #expect(try run("ns", "create", "-n", "x").arguments.value(Sample.policy) == nil)
    }

    @Test func environmentIsJudgedLikeTheLine() throws {
        #expect(try run("ns", "list", environment: ["TOOL_OUTPUT": "TSV"]).arguments.value(Sample.output) == "tsv")
        let error = refusal("ns", "list", environment: ["TOOL_OUTPUT": "xml"])
        #expect(error.message == "'xml' is not a valid value for '--output'. Allowed values: json, table, tsv.")
        #expect(error.recommendations.contains("The value comes from the environment variable TOOL_OUTPUT."))
    }

    @Test func environmentSatisfiesARequiredArgument() throws {
        let token = Argument<String>.text("--token", help: "Token", environment: ["TOKEN"])
        let table = CommandTable<Int>(
            program: "tool",
            summary: "",
            groups: { [] },
            commands: {
                [Command("go", summary: "Go", arguments: [.required(token)], examples: [], effect: .reads) { _, _ in }]
            },
            globals: [],
            aliases: []
        )
        guard case .run(_, let arguments) = table.parse(["go"], environment: { $0 == "TOKEN" ? "t" : nil }) else {
            Issue.record("it is refused")
            return
        }
        #expect(try arguments.required(token) == "t")
        guard case .failure(let error, let command) = table.parse(["go"], environment: { _ in nil }) else {
            Issue.record("it is not refused")
            return
        }
        #expect(error.message == "the following arguments are required: --token")
        #expect(error.recommendations.contains("--token may also come from the environment variable TOKEN."))
        #expect(command?.words == ["go"])
    }

    @Test func domainTypesAreJudgedWhenTheValueIsAskedFor() throws {
        let arguments = try run("ns", "create", "-n", "forbidden").arguments
        #expect(throws: Sample.Refused(name: "forbidden")) { try arguments.value(Sample.name) }
    }

    @Test func integersAreJudgedWhileParsing() throws {
        #expect(try run("ns", "create", "-n=x", "--days", " +1_0 ").arguments.value(Sample.days) == 10)
        #expect(
            refusal("ns", "create", "-n=x", "-d", "ten").message
                == "argument --days/-d: invalid int value: 'ten'"
        )
        #expect(
            refusal("ns", "create", "-n=x", "-d", "it's").message
                == "argument --days/-d: invalid int value: \"it's\""
        )
    }

    @Test func choicesAreReadWithoutCase() throws {
        #expect(try run("ns", "create", "-n=x", "--key-type", "rsa").arguments.value(Sample.key) == "RSA")
        #expect(try run("ns", "list", "-oTABLE").arguments.value(Sample.output) == "table")
        #expect(
            try run("ns", "create", "-n=x", "--sizes", "small", "LARGE").arguments.value(Sample.sizes)
                == ["Small", "Large"]
        )
        let error = refusal("ns", "list", "-o", "jsom")
        #expect(error.message == "'jsom' is not a valid value for '--output'. Allowed values: json, table, tsv.")
        #expect(error.recommendations.first == "Did you mean 'json' ?")
    }

    @Test func threeStateFlags() throws {
        let cases: [([String], Bool?)] = [
            ([], nil), (["--em"], true), (["--em", "true"], true), (["--em", "FALSE"], false), (["--em=False"], false),
            (["--em", "--force"], true), (["--em", "false", "--em"], true),
        ]
        for (line, expected) in cases {
            guard
                case .run(_, let arguments) = Sample.table.parse(
                    ["ns", "create", "-n", "x"] + line,
                    environment: { _ in nil }
                )
            else {
                Issue.record("\(line) is refused")
                continue
            }
            #expect(try arguments.value(Sample.manage) == expected, "\(line)")
            #expect(try arguments.isOn(Sample.manage) == (expected ?? false), "\(line)")
        }
        #expect(
            refusal("ns", "create", "-n=x", "--em", "yes").message
                == "'yes' is not a valid value for '--enable-management'. Allowed values: true, false."
        )
    }

    @Test func flagsTakeNoValue() throws {
        let arguments = try run("ns", "create", "-n=x", "--force").arguments
        #expect(try arguments.isOn(Sample.force))
        #expect(try !arguments.isOn(Sample.quick))
        #expect(try arguments.value(Sample.quick) == nil)
        #expect(
            refusal("ns", "create", "-n=x", "--force=true").message
                == "argument --force: ignored explicit argument 'true'"
        )
        let cluster = try run("ns", "create", "-qn", "x").arguments
        #expect(try cluster.isOn(Sample.quick))
        #expect(try cluster.value(Sample.name) == "X")
        #expect(
            refusal("ns", "create", "-n=x", "-qz").message == "argument -q/--quick: ignored explicit argument 'z'"
        )
    }

    @Test func lists() throws {
        #expect(try run("ns", "create", "--hubs", "a", "b", "-n", "x").arguments.value(Sample.hubs) == ["a", "b"])
        #expect(try run("ns", "create", "--hubs", "a", "--hubs", "b", "-n=x").arguments.value(Sample.hubs) == ["b"])
        #expect(try run("ns", "create", "--sizes", "-n", "x").arguments.value(Sample.sizes) == [])
        #expect(
            refusal("ns", "create", "--hubs", "-n", "x").message == "argument --hubs: expected at least one argument"
        )
    }

    @Test func tags() throws {
        func read(_ line: String...) throws -> [String] {
            guard
                case .run(_, let arguments) = Sample.table.parse(
                    ["ns", "create", "-n", "x"] + line,
                    environment: { _ in nil }
                )
            else { return ["refused"] }
            return try arguments.value(Sample.tags)?.map { "\($0.0)>\($0.1)" } ?? ["none"]
        }
        #expect(try read() == ["none"])
        #expect(try read("--tags", "a=1", "b=2=3", "c", "=d", "a=4") == ["a>4", "b>2=3", "c>", ">d"])
        #expect(try read("--tags") == [])
        #expect(try read("--tags", "") == [])
        #expect(try read("--tags", "a=1", "--force", "--tags", "b=2") == ["a>1", "b>2"])
        #expect(try read("--tags=a=1", "--tags", "b") == ["a>1", "b>"])
    }

    @Test func pathsBeginAtHome() throws {
        let home = ["HOME": "/home/me"]
        #expect(try run("file", "show", "~/a", environment: home).arguments.value(Sample.file) == "/home/me/a")
        #expect(try run("file", "show", "~", environment: home).arguments.value(Sample.file) == "/home/me")
        #expect(try run("file", "show", "~you/a", environment: home).arguments.value(Sample.file) == "~you/a")
        #expect(try run("file", "show", "-", environment: home).arguments.value(Sample.file) == "-")
        #expect(
            try run("file", "show", "f", "--out=~/b", environment: home).arguments.value(Sample.out) == "/home/me/b"
        )
        #expect(try run("file", "show", "~/a").arguments.value(Sample.file) == "~/a")
    }

    @Test func acceptedOptionsAreNamed() throws {
        let arguments = try run("ns", "create", "-n=x", "--sku", "S1", "--sku=S2").arguments
        #expect(arguments.ignored.map(\.option) == ["--sku"])
        #expect(arguments.ignored.map(\.note) == ["there are no tiers here"])
        #expect(try run("ns", "create", "-n=x").arguments.ignored.isEmpty)
        #expect(try run("ns", "create", "-n=x", "--secret", "s").arguments.value(Sample.secret) == "s")
    }

    @Test func confirmationAddsYes() throws {
        #expect(try run("ns", "delete", "-n=x", "--out=o", "-y").arguments.isOn(Standard.yes))
        #expect(try !run("ns", "delete", "-n=x", "--out=o", "--yes", "false").arguments.isOn(Standard.yes))
        #expect(try !run("ns", "delete", "-n=x", "--out=o").arguments.isOn(Standard.yes))
        #expect(refusal("ns", "create", "-n=x", "--yes").message == "unrecognized arguments: --yes")
    }

    @Test func valuesAreRequiredByTheCommandToo() throws {
        let arguments = try run("ns", "list").arguments
        #expect(throws: UsageError.self) { try arguments.required(Sample.policy) }
    }
}
