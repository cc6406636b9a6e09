/// What a subject has used of one rate. Only the state of the algorithm in use is ever filled.
struct RateMeter: LimitCounter {
    private var window = SlidingWindow()
    private var bucket = LeakyBucket()
    /// Nothing counts any more from this moment on.
    private(set) var emptyAt = 0

    init() {}

    func isIdle(at now: LimitMoment) -> Bool { emptyAt <= now.nanoseconds }

    /// Must come before every other call of the same moment.
    mutating func advance(_ setting: RateSetting, now: Int) {
        switch setting.algorithm {
        case .slidingWindow: window.advance(window: setting.window, now: now)
        case .gcra: bucket.advance(setting, now: now)
        }
    }

    func used(_ setting: RateSetting) -> Int {
        setting.algorithm == .gcra ? bucket.used : window.used
    }

    /// What may be used at once now; never negative.
    func room(_ setting: RateSetting) -> Int { max(0, setting.capacity - used(setting)) }

    mutating func take(_ amount: Int, _ setting: RateSetting, now: Int) {
        guard amount > 0 else { return }
        switch setting.algorithm {
        case .slidingWindow: window.add(amount, window: setting.window, now: now)
        case .gcra: bucket.add(amount)
        }
        noteEmpty(setting, now: now)
    }

    mutating func giveBack(_ amount: Int, takenAt time: Int, _ setting: RateSetting, now: Int) {
        switch setting.algorithm {
        case .slidingWindow: window.remove(amount, addedAt: time)
        case .gcra: bucket.remove(amount, addedAt: time, setting)
        }
        noteEmpty(setting, now: now)
    }

    /// Nanoseconds until `amount` more fits if nobody takes anything; nil: never, it is more than the capacity.
    func wait(for amount: Int, _ setting: RateSetting, now: Int) -> Int? {
        guard amount <= setting.capacity else { return nil }
        return max(0, (moment(atMost: setting.capacity - amount, setting) ?? now) - now)
    }

    /// Nanoseconds until all is free again.
    func reset(now: Int) -> Int { max(0, emptyAt - now) }

    /// What clients are told of it.
    func figure(_ setting: RateSetting, now: Int) -> RateFigures.Figure {
        RateFigures.Figure(limit: setting.limit, remaining: room(setting), reset: reset(now: now))
    }

    private mutating func noteEmpty(_ setting: RateSetting, now: Int) {
        emptyAt = moment(atMost: 0, setting) ?? now
    }

    private func moment(atMost amount: Int, _ setting: RateSetting) -> Int? {
        switch setting.algorithm {
        case .slidingWindow: window.moment(atMost: amount, window: setting.window)
        case .gcra: bucket.moment(atMost: amount, setting)
        }
    }
}
