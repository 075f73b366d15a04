/// Expected text in which `...` stands for anything.
enum Wildcard {
    /// Where output leaves what was expected: the index of the first expected line that has no counterpart (the count of
    /// the lines, where the output goes on after the last); `nil` where all of it matches.
    static func difference(expected: [String], got: [String]) -> Int? {
        let expected = trimmed(expected)
        return unmatched(
            expected.map { $0.drop(while: \.isWhitespace) == "..." ? nil : $0 },
            trimmed(got),
            by: matches
        )
    }

    /// Whether a line is what the expected line says.
    static func matches(_ expected: String, _ got: String) -> Bool {
        var pattern: [Character?] = []
        var rest = expected[...]
        while let character = rest.first {
            let isWildcard = rest.hasPrefix("...")
            pattern.append(isWildcard ? nil : character)
            rest = rest.dropFirst(isWildcard ? 3 : 1)
        }
        return unmatched(pattern, Array(got), by: ==) == nil
    }

    /// Without blanks at the ends of the lines and without blank lines at the end.
    static func trimmed(_ lines: [String]) -> [String] {
        var lines = lines.map { line in
            String(line.reversed().drop(while: \.isWhitespace).reversed())
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Matches `text` with `pattern`, whose `nil` elements stand for any number of any elements: `nil` on success, else
    /// the index of the furthest pattern element that could not be reached.
    ///
    /// It is enough to come back to the latest wildcard alone: all others match exactly one element each, so that the
    /// earliest place where a stretch between two wildcards fits leaves most for what follows.
    private static func unmatched<P, T>(_ pattern: [P?], _ text: [T], by equal: (P, T) -> Bool) -> Int? {
        var (p, t, furthest) = (0, 0, 0)
        var wildcard: (pattern: Int, text: Int)?
        while t < text.count {
            furthest = max(furthest, p)
            if p < pattern.count, pattern[p] == nil {
                wildcard = (p, t)
                p += 1
            } else if p < pattern.count, let element = pattern[p], equal(element, text[t]) {
                p += 1
                t += 1
            } else if let latest = wildcard {
                wildcard = (latest.pattern, latest.text + 1)
                p = latest.pattern + 1
                t = latest.text + 1
            } else {
                return furthest
            }
        }
        while p < pattern.count, pattern[p] == nil { p += 1 }
        return p == pattern.count ? nil : max(furthest, p)
    }
}
