/// What a request uses: expected before, known after.
package struct TokenUse: Hashable, Sendable {
    package var input: Int
    package var output: Int
    /// The part of the input that the provider had in its cache.
    package var cached: Int
    /// Nano-dollars that it cost where it was answered; nil: unknown, then the price of the model that was asked for
    /// counts.
    package var nanodollars: Int?

    package init(input: Int, output: Int, cached: Int = 0, nanodollars: Int? = nil) {
        (self.input, self.output, self.cached, self.nanodollars) = (input, output, cached, nanodollars)
    }

    /// With at most a billion tokens of a kind, whatever a provider says, so that no sum overflows.
    var bounded: TokenUse {
        func bounded(_ count: Int) -> Int { min(max(0, count), 1_000_000_000) }
        return TokenUse(
            input: bounded(input), output: bounded(output), cached: bounded(cached), nanodollars: nanodollars)
    }
}
