/// Points in time as ledger, documents and resources have them: RFC 3339, UTC, whole seconds (`2026-11-24T06:30:00Z`).
///
/// Counted here rather than by the C library, whose `gmtime` reads the time zone's file first.
package enum Timestamp {
    private static let secondsOfDay: Int64 = 86_400

    /// - Parameter seconds: Unix time, UTC; years outside 0–9999 are held at the border.
    package static func text(_ seconds: Int64) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            write(seconds, to: buffer)
            return length
        }
    }

    /// The day alone, as files of expiry rows are named by it.
    package static func day(_ seconds: Int64) -> String { String(text(seconds).prefix(10)) }

    /// Unix seconds of a text that `text(_:)` wrote; nil for any other.
    package static func seconds(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { given in
            guard given.count == length else { return nil }
            func number(_ range: Range<Int>) -> Int64 {
                var number: Int64 = 0
                for place in range { number = number * 10 + Int64(given[place]) - 0x30 }
                return number
            }
            let day = days(year: number(0..<4), month: number(5..<7), day: number(8..<10))
            let seconds = day * secondsOfDay + number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
            // Whatever is no digit, or no day of the calendar, does not come out the same again.
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { again in
                write(seconds, to: again)
                return again.elementsEqual(given) ? seconds : nil
            }
        }
    }

    private static let form: StaticString = "0000-00-00T00:00:00Z"
    private static let length = 20

    private static func write(_ seconds: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let (year, month, day) = date(seconds.flooredQuotient(by: secondsOfDay))
        let time = seconds - seconds.flooredQuotient(by: secondsOfDay) * secondsOfDay
        for place in 0..<length { buffer[place] = form.utf8Start[place] }
        func set(_ value: Int64, endingAt last: Int, digits: Int) {
            var rest = value
            for place in 0..<digits {
                buffer[last - place] += UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        set(year, endingAt: 3, digits: 4)
        set(month, endingAt: 6, digits: 2)
        set(day, endingAt: 9, digits: 2)
        set(time / 3600, endingAt: 12, digits: 2)
        set(time / 60 % 60, endingAt: 15, digits: 2)
        set(time % 60, endingAt: 18, digits: 2)
    }

    // Years are counted from 1 March here, so that the leap day is the last of its year; 400 of them have 146,097 days.

    private static let daysOfEra: Int64 = 146_097
    /// Days from 1 March of the year 0 to 1 January 1970.
    private static let epoch: Int64 = 719_468

    /// Days since 1970-01-01 of a day of the Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month > 2 ? year : year - 1
        let era = year.flooredQuotient(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * daysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - epoch
    }

    /// The reverse.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = days + epoch
        let era = days.flooredQuotient(by: daysOfEra)
        let dayOfEra = days - era * daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

extension Int64 {
    /// The quotient rounded down.
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
