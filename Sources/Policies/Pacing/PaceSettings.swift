/// How a streamed text is cut anew, and how fast it goes out.
package struct PaceSettings: Hashable, Sendable {
    package var unit: PaceUnit
    /// Characters (grapheme clusters) that are waited for before text goes out; `Int.max`: only the delay ends it.
    package var minCharacters: Int
    /// Nanoseconds after which text that is held goes out as it is; 0: nothing is held beyond its event.
    package var maxDelay: Int64
    /// Units per second; nil: any number.
    package var rate: Double?
    /// Bytes of one text that may be held, and of all text that may wait for the rate before reading has to stop.
    package var maxHeldBytes: Int

    package init(
        unit: PaceUnit, minCharacters: Int = 1, maxDelay: Int64, rate: Double? = nil, maxHeldBytes: Int = 65_536
    ) {
        precondition(minCharacters > 0 && maxDelay >= 0 && maxHeldBytes > 0, "a bound that nothing meets")
        precondition(rate.map { $0 > 0 } ?? true, "a rate at which nothing goes out")
        self.unit = unit
        self.minCharacters = minCharacters
        self.maxDelay = maxDelay
        self.rate = rate
        self.maxHeldBytes = maxHeldBytes
    }

    /// All events would pass as they come.
    package var changesNothing: Bool { unit == .event && maxDelay == 0 && rate == nil }
}
