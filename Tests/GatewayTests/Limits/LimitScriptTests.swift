import Policies
import Testing
import Upstreams

@testable import Gateway

/// The scripts on a real server, with the ledger of one process as the model. Time is what the test says.
@Suite("Limits counted by Redis")
struct LimitScriptTests {
    private final class Bench {
        let link: RedisLink
        let scripts = LimitScripts(clock: "tonumber(redis.call('GET', 'clock'))")
        var ledger = LimitLedger()
        /// Microseconds since 1970.
        var time = 1_700_000_000_000_000
        private var lastID = 0
        /// Of the last command.
        private(set) var lastNumber = 0

        init() throws { link = RedisLink(try RedisServer()) }

        var now: LimitMoment { LimitMoment(nanoseconds: time * 1000, seconds: time / 1_000_000) }

        private func nextNumber() -> Int {
            lastNumber += 1
            return lastNumber
        }

        func rule(_ name: String, isShadow: Bool = false, _ measure: LimitRule.Measure) -> LimitRule {
            LimitRule(
                number: ledger.number(of: name), policy: name, per: .user, isShadow: isShadow, identity: name, measure)
        }

        func pass(_ microseconds: Int) {
            time += microseconds
            _ = link.call("SET", key: "clock", String(time))
        }

        func admit(_ request: LimitRequest) -> LimitVerdict? {
            lastID += 1
            return ask(request, holder: "holder-\(lastID)").map { found in
                request.verdict(
                    of: found.findings, on: found.terms, id: lastID, takenAt: time * 1000, mayWait: { _ in false })
            }
        }

        func explain(_ request: LimitRequest) -> LimitExplanation? {
            ask(request, holder: "").map { request.explanation(of: $0.findings, on: $0.terms, waiting: { _ in 0 }) }
        }

        private func ask(_ request: LimitRequest, holder: String) -> (terms: [LimitTerm], findings: [LimitFinding])? {
            let terms = request.terms(expectedAnswer: ledger.expectedAnswer(request.model))
            var arguments = RedisArguments()
            arguments.add(0)
            arguments.add(nextNumber())
            arguments.add(holder)
            var packed = LimitPacking(capacity: 0)
            for term in terms { LimitWire.pack(term, isBehind: false, to: &packed) }
            arguments.add(packed.bytes)
            var findings: [LimitFinding]?
            run(scripts.admit, ["seen"] + terms.map { key($0.rule, $0.subject) }, arguments) { reply in
                findings = LimitWire.answer(reply, count: terms.count)?.findings
            }
            return findings.map { (terms, $0) }
        }

        /// `number`: of the command; nil: a new one. `undoes`: takes back what it did.
        func settle(_ changes: [LimitChange], number: Int? = nil, undoes: Bool = false) {
            var arguments = RedisArguments()
            arguments.add(0)
            arguments.add(number ?? nextNumber())
            arguments.add(undoes ? 1 : 0)
            var packed = LimitPacking(capacity: 0)
            for change in changes { LimitWire.pack(change, time: (change.time ?? 0) / 1000, to: &packed) }
            arguments.add(packed.bytes)
            run(scripts.settle, ["seen"] + changes.map { key($0.rule, $0.subject) }, arguments) { _ in }
        }

        func release(_ grant: LimitGrant) {
            var arguments = RedisArguments()
            arguments.add(0)
            arguments.add(nextNumber())
            arguments.add(0)
            var packed = LimitPacking(capacity: 0)
            for _ in grant.places { LimitWire.packRelease(to: &packed) }
            arguments.add(packed.bytes)
            for _ in grant.places { arguments.add("holder-\(grant.id)") }
            run(scripts.settle, ["seen"] + grant.places.map { key($0.rule, $0.subject) }, arguments) { _ in }
        }

        func renew(_ grant: LimitGrant) {
            var arguments = RedisArguments()
            for place in grant.places {
                arguments.add(place.lease / 1000)
                arguments.add("holder-\(grant.id)")
            }
            run(scripts.renew, grant.places.map { key($0.rule, $0.subject) }, arguments) { _ in }
        }

        func used(_ rule: LimitRule, _ period: BudgetPeriod, _ subject: String) -> Int? {
            var arguments = RedisArguments()
            arguments.add(LimitWire.number(period))
            var used: Int?
            run(scripts.read, [key(rule, subject)], arguments) { reply in used = reply.withElement(0) { $0.integer } }
            return used == -1 ? nil : used
        }

        private func key(_ rule: LimitRule, _ subject: String) -> String { LimitWire.key("t:", rule, subject) }

        private func run(
            _ script: RedisScript, _ keys: [String], _ arguments: RedisArguments, _ body: @escaping (RedisReply) -> Void
        ) {
            var isDone = false
            link.client.run(script, keys: keys, arguments: arguments) { result in
                switch result {
                case .success(let reply): body(reply)
                case .failure(let error): Issue.record("\(error)")
                }
                isDone = true
            }
            #expect(link.loop.turn { isDone })
        }
    }

