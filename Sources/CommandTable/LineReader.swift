/// The positional arguments that a line has not filled yet.
struct PositionalPlaces {
    var free: ArraySlice<ArgumentUse>
    /// Whether the word before was taken as a positional argument: then `--` after it belongs to it.
    var followsPositional = false

    init(of known: KnownOptions) {
        free = known.uses.filter(\.shape.isPositional)[...]
    }
}

/// An option at the end of a line, and how many values it has there.
struct Awaiting {
    let shape: ArgumentShape
    let taken: Int
}

/// Takes the arguments of a line one after the other, as argparse does.
struct LineReader {
    let known: KnownOptions
    private(set) var arguments: Arguments
    /// Words that nothing takes, in the order of the line.
    private(set) var extras: [String] = []
    /// Whether `--help` was met; nothing after it counts.
    private(set) var wantsHelp = false
    /// The option that a further word at the end of what was taken would be a value of.
    private(set) var awaiting: Awaiting?

    /// What `~` stands for.
    private let home: String?

    init(_ uses: [ArgumentUse], home: String?) {
        self.known = KnownOptions(uses: uses)
        self.arguments = Arguments()
        self.home = home
    }

    /// Goes on, with more options, where another reader stopped.
    init(_ uses: [ArgumentUse], continuing reader: LineReader) {
        self.known = KnownOptions(uses: uses)
        self.arguments = reader.arguments
        self.extras = reader.extras
        self.home = reader.home
    }

    /// Keeps a word that nothing takes, to be named when the line is at its end.
    mutating func refuse(_ word: String) {
        extras.append(word)
    }

    /// Takes a whole line: options and positional arguments in any order.
    mutating func take(all words: ArraySlice<String>) throws(UsageError) {
        let readings = try known.read(all: words)
        var places = PositionalPlaces(of: known)
        var index = words.startIndex
        while index < words.endIndex, !wantsHelp {
            index = try takeNext(at: index, of: words, readings, &places)
        }
    }

    /// Takes the word at `index`, with its values if it is an option, and says where the line goes on.
    mutating func takeNext(
        at index: Int,
        of words: ArraySlice<String>,
        _ readings: [Reading],
        _ places: inout PositionalPlaces
    ) throws(UsageError) -> Int {
        switch readings[index - words.startIndex] {
        case .option(let match):
            places.followsPositional = false
            return try take(match, at: index, of: words, readings)
        case .unknown:
            refuse(words[index])
            places.followsPositional = false
        case .value:
            places.followsPositional = try takePositional(words[index], into: &places.free)
        case .dashes:
            if places.free.isEmpty && !places.followsPositional { refuse(words[index]) }
        }
        return index + 1
    }

    /// Takes the option at `index` with its values, and says where the line goes on.
    mutating func take(
        _ first: OptionMatch,
        at index: Int,
        of words: ArraySlice<String>,
        _ readings: [Reading]
    ) throws(UsageError) -> Int {
        var flags: [Int] = []
        var match = first
        var shape = known.uses[match.use].shape
        // `-yn x` is `-y -n x`: what is attached to a short flag is the next short option.
        while shape.arity == .flag, let attached = match.attached {
            guard let letter = attached.unicodeScalars.first, !match.name.utf8.starts(with: "--".utf8),
                let use = known.place(of: "-\(letter)")
            else { throw .unexpectedValue(attached, of: shape) }
            flags.append(match.use)
            let rest = String(attached.unicodeScalars.dropFirst())
            match = OptionMatch(use: use, name: "-\(letter)", attached: rest.isEmpty ? nil : rest)
            shape = known.uses[use].shape
        }

        var values: [String] = []
        var next = index + 1
        if let attached = match.attached {
            values = [attached]
        } else {
            let most =
                switch shape.arity {
                case .flag: 0
                case .threeState, .one: 1
                case .zeroOrMore, .oneOrMore: Int.max
                }
            while next < words.endIndex, values.count < most, case .value = readings[next - words.startIndex] {
                values.append(words[next])
                next += 1
            }
        }
        if next == words.endIndex, match.attached == nil {
            awaiting = Awaiting(shape: shape, taken: values.count)
        }
        if values.isEmpty, shape.arity == .one || shape.arity == .oneOrMore {
            let error = UsageError.expectedValue(of: shape)
            guard next < words.endIndex, case .unknown = readings[next - words.startIndex] else { throw error }
            throw error.adding(["A value that begins with '-' is attached: \(match.name)=\(words[next])"])
        }

        for flag in flags { try put([], into: known.uses[flag]) }
        if !wantsHelp { try put(values, into: known.uses[match.use]) }
        return next
    }

