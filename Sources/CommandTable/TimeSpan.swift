/// A span of time as a line tells it: a whole number and its unit, `36h`, `14d` or `2w`.
package struct TimeSpan: Sendable, Equatable {
    package let seconds: Int64

    private static let longestDays: Int64 = 36_500

    /// - Parameter text: digits and one of the letters h, d and w in either case; at least 1h, at most 100 years. Of
    ///   anything else nil comes.
    package init?(_ text: String) {
        guard let unit = text.utf8.last, text.utf8.count > 1 else { return nil }
        let length: Int64
        switch unit | 0x20 {
        case UInt8(ascii: "h"): length = 3600
        case UInt8(ascii: "d"): length = 86_400
        case UInt8(ascii: "w"): length = 7 * 86_400
        default: return nil
        }
        var number: Int64 = 0
        for byte in text.utf8.dropLast() {
            guard (0x30...0x39).contains(byte), number < 1_000_000 else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        seconds = number * length
        guard seconds > 0, seconds <= Self.longestDays * 86_400 else { return nil }
    }

    static let form = "It is a number with h, d or w for hours, days or weeks, e.g. 14d; from 1h to 36500d."
}

extension Argument where Value == TimeSpan {
    /// A span of time (``TimeSpan``).
    package static func duration(
        _ names: String...,
        value: String = "DURATION",
        help: String,
        section: String? = nil
    ) -> Argument<TimeSpan> {
        let shape = ArgumentShape(
            names: names,
            value: value,
            help: help,
            section: section,
            kind: .expression(type: "duration") { TimeSpan($0) == nil ? [TimeSpan.form] : nil }
        )
        return Argument(
            shape: shape,
            convert: { values in
                let text = values.last ?? ""
                guard let duration = TimeSpan(text) else {
                    throw UsageError.invalidValue(text, ofType: "duration", of: shape).adding([TimeSpan.form])
                }
                return duration
            }
        )
    }
}