    /// A small generator with a seed (Lehmer).
    private struct Dice {
        var state: UInt64

        mutating func roll(_ bound: Int) -> Int {
            state = state * 48_271 % 2_147_483_647
            return Int(state) % bound
        }
    }

    private static func text(_ figures: RateFigures) -> String {
        func text(_ figure: RateFigures.Figure?) -> String {
            figure.map { "\($0.limit) \($0.remaining) \(LimitDuration(nanoseconds: $0.reset).text)" } ?? "-"
        }
        return "\(text(figures.requests)), \(text(figures.tokens))"
    }

    private static func text(_ grant: LimitGrant) -> String {
        "\(grant.verdicts) \(text(grant.figures)) \(grant.takings.map(\.amount))"
    }

    private static func text(_ refusal: LimitRefusal) -> String {
        "\(refusal.refusal.message) \(refusal.refusal.retryAfter ?? -1) \(text(refusal.figures)) \(refusal.decisions)"
    }

    private static func text(_ outcome: LimitOutcome) -> String {
        switch outcome {
        case .admitted(let grant): text(grant)
        case .refused(let refusal): text(refusal)
        case .waiting: "waiting"
        }
    }

    private static func text(_ verdict: LimitVerdict?) -> String {
        switch verdict {
        case .admitted(let grant): text(grant)
        case .refused(let refusal): text(refusal)
        case .line: "waiting"
        case nil: "nothing"
        }
    }

    private static func text(_ told: LimitExplanation?) -> String {
        let rules = told?.rules.map { rule in
            let reset = rule.reset.map { LimitDuration(nanoseconds: $0).text } ?? "-"
            return "\(rule.rule.policy) \(rule.verdict) \(rule.limit) \(rule.used) \(rule.remaining) \(rule.amount)"
                + " \(reset) \(rule.refusal?.message ?? "-")"
        }
        return "\(rules ?? []) \(told?.refusal.map(text) ?? "-")"
    }

    private static func facts(_ dice: inout Dice) -> RequestFacts {
        RequestFacts(
            dialect: "openai", path: "/", model: "m",
            identity: Identity(keyID: nil, user: "user-\(dice.roll(2))", team: nil, models: []), address: "",
            isStream: false, promptTokens: dice.roll(40), maxOutputTokens: dice.roll(3) == 0 ? nil : dice.roll(80))
    }

    private static let second = 1_000_000_000

    private static func rules(_ bench: Bench, _ seed: Int) -> [LimitRule] {
        let all = [
            bench.rule("requests", .rate(RateSetting(.requests, limit: 6, window: 10 * second))),
            bench.rule("tokens", .rate(RateSetting(.tokens, limit: 400, window: 7 * second))),
            bench.rule("even", .rate(RateSetting(.requests, limit: 30, window: 60 * second, algorithm: .gcra))),
            bench.rule(
                "burst",
                .rate(RateSetting(.tokens, limit: 900, window: 20 * second, algorithm: .gcra, burst: 7 * second))),
            bench.rule("places", .concurrency(ConcurrencySetting(max: 4, lease: 6 * second))),
            bench.rule("hourly", .budget(BudgetSetting(.tokens, limit: 9000, period: .hour, soft: 100))),
            bench.rule("shadow", isShadow: true, .rate(RateSetting(.requests, limit: 2, window: second))),
            bench.rule("monthly", .budget(BudgetSetting(.nanodollars, limit: 40_000_000, period: .month))),
        ]
        // Each run leaves some out, so that each of them has its turn to refuse.
        return all.enumerated().filter { (seed >> $0.offset) & 1 == 0 }.map(\.element)
    }

