import Policies
import Upstreams

/// How limits are said to Redis: names of keys, arguments of scripts, their replies.
enum LimitWire {
    /// Numbers of one term of a request, of one change, of one finding.
    static let (termWidth, changeWidth, findingWidth) = (7, 6, 7)

    /// The counter of a rule and a subject. All keys of limits share one slot of a cluster, since one script asks
    /// several of them.
    static func key(_ prefix: String, _ rule: LimitRule, _ subject: String) -> String {
        "\(prefix){limits}:\(letter(rule)):\(rule.identity):\(subject)"
    }

    private static func letter(_ rule: LimitRule) -> String {
        switch rule.measure {
        case .rate(let setting): setting.algorithm == .gcra ? "g" : "w"
        case .concurrency: "c"
        case .budget: "b"
        }
    }

    /// The number that the scripts have for the kind of counter.
    private static func kind(_ rule: LimitRule) -> Int {
        switch rule.measure {
        case .rate(let setting): setting.algorithm == .gcra ? 2 : 1
        case .concurrency: 3
        case .budget: 4
        }
    }

    /// The number that the scripts have for the length of a budget's period.
    static func number(_ period: BudgetPeriod) -> Int {
        switch period {
        case .hour: 1
        case .day: 2
        case .month: 3
        case .total: 4
        }
    }

    /// What the script of admission reads of a term. `isBehind`: others wait for the same place.
    static func pack(_ term: LimitTerm, isBehind: Bool, to packed: inout LimitPacking) {
        packed.add(kind(term.rule))
        packed.add(term.rule.isShadow ? 1 : 0)
        switch term.rule.measure {
        case .rate(let setting):
            packed.add(setting.limit)
            packed.add(setting.window / 1000)
            packed.add(setting.capacity)
        case .concurrency(let setting):
            packed.add(setting.max)
            packed.add(setting.lease / 1000)
            packed.add(isBehind ? 1 : 0)
        case .budget(let setting):
            packed.add(setting.limit)
            packed.add(number(setting.period))
            packed.add(0)
        }
        packed.add(term.needed)
        packed.add(term.hoped)
    }

    /// What the script of settlement reads of a change. `time`: when it was taken, in microseconds of the server's clock;
    /// 0: now.
    static func pack(_ change: LimitChange, time: Int, to packed: inout LimitPacking) {
        packed.add(kind(change.rule))
        switch change.rule.measure {
        case .rate(let setting):
            packed.add(setting.limit)
            packed.add(setting.window / 1000)
        case .budget(let setting):
            packed.add(number(setting.period))
            packed.add(0)
        case .concurrency: preconditionFailure("places are released, not changed")
        }
        packed.add(change.amount)
        packed.add(time)
        packed.add(change.period)
    }

    /// A place that is given back; its holder is an argument of its own.
    static func packRelease(to packed: inout LimitPacking) {
        packed.add(3)
        for _ in 0..<5 { packed.add(0) }
    }

    /// What the script of admission answers: the time in microseconds and a finding for each of `count` terms, or no
    /// findings: it came too late and has done nothing. Nil: this is no such answer.
    static func answer(_ reply: RedisReply, count: Int) -> (time: Int, findings: [LimitFinding]?)? {
        guard let numbers = reply.withBytes({ LimitPacking.numbers($0) }), numbers.count >= 2 else { return nil }
        if numbers[0] == 2 { return (numbers[1], nil) }
        guard numbers.count == 2 + count * findingWidth else { return nil }
        var findings: [LimitFinding] = []
        findings.reserveCapacity(count)
        for term in 0..<count {
            let finding = numbers[(2 + term * findingWidth)...].prefix(findingWidth)
            let first = finding.startIndex
            guard let verdict = LimitFinding.Verdict(rawValue: finding[first]) else { return nil }
            findings.append(
                LimitFinding(
                    verdict, amount: finding[first + 1], used: finding[first + 2],
                    wait: finding[first + 3] < 0 ? nil : finding[first + 3], period: finding[first + 4],
                    remaining: finding[first + 5], reset: finding[first + 6]))
        }
        return (numbers[1], findings)
    }
}
