import JSON

/// One token of an expression.
struct Token: Sendable {
    /// The kinds under the names that the library's messages show.
    enum Kind: String, Sendable {
        case unquotedIdentifier = "unquoted_identifier"
        case quotedIdentifier = "quoted_identifier"
        case literal
        case number
        case dot
        case star
        case flatten
        case filter
        case leftBracket = "lbracket"
        case rightBracket = "rbracket"
        case leftBrace = "lbrace"
        case rightBrace = "rbrace"
        case leftParenthesis = "lparen"
        case rightParenthesis = "rparen"
        case comma
        case colon
        case current
        case expressionReference = "expref"
        case pipe
        case or
        case and
        case not
        case equal = "eq"
        case notEqual = "ne"
        case less = "lt"
        case lessOrEqual = "lte"
        case greater = "gt"
        case greaterOrEqual = "gte"
        case end = "eof"
    }

    let kind: Kind
    /// Where it begins, in code points.
    let position: Int
    /// The name of an identifier, the digits of a number without leading zeros, else the token as it was written.
    let text: String
    /// What a `literal` stands for.
    let literal: JSONValue

    init(_ kind: Kind, at position: Int, text: String, literal: JSONValue = .null) {
        self.kind = kind
        self.position = position
        self.text = text
        self.literal = literal
    }

    /// As messages show it.
    var shown: String {
        kind == .literal ? literal.pythonText : text
    }

    /// The value of a `number`. What `Int` cannot hold becomes its nearest value: no array is that long.
    var integer: Int {
        Int(text) ?? (text.utf8.first == UInt8(ascii: "-") ? .min : .max)
    }
}

extension Token.Kind {
    /// Powers below this one end what a projection applies to each element.
    static let projectionStop = 10

    /// How tightly the token binds what stands left of it.
    var bindingPower: Int {
        switch self {
        case .pipe: 1
        case .or: 2
        case .and: 3
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 5
        case .flatten: 9
        case .star: 20
        case .filter: 21
        case .dot: 40
        case .not: 45
        case .leftBrace: 50
        case .leftBracket: 55
        case .leftParenthesis: 60
        default: 0
        }
    }
}
