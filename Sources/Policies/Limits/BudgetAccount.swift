/// What a subject has used of a budget in the present period, reservations included.
struct BudgetAccount: LimitCounter {
    private(set) var used = 0
    private(set) var period = Int.min
    private var endsAt: Int?

    init() {}

    func isIdle(at now: LimitMoment) -> Bool {
        used == 0 || endsAt.map { $0 <= now.seconds } ?? false
    }

    /// Starts anew when a period has begun. Must come before every other call of the same moment. A clock that goes
    /// back does not bring a period back.
    mutating func advance(_ setting: BudgetSetting, now: LimitMoment) {
        if let endsAt, now.seconds < endsAt { return }
        let present = setting.period.index(at: now.seconds)
        guard period != present else { return }
        if period != .min { used = 0 }
        period = present
        endsAt = setting.period.end(of: present)
    }

    mutating func take(_ amount: Int) { used += amount }

    /// Replaces what was taken in `period` by what was used in truth; nothing if that period is over.
    mutating func settle(taken: Int, actual: Int, in period: Int) {
        guard period == self.period else { return }
        used = max(0, used - taken + actual)
    }

    /// Milliseconds until it starts anew; nil: it does not.
    func wait(now: LimitMoment) -> Int? { endsAt.map { max(0, $0 - now.seconds) * 1000 } }
}
