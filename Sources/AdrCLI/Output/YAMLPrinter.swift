import JSON

/// Values as YAML 1.1 in block style, as `yaml.safe_dump(value, default_flow_style=False, allow_unicode=True)` of PyYAML
/// writes them: keys in the order of their code points, two spaces a level, lists not indented beneath their key, text
/// folded after column 80.
///
/// It follows PyYAML's emitter step by step, for what a JSON tree can hold; the names of its state are PyYAML's.
struct YAMLPrinter {
    private(set) var bytes: [UInt8] = []
    private let hasColour: Bool
    /// Columns that the current level is indented by; nil above the first level.
    private var indent: Int?
    private var column = 0
    /// Whether the last thing written was white space.
    private var whitespace = true
    /// Whether this line has only blanks and the indicators `-`, `?`, `:` so far.
    private var indention = true
    /// Whether only a line `...` tells that the document has ended.
    private var openEnded = false
    /// The colour of what is being written.
    private var colour: [UInt8]?

    private static let bestIndent = 2
    private static let bestWidth = 80
    /// A key is written plainly before its colon only if it is shorter, the tag `!!str` counted with it.
    private static let simpleKeyLimit = 128 - 5

    private enum Context {
        case root, sequence, mapping, simpleKey
    }

    private init(hasColour: Bool) {
        self.hasColour = hasColour
        bytes.reserveCapacity(2048)
    }

    static func print(_ value: JSONValue, hasColour: Bool = false) -> [UInt8] {
        var printer = YAMLPrinter(hasColour: hasColour)
        printer.write(value, .root)
        printer.writeIndent()
        if printer.openEnded {
            printer.writeIndicator("...", needsWhitespace: true)
            printer.writeIndent()
        }
        return printer.bytes
    }

    // MARK: Nodes

    private mutating func write(_ value: JSONValue, _ context: Context) {
        switch value {
        case .null: writeWord("null", context)
        case .bool(let value): writeWord(value ? "true" : "false", context)
        case .integer(let value): writeWord(value.description, context)
        case .number: writeWord(Self.floatText(value), context)
        case .string(let text): writeScalar(YAMLScalar(text), context)
        case .array(let elements): writeSequence(elements, context)
        case .object(let object): writeMapping(object)
        }
    }

