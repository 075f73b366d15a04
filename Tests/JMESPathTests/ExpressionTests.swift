import JSON
import Testing

@testable import JMESPath

/// The parts of the language, one by one.
struct ExpressionTests {
    @Test(arguments: [
        ("a", #"{"a":1}"#, "1"),
        ("a", #"{"b":1}"#, "null"),
        ("a", "[1]", "null"),
        ("a", #""text""#, "null"),
        ("_A9", #"{"_A9":true}"#, "true"),
        (#""a b""#, #"{"a b":1}"#, "1"),
        (#""a\"b\\c\/\n""#, #"{"a\"b\\c/\n":1}"#, "1"),
        (#""\u00e9""#, #"{"é":1}"#, "1"),
        (#""\ud83d\ude00""#, #"{"😀":1}"#, "1"),
        (#""é""#, "{\"e\u{301}\":1}", "null"),
        (#""""#, #"{"":1}"#, "1"),
        ("a.b.c", #"{"a":{"b":{"c":[]}}}"#, "[]"),
        ("a.b.c", #"{"a":{"b":1}}"#, "null"),
        ("a . b", #"{"a":{"b":1}}"#, "1"),
        ("@", "[1.0,1]", "[1.0,1]"),
        ("@.a", #"{"a":1}"#, "1"),
    ])
    func identifiers(expression: String, text: String, result: String) throws {
        #expect(try selected(expression, from: text) == result)
    }

    @Test(arguments: [
        ("[0]", "1"), ("[2]", "3"), ("[3]", "null"), ("[-1]", "3"), ("[-3]", "1"), ("[-4]", "null"), ("[007]", "null"),
        ("[99999999999999999999]", "null"), ("[-99999999999999999999]", "null"), ("@[0]", "1"), ("a[0]", "null"),
    ])
    func indexes(expression: String, result: String) throws {
        #expect(try selected(expression, from: "[1,2,3]") == result)
    }

    @Test(arguments: [
        ("[:]", "[0,1,2,3,4]"), ("[::]", "[0,1,2,3,4]"), ("[1:3]", "[1,2]"), ("[3:1]", "[]"), ("[-2:]", "[3,4]"),
        ("[:-2]", "[0,1,2]"), ("[::2]", "[0,2,4]"), ("[1::2]", "[1,3]"), ("[::-1]", "[4,3,2,1,0]"),
        ("[3:1:-1]", "[3,2]"),
        ("[::-2]", "[4,2,0]"), ("[-9:9]", "[0,1,2,3,4]"), ("[9:-9:-1]", "[4,3,2,1,0]"),
        ("[1:9:99999999999999999999]", "[1]"),
        ("[9::-99999999999999999999]", "[4]"), ("[-99999999999999999999:99999999999999999999]", "[0,1,2,3,4]"),
        ("[5:]", "[]"),
        ("[0:0:-1]", "[]"),
    ])
    func slices(expression: String, result: String) throws {
        #expect(try selected(expression, from: "[0,1,2,3,4]") == result)
    }

    @Test func slicesOfNothing() throws {
        #expect(try selected("[::-1]", from: "[]") == "[]")
        #expect(try selected("[:]", from: #""text""#) == "null")
        #expect(try complaint("[::0]", over: "[1]") == "slice step cannot be zero")
        #expect(try selected("[::0]", from: "{}") == "null")
    }

    @Test(arguments: [
        ("a[*].b", #"{"a":[{"b":1},{"c":2},{"b":null},{"b":3}]}"#, "[1,3]"),
        ("a[*].b", #"{"a":{"b":1}}"#, "null"),
        ("a[*].b[*]", #"{"a":[{"b":[1,2]},{"b":[3]},{"b":4}]}"#, "[[1,2],[3]]"),
        ("a[*].b[0]", #"{"a":[{"b":[1,2]},{"b":[3]}]}"#, "[1,3]"),
        ("a[*].b | [0]", #"{"a":[{"b":[1,2]},{"b":[3]}]}"#, "[1,2]"),
        ("(a[*].b)[0]", #"{"a":[{"b":[1,2]},{"b":[3]}]}"#, "[1,2]"),
        ("[*]", "[1,null,2]", "[1,2]"),
        ("[*][0]", "[[1],[2]]", "[1,2]"),
        ("*", #"{"z":1,"a":null,"b":[2]}"#, "[1,[2]]"),
        ("*.a", #"{"x":{"a":1},"y":2,"z":{"a":3}}"#, "[1,3]"),
        ("a.*.b", #"{"a":{"x":{"b":1},"y":{"b":2}}}"#, "[1,2]"),
        ("*.*", #"{"x":{"a":1},"y":{"b":2}}"#, "[[1],[2]]"),
        ("*", "[1]", "null"),
        ("a[1:].b", #"{"a":[{"b":1},{"b":2},{"b":3}]}"#, "[2,3]"),
        ("a[0][0:2].b", #"{"a":[[{"b":1},{"b":2}]]}"#, "null"),
        ("a[0].c[0:1].b", #"{"a":[{"c":[{"b":1},{"b":2}]}]}"#, "[1]"),
    ])
    func projections(expression: String, text: String, result: String) throws {
        #expect(try selected(expression, from: text) == result)
    }

    @Test(arguments: [
        ("[]", "[1,[2,[3]],[],null,[4]]", "[1,2,[3],4]"),
        ("[][]", "[1,[2,[3,[4]]]]", "[1,2,3,[4]]"),
        ("a[].b", #"{"a":[{"b":1},[{"b":2}]]}"#, "[1,2]"),
        ("a[].b[]", #"{"a":[{"b":[1,2]},{"b":[3,[4]]}]}"#, "[1,2,3,[4]]"),
        ("a[].b[].c", #"{"a":[{"b":[{"c":1}]},{"b":[{"c":2},{}]}]}"#, "[1,2]"),
        ("[]", "{}", "null"),
        ("*[]", #"{"a":[1,[2]],"b":3}"#, "[1,[2],3]"),
    ])
    func flattening(expression: String, text: String, result: String) throws {
        #expect(try selected(expression, from: text) == result)
    }

    @Test(arguments: [
        (
            "[?a]", #"[{"a":0},{"a":""},{"a":[]},{"a":{}},{"a":false},{"a":null},{"a":true},{}]"#,
            #"[{"a":0},{"a":true}]"#
        ),
        ("[?a > `1`].a", #"[{"a":1},{"a":2},{"a":null},{"a":true},{"a":4}]"#, "[2,4]"),
        ("[?a == 'x'].b | [0]", #"[{"a":"y","b":1},{"a":"x","b":2}]"#, "2"),
        ("[?a][]", #"[{"a":1},[{"a":2}]]"#, #"[{"a":1}]"#),
        ("[?a && b || !c].a", #"[{"a":1,"b":1,"c":1},{"a":2,"c":0},{"a":3,"c":false}]"#, "[1,3]"),
        ("[?a][?b].a", #"[{"a":1}]"#, "[]"),
        ("x[?@ != `2`]", #"{"x":[1,2,3]}"#, "[1,3]"),
        ("[?@]", "{}", "null"),
    ])
    func filters(expression: String, text: String, result: String) throws {
        #expect(try selected(expression, from: text) == result)
    }

    @Test(arguments: [
        ("`1` == `1.0`", "true"), ("`1` == `true`", "false"), ("`0` == `false`", "false"),
        ("`[1]` == `[true]`", "true"),
        ("`[1, {\"a\": 2.0}]` == `[1.0, {\"a\": 2}]`", "true"),
        ("`{\"a\": 1, \"b\": 2}` == `{\"b\": 2, \"a\": 1}`", "true"),
        ("`{\"a\": 1}` == `{\"a\": 1, \"b\": null}`", "false"), ("'a' == 'a'", "true"), ("'a' != 'b'", "true"),
        ("`null` == missing", "true"), ("'1' == `1`", "false"), ("`9007199254740993` == `9007199254740992.0`", "false"),
        ("`9007199254740993` > `9007199254740992.0`", "true"),
        ("`9223372036854775807` < `9223372036854775808`", "true"),
        ("`-0.5` < `0`", "true"), ("`0.5` > `0`", "true"), ("`2` >= `2.0`", "true"), ("`2` <= `1.5`", "false"),
        ("'a' < 'b'", "true"), ("'Z' < 'a'", "true"), ("'\u{FF21}' < '😀'", "true"), ("'é' == 'e\u{301}'", "false"),
        ("`true` < `1`", "null"), ("`[1]` < `[2]`", "null"), ("missing > `1`", "null"), ("`NaN` == `NaN`", "false"),
        ("`1` == `1` == `true`", "true"), ("`1` < `2` == `true`", "true"), ("(&a) == (&a)", "false"),
        ("(&a) != (&a)", "true"),
        ("(&a) < `1`", "null"),
    ])
    func comparisons(expression: String, result: String) throws {
        #expect(try selected(expression) == result)
    }

    @Test func numbersAndStringsHaveNoOrder() throws {
        let message = "'>' not supported between instances of 'str' and 'int'"
        #expect(try complaint("[?a > `1`]", over: #"[{"a":1},{"a":"3"}]"#) == message)
        #expect(try complaint("`1.5` <= 'a'") == "'<=' not supported between instances of 'float' and 'str'")
    }

    @Test(arguments: [
        ("a || b", "1"), ("z || b", "2"), ("z || e", "[]"), ("z || e || b", "2"), ("a && b", "2"), ("e && b", "[]"),
        ("z && b", "null"),
        ("!a", "false"), ("!e", "true"), ("!!e", "false"), ("!`0`", "false"), ("`0` && a", "1"), ("a || b && z", "1"),
        ("(a || b) && z", "null"), ("!a || b", "2"), ("!(a || b)", "false"), ("!a.b", "null"), ("!(a.b)", "true"),
        ("a == `1` && b == `2`", "true"),
        ("z || a | @", "1"), ("a || unknown()", "1"), ("e && unknown()", "[]"), ("!&a", "false"),
    ])
    func logic(expression: String, result: String) throws {
        #expect(try selected(expression, from: #"{"a":1,"b":2,"z":null,"e":[]}"#) == result)
    }

    @Test(arguments: [
        ("[b, a]", "[2,1]"), ("{z: b, a: a}", #"{"z":2,"a":1}"#), ("{z: b, a: a, z: c}", #"{"z":null,"a":1}"#),
        (#"{"é ": a}"#, #"{"\u00e9 ":1}"#), ("x.[a]", "null"), ("x.{a: a}", "null"), ("[x]", "[null]"),
        ("@.{a: x}", #"{"a":null}"#),
        ("l[*].[a, b]", "[[1,null],[null,2]]"), ("l[].{c: a}", #"[{"c":1},{"c":null}]"#), ("l.[a]", "[null]"),
        ("[[a], {b: [b]}]", #"[[1],{"b":[2]}]"#), ("[*]", "null"), ("@.[*]", "[[1,2,[{\"a\":1},{\"b\":2}]]]"),
    ])
    func multiSelects(expression: String, result: String) throws {
        #expect(try selected(expression, from: #"{"a":1,"b":2,"l":[{"a":1},{"b":2}]}"#) == result)
    }

    @Test(arguments: [
        ("`1`", "1"), ("`1.0`", "1.0"), ("`\"a\"`", #""a""#), ("`[1, null, {\"b\": true}]`", #"[1,null,{"b":true}]"#),
        ("`\"a\\`b\"`", #""a`b""#), ("` 1 `", "1"), ("`foo`", #""foo""#), ("` foo bar `", #""foo bar ""#),
        ("``", #""""#),
        ("`01`", #""01""#), ("`1.`", #""1.""#), ("`'a'`", #""'a'""#), ("`a\\`b`", #""a`b""#), ("`\\u0041`", #""A""#),
        ("`{\"a\": 1, \"b\": 2, \"a\": 3}`", #"{"a":3,"b":2}"#), ("`1e999`", "Infinity"), ("`NaN`", "NaN"),
        ("`123456789012345678901`", "1.2345678901234568e+20"), ("`1E+2`", "100.0"), ("`-0`", "0"), ("`-0.0`", "-0.0"),
        ("'a'", #""a""#), ("''", #""""#), (#"'it\'s'"#, #""it's""#), (#"'a\\b'"#, #""a\\\\b""#), (#"'\n'"#, #""\\n""#),
        ("'\"`'", #""\"`""#), ("'a\nb'", #""a\nb""#),
    ])
    func literals(expression: String, result: String) throws {
        #expect(try selected(expression) == result)
    }

    @Test(arguments: [
        ("a | b", "1"), ("a | b | @", "1"), ("c[*] | [0]", "1"), ("c[*].x | [0]", "null"), ("a || c | [1]", "null"),
        ("a | (b || @)", "1"),
        ("(a).b", "1"), ("(c)[0]", "1"), ("(length)(c)", "3"),
    ])
    func pipesAndParentheses(expression: String, result: String) throws {
        #expect(try selected(expression, from: #"{"a":{"b":1},"c":[1,2,3]}"#) == result)
    }

    @Test func keepsTheOrderOfKeys() throws {
        let text = #"{"z":{"y":1,"b":2},"a":3}"#
        #expect(try selected("@", from: text) == text)
        #expect(try selected("keys(@)", from: text) == #"["z","a"]"#)
        #expect(try selected("{b: a, a: z}", from: text) == #"{"b":3,"a":{"y":1,"b":2}}"#)
    }

    /// References are handed on but never stored.
    @Test func expressionReferences() throws {
        #expect(try selected("map(not_null(missing, &a), @)", from: #"[{"a":1}]"#) == "[1]")
        #expect(try complaint("&a")?.hasPrefix("An expression reference") == true)
        #expect(try complaint("[&a]", over: "1")?.hasPrefix("An expression reference") == true)
        #expect(try complaint("[*].not_null(&a)", over: "[1]")?.hasPrefix("An expression reference") == true)
    }
}
