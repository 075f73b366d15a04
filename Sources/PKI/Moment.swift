import Glibc

/// Calendar arithmetic in UTC on Unix seconds.
package enum Moment {
    /// The same day, month and time of day `years` later; 29 February becomes 28 where there is none.
    package static func adding(years: Int, to seconds: Int64) -> Int64 {
        var fields = calendar(seconds)
        let day = fields.tm_mday
        fields.tm_year += Int32(years)
        if fields.tm_mon == 1, day == 29, !isLeap(Int(fields.tm_year) + 1900) { fields.tm_mday = 28 }
        return Int64(timegm(&fields))
    }

    /// The moment as ISO 8601 has it ("2026-01-18T09:30:00Z").
    package static func text(_ seconds: Int64) -> String {
        let fields = calendar(seconds)
        let date = [Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday)]
        let time = [fields.tm_hour, fields.tm_min, fields.tm_sec].map(Int.init)
        return date.map(twoDigits).joined(separator: "-") + "T" + time.map(twoDigits).joined(separator: ":") + "Z"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func calendar(_ seconds: Int64) -> tm {
        var fields = tm()
        var time = time_t(seconds)
        gmtime_r(&time, &fields)
        return fields
    }
}
