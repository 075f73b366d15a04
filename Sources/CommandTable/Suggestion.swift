/// The line that offers a near spelling, worded as az words it.
func didYouMean(_ candidate: String?) -> [String] {
    candidate.map { ["Did you mean '\($0)' ?"] } ?? []
}

/// The candidate nearest to a word by edit distance, else one that the word begins; nil if none is near.
func nearest(to word: String, among candidates: [String]) -> String? {
    let typed = comparable(word)
    guard !typed.isEmpty else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let known = comparable(candidate)
        let most = tolerance(max(typed.count, known.count))
        // The difference in length is the least distance: words out of all proportion are not compared.
        guard abs(typed.count - known.count) <= most else { continue }
        let distance = editDistance(typed, known)
        guard distance <= most else { continue }
        if let found = best, found.distance <= distance { continue }
        best = (candidate, distance)
    }
    return best?.candidate ?? candidates.first { typed.count > 1 && comparable($0).starts(with: typed) }
}

/// A word without case, and without an option's dashes, which would make every two options look alike.
private func comparable(_ word: String) -> [UInt8] {
    Array(word.lowercased().utf8.drop { $0 == UInt8(ascii: "-") })
}

/// How many slips of the finger are believed in a word of that length: in the shortest none, since there any two
/// words are near.
private func tolerance(_ length: Int) -> Int {
    switch length {
    case ...2: 0
    case ...5: 1
    case ...8: 2
    default: 3
    }
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var older: [Int] = []
    var previous = Array(0...right.count)
    for row in 1...left.count {
        var current = [row]
        for column in 1...right.count {
            let replaced = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
            var least = min(previous[column] + 1, current[column - 1] + 1, replaced)
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                least = min(least, older[column - 2] + 1)
            }
            current.append(least)
        }
        older = previous
        previous = current
    }
    return previous[right.count]
}
