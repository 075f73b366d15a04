/// Makes a failing sequence as short as it gets.
package enum Shrinking {
    /// Leaves out elements, first many at a time and then single ones, as long as what is left still fails.
    ///
    /// - Parameters:
    ///   - attempts: how often `fails` may be asked.
    ///   - fails: whether a sequence fails, too.
    package static func shrink<Element>(
        _ sequence: [Element],
        attempts: Int,
        while fails: ([Element]) throws -> Bool
    ) rethrows -> [Element] {
        var shortest = sequence
        var left = attempts
        var size = max(1, shortest.count / 2)
        while left > 0 {
            let before = shortest.count
            // From the end: what comes last rests on what comes first.
            var end = shortest.count
            while end > 0, left > 0 {
                let start = max(0, end - size)
                let shorter = Array(shortest[..<start] + shortest[end...])
                left -= 1
                if try fails(shorter) { shortest = shorter }
                end = start
            }
            if size == 1, shortest.count == before { break }
            size = max(1, size / 2)
        }
        return shortest
    }
}
