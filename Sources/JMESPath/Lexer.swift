import JSON

/// Cuts an expression into tokens. All positions are counted in code points.
struct Lexer {
    private let expression: String
    private let scalars: [Unicode.Scalar]
    private var position = 0

    private init(_ expression: String) {
        self.expression = expression
        scalars = Array(expression.unicodeScalars)
    }

    /// All tokens, the last of which is `end`.
    static func tokens(of expression: String) throws(JMESPathSyntaxError) -> [Token] {
        var lexer = Lexer(expression)
        var tokens: [Token] = []
        while let token = try lexer.next() {
            tokens.append(token)
        }
        tokens.append(Token(.end, at: lexer.scalars.count, text: ""))
        return tokens
    }

    private var current: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private func failure(_ reason: String, at start: Int) -> JMESPathSyntaxError {
        .lexical(reason, at: start, in: expression)
    }

    private mutating func next() throws(JMESPathSyntaxError) -> Token? {
        while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
            position += 1
        }
        guard let scalar = current else { return nil }
        let start = position
        switch scalar {
        case "a"..."z", "A"..."Z", "_":
            position += 1
            skip { $0 == "_" || ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) }
            return Token(.unquotedIdentifier, at: start, text: text(from: start))
        case "0"..."9", "-":
            return try number()
        case "\"":
            return try quotedIdentifier()
        case "'":
            let content = try delimited(by: "'")
            return Token(.literal, at: start, text: "", literal: .string(Self.unescaped(content, "'")))
        case "`":
            return try literal()
        case "[":
            position += 1
            if skip("]") { return Token(.flatten, at: start, text: "[]") }
            if skip("?") { return Token(.filter, at: start, text: "[?") }
            return Token(.leftBracket, at: start, text: "[")
        case "|": return token("|", doubled: .or, single: .pipe)
        case "&": return token("&", doubled: .and, single: .expressionReference)
        case "<": return token("=", doubled: .lessOrEqual, single: .less)
        case ">": return token("=", doubled: .greaterOrEqual, single: .greater)
        case "!": return token("=", doubled: .notEqual, single: .not)
        case "=":
            position += 1
            guard skip("=") else { throw failure("Unknown token '='", at: start) }
            return Token(.equal, at: start, text: "==")
        default:
            guard let kind = Self.kind(of: scalar) else { throw failure("Unknown token \(scalar)", at: start) }
            position += 1
            return Token(kind, at: start, text: String(scalar))
        }
    }

    private static func kind(of scalar: Unicode.Scalar) -> Token.Kind? {
        switch scalar {
        case ".": .dot
        case "*": .star
        case "]": .rightBracket
        case ",": .comma
        case ":": .colon
        case "@": .current
        case "(": .leftParenthesis
        case ")": .rightParenthesis
        case "{": .leftBrace
        case "}": .rightBrace
        default: nil
        }
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func skip(while belongs: (Unicode.Scalar) -> Bool) {
        while let scalar = current, belongs(scalar) {
            position += 1
        }
    }

    private func text(from start: Int) -> String {
        String(String.UnicodeScalarView(scalars[start..<position]))
    }

    /// The token of two characters if `second` follows the current one, else that of one.
    private mutating func token(
        _ second: Unicode.Scalar,
        doubled: Token.Kind,
        single: Token.Kind
    ) -> Token {
        let start = position
        position += 1
        let kind = skip(second) ? doubled : single
        return Token(kind, at: start, text: text(from: start))
    }

    private mutating func number() throws(JMESPathSyntaxError) -> Token {
        let start = position
        let isNegative = skip("-")
        let first = position
        skip { ("0"..."9").contains($0) }
        guard position > first else { throw failure("Unknown token '-'", at: start) }
        let digits = String(String.UnicodeScalarView(scalars[first..<position].drop { $0 == "0" }))
        let text = digits.isEmpty ? "0" : (isNegative ? "-" : "") + digits
        return Token(.number, at: start, text: text)
    }

    /// What stands up to the next delimiter without a backslash before it, the escapes as they are.
    private mutating func delimited(
        by delimiter: Unicode.Scalar
    ) throws(JMESPathSyntaxError) -> ArraySlice<Unicode.Scalar> {
        let start = position
        position += 1
        while let scalar = current, scalar != delimiter {
            position += scalar == "\\" ? 2 : 1
        }
        guard position < scalars.count else { throw failure("Unclosed \(delimiter) delimiter", at: start) }
        let content = scalars[(start + 1)..<position]
        position += 1
        return content
    }

    /// The text with its escaped delimiters replaced; all other backslashes stay.
    private static func unescaped(_ content: ArraySlice<Unicode.Scalar>, _ delimiter: Unicode.Scalar) -> String {
        var text = String.UnicodeScalarView()
        for place in content.indices {
            let next = place + 1
            if content[place] == "\\", next < content.endIndex, content[next] == delimiter { continue }
            text.append(content[place])
        }
        return String(text)
    }

    private mutating func quotedIdentifier() throws(JMESPathSyntaxError) -> Token {
        let start = position
        _ = try delimited(by: "\"")
        do {
            let name = try PythonJSON.string(in: scalars[start..<position])
            return Token(.quotedIdentifier, at: start, text: name)
        } catch {
            throw failure(error.message, at: start)
        }
    }

    /// A JSON text in backticks; what is none is a string without its quotation marks, a form that the specification
    /// once had and the library still takes (JEP 12).
    private mutating func literal() throws(JMESPathSyntaxError) -> Token {
        let start = position
        let lexeme = Self.unescaped(try delimited(by: "`"), "`")
        do {
            let value = try PythonJSON.value(of: Array(lexeme.unicodeScalars))
            return Token(.literal, at: start, text: "", literal: value)
        } catch .tooDeep {
            throw failure(PythonJSON.Failure.tooDeep.message, at: start)
        } catch {
            let content = lexeme.unicodeScalars.drop { $0.isPythonSpace }
            guard let string = try? PythonJSON.string(in: ["\""] + content + ["\""]) else {
                throw failure("Bad token \(lexeme)", at: start)
            }
            return Token(.literal, at: start, text: "", literal: .string(string))
        }
    }
}
