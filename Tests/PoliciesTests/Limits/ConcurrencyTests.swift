import Testing

@testable import Policies

@Suite("Concurrency")
struct ConcurrencyTests {
    private static let second = LimitsFixture.second

    private static func setting(
        _ max: Int, queue: Int? = nil, priorities: [MatchRule] = []
    ) -> LimitRule.Measure {
        .concurrency(
            ConcurrencySetting(
                max: max, lease: 60 * second, queue: queue.map { .init(max: $0, deadline: 5 * second) },
                priorities: priorities))
    }

    @Test("A released place is free at once, and only once")
    func release() throws {
        var f = LimitsFixture()
        let rule = f.rule(Self.setting(2))
        let grant = try #require(f.admit([rule]).grant)
        #expect(f.admitted(of: 5, [rule]) == 1)
        f.ledger.release(grant, at: f.now)
        f.ledger.release(grant, at: f.now)
        #expect(f.admitted(of: 5, [rule]) == 1)
    }

    @Test("A lease ends by itself unless it is renewed")
    func leases() throws {
        var f = LimitsFixture()
        let rule = f.rule(Self.setting(2))
        let renewed = try #require(f.admit([rule]).grant)
        _ = f.admit([rule])
        f.pass(nanoseconds: 59 * Self.second)
        f.ledger.renew(renewed, at: f.now)
        f.pass(nanoseconds: Self.second)
        #expect(f.ledger.underWay(rule, subject: "ann", at: f.now) == 1)
        #expect(f.admitted(of: 5, [rule]) == 1)
        f.pass(nanoseconds: 60 * Self.second)
        f.ledger.renew(renewed, at: f.now)
        #expect(f.ledger.underWay(rule, subject: "ann", at: f.now) == 1, "a holder that lives counts again")
    }

    @Test("Those who wait are let in first come, first served; newcomers go behind them")
    func firstInFirstOut() throws {
        var f = LimitsFixture()
        let rule = f.rule(Self.setting(1, queue: 3))
        var holder = try #require(f.admit([rule]).grant)
        let tickets = (0..<3).compactMap { _ in f.admit([rule]).ticket }
        #expect(tickets.count == 3)
        let refusal = try #require(f.admit([rule]).refusal).refusal
        #expect(refusal.kind == .requests)
        #expect(refusal.message.contains("1 of at most 1 requests are under way, and 3 more are waiting"))
        for ticket in tickets {
            f.ledger.release(holder, at: f.now)
            let resolutions = f.ledger.takeResolutions()
            #expect(resolutions.map(\.ticket) == [ticket])
            holder = try #require(resolutions.first?.outcome.grant)
            let late = try #require(f.admit([rule]).ticket, "the place is taken, the line has room for one")
            f.ledger.cancel(late, at: f.now)
        }
    }

    @Test("Higher classes are let in before lower ones")
    func priorities() throws {
        var f = LimitsFixture()
        var gold = MatchRule()
        gold.keyIDs = [Glob("gold-*")]
        let rule = f.rule(Self.setting(1, queue: 10, priorities: [gold]))
        let holder = try #require(f.admit([rule]).grant)
        _ = f.admit([rule], LimitsFixture.facts(key: "tin"))
        let golden = try #require(f.admit([rule], LimitsFixture.facts(key: "gold-1")).ticket)
        _ = f.admit([rule], LimitsFixture.facts(key: "gold-2"))
        f.ledger.release(holder, at: f.now)
        #expect(f.ledger.takeResolutions().map(\.ticket) == [golden])
    }

    @Test("Waiting takes nothing: a rate is taken when it is one's turn, and may refuse then")
    func waitingTakesNothing() throws {
        var f = LimitsFixture()
        let places = f.rule("places", Self.setting(1, queue: 10))
        let rate = f.rule("rate", .rate(RateSetting(.requests, limit: 2, window: 60 * Self.second)))
        let first = try #require(f.admit([places, rate]).grant)
        let tickets = (0..<3).compactMap { _ in f.admit([places, rate]).ticket }
        #expect(tickets.count == 3)
        f.ledger.release(first, at: f.now)
        let second = try #require(f.ledger.takeResolutions().first?.outcome.grant)
        f.ledger.release(second, at: f.now)
        let refused = f.ledger.takeResolutions()
        #expect(refused.map(\.ticket) == Array(tickets[1...]))
        #expect(refused.allSatisfy { $0.outcome.refusal?.policy == "rate" })
        #expect(f.ledger.underWay(places, subject: "ann", at: f.now) == 0)
    }

