/// What a match of a pattern must be beyond that.
package enum GuardCheck: Sendable {
    case none
    /// The number of a payment card.
    case card
    /// A whole word, not a piece of one.
    case wholeWord

    package func accepts(_ range: Range<Int>, in text: RawSpan) -> Bool {
        switch self {
        case .none: true
        case .card: CardNumber.isCard(text.extracting(range))
        case .wholeWord: WordEdges.surround(range, in: text)
        }
    }
}
