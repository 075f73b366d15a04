/// `[start:stop:step]`, with Python's rules.
struct Slice: Sendable {
    var start: Int?
    var stop: Int?
    var step: Int?

    /// The selected elements.
    ///
    /// - Throws: If the step is 0.
    func selection<Element>(of elements: [Element]) throws(JMESPathError) -> [Element] {
        let step = step ?? 1
        if step == 0 { throw JMESPathError(message: "slice step cannot be zero") }
        let count = elements.count
        if step > 0 {
            let first = clamped(start ?? 0, to: 0...count, count: count)
            let end = clamped(stop ?? count, to: 0...count, count: count)
            if first >= end { return [] }
            if step == 1 { return Array(elements[first..<end]) }
            return stride(from: first, to: end, by: step).map { elements[$0] }
        }
        let first = start.map { clamped($0, to: -1...(count - 1), count: count) } ?? count - 1
        let end = stop.map { clamped($0, to: -1...(count - 1), count: count) } ?? -1
        return stride(from: first, to: end, by: step).map { elements[$0] }
    }

    /// A position that is counted from the end where it is negative, moved into the range.
    private func clamped(_ position: Int, to range: ClosedRange<Int>, count: Int) -> Int {
        let position = position < 0 ? position + count : position
        return min(max(position, range.lowerBound), range.upperBound)
    }
}
