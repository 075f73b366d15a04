extension Argument where Value == String {
    /// One value taken as it is.
    package static func text(
        _ names: String...,
        value: String = "VALUE",
        help: String,
        section: String? = nil,
        default: String? = nil,
        environment: [String] = [],
        completion: CompletionSource = .none
    ) -> Argument<String> {
        Argument(
            shape: ArgumentShape(
                names: names,
                value: value,
                help: help,
                section: section,
                default: `default`,
                environment: environment,
                completion: completion
            ),
            convert: { $0.last ?? "" }
        )
    }

    /// One of the listed values, compared without case and handed over in the listed spelling.
    package static func choice(
        _ names: String...,
        value: String = "VALUE",
        help: String,
        section: String? = nil,
        choices: [String],
        default: String? = nil,
        environment: [String] = []
    ) -> Argument<String> {
        Argument(
            shape: ArgumentShape(
                names: names,
                value: value,
                help: help,
                section: section,
                choices: choices,
                default: `default`,
                environment: environment,
                completion: .choices
            ),
            convert: { $0.last ?? "" }
        )
    }

    /// A path, with a leading `~` replaced by the environment's `HOME`; `-` is left as it is.
    package static func file(
        _ names: String...,
        value: String = "FILE",
        help: String,
        section: String? = nil,
        default: String? = nil,
        environment: [String] = []
    ) -> Argument<String> {
        Argument(
            shape: ArgumentShape(
                names: names,
                value: value,
                help: help,
                section: section,
                default: `default`,
                environment: environment,
                completion: .files,
                kind: .file
            ),
            convert: { $0.last ?? "" }
        )
    }
}

extension Argument where Value == Int {
    /// An integer, read as Python's `int()` reads it: a sign, blanks around it, single underscores between digits.
    package static func integer(
        _ names: String...,
        value: String = "NUMBER",
        help: String,
        section: String? = nil,
        default: String? = nil,
        environment: [String] = []
    ) -> Argument<Int> {
        let shape = ArgumentShape(
            names: names,
            value: value,
            help: help,
            section: section,
            default: `default`,
            environment: environment,
            kind: .integer
        )
        return Argument(
            shape: shape,
            convert: { values in
                let text = values.last ?? ""
                guard let number = pythonInteger(text) else { throw UsageError.invalidInteger(text, of: shape) }
                return number
            }
        )
    }
}

extension Argument where Value == Bool {
    /// Given or not.
    package static func flag(_ names: String..., help: String, section: String? = nil) -> Argument<Bool> {
        Argument(
            shape: ArgumentShape(
                names: names,
                help: help,
                section: section,
                arity: .flag
            ),
            convert: { _ in true }
        )
    }

    /// A flag that also takes `true` or `false`, in any case.
    package static func threeState(
        _ names: String...,
        help: String,
        section: String? = nil,
        default: String? = nil,
        environment: [String] = []
    ) -> Argument<Bool> {
        Argument(
            shape: ArgumentShape(
                names: names,
                help: help,
                section: section,
                arity: .threeState,
                choices: ["true", "false"],
                default: `default`,
                environment: environment,
                completion: .choices
            ),
            convert: { $0.last != "false" }
        )
    }
}

extension Argument where Value == [String] {
    /// Every value up to the next option.
    package static func list(
        _ names: String...,
        value: String = "VALUE",
        help: String,
        section: String? = nil,
        arity: Arity = .zeroOrMore,
        choices: [String]? = nil,
        default: String? = nil,
        environment: [String] = [],
        completion: CompletionSource = .none,
        extends: Bool = false
    ) -> Argument<[String]> {
        Argument(
            shape: ArgumentShape(
                names: names,
                value: value,
                help: help,
                section: section,
                arity: arity,
                choices: choices,
                default: `default`,
                environment: environment,
                completion: completion,
                extends: extends
            ),
            convert: { $0 }
        )
    }
}

extension Argument where Value == [(String, String)] {
    /// Tags `key=value`, split at the first `=`; a bare key has an empty value, an empty word is no tag (so `""`
    /// alone clears), a repeated key keeps its place and takes the last value, a repeated option adds.
    package static func tags(
        _ names: String...,
        value: String = "KEY=VALUE",
        help: String,
        section: String? = nil
    ) -> Argument<[(String, String)]> {
        Argument(
            shape: ArgumentShape(
                names: names,
                value: value,
                help: help,
                section: section,
                arity: .zeroOrMore,
                extends: true
            ),
            convert: { words in
                var tags: [(String, String)] = []
                for word in words where !word.isEmpty {
                    let bytes = word.utf8
                    let split = bytes.firstIndex(of: UInt8(ascii: "="))
                    let key = String(word[..<(split ?? word.endIndex)])
                    let value = split.map { String(word[bytes.index(after: $0)...]) } ?? ""
                    if let place = tags.firstIndex(where: { $0.0 == key }) {
                        tags[place].1 = value
                    } else {
                        tags.append((key, value))
                    }
                }
                return tags
            }
        )
    }
}
