import Policies

/// What one policy says to an explained request, and why.
struct PolicyExplanation {
    /// In JSON and in tables. In shadow mode a policy only would.
    enum Verdict: String {
        case passed
        case changed
        /// Above a soft threshold.
        case warned
        /// Told to wait for a place.
        case queued
        case refused
        case wouldChange = "would_change"
        case wouldQueue = "would_queue"
        case wouldRefuse = "would_refuse"
        case notMatched = "not_matched"
        /// The request ends before, so that nothing can be said.
        case notReached = "not_reached"
    }

    let name: String
    /// As the configuration writes it.
    let kind: String
    let isShadow: Bool
    /// Why it is not for the request.
    var mismatches: [String] = []
    private(set) var verdict = Verdict.passed
    /// False: another has refused before, and this is what it would have said.
    var isReached = true
    /// What it found.
    var facts: [ExplainedFact] = []
    /// Of limits: each with its numbers.
    var counters: [[ExplainedFact]] = []
    /// As the client is told it, or would be.
    private(set) var refusal: APIError?

    init(name: String, kind: String, isShadow: Bool) {
        self.name = name
        self.kind = kind
        self.isShadow = isShadow
    }

    init(_ policy: PolicyConfiguration) {
        self.init(name: policy.name, kind: policy.kind.label, isShadow: policy.mode == .shadow)
    }

    mutating func notMatched(_ mismatches: [String]) {
        self.mismatches = mismatches
        verdict = .notMatched
    }

    mutating func notReached() {
        isReached = false
        verdict = .notReached
    }

    mutating func change() { verdict = isShadow ? .wouldChange : .changed }

    mutating func warn() { verdict = .warned }

    mutating func queue() { verdict = isShadow ? .wouldQueue : .queued }

    mutating func refuse(_ error: APIError) {
        verdict = isShadow ? .wouldRefuse : .refused
        refusal = error
    }

    mutating func refuse(_ refusal: Refusal) { refuse(APIError(refusal, policy: name)) }
}
