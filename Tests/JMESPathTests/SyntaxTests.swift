import Testing

@testable import JMESPath

/// What is no expression, and the words for it.
struct SyntaxTests {
    @Test(arguments: [
        (".", "invalid token: Parse error at column 0, token \".\" (DOT), for expression:\n\".\"\n ^"),
        (
            "a.",
            "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: eof: "
                + "Parse error at column 2, token \"\" (EOF), for expression:\n\"a.\"\n   ^"
        ),
        (
            "a b",
            "Unexpected token: b: Parse error at column 2, token \"b\" (UNQUOTED_IDENTIFIER), for expression:\n\"a b\"\n   ^"
        ),
        ("a[", "Invalid jmespath expression: Incomplete expression:\n\"a[\"\n   ^"),
        ("a[?b", "Invalid jmespath expression: Incomplete expression:\n\"a[?b\"\n     ^"),
        (" ", "Invalid jmespath expression: Incomplete expression:\n\" \"\n  ^"),
        ("", "Invalid JMESPath expression: cannot be empty."),
        (
            "a[0:x]",
            "syntax error: Parse error at column 4, token \"x\" (UNQUOTED_IDENTIFIER), for expression:\n\"a[0:x]\"\n     ^"
        ),
        ("a[:::]", "syntax error: Parse error at column 4, token \":\" (COLON), for expression:\n\"a[:::]\"\n     ^"),
        (
            "a[*]b",
            "Unexpected token: b: Parse error at column 4, token \"b\" (UNQUOTED_IDENTIFIER), for expression:\n\"a[*]b\"\n     ^"
        ),
        ("a[007", "Invalid jmespath expression: Incomplete expression:\n\"a[007\"\n      ^"),
        ("(007)", "invalid token: Parse error at column 1, token \"7\" (NUMBER), for expression:\n\"(007)\"\n  ^"),
        (
            "{a}",
            "Expecting: colon, got: rbrace: Parse error at column 2, token \"}\" (RBRACE), for expression:\n\"{a}\"\n   ^"
        ),
        (
            "{`1`: a}",
            "Expecting: ['quoted_identifier', 'unquoted_identifier'], got: literal: "
                + "Parse error at column 1, token \"1\" (LITERAL), for expression:\n\"{`1`: a}\"\n  ^"
        ),
        (
            "@(a)",
            "Invalid function name '@': Parse error at column 0, token \"@\" (CURRENT), for expression:\n\"@(a)\"\n ^"
        ),
        (
            "\"length\"(a)",
            "Quoted identifier not allowed for function names.: Parse error at column 0, token \"(\" (LPAREN), "
                + "for expression:\n\"\"length\"(a)\"\n ^"
        ),
        (
            "a.`{\"b\": [true, null, 'c']}`",
            "Bad jmespath expression: Bad token {\"b\": [true, null, 'c']}:\n"
                + "a.`{\"b\": [true, null, 'c']}`\n  ^"
        ),
        (
            "a `{\"b\": [true, null, \"it's\"]}`",
            "Unexpected token: {'b': [True, None, \"it's\"]}: Parse error at column 2, "
                + "token \"{'b': [True, None, \"it's\"]}\" (LITERAL), for expression:\n\"a `{\"b\": [true, null, \"it's\"]}`\"\n   ^"
        ),
    ])
    func saysWhatTheParserSays(expression: String, message: String) {
        #expect(refusal(expression)?.message == message)
    }

    @Test(arguments: [
        ("a = b", "Unknown token '='", 2),
        ("a =", "Unknown token '='", 2),
        ("a-b", "Unknown token '-'", 1),
        ("é", "Unknown token é", 0),
        ("a.#", "Unknown token #", 2),
        ("'a", "Unclosed ' delimiter", 0),
        ("a || 'b\\'", "Unclosed ' delimiter", 5),
        ("\"a", "Unclosed \" delimiter", 0),
        ("`a\\", "Unclosed ` delimiter", 0),
        ("😀", "Unknown token 😀", 0),
        ("'😀' #", "Unknown token #", 4),
        (#""\x""#, #"Invalid \escape"#, 0),
        (#"a."\u12""#, #"Invalid \uXXXX escape"#, 2),
        ("\"a\nb\"", "Invalid control character at", 0),
        (#"`a"b`"#, #"Bad token a"b"#, 0),
    ])
    func saysWhatTheLexerSays(expression: String, reason: String, position: Int) throws {
        let found = try #require(refusal(expression))
        let caret = String(repeating: " ", count: position) + "^"
        #expect(found.message == "Bad jmespath expression: \(reason):\n\(expression)\n\(caret)")
        #expect(found.position == position)
    }

    @Test(arguments: [("a.😀", 2), ("a.", 2), ("é", 0), ("a[?b == 'é'", 11), ("", 0), ("a[:::]", 4)])
    func positionsAreCodePoints(expression: String, position: Int) {
        #expect(refusal(expression)?.position == position)
    }

    /// A token that cannot be read counts before all that cannot be parsed.
    @Test func lexesAllFirst() {
        #expect(refusal(". #")?.message.hasPrefix("Bad jmespath expression: Unknown token #") == true)
    }

    @Test(arguments: [
        "*foo", "*0", "foo[*]*", ".*", "foo..bar", "foo.1", "foo.-11", "foo[.]", "a]", "a][", "!", "((&", "![!(!",
        "@``", "foo[0, 1]",
        "foo[abc]", "foo.[a", "foo.[abc, ]", "foo.[abc,, def]", "a{b: c}", "a.{}", "a.{foo: bar, }", "{}", "foo ||",
        "|| foo",
        "foo[ ?bar]", "foo[?bar==]", "foo[?a<>b]", "foo[?`1``2`]", "foo.`1`", "foo[*].'a'", "a.'b'", "[0", "a!b", "a(b",
        "a.b.(c)",
        "a.@", "a[b:c]", "a[1:2:3:4]", "a &", "!=", "(a", "a)", "a == ", "[a,]", "[?]",
    ])
    func refuses(expression: String) {
        #expect(refusal(expression) != nil)
    }

    /// What the grammar forbids and the library takes all the same.
    @Test(arguments: [
        "length(a,)", "not_null(a b)", "{a: b c: d}", "length (a)", "(length)(a)", "&a", "a[-0]", "[*]\n\t.a\r",
    ])
    func takesWhatTheLibraryTakes(expression: String) {
        #expect(refusal(expression) == nil)
    }
}
