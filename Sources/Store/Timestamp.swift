import Glibc

/// Points in time as ledger, documents and resources have them: RFC 3339, UTC, whole seconds (`2026-11-24T06:30:00Z`).
package enum Timestamp {
    /// - Parameter seconds: Unix time, UTC; years outside 0–9999 are held at the border.
    package static func text(_ seconds: Int64) -> String {
        var time = time_t(min(max(seconds, -62_167_219_200), 253_402_300_799))
        var parts = tm()
        gmtime_r(&time, &parts)
        return "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
            + "T\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))Z"
    }

    /// The day alone, as files of expiry rows are named by it.
    package static func day(_ seconds: Int64) -> String { String(text(seconds).prefix(10)) }

    /// Unix seconds of a text that `text(_:)` wrote; nil for any other.
    package static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A, bytes[19] == 0x5A
        else { return nil }
        func number(_ range: Range<Int>) -> Int32? { Int32(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        parts.tm_hour = hour
        parts.tm_min = minute
        parts.tm_sec = second
        let seconds = Int64(timegm(&parts))
        return Self.text(seconds) == text ? seconds : nil
    }

    private static func digits(_ value: Int32, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