    /// Whether a positional argument took the word; otherwise nothing takes it.
    private mutating func takePositional(
        _ word: String,
        into slots: inout ArraySlice<ArgumentUse>
    ) throws(UsageError) -> Bool {
        guard let slot = slots.first else {
            refuse(word)
            return false
        }
        switch slot.shape.arity {
        case .zeroOrMore, .oneOrMore:
            let earlier = slot.shape.extends ? [] : arguments.find(slot.shape.key)?.values ?? []
            try put(earlier + [word], into: slot)
        case .flag, .threeState, .one:
            try put([word], into: slot)
            slots.removeFirst()
        }
        return true
    }

    private mutating func put(_ values: [String], into use: ArgumentUse) throws(UsageError) {
        var checked: [String] = []
        for value in values { checked.append(try use.shape.checked(value, home: home)) }
        if use.shape.key == Standard.help.shape.key {
            wantsHelp = true
            return
        }
        if case .accepted(let note) = use.role { arguments.ignore(use.shape.key, note: note) }
        arguments.set(use.shape, checked, from: .line)
    }

    /// Fills from environment and defaults what the line left out. Throws ``UsageError`` if a required argument is
    /// still missing, if nothing took a word, or if the environment's value is none.
    mutating func finish(environment: (String) -> String?) throws(UsageError) {
        var missing: [ArgumentShape] = []
        for use in known.uses where arguments.find(use.shape.key) == nil {
            try fill(use.shape, environment: environment)
            if use.isRequired, arguments.find(use.shape.key) == nil { missing.append(use.shape) }
        }
        if !missing.isEmpty { throw .missing(missing) }
        if !extras.isEmpty {
            throw UsageError.unrecognized(extras).adding(nearOptions(to: extras))
        }
    }

    /// Gives an argument that the line left out its value from the environment, else its default, if it has either.
    mutating func fill(_ shape: ArgumentShape, environment: (String) -> String?) throws(UsageError) {
        if let (variable, value) = shape.fromEnvironment(environment) {
            do throws(UsageError) {
                arguments.set(shape, [try shape.checked(value, home: home)], from: .environment)
            } catch {
                throw error.adding(["The value comes from the environment variable \(variable)."])
            }
        } else if let standing = shape.default {
            // Whether the table's own default is allowed is no matter of the line.
            arguments.set(shape, [(try? shape.checked(standing, home: home)) ?? standing], from: .standing)
        }
    }

    private func nearOptions(to words: [String]) -> [String] {
        let names = known.uses.filter { !$0.isHidden && !$0.shape.isPositional }.flatMap(\.shape.names)
        var lines: [String] = []
        for word in words where word.utf8.first == UInt8(ascii: "-") {
            let name = word.utf8.firstIndex(of: UInt8(ascii: "=")).map { String(word[..<$0]) } ?? word
            for line in didYouMean(nearest(to: name, among: names)) where !lines.contains(line) { lines.append(line) }
        }
        return lines
    }
}

extension ArgumentShape {
    /// The value as it is kept: choices in their listed spelling, `~` replaced. Throws ``UsageError`` for a value of
    /// the wrong type or outside the list.
    func checked(_ value: String, home: String?) throws(UsageError) -> String {
        switch kind {
        case .text: break
        case .integer:
            if pythonInteger(value) == nil { throw .invalidInteger(value, of: self) }
        case .expression(let type, let problem):
            if let lines = problem(value) { throw .invalidValue(value, ofType: type, of: self).adding(lines) }
        case .file:
            if let home, value == "~" || value.utf8.starts(with: "~/".utf8) { return home + value.dropFirst() }
        }
        guard let choices else { return value }
        guard let listed = listedSpelling(of: value, among: choices) else {
            throw .invalidChoice(value, of: self, among: choices)
        }
        return listed
    }

    func fromEnvironment(_ environment: (String) -> String?) -> (variable: String, value: String)? {
        for variable in self.environment {
            if let value = environment(variable), !value.isEmpty { return (variable, value) }
        }
        return nil
    }
}
