extension LimitRefusal {
    /// The refusal as clients are told it.
    package var refusal: Refusal {
        switch cause {
        case .rate(let setting, let used, let needed): rate(setting, used, needed)
        case .concurrency(let setting, let underWay): concurrency(setting, underWay)
        case .deadline(let setting): deadline(setting)
        case .budget(let setting, let used, let needed): budget(setting, used, needed)
        case .storeAway: storeAway
        }
    }

    private var limited: String { rule.subject.phrase(subject) }

    private func rate(_ setting: RateSetting, _ used: Int, _ needed: Int) -> Refusal {
        let unit = setting.unit.rawValue
        let window = LimitDuration(nanoseconds: setting.window).text
        let kind: Refusal.Kind = setting.unit == .requests ? .requests : .tokens
        guard let wait else {
            return Refusal(
                kind,
                "Request too large for \(limited) under limit '\(rule.policy)': it needs about \(needed) \(unit), and"
                    + " at most \(setting.capacity) may be used at once (\(setting.limit) per \(window))."
                    + " Shorten the messages or lower the maximum of output tokens.")
        }
        return Refusal(
            kind,
            "Rate limit '\(rule.policy)' reached for \(limited): limit \(setting.limit) \(unit) per \(window),"
                + " used \(used), needed \(needed). Please try again in"
                + " \(LimitDuration(nanoseconds: wait * 1_000_000).text).",
            retryAfter: wait)
    }

    private func concurrency(_ setting: ConcurrencySetting, _ underWay: Int) -> Refusal {
        let queue = setting.queue.map { ", and \($0.max) more are waiting, which is as many as may" } ?? ""
        return Refusal(
            .requests,
            "Concurrency limit '\(rule.policy)' reached for \(limited): \(underWay) of at most \(setting.max) requests"
                + " are under way\(queue). Please try again when one has ended.", retryAfter: wait)
    }

    private func deadline(_ setting: ConcurrencySetting) -> Refusal {
        let waited = LimitDuration(nanoseconds: setting.queue?.deadline ?? 0).text
        return Refusal(
            .queueTimeout,
            "Concurrency limit '\(rule.policy)' for \(limited): none of the \(setting.max) places became free within"
                + " \(waited). Please try again later.", retryAfter: wait)
    }

    private func budget(_ setting: BudgetSetting, _ used: Int, _ needed: Int) -> Refusal {
        let period = setting.period == .total ? "in total" : "per \(setting.period.rawValue)"
        let again =
            wait.map { "It starts anew in \(LimitDuration(nanoseconds: $0 * 1_000_000).text)." }
            ?? "It does not start anew."
        return Refusal(
            .quota,
            "Budget '\(rule.policy)' of \(limited) is exhausted: \(amount(setting.limit, setting)) \(period), used"
                + " \(amount(used, setting)), needed about \(amount(needed, setting)). \(again)", retryAfter: wait)
    }

    private var storeAway: Refusal {
        Refusal(
            .overloaded,
            "Limit '\(rule.policy)' cannot be checked at present, since the store of its counters does not answer."
                + " Please try again later.", retryAfter: wait)
    }

    /// `100.00 USD`, `5000 tokens`.
    private func amount(_ value: Int, _ setting: BudgetSetting) -> String {
        guard setting.unit == .nanodollars else { return "\(value) tokens" }
        let millionths = (value + 999) / 1000
        let digits = String(1_000_000 + millionths % 1_000_000).dropFirst()
        let zeros = digits.reversed().prefix { $0 == "0" }.count
        return "\(millionths / 1_000_000).\(digits.dropLast(min(zeros, 4))) USD"
    }
}
