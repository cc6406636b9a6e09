import Upstreams

/// What was used: a value, so that a copy may go to any thread.
struct UsageCounts: Equatable, Sendable {
    var requests = 0
    /// Those of them that ended in an error.
    var errors = 0
    var promptTokens = 0
    var completionTokens = 0
    /// The part of `promptTokens` that providers had in their caches.
    var cachedTokens = 0
    var nanodollars = 0

    static let zero = UsageCounts(requests: 0)

    private init(requests: Int) { self.requests = requests }

    /// One request. `usage`, `cost`: nil where they are not known, or nothing was used.
    init(failed: Bool = false, _ usage: ChatChunkFacts.Usage? = nil, cost: Int? = nil) {
        requests = 1
        errors = failed ? 1 : 0
        nanodollars = cost ?? 0
        guard let usage else { return }
        promptTokens = usage.promptTokens
        completionTokens = usage.completionTokens
        cachedTokens = usage.cachedTokens
    }

    /// What a request has used that was counted before.
    init(later use: AnswerUse) {
        self.init(use.usage, cost: use.cost)
        requests = 0
    }

    mutating func add(_ other: UsageCounts) {
        requests = requests.addingWithinBounds(other.requests)
        errors = errors.addingWithinBounds(other.errors)
        promptTokens = promptTokens.addingWithinBounds(other.promptTokens)
        completionTokens = completionTokens.addingWithinBounds(other.completionTokens)
        cachedTokens = cachedTokens.addingWithinBounds(other.cachedTokens)
        nanodollars = nanodollars.addingWithinBounds(other.nanodollars)
    }
}
