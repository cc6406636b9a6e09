/// Every counter of every limit, and the one place where requests are let in.
///
/// A request is looked at by all its rules before anything is taken, and then all is taken, in one call: whoever shares
/// a ledger between threads guards each call by one lock, and limits are exact. Shadow rules are asked in the same
/// call; each takes for itself what it would allow, and none has a say. A request that may wait for a place takes
/// nothing until it is its turn; then it is looked at by all rules again.
package struct LimitLedger: Sendable {
    /// A request in a line.
    struct Waiter: Sendable {
        let request: LimitRequest
        let ticket: LimitTicket
        /// What it waits for.
        let demand: LimitDemand
        let key: SubjectKey
    }

    var rates = SubjectTable<RateMeter>()
    var places = SubjectTable<Places>()
    var budgets = SubjectTable<BudgetAccount>()
    var waiters: [Int: Waiter] = [:]
    /// What came of requests that waited, since the last `takeResolutions()`.
    var resolutions: [LimitResolution] = []
    private(set) var now = LimitMoment(nanoseconds: 0, seconds: 0)
    private var lengths: [String: AnswerLengths] = [:]
    private var numbers: [String: Int] = [:]
    private var lastID = 0

    /// Tokens that an answer is expected to have when the request does not say and too few were seen.
    package static let unknownAnswer = 512
    /// Milliseconds after which a refusal for want of a place suggests to try again.
    static let placeWait = 1000
    private static let maxModels = 1000

    package init() {}

    /// The counters that one request would ask, copied, and nothing else: to decide on it without a trace.
    init(excerptOf whole: LimitLedger, for request: LimitRequest) {
        now = whole.now
        lastID = whole.lastID
        lengths = whole.lengths
        for demand in request.demands {
            switch demand.rule.measure {
            case .rate: rates.copy(demand.key, from: whole.rates)
            case .concurrency: places.copy(demand.key, from: whole.places)
            case .budget: budgets.copy(demand.key, from: whole.budgets)
            }
        }
    }

    /// The number of a rule's counters. The same identity has the same counters, over reloads too.
    package mutating func number(of identity: String) -> Int {
        if let known = numbers[identity] { return known }
        numbers[identity] = numbers.count
        return numbers.count - 1
    }

    /// Takes for the request what all its rules ask, or nothing.
    package mutating func admit(_ request: LimitRequest, at moment: LimitMoment) -> LimitOutcome {
        advance(to: moment)
        return decide(request)
    }

    package mutating func takeResolutions() -> [LimitResolution] {
        guard !resolutions.isEmpty else { return [] }
        defer { resolutions = [] }
        return resolutions
    }

    mutating func advance(to moment: LimitMoment) {
        now.advance(to: moment)
        rates.sweep(at: now)
        places.sweep(at: now)
        budgets.sweep(at: now)
    }

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    // MARK: Lengths of answers

    /// Tokens that an answer of the model is expected to have at most.
    package func expectedAnswer(_ model: String) -> Int { lengths[model]?.percentile ?? Self.unknownAnswer }

    /// Learns from an answer to what the grant was for, wherever it was counted.
    package mutating func learn(from grant: LimitGrant, completionTokens: Int) {
        guard lengths.count < Self.maxModels || lengths[grant.model] != nil else { return }
        let tokens = min(max(0, completionTokens), 1_000_000_000) / grant.choices
        lengths[grant.model, default: AnswerLengths()].record(tokens)
    }
}
