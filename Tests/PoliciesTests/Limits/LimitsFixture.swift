@testable import Policies

/// A ledger with a clock that only the test moves.
struct LimitsFixture {
    var ledger = LimitLedger()
    var now = LimitMoment(nanoseconds: 1_000_000_000_000, seconds: 1_700_000_000)

    static let second = 1_000_000_000

    mutating func rule(maxSubjects: Int = 1000, _ measure: LimitRule.Measure) -> LimitRule {
        rule("limit", maxSubjects: maxSubjects, measure)
    }

    mutating func rule(
        _ name: String, per subject: LimitSubject = .user, match: MatchRule = MatchRule(),
        isShadow: Bool = false, maxSubjects: Int = 1000, _ measure: LimitRule.Measure
    ) -> LimitRule {
        LimitRule(
            number: ledger.number(of: "\(name)/\(measure)"), policy: name, per: subject, match: match,
            isShadow: isShadow, maxSubjects: maxSubjects, measure)
    }

    mutating func pass(nanoseconds: Int) {
        now.nanoseconds += nanoseconds
        now.seconds += nanoseconds / Self.second
    }

    static func facts(
        _ user: String = "ann", key: String? = nil, headers: [String: String] = [:], bodyUser: String? = nil,
        bodyUserID: String? = nil, prompt: Int = 10, output: Int? = 10, n: Int = 1
    ) -> RequestFacts {
        RequestFacts(
            dialect: "openai", path: "/v1/chat/completions", model: "m",
            identity: Identity(keyID: key, user: user, team: nil, models: []), address: "10.0.0.1", isStream: false,
            headers: headers, bodyUser: bodyUser, bodyUserID: bodyUserID, promptTokens: prompt, maxOutputTokens: output,
            choices: n)
    }

    mutating func admit(
        _ rules: [LimitRule], _ facts: RequestFacts = LimitsFixture.facts(), price: TokenPrice? = nil
    ) -> LimitOutcome {
        ledger.admit(LimitRequest(facts, rules: rules, model: "m", price: price), at: now)
    }

    /// How many of `count` requests are let in now.
    mutating func admitted(
        of count: Int, _ rules: [LimitRule], _ facts: RequestFacts = LimitsFixture.facts()
    ) -> Int {
        (0..<count).count { _ in admit(rules, facts).grant != nil }
    }
}

extension LimitOutcome {
    var grant: LimitGrant? {
        if case .admitted(let grant) = self { grant } else { nil }
    }

    var refusal: LimitRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    var ticket: LimitTicket? {
        if case .waiting(let ticket) = self { ticket } else { nil }
    }
}

extension LimitGrant {
    /// What each rule said.
    var verdicts: [LimitDecision.Verdict] {
        var verdicts: [LimitDecision.Verdict] = []
        forEachDecision { verdicts.append($1) }
        return verdicts
    }
}

/// A small generator with a seed (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
