import Policies
import Upstreams

extension TokenUse {
    /// What a provider told of an answer. `cost`: nano-dollars; nil: unknown.
    init(_ usage: ChatChunkFacts.Usage, cost: Int?) {
        self.init(
            input: usage.promptTokens, output: usage.completionTokens, cached: usage.cachedTokens, nanodollars: cost)
    }
}
