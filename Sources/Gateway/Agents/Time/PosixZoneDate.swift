/// When in each year the clocks are changed, in the words of `PosixZone`.
struct PosixZoneDate: Sendable {
    private enum Day {
        /// The nth weekday (0: Sunday) of a month; 5: the last.
        case weekday(month: Int, week: Int, day: Int)
        /// 1 to 365, 29 February never counted.
        case julian(Int)
        /// 0 to 365.
        case ordinal(Int)
    }

    private let day: Day
    /// Seconds after midnight; may lie in another day.
    private let time: Int

    /// Nil: there is no date.
    init?(_ parser: inout PosixZoneParser) {
        if parser.skip("M") {
            guard let month = parser.number(1...12), parser.skip("."), let week = parser.number(1...5),
                parser.skip("."), let day = parser.number(0...6)
            else { return nil }
            self.day = .weekday(month: month, week: week, day: day)
        } else if parser.skip("J") {
            guard let day = parser.number(1...365) else { return nil }
            self.day = .julian(day)
        } else {
            guard let day = parser.number(0...365) else { return nil }
            self.day = .ordinal(day)
        }
        guard parser.skip("/") else {
            time = 7200
            return
        }
        guard let time = parser.time() else { return nil }
        self.time = time
    }

    /// The moment in `year`, by a clock that shows local time, in seconds since 1970 of that clock.
    func seconds(in year: Int) -> Int { dayNumber(in: year) * 86_400 + time }

    private func dayNumber(in year: Int) -> Int {
        let first = UTCTime.daysBefore(year: year)
        let isLeap = UTCTime.daysBefore(year: year + 1) - first == 366
        switch day {
        case .julian(let day): return first + day - 1 + (isLeap && day >= 60 ? 1 : 0)
        case .ordinal(let day): return first + day
        case .weekday(let month, let week, let day):
            let start = first + UTCTime.daysBefore(month: month, leap: isLeap)
            let length =
                (month == 12 ? (isLeap ? 366 : 365) : UTCTime.daysBefore(month: month + 1, leap: isLeap))
                - UTCTime.daysBefore(month: month, leap: isLeap)
            // 1 January 1970 was a Thursday, which is day 4.
            var date = (day - (start + 4) % 7 + 7) % 7 + 7 * (week - 1)
            while date >= length { date -= 7 }
            return start + date
        }
    }
}
