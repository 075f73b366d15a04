import JSON

/// A compiled expression as a tree.
indirect enum Node: Sendable {
    /// `@`, and what is not written, as on the left of `[0]`.
    case current
    case field(String)
    case index(Int)
    case slice(Slice)
    case literal(JSONValue)
    /// `a.b`, `a | b`: each link is evaluated on the result of the one before.
    case chain([Node])
    /// `a[0][1]`: a chain too, but one that a further index or slice prolongs instead of projecting.
    case indexed([Node])
    case flatten(Node)
    /// `[*]`, and everything else that yields an array and goes on with each element.
    case projection(Node, each: Node)
    /// `*`
    case valueProjection(Node, each: Node)
    case filterProjection(Node, condition: Node, each: Node)
    case multiSelectList([Node])
    case multiSelectHash([(key: String, value: Node)])
    case comparison(Node, Comparison, Node)
    /// `a || b || c`
    case or([Node])
    /// `a && b && c`
    case and([Node])
    case not(Node)
    case call(Call)
    /// `&a`
    case reference(Node)
}

/// A function call. Which function it is and whether the arguments fit counts only when it is evaluated.
struct Call: Sendable {
    let name: String
    /// `nil` if no function has this name.
    let function: Function?
    let arguments: [Node]

    init(name: String, arguments: [Node]) {
        self.name = name
        self.function = Function(rawValue: name)
        self.arguments = arguments
    }
}
