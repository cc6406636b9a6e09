/// A vocabulary with the pattern that goes with it: all that exact counting needs. Immutable, shared by all workers.
package struct Tokenizer: Sendable {
    package let encoding: TokenEncoding
    let vocabulary: TokenVocabulary
    let preTokenizer: PreTokenizer

    package init(_ encoding: TokenEncoding, _ vocabulary: TokenVocabulary) {
        self.encoding = encoding
        self.vocabulary = vocabulary
        preTokenizer = PreTokenizer(encoding)
    }
}