    @Test(
        "The scripts decide as the ledger does, whatever comes in whatever order",
        arguments: [0b0000_0000, 0b0000_1111, 0b0111_0011, 0b0111_1100, 0b0101_1011, 0b1000_0100])
    func model(_ seed: Int) throws {
        let bench = try Bench()
        bench.pass(0)
        let rules = Self.rules(bench, seed)
        let price = TokenPrice(inputPerMillion: 3, outputPerMillion: 15)
        var dice = Dice(state: UInt64(seed + 11))
        var grants: [(ledger: LimitGrant, redis: LimitGrant)] = []
        var admitted = 0
        for step in 0..<400 {
            if dice.roll(2) == 0 { bench.pass(dice.roll(dice.roll(20) == 0 ? 400_000_000 : 2_500_000)) }
            switch grants.isEmpty ? 0 : dice.roll(7) {
            case 0, 1, 2, 3:
                let request = LimitRequest(Self.facts(&dice), rules: rules, model: "m", price: price)
                let told = bench.ledger.explain(request, at: bench.now)
                try #require(Self.text(bench.explain(request)) == Self.text(told), "step \(step)")
                let verdict = bench.admit(request)
                let outcome = bench.ledger.admit(request, at: bench.now)
                try #require(Self.text(verdict) == Self.text(outcome), "step \(step)")
                if case .admitted(let redis) = verdict, case .admitted(let ledger) = outcome {
                    grants.append((ledger, redis))
                    admitted += 1
                }
            case 4:
                let (ledger, redis) = grants[dice.roll(grants.count)]
                bench.ledger.renew(ledger, at: bench.now)
                bench.renew(redis)
            default:
                let (ledger, redis) = grants.remove(at: dice.roll(grants.count))
                let (prompt, completion) = (dice.roll(60), dice.roll(120))
                switch dice.roll(3) {
                case 0:
                    bench.ledger.refund(ledger, .everything, at: bench.now)
                    bench.settle(redis.corrections(.everything))
                case 1:
                    bench.ledger.refund(ledger, .tokens, at: bench.now)
                    bench.settle(redis.corrections(.tokens))
                default:
                    bench.settle(redis.corrections(TokenUse(input: prompt, output: completion)))
                    bench.ledger.reconcile(
                        ledger, TokenUse(input: prompt, output: completion), at: bench.now)
                }
                bench.ledger.release(ledger, at: bench.now)
                bench.release(redis)
            }
        }
        #expect(admitted > 20 && admitted < 250, "both answers have come: \(admitted)")
        for rule in rules {
            guard case .budget(let setting) = rule.measure else { continue }
            let used = bench.ledger.used(of: rule, subject: "user-0", at: bench.now) ?? 0
            #expect((bench.used(rule, setting.period, "user-0") ?? 0) == used)
        }
    }

    @Test(
        "What was taken in the past counts from then, and what has left the window not at all",
        arguments: [
            RateSetting(.requests, limit: 10, window: 10 * second),
            RateSetting(.requests, limit: 10, window: 10 * second, algorithm: .gcra),
        ])
    func past(_ setting: RateSetting) throws {
        let bench = try Bench()
        bench.pass(0)
        let rule = bench.rule("rule", .rate(setting))
        func change(_ amount: Int, secondsAgo: Int) -> LimitChange {
            LimitChange(
                rule: rule, subject: "ann", amount: amount, time: (bench.time - secondsAgo * 1_000_000) * 1000,
                period: 0)
        }
        bench.settle([change(4, secondsAgo: 6), change(5, secondsAgo: 30)])
        let grant = try #require(Self.grant(bench.admit(Self.request([rule]))))
        // GCRA: four that were taken six seconds ago have run out.
        #expect(grant.figures.requests?.remaining == (setting.algorithm == .gcra ? 9 : 5))
    }

    private static func request(_ rules: [LimitRule]) -> LimitRequest {
        let facts = RequestFacts(
            dialect: "openai", path: "/", model: "m",
            identity: Identity(keyID: nil, user: "ann", team: nil, models: []), address: "", isStream: false,
            promptTokens: 1, maxOutputTokens: 1)
        return LimitRequest(facts, rules: rules, model: "m", price: nil)
    }

    private static func grant(_ verdict: LimitVerdict?) -> LimitGrant? {
        if case .admitted(let grant) = verdict { return grant }
        return nil
    }

    @Test("What a command may have done is told again and counts once, and is taken back only where it was done")
    func once() throws {
        let bench = try Bench()
        bench.pass(0)
        let rate = bench.rule("rate", .rate(RateSetting(.requests, limit: 10, window: 10 * Self.second)))
        let even = bench.rule(
            "even", .rate(RateSetting(.requests, limit: 10, window: 10 * Self.second, algorithm: .gcra)))
        let budget = bench.rule("budget", .budget(BudgetSetting(.tokens, limit: 100, period: .total)))
        let request = Self.request([rate, even, budget])
        let grant = try #require(Self.grant(bench.admit(request)))
        let number = bench.lastNumber
        func left() -> [Int?] {
            guard case .admitted(let grant) = bench.admit(Self.request([rate])) else { return [] }
            bench.settle(grant.corrections(.everything))
            return [grant.figures.requests?.remaining, bench.used(budget, .total, "ann")]
        }
        #expect(left() == [8, 2])
        bench.settle(grant.takings, number: number)
        #expect(left() == [8, 2], "it was taken before")
        let unheard = 3000
        let undo = request.terms(expectedAnswer: 0).compactMap { $0.undoing(seconds: bench.now.seconds) }
        bench.settle(undo, number: unheard, undoes: true)
        #expect(left() == [8, 2], "it had never been taken")
        bench.settle(grant.takings, number: unheard)
        #expect(left() == [7, 4], "now it is")
        bench.pass(1_000_000)
        for _ in 0..<2 {
            bench.settle(undo, number: number, undoes: true)
            #expect(left() == [8, 2], "once")
        }
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
