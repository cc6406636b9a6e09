/// How long a budget lasts, by the calendar in UTC.
package enum BudgetPeriod: String, CaseIterable, Sendable {
    case hour, day, month
    /// Never starts anew.
    case total

    /// The number of the period that a moment is in. Numbers rise with time.
    func index(at seconds: Int) -> Int {
        switch self {
        case .hour: floor(seconds, 3600)
        case .day: floor(seconds, 86_400)
        case .month: Self.month(of: floor(seconds, 86_400))
        case .total: 0
        }
    }

    /// The first second after the period, since 1970; nil: it does not end.
    func end(of index: Int) -> Int? {
        switch self {
        case .hour: (index + 1) * 3600
        case .day: (index + 1) * 86_400
        case .month: Self.firstDay(of: index + 1) * 86_400
        case .total: nil
        }
    }

    private func floor(_ value: Int, _ unit: Int) -> Int {
        value >= 0 ? value / unit : (value - unit + 1) / unit
    }

    /// Days since 1970 to months since the year 0, in the Gregorian calendar; from 1970 on.
    private static func month(of day: Int) -> Int {
        precondition(day >= 0, "budgets begin in 1970")
        var month = (1970 + day / 366) * 12
        while firstDay(of: month + 1) <= day { month += 1 }
        return month
    }

    /// Months since the year 0 to days since 1970.
    private static func firstDay(of month: Int) -> Int {
        let year = month / 12
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let dayOfYear = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month % 12]
        return before * 365 + leapDays + dayOfYear + (isLeap && month % 12 > 1 ? 1 : 0) - 719_162
    }
}
