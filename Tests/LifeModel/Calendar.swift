/// Dates in UTC, Unix seconds from 1970 on.
package enum Calendar {
    package static let day: Int64 = 86_400

    /// The same date and time of day some years later; 28 February for a 29th that is not there.
    package static func adding(years: Int64, to time: Int64) -> Int64 {
        let days = time / day
        var date = civil(days)
        date.year += years
        if date.month == 2, date.day == 29, !isLeap(date.year) { date.day = 28 }
        return self.days(date) * day + (time - days * day)
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func length(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        var rest = days
        var year: Int64 = 1970
        while rest >= (isLeap(year) ? 366 : 365) {
            rest -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month: Int64 = 1
        while rest >= length(month, of: year) {
            rest -= length(month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }

    private static func days(_ date: (year: Int64, month: Int64, day: Int64)) -> Int64 {
        let years = (1970..<date.year).reduce(Int64(0)) { $0 + (isLeap($1) ? 366 : 365) }
        let months = (1..<date.month).reduce(Int64(0)) { $0 + length($1, of: date.year) }
        return years + months + date.day - 1
    }
}
