/// A line that is still being typed: what its words were taken for, and what the next one may be.
struct OpenLine {
    private var reader: LineReader
    private var places: PositionalPlaces
    /// Whether options may still follow: no `--` was met.
    private var takesOptions = true
    /// How many of the known options, the first, are those of every command.
    private let common: Int
    private let isOfCommand: Bool

    /// The options before the words of a command, as far as they were read.
    init(_ early: LineReader) {
        reader = early
        places = PositionalPlaces(of: early.known)
        common = early.known.uses.count
        isOfCommand = false
    }

    /// What follows the words of a command.
    init(_ arguments: [ArgumentUse], continuing early: LineReader) {
        reader = LineReader(early.known.uses + arguments, continuing: early)
        places = PositionalPlaces(of: reader.known)
        common = early.known.uses.count
        isOfCommand = true
    }

    /// Takes the words before the cursor's. What the parser would refuse is passed over.
    mutating func take(_ words: ArraySlice<String>) {
        let readings = words.map { word in
            guard takesOptions else { return Reading.value }
            let reading = (try? reader.known.read(word)) ?? .unknown
            if case .dashes = reading { takesOptions = false }
            return reading
        }
        var index = words.startIndex
        while index < words.endIndex, !reader.wantsHelp {
            do throws(UsageError) {
                index = try reader.takeNext(at: index, of: words, readings, &places)
            } catch {
                index = reader.known.passOver(index, of: words)
            }
        }
    }

    /// Whether the word at the cursor may also be that of a command or group.
    func takesWord(_ current: String) -> Bool {
        !isOfCommand && !reader.wantsHelp && awaited(by: current)?.isRequired != true
    }

    /// What the word at the cursor can be.
    func completions(
        of current: String,
        environment: (String) -> String?,
        names: (_ kind: String, _ soFar: Arguments, _ typed: String) -> [String]
    ) -> Completions {
        var found = Completions()
        if reader.wantsHelp { return found }

        func offerValues(of shape: ArgumentShape, after lead: String, _ typed: String) {
            func offer(_ values: [String]) {
                for value in values where begins(value, with: typed, folding: true) { found.offer(lead + value) }
            }
            switch shape.completion {
            case .none, .choices: offer(shape.choices ?? [])
            case .files: found.pathsAfter = lead
            case .names(let kind): offer(names(kind, saidSoFar(environment), typed))
            }
        }

        if let (shape, lead, typed) = attached(in: current) {
            offerValues(of: shape, after: lead, typed)
            return found
        }
        let beginsOption = takesOptions && current.utf8.first == UInt8(ascii: "-")
        if let awaited = awaited(by: current) {
            offerValues(of: awaited.shape, after: "", current)
            if awaited.isRequired { return found }
        }
        if !beginsOption, let place = places.free.first {
            offerValues(of: place.shape, after: "", current)
            if place.isRequired { return found }
        }
        if takesOptions, beginsOption || current.isEmpty && isOfCommand { offerOptions(beginning: current, to: &found) }
        return found
    }

    /// The option that takes the cursor's word as a value, and whether it must.
    private func awaited(by current: String) -> (shape: ArgumentShape, isRequired: Bool)? {
        guard takesOptions, let awaiting = reader.awaiting else { return nil }
        if current.utf8.first == UInt8(ascii: "-"), current.utf8.count > 1 { return nil }
        return switch awaiting.shape.arity {
        case .flag: nil
        case .threeState: awaiting.taken == 0 ? (awaiting.shape, false) : nil
        case .one: awaiting.taken == 0 ? (awaiting.shape, true) : nil
        case .zeroOrMore: (awaiting.shape, false)
        case .oneOrMore: (awaiting.shape, awaiting.taken == 0)
        }
    }

    /// The option whose value is attached to its name in the cursor's word: `--opt=val`, `-oval`.
    private func attached(in current: String) -> (shape: ArgumentShape, lead: String, typed: String)? {
        guard takesOptions, case .option(let match)? = try? reader.known.read(current), let value = match.attached
        else { return nil }
        let shape = reader.known.uses[match.use].shape
        guard shape.arity != .flag else { return nil }
        return (shape, String(decoding: current.utf8.dropLast(value.utf8.count), as: UTF8.self), value)
    }

    /// Of each option that is still of use, one spelling: what was typed if it is one, else the first that begins so.
    private func offerOptions(beginning typed: String, to found: inout Completions) {
        let hasLetters = typed.utf8.contains { $0 != UInt8(ascii: "-") }
        var required: [ArgumentUse] = []
        var optional: [ArgumentUse] = []
        var ofEveryCommand: [ArgumentUse] = []
        for (number, use) in reader.known.uses.enumerated() where !use.shape.isPositional && !isSpent(use.shape) {
            switch use.role {
            case .hidden: continue
            // What has no effect is offered to who asks for it, and is no noise to others.
            case .accepted where !hasLetters: continue
            case .required: required.append(use)
            case .optional, .accepted:
                if number < common { ofEveryCommand.append(use) } else { optional.append(use) }
            }
        }
        for use in required + optional + ofEveryCommand {
            let names = use.shape.names
            if let name = names.first(where: { $0 == typed })
                ?? names.first(where: { begins($0, with: typed, folding: false) })
            {
                found.offer(name, sentence(use.shape.help))
            }
        }
    }

    /// Whether giving the option once more would only replace what was given.
    private func isSpent(_ shape: ArgumentShape) -> Bool {
        !shape.extends && reader.arguments.find(shape.key) != nil
    }

    /// What line, environment and defaults say; what the parser would refuse is left out.
    private func saidSoFar(_ environment: (String) -> String?) -> Arguments {
        var reader = reader
        for use in reader.known.uses where reader.arguments.find(use.shape.key) == nil {
            try? reader.fill(use.shape, environment: environment)
        }
        return reader.arguments
    }
}

extension KnownOptions {
    /// Where a line goes on after an option that was refused: a value that is wrong has been a value all the same.
    func passOver(_ index: Int, of words: ArraySlice<String>) -> Int {
        let next = index + 1
        guard next < words.endIndex, case .option(let match)? = try? read(words[index]), match.attached == nil,
            uses[match.use].shape.arity != .flag, case .value? = try? read(words[next])
        else { return next }
        return next + 1
    }
}
