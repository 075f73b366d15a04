import JSON
import Testing

@testable import JMESPath

struct FunctionTests {
    @Test(arguments: [
        ("abs(`-3`)", "3"), ("abs(`-3.5`)", "3.5"), ("abs(`-9223372036854775808`)", "9.223372036854776e+18"),
        ("ceil(`1.2`)", "2"), ("ceil(`-0.5`)", "0"), ("ceil(`3`)", "3"), ("floor(`1.8`)", "1"), ("floor(`-1.2`)", "-2"),
        ("floor(`1e300`)", "1e+300"), ("sum(`[1, 2]`)", "3"), ("sum(`[1, 2.0]`)", "3.0"), ("sum(`[]`)", "0"),
        ("sum(`[9223372036854775807, 1, -2]`)", "9223372036854775806"),
        ("sum(`[9223372036854775807, 1]`)", "9.223372036854776e+18"),
        ("avg(`[1, 2]`)", "1.5"), ("avg(`[2, 2]`)", "2.0"), ("avg(`[]`)", "null"), ("avg(`[0.5, 1]`)", "0.75"),
        ("avg(`[9007199254740993, 9007199254740993, 9007199254740994]`)", "9007199254740994.0"),
        ("avg(`[9223372036854775807, 9223372036854775807, -3]`)", "6.148914691236517e+18"),
        ("avg(`[-9223372036854775808, -9223372036854775808]`)", "-9.223372036854776e+18"),
    ])
    func numbers(expression: String, result: String) throws {
        #expect(try selected(expression) == result)
    }

    @Test(arguments: [
        ("12", "12"), (" 12\\n", "12"), ("-0", "0"), ("+7", "7"), ("007", "7"), ("1_000", "1000"), ("1.5", "1.5"),
        ("1.", "1.0"),
        (".5", "0.5"), ("1e3", "1000.0"), ("1_0.0_1e1_0", "100100000000.0"), ("-0.0", "-0.0"), ("Infinity", "Infinity"),
        ("-inf", "-Infinity"), ("nan", "NaN"), ("1e999", "Infinity"), ("99999999999999999999", "1e+20"), ("١٢", "12"),
        ("١.٥", "1.5"),
        ("\\u00a01\\u3000", "1"), ("", "null"), (" ", "null"), ("1__0", "null"), ("_1", "null"), ("1_", "null"),
        ("1_.0", "null"),
        ("1._0", "null"), ("+ 1", "null"), ("--1", "null"), ("0x10", "null"), ("1e", "null"), ("1e+", "null"),
        (".", "null"), ("e5", "null"),
        ("infin", "null"), ("nan(1)", "null"), ("²", "null"), ("1\\u0000", "null"), ("\\u001c1", "null"),
        ("1 2", "null"), ("a", "null"),
        ("1e_5", "null"), ("-", "null"), ("１", "1"),
    ])
    func numbersInTexts(text: String, result: String) throws {
        #expect(try selected("to_number(@)", from: "\"\(text)\"") == result)
    }

