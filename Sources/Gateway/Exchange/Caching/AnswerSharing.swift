import Policies
import Upstreams

/// How a dialect has its answers shared, whatever cache policies say.
///
/// Where the store is Redis, other programs follow such an answer as a stream of statuses, under `chat:stream:<key>`
/// without the store's prefix (API page, question dialect).
struct AnswerSharing {
    /// Names the dialect and the form of its keys.
    let purpose: String
    let scope: CacheScope
    let timeToLiveMs: Int
    let whenAbandoned: SharedLog.WhenAbandoned
    /// A new answer takes the place of what is there, finished or not.
    let isRefresh: Bool

    /// The name of the stream of statuses of a question.
    static func statusStream(_ key: Digest) -> String { "chat:stream:\(key.hexadecimal)" }

    /// - Parameter maxBytes: the largest answer that is kept.
    func plan(_ request: CompletionRequest, _ facts: RequestFacts, version: Digest, maxBytes: Int) -> CachePlan {
        let key = CacheKey.make(request, scope, facts.identity, version: version, purpose: purpose)
        let terms = CacheTerms(
            key: key, model: request.model, timeToLive: timeToLiveMs, maxBytes: maxBytes,
            statusStream: Self.statusStream(key))
        let question = LogStore.Question(
            terms: terms, joinsLive: !isRefresh, maxAge: isRefresh ? -1 : timeToLiveMs, replacesLive: isRefresh)
        return CachePlan(
            question: question, whenAbandoned: whenAbandoned, isRefresh: isRefresh, isOnlyCached: false)
    }
}
