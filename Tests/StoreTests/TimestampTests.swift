import Glibc
import Testing

@testable import Store

/// Dates are counted without the C library: it is the judge here.
@Suite struct TimestampTests {
    @Test func theCLibraryCountsTheSame() {
        var moments: [Int64] = [
            0, -1, 59, 86_399, 86_400, 951_782_400, 4_107_542_400, 253_402_300_799, -62_167_219_200,
        ]
        for step in 0..<4000 { moments.append(-62_167_219_200 + Int64(step) * 78_892_291) }
        // Every day around the leap days of four centuries.
        for year in stride(from: Int64(1896), through: 2112, by: 4) {
            for day in Int64(-3)...3 { moments.append((year - 1970) * 31_556_952 + (59 + day) * 86_400) }
        }
        for seconds in moments {
            var time = time_t(seconds)
            var parts = tm()
            gmtime_r(&time, &parts)
            let text = Timestamp.text(seconds)
            let numbers = text.split { !$0.isNumber }.compactMap { Int32($0) }
            let expected = [
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
            ]
            #expect(numbers == expected, "\(seconds)")
            #expect(text.utf8.count == 20)
            #expect(Timestamp.seconds(text) == seconds)
            #expect(Timestamp.day(seconds) == String(text.prefix(10)))
        }
    }

    @Test func yearsBeyondFourDigitsAreHeldAtTheBorder() {
        #expect(Timestamp.text(Int64.max) == "9999-12-31T23:59:59Z")
        #expect(Timestamp.text(Int64.min) == "0000-01-01T00:00:00Z")
    }

    @Test(arguments: [
        "", "2026-11-24T06:30:00", "2026-11-24T06:30:00z", "2026-11-24 06:30:00Z", "2026-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-24T24:00:00Z",
        "2026-11-24T06:60:00Z", "2026-11-24T06:30:60Z", "2026-11-24T06:30:0 Z", "+026-11-24T06:30:00Z",
        "2026-11-24T06:30:00Z ", "ÿÿÿÿ-11-24T06:30Z", "20é6-11-24T06:3:00Z",
    ])
    func whatIsNoMoment(_ text: String) {
        #expect(Timestamp.seconds(text) == nil)
    }
}
