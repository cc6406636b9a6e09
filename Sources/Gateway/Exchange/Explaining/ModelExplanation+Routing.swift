import Policies
import Upstreams

/// What is tried when a target does not answer, or not soon enough.
extension ModelExplanation {
    struct Fallback {
        let model: String
        /// The client named it.
        let isClients: Bool
        /// After which failures it is asked; the code that decides says so.
        let kinds: [FailureKind]
    }

    /// Models whose targets are asked in their turn: the client's own wishes, then those of the configuration.
    static func fallbacks(_ asked: RequestedRoute, _ models: ModelTable) -> [Fallback] {
        let rules = asked.alternatives.map { (FallbackRule($0), true) } + asked.route.fallbacks.map { ($0, false) }
        return rules.map { rule, isClients in
            let contextTokens = models.route(rule.model)?.contextTokens
            return Fallback(
                model: rule.model, isClients: isClients,
                kinds: FailureKind.allCases.filter {
                    rule.applies(
                        after: $0, contextTokens: contextTokens, failedContextTokens: asked.route.contextTokens)
                })
        }
    }

    /// How a second target is asked before the first has failed; empty: never. Without `after_ms` the wait is as long as
    /// 95 of 100 calls take.
    static func hedge(_ settings: HedgeSettings?) -> [ExplainedFact] {
        guard let settings else { return [] }
        return (settings.after.map { [ExplainedFact("after_ms", $0)] } ?? [])
            + [ExplainedFact("budget", settings.budget)]
    }

    /// How calls to an upstream are repeated.
    static func retry(_ calls: CallRulesConfiguration) -> [ExplainedFact] {
        let backoff = calls.retry.backoff
        guard calls.retry.attempts > 1 else { return [ExplainedFact("attempts", calls.retry.attempts)] }
        return [
            ExplainedFact("attempts", calls.retry.attempts), ExplainedFact("backoff_ms", backoff.first),
            ExplainedFact("factor", backoff.factor), ExplainedFact("max_backoff_ms", backoff.longest),
            ExplainedFact("jitter", backoff.jitter), ExplainedFact("budget", calls.retryBudget),
        ]
    }

    /// The keys that the provider may be shown, by their last four characters.
    static func keys(_ provider: ProviderConfiguration?) -> [String] {
        guard let provider else { return [] }
        if !provider.keys.isEmpty { return provider.keys.map { masked($0.exposed) } }
        switch provider.credential {
        case .none: return []
        case .key(let key): return [masked(key.exposed)]
        case .client: return ["the caller's own"]
        }
    }

    /// Nothing is shown of a key so short that four characters would tell much of it.
    private static func masked(_ key: String) -> String { key.utf8.count > 8 ? "…\(key.suffix(4))" : "…" }
}
