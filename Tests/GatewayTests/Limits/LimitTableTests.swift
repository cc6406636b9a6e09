import Policies
import Synchronization
import Testing

@testable import Gateway

/// Eight threads and 200 clients on one table. Time is a counter that they all move, so that every run has windows
/// enough.
@Suite("Limits under contention")
struct LimitTableTests {
    private static let threads = 8
    private static let clients = 200
    private static let attempts = 20_000

    /// What all threads share.
    private final class Field: Sendable {
        let table = LimitTable()
        let clock = Atomic<Int>(1_000_000)
        /// When requests were admitted, by nobody's order.
        let admitted = Mutex<[Int]>([])
        let underWay = Atomic<Int>(0)
        let most = Atomic<Int>(0)

        var now: LimitMoment {
            LimitMoment(nanoseconds: clock.add(100, ordering: .relaxed).newValue, seconds: 1_700_000_000)
        }
    }

    private static func request(_ rules: [LimitRule], client: Int) -> LimitRequest {
        let identity = Identity(keyID: "key-\(client)", user: "user", team: nil, models: [])
        let facts = RequestFacts(
            dialect: "openai", path: "/", model: "m", identity: identity, address: "", isStream: false,
            promptTokens: 3, maxOutputTokens: 4)
        return LimitRequest(facts, rules: rules, model: "m", price: nil)
    }

    private static func rule(
        _ field: Field, _ name: String, per subject: LimitSubject, _ measure: LimitRule.Measure
    )
        -> LimitRule
    {
        LimitRule(number: field.table.number(of: name), policy: name, per: subject, measure)
    }

    @Test("In no window position one more is admitted than allowed, and no fewer than there is room for")
    func exactRate() {
        let field = Field()
        let window = 1_000_000
        let rules = [Self.rule(field, "a", per: .user, .rate(RateSetting(.requests, limit: 37, window: window)))]
        let begin = field.now.nanoseconds
        TestThreads.run(Self.threads) { index in
            var times: [Int] = []
            for attempt in 0..<Self.attempts {
                let client = (index * 31 + attempt) % Self.clients
                if case .admitted(let grant) = field.table.admit(Self.request(rules, client: client), at: field.now) {
                    times.append(grant.takenAt)
                }
            }
            field.admitted.withLock { $0 += times }
        }
        let times = field.admitted.withLock { $0.sorted() }
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while times[first] + window <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        #expect(most == 37)
        let windows = (field.now.nanoseconds - begin) / (window + window / 200)
        #expect(windows >= 15)
        #expect(times.count >= windows * 37)
    }

    @Test("What a refused request would have taken is never missing elsewhere")
    func allOrNothing() {
        let field = Field()
        let day = 86_400_000_000_000
        let rules = [
            Self.rule(field, "all", per: .user, .rate(RateSetting(.requests, limit: 1500, window: day))),
            Self.rule(field, "each", per: .key, .rate(RateSetting(.requests, limit: 5, window: day))),
            Self.rule(field, "tokens", per: .user, .rate(RateSetting(.tokens, limit: 7 * 900, window: day))),
        ]
        TestThreads.run(Self.threads) { index in
            var times: [Int] = []
            for attempt in 0..<Self.attempts / 4 {
                let client = (index * 31 + attempt) % Self.clients
                if case .admitted(let grant) = field.table.admit(Self.request(rules, client: client), at: field.now) {
                    times.append(grant.takenAt)
                }
            }
            field.admitted.withLock { $0 += times }
        }
        // 200 clients may 5 each, 1500 together; the tokens are enough for 900, and exactly those are used up.
        #expect(field.admitted.withLock { $0.count } == 900)
    }

    @Test("Never more are under way than may, and all places are free in the end")
    func places() {
        let field = Field()
        let setting = ConcurrencySetting(max: 3, lease: 60_000_000_000)
        let rules = [Self.rule(field, "places", per: .user, .concurrency(setting))]
        TestThreads.run(Self.threads) { index in
            for attempt in 0..<Self.attempts {
                let request = Self.request(rules, client: (index + attempt) % Self.clients)
                guard case .admitted(let grant) = field.table.admit(request, at: field.now) else { continue }
                let now = field.underWay.add(1, ordering: .sequentiallyConsistent).newValue
                field.most.max(now, ordering: .relaxed)
                field.underWay.subtract(1, ordering: .sequentiallyConsistent)
                field.table.change { $0.release(grant, at: field.now) }
            }
        }
        #expect(field.most.load(ordering: .relaxed) <= 3)
        #expect(field.table.change { $0.underWay(rules[0], subject: "user", at: field.now) } == 0)
    }

    @Test("Reservations of all threads add up to what was used")
    func reconciliation() {
        let field = Field()
        let budget = Self.rule(
            field, "budget", per: .user, .budget(BudgetSetting(.tokens, limit: 1_000_000_000, period: .total)))
        TestThreads.run(Self.threads) { index in
            for attempt in 0..<Self.attempts / 4 {
                let request = Self.request([budget], client: index)
                guard case .admitted(let grant) = field.table.admit(request, at: field.now) else { continue }
                field.table.change { ledger in
                    switch attempt % 3 {
                    case 0: ledger.refund(grant, .everything, at: field.now)
                    case 1: ledger.reconcile(grant, TokenUse(input: 10, output: 5), at: field.now)
                    default: break
                    }
                }
            }
        }
        let per = (0..<Self.attempts / 4).reduce(0) { $0 + [0, 15, 7][$1 % 3] }
        #expect(field.table.change { $0.used(of: budget, subject: "user", at: field.now) } == per * Self.threads)
    }
}
