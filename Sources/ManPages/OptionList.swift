import CommandTable

extension ArgumentUse {
    /// Why the argument has no effect; nil for one that has.
    var reasonToIgnore: String? {
        if case .accepted(let note) = role { note } else { nil }
    }
}

/// Arguments as a list of terms with what is to be said of each.
enum OptionList {
    /// The required ones first, those without effect last, else in the order of the table.
    static func lines(_ uses: [ArgumentUse]) -> [String] {
        let visible = uses.filter { !$0.isHidden }
        if visible.isEmpty { return [] }
        let working = visible.filter { $0.reasonToIgnore == nil }
        let ordered = working.filter(\.isRequired) + working.filter { !$0.isRequired }
        var lines = [".Bl -tag -width Ds"]
        for use in ordered { lines += [term(use)] + explanation(use.shape) }
        for use in visible where use.reasonToIgnore != nil {
            lines += [term(use)] + Markup.lines(of: "Accepted and ignored: \(sentence(use.reasonToIgnore ?? "")).")
        }
        return lines + [".El"]
    }

    private static func term(_ use: ArgumentUse) -> String {
        let shape = use.shape
        var term = ".It "
        if !shape.isPositional { term += "Fl " + shape.names.map(Roff.flag).joined(separator: " , ") + " " }
        term += value(shape)
        while term.hasSuffix(" ") { term.removeLast() }
        return term + (use.isRequired ? " Pq required" : "")
    }

    /// What stands for the value.
    static func value(_ shape: ArgumentShape) -> String {
        let name = Roff.arguments(shape.isPositional ? shape.key : shape.value)
        return switch shape.arity {
        case .flag: ""
        case .threeState: "Op Cm true | false"
        case .one: "Ar \(name)"
        case .oneOrMore: "Ar \(name) ..."
        case .zeroOrMore: "Op Ar \(name) ..."
        }
    }

    private static func explanation(_ shape: ArgumentShape) -> [String] {
        var lines = Markup.lines(of: sentence(shape.help) + ".")
        if let choices = shape.choices, shape.arity != .threeState {
            lines += [choices.count > 1 ? "The value is" : "The only value is"] + alternatives(choices.sorted())
        }
        if let standing = shape.default, !standing.isEmpty {
            lines += ["The default is", ".Cm \(Roff.arguments(standing)) ."]
        }
        for variable in shape.environment where !shape.help.contains("$" + variable) {
            lines += ["If it is not given, the variable", ".Ev \(variable)", "is used."]
        }
        if shape.extends { lines += ["Given again, it adds to what was given."] }
        return lines
    }

    /// `a, b or c.`
    private static func alternatives(_ choices: [String]) -> [String] {
        choices.enumerated().flatMap { place, choice in
            let ends = [choices.count - 2: "", choices.count - 1: " ."]
            let line = ".Cm \(Roff.arguments(choice))" + (ends[place] ?? " ,")
            return place > 0 && place == choices.count - 1 ? ["or", line] : [line]
        }
    }

    /// Without the full stop at the end, which not every text of the table has.
    private static func sentence(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
