import Testing

@testable import Policies

/// Which model is asked after which failure.
struct FallbackRuleTests {
    private func applies(_ rule: FallbackRule, _ kind: FailureKind, _ tokens: Int? = nil, _ failed: Int? = nil) -> Bool
    {
        rule.applies(after: kind, contextTokens: tokens, failedContextTokens: failed)
    }

    @Test(arguments: FailureKind.allCases)
    func `a plain fallback is for what is the target's own fault`(kind: FailureKind) {
        let refusals: [FailureKind] = [.contextLength, .contentFilter, .invalidRequest]
        #expect(applies(FallbackRule("m"), kind) == !refusals.contains(kind))
    }

    @Test func `a prompt that is too long goes to a model that takes more`() {
        #expect(applies(FallbackRule("m"), .contextLength, 200_000, 128_000))
        #expect(!applies(FallbackRule("m"), .contextLength, 128_000, 128_000))
        #expect(!applies(FallbackRule("m"), .contextLength, nil, 128_000))
    }

    @Test func `named failures are the only ones`() {
        let rule = FallbackRule("m", on: [.contentFilter])
        #expect(applies(rule, .contentFilter) && !applies(rule, .serverError) && !applies(rule, .contextLength, 2, 1))
    }
}
