import Policies
import Upstreams

/// How limits are said to Redis: names of keys, arguments of scripts, their replies.
enum LimitWire {
    /// Integers of one finding.
    static let findingWidth = 7

    /// The counter of a rule and a subject. All keys of limits share one slot of a cluster, since one script asks
    /// several of them.
    static func key(_ prefix: String, _ rule: LimitRule, _ subject: String) -> String {
        "\(prefix){limits}:\(kind(rule)):\(rule.identity):\(subject)"
    }

    static func kind(_ rule: LimitRule) -> String {
        switch rule.measure {
        case .rate(let setting): setting.algorithm == .gcra ? "g" : "s"
        case .concurrency: "c"
        case .budget: "b"
        }
    }

    /// `isBehind`: others wait for the same place.
    static func append(_ term: LimitTerm, isBehind: Bool, to arguments: inout RedisArguments) {
        arguments.add(kind(term.rule))
        arguments.add(term.rule.isShadow ? 1 : 0)
        switch term.rule.measure {
        case .rate(let setting):
            arguments.add(setting.limit)
            arguments.add(setting.window / 1000)
            arguments.add(setting.capacity)
        case .concurrency(let setting):
            arguments.add(setting.max)
            arguments.add(setting.lease / 1000)
            arguments.add(isBehind ? 1 : 0)
        case .budget(let setting):
            arguments.add(setting.limit)
            arguments.add(setting.period.rawValue)
            arguments.add(0)
        }
        arguments.add(term.needed)
        arguments.add(term.hoped)
    }

    /// `time`: when it was taken, in microseconds of the server's clock; 0: now.
    static func append(_ change: LimitChange, time: Int, to arguments: inout RedisArguments) {
        arguments.add(kind(change.rule))
        switch change.rule.measure {
        case .rate(let setting):
            arguments.add(setting.limit)
            arguments.add(setting.window / 1000)
        case .budget(let setting):
            arguments.add(setting.period.rawValue)
            arguments.add(0)
        case .concurrency: preconditionFailure("places are released, not changed")
        }
        arguments.add(change.amount)
        arguments.add(time)
        arguments.add(change.period)
    }

    /// A place that is given back.
    static func appendRelease(of holder: String, to arguments: inout RedisArguments) {
        arguments.add("c")
        arguments.add(0)
        arguments.add(0)
        arguments.add(0)
        arguments.add(holder)
        arguments.add(0)
    }

    /// What the script of admission answers: the time in microseconds and a finding for each of `count` terms, or no
    /// findings: it came too late and has done nothing. Nil: this is no such answer.
    static func answer(_ reply: RedisReply, count: Int) -> (time: Int, findings: [LimitFinding]?)? {
        var numbers: [Int] = []
        numbers.reserveCapacity(reply.count)
        for index in 0..<reply.count {
            guard let number = reply.withElement(index, { $0.integer }) else { return nil }
            numbers.append(number)
        }
        guard numbers.count >= 2 else { return nil }
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
