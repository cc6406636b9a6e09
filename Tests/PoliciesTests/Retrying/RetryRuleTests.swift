import Testing

@testable import Policies

/// What is tried after which failure.
struct RetryRuleTests {
    private let rule = RetryRule(attempts: 3, backoff: Backoff(first: 100, factor: 2, longest: 1000, jitter: 0))

    private func step(
        _ kind: FailureKind, calls: Int = 1, retryAfter: Int? = nil, left: Int? = nil, hasNext: Bool = true,
        budget: Bool = true
    ) -> RetryRule.Step {
        rule.step(
            after: kind, calls: calls, retryAfter: retryAfter, left: left, hasNext: hasNext, random: 0,
            mayRetry: { budget })
    }

    @Test(arguments: [FailureKind.connect, .serverError, .truncated])
    func `what may pass by itself is tried again on the same target`(kind: FailureKind) {
        #expect(step(kind) == .again(after: 100))
        #expect(step(kind, calls: 2) == .again(after: 200))
        #expect(step(kind, calls: 3) == .next)
    }

    @Test(arguments: [
        FailureKind.timeout, .tls, .malformed, .oversized, .quota, .authentication, .modelNotFound, .contextLength,
        .contentFilter, .invalidRequest,
    ])
    func `silence and refusals are never repeated on the same target`(kind: FailureKind) {
        #expect(step(kind) == .next)
        #expect(step(kind, hasNext: false) == .next)
    }

    @Test(arguments: [FailureKind.rateLimited, .overloaded])
    func `a busy target is asked again only where there is no other`(kind: FailureKind) {
        #expect(step(kind) == .next)
        #expect(step(kind, hasNext: false) == .again(after: 100))
    }

    @Test func `the provider's own wish is kept, and one that is too long means the next target`() {
        #expect(step(.serverError, retryAfter: 700) == .again(after: 700))
        #expect(step(.serverError, retryAfter: 50) == .again(after: 100))
        #expect(step(.serverError, retryAfter: 1001) == .next)
        #expect(step(.serverError, retryAfter: 700, left: 600) == .next)
    }

    @Test func `nothing is repeated beyond the budget or the client's patience`() {
        #expect(step(.serverError, budget: false) == .next)
        #expect(step(.serverError, left: 100) == .next)
        #expect(step(.serverError, left: 101) == .again(after: 100))
    }

    @Test func `the budget is not touched by what is not repeated`() {
        var asked = 0
        _ = rule.step(
            after: .timeout, calls: 1, retryAfter: nil, left: nil, hasNext: true, random: 0,
            mayRetry: {
                asked += 1
                return true
            })
        #expect(asked == 0)
    }
}
