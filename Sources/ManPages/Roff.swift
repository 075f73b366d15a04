/// Plain text as roff and mdoc want it.
enum Roff {
    /// Text in which nothing is taken for a request or an escape, and every hyphen stays one that can be typed.
    static func text(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\e"
            case "-": "\\-"
            case "'": "\\(aq"
            case "`": "\\(ga"
            case "^": "\\(ha"
            case "~": "\\(ti"
            default: String(scalar)
            }
        }.joined()
        return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
    }

    /// Words as arguments of a macro that parses its line: none is taken for a macro or for punctuation.
    static func arguments(_ words: String) -> String {
        words.split(separator: " ").map { word in
            let escaped = text(String(word)).split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\\(dq")
            let isPunctuation = word.count == 1 && ".,:;()[]?!|".contains(word)
            let isMacro =
                (2...3).contains(word.count) && (word.first?.isUppercase ?? false) && word.allSatisfy(\.isLetter)
            if isPunctuation || isMacro { return "\\&" + escaped }
            return ".,:;)]?!".contains(word.last ?? " ") ? escaped + "\\&" : escaped
        }.joined(separator: " ")
    }

    /// The names of an option as the arguments of `.Fl`, which brings one dash itself.
    static func flag(_ name: String) -> String {
        arguments(String(name.dropFirst()))
    }
}
