/// Counts the tokens of texts: exactly with a vocabulary, else by estimate.
///
/// Owns the memory of the merging, so each worker has its own. Special tokens such as `<|endoftext|>` are text as any
/// other, as they are in a chat.
package struct TokenCounter {
    private let estimate: TokenEstimate
    private let tokenizer: Tokenizer?
    /// Bytes of a text that are counted exactly at most: a bound on time. Longer ones are estimated.
    private let maxExactBytes: Int
    private var merge = PairMerge()

    /// Estimates.
    package init(estimatingFor encoding: TokenEncoding) {
        estimate = TokenEstimate(for: encoding)
        tokenizer = nil
        maxExactBytes = 0
    }

    /// Counts texts of up to `maxExactBytes` exactly.
    package init(_ tokenizer: Tokenizer, maxExactBytes: Int) {
        estimate = TokenEstimate(for: tokenizer.encoding)
        self.tokenizer = tokenizer
        self.maxExactBytes = maxExactBytes
    }

    /// Tokens of a text in UTF-8.
    package mutating func tokens(in text: RawSpan) -> Int {
        guard let tokenizer, text.byteCount <= maxExactBytes else { return estimate.tokens(in: text) }
        var count = 0
        var start = 0
        while start < text.byteCount {
            let end = tokenizer.preTokenizer.pieceEnd(in: text, from: start)
            count += merge.count(text.extracting(start..<end), in: tokenizer.vocabulary)
            start = end
        }
        return count
    }
}