    /// YAML's floats have a point always, also before an exponent.
    private static func floatText(_ value: JSONValue) -> String {
        let text = value.pythonText
        guard !text.utf8.contains(UInt8(ascii: ".")), let exponent = text.utf8.firstIndex(of: UInt8(ascii: "e")) else {
            return text
        }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    private mutating func writeSequence(_ elements: [JSONValue], _ context: Context) {
        if elements.isEmpty { return writeEmpty("[", "]") }
        let outer = indent
        // Beneath a key the dashes stand in the key's own column.
        let isIndentless = context == .mapping && !indention
        indent = outer.map { isIndentless ? $0 : $0 + Self.bestIndent } ?? 0
        for element in elements {
            writeIndent()
            writeIndicator("-", needsWhitespace: true, isIndention: true)
            write(element, .sequence)
        }
        indent = outer
    }

    private mutating func writeMapping(_ object: JSONObject) {
        if object.isEmpty { return writeEmpty("{", "}") }
        let outer = indent
        indent = outer.map { $0 + Self.bestIndent } ?? 0
        for (key, value) in object.sortedByCodePoint() {
            writeIndent()
            let key = YAMLScalar(key)
            if key.scalars.count < Self.simpleKeyLimit && !key.isEmpty && !key.isMultiline {
                writeScalar(key, .simpleKey, Colour.key)
                writeIndicator(":", needsWhitespace: false)
            } else {
                writeIndicator("?", needsWhitespace: true, isIndention: true)
                writeScalar(key, .mapping, Colour.key)
                writeIndent()
                writeIndicator(":", needsWhitespace: true, isIndention: true)
            }
            write(value, .mapping)
        }
        indent = outer
    }

    private mutating func writeEmpty(_ opening: String, _ closing: String) {
        writeIndicator(opening, needsWhitespace: true, isWhitespace: true)
        writeIndicator(closing, needsWhitespace: false)
    }

    // MARK: Scalars

    private mutating func writeWord(_ word: String, _ context: Context) {
        if context == .root { openEnded = true }
        if !whitespace { write(" ") }
        whitespace = false
        indention = false
        bytes.append(contentsOf: word.utf8)
        column += word.utf8.count
    }

    private mutating func writeScalar(_ scalar: YAMLScalar, _ context: Context, _ keyColour: [UInt8]? = nil) {
        let outer = indent
        indent = (outer ?? 0) + Self.bestIndent
        let splits = context != .simpleKey
        let style = scalar.style(isSimpleKey: context == .simpleKey)
        if hasColour { colour = keyColour ?? (style == .plain ? nil : Colour.string) }
        if let colour { bytes += colour }
        switch style {
        case .plain:
            if context == .root { openEnded = true }
            writePlain(scalar.scalars, splits: splits)
        case .singleQuoted: writeSingleQuoted(scalar.scalars, splits: splits)
        case .doubleQuoted: writeDoubleQuoted(scalar.scalars, splits: splits)
        }
        if colour != nil { bytes += Colour.reset }
        colour = nil
        indent = outer
    }

    /// Text without line breaks, folded at single blanks.
    private mutating func writePlain(_ text: [Unicode.Scalar], splits: Bool) {
        if !whitespace { write(" ") }
        whitespace = false
        indention = false
        var spaces = false
        var start = 0
        for end in 0...text.count {
            let scalar = end < text.count ? text[end] : nil
            if spaces {
                if scalar != " " {
                    if start + 1 == end && column > Self.bestWidth && splits {
                        writeIndent()
                        whitespace = false
                        indention = false
                    } else {
                        write(text[start..<end])
                    }
                    start = end
                }
            } else if scalar == nil || scalar == " " {
                write(text[start..<end])
                start = end
            }
            spaces = scalar == " "
        }
    }

    private mutating func writeSingleQuoted(_ text: [Unicode.Scalar], splits: Bool) {
        writeIndicator("'", needsWhitespace: true)
        var spaces = false
        var breaks = false
        var start = 0
        for end in 0...text.count {
            let scalar = end < text.count ? text[end] : nil
            let isBreak = scalar.map(YAMLScalar.isBreak) ?? false
            if spaces {
                if scalar != " " {
                    let folds = start + 1 == end && column > Self.bestWidth && splits && start != 0 && end != text.count
                    if folds { writeIndent() } else { write(text[start..<end]) }
                    start = end
                }
            } else if breaks {
                if !isBreak {
                    writeBreaks(text[start..<end])
                    start = end
                }
            } else if scalar == nil || scalar == " " || isBreak || scalar == "'" {
                write(text[start..<end])
                start = end
            }
            if scalar == "'" {
                write("''")
                start = end + 1
            }
            spaces = scalar == " "
            breaks = isBreak
        }
        writeIndicator("'", needsWhitespace: false)
    }

    /// Line breaks within quoted text: the first of several newlines is doubled, since one alone would be a fold.
    private mutating func writeBreaks(_ breaks: ArraySlice<Unicode.Scalar>) {
        if breaks.first == "\n" { writeLineBreak() }
        for scalar in breaks { writeLineBreak(scalar) }
        writeIndent()
    }

    private mutating func writeDoubleQuoted(_ text: [Unicode.Scalar], splits: Bool) {
        writeIndicator("\"", needsWhitespace: true)
        var start = 0
        for end in 0...text.count {
            let scalar = end < text.count ? text[end] : nil
            if scalar.map({ !YAMLScalar.isVerbatimInDoubleQuotes($0) }) ?? true {
                if start < end {
                    write(text[start..<end])
                    start = end
                }
                if let scalar {
                    write(YAMLScalar.escape(scalar))
                    start = end + 1
                }
            }
            if 0 < end && end < text.count - 1 && (scalar == " " || start >= end)
                && column + (end - start) > Self.bestWidth && splits
            {
                if start < end {
                    write(text[start..<end])
                    start = end
                }
                write("\\")
                writeIndent()
                whitespace = false
                indention = false
                if text[start] == " " { write("\\") }
            }
        }
        writeIndicator("\"", needsWhitespace: false)
    }

    // MARK: Characters

    private mutating func writeIndicator(
        _ indicator: String,
        needsWhitespace: Bool,
        isWhitespace: Bool = false,
        isIndention: Bool = false
    ) {
        if !whitespace && needsWhitespace { write(" ") }
        write(indicator)
        whitespace = isWhitespace
        indention = indention && isIndention
        openEnded = false
    }

    private mutating func writeIndent() {
        let indent = indent ?? 0
        if !indention || column > indent || (column == indent && !whitespace) { writeLineBreak() }
        if column < indent {
            whitespace = true
            bytes.append(contentsOf: repeatElement(0x20, count: indent - column))
            column = indent
        }
    }

    private mutating func writeLineBreak(_ lineBreak: Unicode.Scalar = "\n") {
        whitespace = true
        indention = true
        column = 0
        // Pagers forget colours at the end of a line.
        if colour != nil { bytes += Colour.reset }
        bytes.append(contentsOf: lineBreak.utf8)
        if let colour { bytes += colour }
    }

    private mutating func write(_ text: ArraySlice<Unicode.Scalar>) {
        for scalar in text { bytes.append(contentsOf: scalar.utf8) }
        column += text.count
    }

    /// Text of ASCII characters.
    private mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        column += text.utf8.count
    }
}