    @Test(arguments: [
        ("to_number(`1.50`)", "1.5"), ("to_number(`true`)", "null"), ("to_number(`[1]`)", "null"),
        ("to_number(`{}`)", "null"),
        ("to_number(`null`)", "null"), ("to_string('a')", #""a""#), ("to_string(`1`)", #""1""#),
        ("to_string(`1.0`)", #""1.0""#),
        ("to_string(`true`)", #""true""#), ("to_string(`null`)", #""null""#), ("to_string(`1e16`)", #""1e+16""#),
        ("to_string(`NaN`)", #""NaN""#), ("to_string(`[-1e999, 1e999]`)", #""[-Infinity,Infinity]""#),
        (
            #"to_string(`{"b": [1, "é😀\n\u007f/\"\\"], "a": null}`)"#,
            #""{\"b\":[1,\"\\u00e9\\ud83d\\ude00\\n\\u007f/\\\"\\\\\"],\"a\":null}""#
        ),
        ("to_array(`1`)", "[1]"), ("to_array(`[1]`)", "[1]"), ("to_array(`null`)", "[null]"),
        ("to_array(`{}`)", "[{}]"),
        ("type(`1`)", #""number""#), ("type(`1.5`)", #""number""#), ("type('a')", #""string""#),
        ("type(`true`)", #""boolean""#),
        ("type(`[]`)", #""array""#), ("type(`{}`)", #""object""#), ("type(`null`)", #""null""#), ("type(&a)", "null"),
    ])
    func conversions(expression: String, result: String) throws {
        #expect(try selected(expression) == result)
    }

    @Test(arguments: [
        ("length('é😀')", "2"), ("length('e\u{301}')", "2"), ("length('\r\n')", "2"), ("length(`[1, 2]`)", "2"),
        ("length(`{\"a\": 1}`)", "1"),
        ("length('')", "0"), ("reverse('ae\u{301}😀')", #""\ud83d\ude00\u0301ea""#),
        ("reverse(`[1, \"a\"]`)", #"["a",1]"#),
        ("starts_with('abc', 'ab')", "true"), ("starts_with('abc', '')", "true"), ("starts_with('ab', 'abc')", "false"),
        ("starts_with('e\u{301}', 'e')", "true"), ("starts_with('é', 'e\u{301}')", "false"),
        ("ends_with('abc', 'bc')", "true"),
        ("ends_with('abc', '')", "true"), ("ends_with('bc', 'abc')", "false"), ("ends_with('é', '\u{301}')", "false"),
        ("contains('abc', 'bc')", "true"), ("contains('abc', '')", "true"), ("contains('', 'a')", "false"),
        ("contains('aabaaab', 'aaab')", "true"),
        ("contains('abababac', 'ababac')", "true"), ("contains('aaa', 'aaaa')", "false"),
        ("contains('é', 'e\u{301}')", "false"),
        ("contains(`[1, \"a\", [2]]`, `[2.0]`)", "true"), ("contains(`[1]`, `true`)", "true"),
        ("contains(`[\"ab\"]`, 'a')", "false"),
        ("contains(`[]`, &a)", "false"), ("join(', ', `[\"a\", \"b\"]`)", #""a, b""#), ("join('', `[]`)", #""""#),
        ("join('-', `[\"a\"]`)", #""a""#),
    ])
    func strings(expression: String, result: String) throws {
        #expect(try selected(expression) == result)
    }

    @Test(arguments: [
        ("keys(`{\"b\": 1, \"a\": 2}`)", #"["b","a"]"#), ("values(`{\"b\": 1, \"a\": null}`)", "[1,null]"),
        ("keys(`{}`)", "[]"),
        ("merge(`{\"a\": 1, \"b\": 2}`, `{\"c\": 3, \"a\": null}`)", #"{"a":null,"b":2,"c":3}"#), ("merge(`{}`)", "{}"),
        ("not_null(`null`, `false`, `1`)", "false"), ("not_null(`null`)", "null"),
        ("map(&a, `[{\"a\": 1}, {}, 2]`)", "[1,null,null]"),
        ("map(&@, `[]`)", "[]"), ("map(&[], `[[1, [2]], 3]`)", "[[1,2],null]"), ("max(`[1, 3, 2]`)", "3"),
        ("max(`[1, 1.0]`)", "1"),
        ("min(`[1.0, 1]`)", "1.0"), ("max(`[\"a\", \"é\", \"Z\"]`)", #""\u00e9""#), ("min(`[\"a\", \"Z\"]`)", #""Z""#),
        ("max(`[]`)", "null"),
        ("min(`[]`)", "null"), ("sort(`[3, 1.5, 2]`)", "[1.5,2,3]"), ("sort(`[1.0, 1, 0]`)", "[0,1.0,1]"),
        ("sort(`[]`)", "[]"),
        ("sort(`[\"b\", \"a\", \"B\", \"\"]`)", #"["","B","a","b"]"#),
        ("sort(`[\"\\uff21\", \"\\ud83d\\ude00\"]`)", #"["\uff21","\ud83d\ude00"]"#),
    ])
    func collections(expression: String, result: String) throws {
        #expect(try selected(expression) == result)
    }

    @Test(arguments: [
        ("sort_by(@, &n)[].i", "[3,1,2,4]"), ("sort_by(@, &s)[].i", "[2,4,1,3]"), ("max_by(@, &n).i", "4"),
        ("min_by(@, &n).i", "3"),
        ("max_by(@, &s).i", "3"), ("min_by(@, &s).i", "2"), ("sort_by(`[]`, &x)", "[]"), ("max_by(`[]`, &x)", "null"),
        ("min_by(`[]`, &x)", "null"),
        ("sort_by(@, &length(s))[].i", "[1,2,3,4]"), ("max_by(@, &`1`).i", "1"), ("sort_by(@, &(n || i))[0].i", "3"),
    ])
    func byExpression(expression: String, result: String) throws {
        let text = #"[{"i":1,"n":2,"s":"b"},{"i":2,"n":2.0,"s":"a"},{"i":3,"n":-1,"s":"c"},{"i":4,"n":3,"s":"a"}]"#
        #expect(try selected(expression, from: text) == result)
    }

    @Test(arguments: [
        ("nothing()", "Unknown function: nothing()"),
        ("Length(@)", "Unknown function: Length()"),
        ("abs()", "Expected 1 argument for function abs(), received 0"),
        ("abs(`1`, `2`)", "Expected 1 argument for function abs(), received 2"),
        ("join('a')", "Expected 2 arguments for function join(), received 1"),
        ("not_null()", "Expected at least 1 argument for function not_null(), received 0"),
        ("merge()", "Expected at least 1 argument for function merge(), received 0"),
        ("abs('1')", "In function abs(), invalid type for value: 1, expected one of: ['number'], received: \"string\""),
        (
            "abs(`true`)",
            "In function abs(), invalid type for value: True, expected one of: ['number'], received: \"boolean\""
        ),
        (
            "abs(&a)",
            "In function abs(), invalid type for value: <expression>, expected one of: ['number'], received: \"expref\""
        ),
        (
            "length(`1.0`)",
            "In function length(), invalid type for value: 1.0, expected one of: ['string', 'array', 'object'], received: \"number\""
        ),
        (
            "length(missing)",
            "In function length(), invalid type for value: None, expected one of: ['string', 'array', 'object'], received: \"null\""
        ),
        (
            "keys(`[1, null, \"it's\", {\"a\\n\": 1.5}]`)",
            "In function keys(), invalid type for value: [1, None, \"it's\", {'a\\n': 1.5}], expected one of: ['object'], received: \"array\""
        ),
        (
            "sum(`[1, \"a\"]`)",
            "In function sum(), invalid type for value: a, expected one of: ['array-number'], received: \"str\""
        ),
        (
            "avg(`[true]`)",
            "In function avg(), invalid type for value: True, expected one of: ['array-number'], received: \"bool\""
        ),
        (
            "join('', `[1]`)",
            "In function join(), invalid type for value: 1, expected one of: ['array-string'], received: \"int\""
        ),
        (
            "join(`1`, `2`)",
            "In function join(), invalid type for value: 1, expected one of: ['string'], received: \"number\""
        ),
        (
            "max(`[1, \"a\"]`)",
            "In function max(), invalid type for value: a, expected one of: ['array-number', 'array-string'], received: \"str\""
        ),
        (
            "sort(`[\"a\", 1.5]`)",
            "In function sort(), invalid type for value: 1.5, expected one of: ['array-string', 'array-number'], received: \"float\""
        ),
        (
            "min(`[null]`)",
            "In function min(), invalid type for value: None, expected one of: ['array-number', 'array-string'], received: \"NoneType\""
        ),
        (
            "map(`1`, @)",
            "In function map(), invalid type for value: 1, expected one of: ['expref'], received: \"number\""
        ),
        (
            "map(&a, `1`)",
            "In function map(), invalid type for value: 1, expected one of: ['array'], received: \"number\""
        ),
        (
            "sort_by(`[{\"a\": null}]`, &a)",
            "In function sort_by(), invalid type for value: {'a': None}, expected one of: ['string', 'number'], received: \"null\""
        ),
        (
            "sort_by(`[{\"a\": 1}, {\"a\": \"x\"}]`, &a)",
            "In function sort_by(), invalid type for value: x, expected one of: ['number'], received: \"string\""
        ),
        (
            "max_by(`[{\"a\": []}]`, &a)",
            "In function max_by(), invalid type for value: [], expected one of: ['number', 'string'], received: \"array\""
        ),
        ("max_by(`[{\"a\": 1}, {\"a\": \"x\"}]`, &a)", "'>' not supported between instances of 'str' and 'int'"),
        ("min_by(`[{\"a\": 1}, {\"a\": \"x\"}]`, &a)", "'<' not supported between instances of 'str' and 'int'"),
        ("contains('a', `1`)", "'in <string>' requires string as left operand, not int"),
        (
            "contains(`1`, `1`)",
            "In function contains(), invalid type for value: 1, expected one of: ['array', 'string'], received: \"number\""
        ),
        (
            "reverse(`{}`)",
            "In function reverse(), invalid type for value: {}, expected one of: ['array', 'string'], received: \"object\""
        ),
        (
            "merge(`{}`, `[]`)",
            "In function merge(), invalid type for value: [], expected one of: ['object'], received: \"array\""
        ),
        ("ceil(`NaN`)", "cannot convert float NaN to integer"),
        ("floor(`1e999`)", "cannot convert float infinity to integer"),
        (
            "unknown(abs('a'))",
            "In function abs(), invalid type for value: a, expected one of: ['number'], received: \"string\""
        ),
    ])
    func refusals(expression: String, message: String) throws {
        #expect(try complaint(expression) == message)
    }

    /// What is not evaluated is not judged.
    @Test func judgesOnlyWhatIsEvaluated() throws {
        #expect(try selected("[?unknown(@)]", from: "[]") == "[]")
        #expect(try selected("a.[unknown(@)]", from: "{}") == "null")
        #expect(try complaint("a.unknown(@)", over: "{}") == "Unknown function: unknown()")
    }
}
