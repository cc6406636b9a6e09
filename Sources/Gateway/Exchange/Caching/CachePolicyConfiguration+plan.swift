import Policies
import Upstreams

extension CachePolicyConfiguration {
    /// How the answer to this request may be shared; nil: not at all.
    func plan(
        _ request: CompletionRequest, _ facts: RequestFacts, version: Digest, directives: CacheDirectives
    ) -> CachePlan? {
        guard request.operation != .chat || isCold(request.document.root) else { return nil }
        let key = CacheKey.make(request, scope, facts.identity, version: version)
        let maxAge = directives.maxAge.map { min($0 * 1000, timeToLiveMs) } ?? timeToLiveMs
        let terms = CacheTerms(key: key, model: request.model, timeToLive: timeToLiveMs, maxBytes: maxEntryBytes)
        return CachePlan(
            question: LogStore.Question(
                terms: terms, joinsLive: coalesce && !directives.forbidsKept,
                maxAge: directives.forbidsKept ? -1 : maxAge, makesNew: !directives.onlyKept),
            whenAbandoned: whenAbandoned == .cancel ? .cancel : .finish, isRefresh: directives.forbidsKept,
            isOnlyCached: directives.onlyKept)
    }

    /// Whether the request's temperature is low enough; OpenAI's is 1 where none is named.
    private func isCold(_ root: JSONValue) -> Bool {
        guard let maxTemperature else { return true }
        return (root["temperature"]?.double ?? 1) <= maxTemperature
    }
}
