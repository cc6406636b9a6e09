package import Policies

/// How the text of streamed answers is cut into events, and how fast it goes out.
package struct PacePolicyConfiguration: Sendable {
    package let settings: PaceSettings

    /// Milliseconds that text is held where the settings ask for it and name none.
    private static let usualDelay = 100

    package init(_ r: ConfigReader) {
        let unit = r.value(
            "unit", .choice(.event), default: PaceUnit.event,
            doc: "What an event of text holds, one or more whole ones of it: `event` as the provider sent it, `char`,"
                + " `word`, `line` or `sentence`.")
        let minCharacters = r.optional(
            "min_chars", .int(in: 1...100_000, unit: .count), example: .integer(40),
            doc: "Characters that are waited for before text goes out; without it one, or with `event` and a delay, all"
                + " that comes within the delay.")
        let delay = r.optional(
            "max_delay_ms", .int(in: 0...60_000, unit: .milliseconds), example: .integer(20),
            doc: "How long text may be held back to merge it; then it goes out as it is. Without it 100 ms, and none"
                + " with `event` and no `min_chars`.")
        let rate = r.optional(
            "rate", .double(in: 0.1...100_000, unit: .count), example: .number(20),
            doc: "Units per second, spread evenly; without it any number.")
        let maxHeldBytes = r.int(
            "max_held_bytes", default: 65_536, in: 1024...67_108_864, unit: .bytes,
            doc: "Text of a choice that may be held back, and text of an answer that may wait for the rate.")
        let takesAllInDelay = unit == .event && minCharacters == nil
        settings = PaceSettings(
            unit: unit, minCharacters: minCharacters ?? (takesAllInDelay ? Int.max : 1),
            maxDelay: Int64(delay ?? (takesAllInDelay ? 0 : Self.usualDelay)) * 1_000_000, rate: rate,
            maxHeldBytes: maxHeldBytes)
        if settings.changesNothing {
            r.report("nothing to do: give unit, min_chars, max_delay_ms or rate", at: "unit")
        } else if delay == 0, (minCharacters ?? 1) > 1 {
            r.report("waiting for characters takes a max_delay_ms above 0", at: "min_chars")
        }
    }
}
