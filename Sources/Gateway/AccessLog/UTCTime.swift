import Upstreams

/// Writes moments as RFC 3339 gives them, in UTC with milliseconds: `2026-01-31T23:59:59.999Z`.
enum UTCTime {
    /// - Parameter time: nanoseconds since the Unix epoch, not before it (and not after 2262, where they end).
    static func append(_ time: Int, into buffer: inout ByteBuffer) {
        precondition(time >= 0, "no moment before 1970")
        append(seconds: time / 1_000_000_000, into: &buffer)
        buffer.append(UInt8(ascii: "."))
        append(time / 1_000_000 % 1000, digits: 3, into: &buffer)
        buffer.append(UInt8(ascii: "Z"))
    }

    /// Date and time to the second, without a zone: `2026-01-31T23:59:59`. `seconds`: since the Unix epoch, up to the
    /// year 9999.
    static func append(seconds: Int, into buffer: inout ByteBuffer) {
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = date(days)
        append(year, digits: 4, into: &buffer)
        buffer.append(UInt8(ascii: "-"))
        append(month, digits: 2, into: &buffer)
        buffer.append(UInt8(ascii: "-"))
        append(day, digits: 2, into: &buffer)
        buffer.append(UInt8(ascii: "T"))
        append(rest / 3600, digits: 2, into: &buffer)
        buffer.append(UInt8(ascii: ":"))
        append(rest / 60 % 60, digits: 2, into: &buffer)
        buffer.append(UInt8(ascii: ":"))
        append(rest % 60, digits: 2, into: &buffer)
    }

    /// The date of a day counted from 1 January 1970.
    static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        // 400 years are 146,097 days, so the estimate is off by one year at most.
        var year = 1970 + days * 400 / 146_097
        if daysBefore(year: year) > days { year -= 1 }
        if daysBefore(year: year + 1) <= days { year += 1 }
        let dayOfYear = days - daysBefore(year: year)
        let leap = daysBefore(year: year + 1) - daysBefore(year: year) == 366
        var month = 1
        while month < 12, daysBefore(month: month + 1, leap: leap) <= dayOfYear { month += 1 }
        return (year, month, dayOfYear - daysBefore(month: month, leap: leap) + 1)
    }

    /// Days from 1 January 1970 to 1 January of a year: 365 each and one per leap year between (of years up to 1969
    /// there were 477).
    static func daysBefore(year: Int) -> Int {
        let last = year - 1
        return (year - 1970) * 365 + last / 4 - last / 100 + last / 400 - 477
    }

    /// Days of a year before a month.
    static func daysBefore(month: Int, leap: Bool) -> Int {
        let days: InlineArray<12, Int> = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return days[month - 1] + (leap && month > 2 ? 1 : 0)
    }

    private static func append(_ number: Int, digits: Int, into buffer: inout ByteBuffer) {
        var divisor = digits == 4 ? 1000 : digits == 3 ? 100 : 10
        while divisor > 0 {
            buffer.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
