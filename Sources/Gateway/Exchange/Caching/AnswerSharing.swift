import Policies
import Upstreams

/// How a dialect has its answers shared, whatever cache policies say.
///
/// Where the store is Redis, an answer that is shared so is what other programs follow under `chat:stream:<key>`
/// (API page, question dialect).
struct AnswerSharing {
    /// Names the dialect and the form of its keys.
    let purpose: String
    let scope: CacheScope
    let timeToLiveMs: Int
    let whenAbandoned: SharedLog.WhenAbandoned
    /// A new answer takes the place of what is there, finished or not.
    let isRefresh: Bool

    /// - Parameter maxBytes: the largest answer that is kept.
    func plan(_ request: CompletionRequest, _ facts: RequestFacts, version: Digest, maxBytes: Int) -> CachePlan {
        let key = CacheKey.make(request, scope, facts.identity, version: version, purpose: purpose)
        let terms = CacheTerms(key: key, model: request.model, timeToLive: timeToLiveMs, maxBytes: maxBytes)
        let question = LogStore.Question(
            terms: terms, joinsLive: !isRefresh, maxAge: isRefresh ? -1 : timeToLiveMs, replacesLive: isRefresh)
        return CachePlan(
            question: question, whenAbandoned: whenAbandoned, isRefresh: isRefresh, isOnlyCached: false)
    }
}