    @Test("Who waits too long is refused with 408, who leaves is forgotten")
    func deadline() throws {
        var f = LimitsFixture()
        let rule = f.rule("places", Self.setting(1, queue: 2))
        let holder = try #require(f.admit([rule]).grant)
        let late = try #require(f.admit([rule]).ticket)
        let gone = try #require(f.admit([rule]).ticket)
        #expect(late.deadline == f.now.nanoseconds + 5 * Self.second)
        f.pass(nanoseconds: 5 * Self.second)
        #expect(
            f.ledger.expire(late, at: f.now)?.refusal
                == Refusal(
                    .queueTimeout,
                    "Concurrency limit 'places' for user ann: none of the 1 places became free within 5s."
                        + " Please try again later.", retryAfter: 1000))
        f.ledger.cancel(gone, at: f.now)
        #expect(f.ledger.waiting == 0)
        f.ledger.release(holder, at: f.now)
        #expect(f.ledger.takeResolutions().isEmpty)
        #expect(f.ledger.expire(late, at: f.now) == nil)
        #expect(f.admitted(of: 3, [rule]) == 1)
    }

    @Test("Two full limits are waited for one after the other, without holding a place of the first")
    func twoLines() throws {
        var f = LimitsFixture()
        let mine = f.rule("mine", Self.setting(1, queue: 5))
        let all = f.rule("all", per: .global, Self.setting(1, queue: 5))
        let holder = try #require(f.admit([mine]).grant)
        let other = try #require(f.admit([all]).grant)
        let ticket = try #require(f.admit([mine, all]).ticket)
        f.ledger.release(holder, at: f.now)
        #expect(f.ledger.takeResolutions().isEmpty)
        #expect(f.ledger.underWay(mine, subject: "ann", at: f.now) == 0)
        f.ledger.release(other, at: f.now)
        let resolution = try #require(f.ledger.takeResolutions().first)
        #expect(resolution.ticket == ticket)
        #expect(resolution.outcome.grant != nil)
    }

    @Test("Places of leases that ended by themselves go to those who wait")
    func promotion() throws {
        var f = LimitsFixture()
        let rule = f.rule(Self.setting(1, queue: 5))
        _ = f.admit([rule])
        let ticket = try #require(f.admit([rule]).ticket)
        f.pass(nanoseconds: 60 * Self.second)
        f.ledger.promoteAll(at: f.now)
        #expect(f.ledger.takeResolutions().map(\.ticket) == [ticket])
    }

    @Test("Nothing leaks over 100,000 requests that end in every way, and never are more under way than may")
    func noLeak() {
        var f = LimitsFixture()
        var random = SeededGenerator(state: 2026)
        let rules = [
            f.rule("mine", Self.setting(3, queue: 4)), f.rule("all", per: .global, Self.setting(8, queue: 6)),
            f.rule("rate", .rate(RateSetting(.requests, limit: 40, window: Self.second))),
        ]
        var running: [LimitGrant] = []
        var waiting: [LimitTicket] = []
        var admitted = 0
        func collect() {
            for resolution in f.ledger.takeResolutions() {
                waiting.removeAll { $0 == resolution.ticket }
                if let grant = resolution.outcome.grant { running.append(grant) }
            }
        }
        for _ in 0..<100_000 {
            f.pass(nanoseconds: Int.random(in: 0...2_000_000, using: &random))
            let outcome = f.admit(rules, LimitsFixture.facts("u\(Int.random(in: 0..<4, using: &random))"))
            if let grant = outcome.grant { running.append(grant) }
            if let ticket = outcome.ticket { waiting.append(ticket) }
            while let place = running.indices.randomElement(using: &random), Bool.random(using: &random) {
                let grant = running.remove(at: place)
                admitted += 1
                if Bool.random(using: &random) { f.ledger.refund(grant, .everything, at: f.now) }
                f.ledger.release(grant, at: f.now)
                collect()
            }
            if let ticket = waiting.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0 {
                waiting.removeAll { $0 == ticket }
                if Bool.random(using: &random) {
                    f.ledger.cancel(ticket, at: f.now)
                } else {
                    _ = f.ledger.expire(ticket, at: f.now)
                }
                collect()
            }
            #expect(running.count <= 8)
            #expect(f.ledger.waiting == waiting.count)
        }
        for ticket in waiting { f.ledger.cancel(ticket, at: f.now) }
        collect()
        for grant in running { f.ledger.release(grant, at: f.now) }
        #expect(admitted > 10_000)
        #expect(f.ledger.waiting == 0)
        #expect(f.ledger.underWay(rules[1], subject: "", at: f.now) == 0)
        for user in 0..<4 { #expect(f.ledger.underWay(rules[0], subject: "u\(user)", at: f.now) == 0) }
    }
}
