import Policies
import Upstreams

/// One `trim_history` policy on one worker: counts a request's tokens, asks the policy what goes, and cuts it out.
///
/// Owns the memory of exact counting. Reads requests and makes new ones; never changes one.
final class HistoryTrimmer {
    private let configuration: TrimHistoryPolicyConfiguration
    private var estimated: PromptTokens
    /// Nil without a vocabulary.
    private var exact: PromptTokens?

    init(_ configuration: TrimHistoryPolicyConfiguration, _ tokenizers: Tokenizers) {
        self.configuration = configuration
        let estimate = TokenCounter(estimatingFor: configuration.tokenizer.encoding)
        estimated = PromptTokens(estimate, imageTokens: configuration.imageTokens)
        exact = tokenizers.tokenizer(for: configuration.tokenizer).map {
            PromptTokens(TokenCounter($0), imageTokens: configuration.imageTokens)
        }
    }

    /// The request with its history cut; nil if it fits as it is. `contextTokens`: those of the model, nil if unknown;
    /// `counted`: its tokens or those of another request, where they were counted before.
    func trim(
        _ request: CompletionRequest, contextTokens: Int?, counted: PromptCount? = nil
    ) throws(Refusal) -> TrimmedHistory? {
        let root = request.document.root
        let limits = TrimLimits(
            tokens: tokenLimit(root, contextTokens: contextTokens), messages: configuration.maxMessages)
        let isLong = mayExceed(limits.tokens, request.document)
        guard isLong || limits.messages != nil, let array = root["messages"], array.kind == .array else { return nil }
        guard isLong || limits.messages.map({ array.count > $0 }) == true else { return nil }
        let (fixed, tokens) = count(request.document, counted)
        guard !limits.allow(tokens: tokens.reduce(fixed, +), messages: tokens.count) else { return nil }
        let messages = zip(array.elements, tokens).map { MessageFacts($0, tokens: $1) }
        guard let plan = try configuration.trimming.plan(messages, fixedTokens: fixed, limits: limits) else {
            return nil
        }
        return TrimmedHistory(
            request: CompletionRequest(request, document: request.document.dropping(plan.isDropped, of: array)),
            droppedMessages: plan.droppedMessages, droppedTokens: plan.droppedTokens)
    }

    // MARK: Limits

    /// Tokens that the prompt may have; nil: any number.
    private func tokenLimit(_ root: JSONValue, contextTokens: Int?) -> Int? {
        guard configuration.fitsContext, let contextTokens else { return configuration.maxTokens }
        let asked = (root["max_completion_tokens"]?.int ?? root["max_tokens"]?.int).map { max(0, $0) }
        let left = max(0, contextTokens - min(asked ?? configuration.outputTokens, contextTokens))
        return min(left, configuration.maxTokens ?? left)
    }

    /// False for requests that are so short that nothing needs to be counted: no text has more tokens than bytes, and
    /// what else a message costs is less than its JSON has in brackets, quotes and keys. Images cost more than that.
    private func mayExceed(_ limit: Int?, _ document: JSONDocument) -> Bool {
        guard let limit else { return false }
        let images = document.byteCount / Self.leastImageBytes * configuration.imageTokens
        return document.byteCount + images > limit
    }

    /// Bytes of the shortest image part: `{"image_url":""}`.
    private static let leastImageBytes = 16

    // MARK: Steps

    /// Tokens of what is besides the messages, and of each message.
    private func count(_ document: JSONDocument, _ counted: PromptCount?) -> (fixed: Int, messages: [Int]) {
        if document.byteCount <= configuration.tokenizer.maxExactBytes, let count = exact?.count(document.root) {
            return count
        }
        let encoding = configuration.tokenizer.encoding
        if let counted, counted.serves(document, encoding, imageTokens: configuration.imageTokens) {
            return (counted.fixed, counted.messages)
        }
        return estimated.count(document.root)
    }
}
